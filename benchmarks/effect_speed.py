"""Effect estimation beside lifelines, R survival, statsmodels and DoubleML in one run: seconds of the processor and memory.

Same children for all: 11 covariates, days to a rare event with ties, households of one to three, weights. Each measurement
has a process of its own; reading the data is not in the time. A peer that is not installed is said to be so; DoubleML is
no dependency of this project (pip install DoubleML, into an environment of its own that holds this one too).
aipw_by_arm and aipw_doubleml are the same estimator: one division into the same five folds, logistic models without
penalty, the outcome's fitted in each arm, by the same solver; their figures should agree to about six decimals.
Run: python benchmarks/effect_speed.py [--sizes 10000,100000,1000000] [--out FOLDER]
Writes effect_speed.json and effect_speed.md beside this file, or into --out.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

COVARIATES, SHARE, DAYS = 11, 0.05, 365
R = """
library(survival); a <- commandArgs(TRUE); n <- as.integer(a[2])
m <- matrix(readBin(a[1], "double", n * {columns}), ncol = {columns})
d <- as.data.frame(m[, 1:{covariates}]); day <- m[, {covariates} + 1]; event <- m[, {covariates} + 2]
w <- m[, {covariates} + 3]; home <- m[, {covariates} + 4]
t <- proc.time(); f <- coxph(Surv(day, event) ~ ., data = d, weights = w, {cluster}ties = "efron"); t <- proc.time() - t
cat(t[["user.self"]] + t[["sys.self"]], t[["elapsed"]], coef(f)[[1]], sqrt(vcov(f)[1, 1]), sum(gc()[, 6]) / 1000, "\\n")
"""
ROBUST_PEER_UP_TO = (
    20_000  # the robust errors of lifelines, and of R with clusters, are quadratic in the number of children
)


def children(n: int) -> np.ndarray:
    """Columns: covariates (the first is the offer), day, event, weight, household."""
    rng = np.random.default_rng([7, n])
    X = rng.normal(size=(n, COVARIATES))
    X[:, 0] = rng.random(n) < 1 / (1 + np.exp(0.8 - 0.5 * X[:, 1]))
    rate = np.exp(X @ np.r_[-0.3, np.full(COVARIATES - 1, 0.15)])
    waits = rng.exponential(size=n) / rate * DAYS / SHARE
    day = np.ceil(np.minimum(waits, DAYS))
    home = np.sort(rng.integers(0, int(n / 1.6), n))
    return np.column_stack([X, day, waits <= DAYS, rng.uniform(0.5, 2, n), home])


def parts(table: np.ndarray) -> tuple:
    X, (day, event, w, home) = table[:, :COVARIATES], table[:, COVARIATES:].T
    return X, day, event, w, home.astype(int)


def cox_kosodachi(table):
    from kosodachi.effect import cox_model

    X, day, event, w, home = parts(table)
    one = cox_model(day, event, X, [f"V{i}" for i in range(1, COVARIATES + 1)], weights=w, cluster=home).iloc[0]
    return one["value"], one["se"]


def cox_lifelines(table, robust=False):
    import pandas as pd
    from lifelines import CoxPHFitter

    X, day, event, w, home = parts(table)
    data = pd.DataFrame(X, columns=[f"V{i}" for i in range(1, COVARIATES + 1)]).assign(
        day=day, event=event, w=w, home=home
    )
    options = {"cluster_col": "home"} if robust else {}
    data = data if robust else data.drop(columns="home")
    found = CoxPHFitter().fit(data, "day", "event", weights_col="w", robust=robust, **options)
    return found.params_.iloc[0], found.standard_errors_.iloc[0]


def cox_lifelines_robust(table):
    return cox_lifelines(table, robust=True)


def cox_statsmodels(table):
    from statsmodels.duration.hazard_regression import PHReg

    X, day, event, *_ = parts(table)
    found = PHReg(day, X, status=event, ties="efron").fit()
    return found.params[0], found.bse[0]


def aipw_once(table, repeats=1):
    from kosodachi.effect import aipw

    X, _, event, _, home = parts(table)
    found = aipw(event, X[:, 0], X[:, 1:], cluster=home, repeats=repeats)
    return found.value, found.se


def aipw_five(table):
    return aipw_once(table, repeats=5)


def aipw_by_arm(table):
    from kosodachi.effect import aipw

    X, _, event, *_ = parts(table)
    found = aipw(event, X[:, 0], X[:, 1:], interact=range(COVARIATES - 1), repeats=1)
    return found.value, found.se


def aipw_doubleml(table):
    import doubleml
    from sklearn.linear_model import LogisticRegression

    from kosodachi.effect.nuisance import folds

    X, _, event, *_ = parts(table)
    fold = folds(np.arange(len(X)), 5, np.random.default_rng(1))
    learner = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-8, max_iter=200)
    data = doubleml.DoubleMLData.from_arrays(X[:, 1:], event, X[:, 0])
    model = doubleml.DoubleMLIRM(data, learner, learner, n_folds=5, draw_sample_splitting=False)
    model.set_sample_splitting([(np.flatnonzero(fold != j), np.flatnonzero(fold == j)) for j in range(5)])
    model.fit()
    return model.coef[0], model.se[0]


def bootstrap_kosodachi(table):
    from kosodachi.effect import cluster_bootstrap

    X, _, event, _, home = parts(table)
    found = cluster_bootstrap(event, X[:, 0], X[:, 1:], cluster=home, draws=200)
    return found.value, found.se


def bootstrap_refits(table):
    """200 refits with scikit-learn on drawn households, five timed and multiplied: what is commonly done."""
    from kosodachi.effect import aipw

    X, _, event, _, home = parts(table)
    first, rng, values = np.searchsorted(home, np.arange(home.max() + 2)), np.random.default_rng(1), []
    for _ in range(5):
        drawn = rng.integers(0, home.max() + 1, home.max() + 1)
        size = np.diff(first)[drawn]
        rows = np.repeat(first[drawn] - np.r_[0, np.cumsum(size)[:-1]], size) + np.arange(size.sum())
        values.append(aipw(event[rows], X[rows, 0], X[rows, 1:], k=1).value)
    return np.mean(values), np.std(values, ddof=1)


TASKS = {one.__name__: one for one in (cox_kosodachi, cox_lifelines, cox_lifelines_robust, cox_statsmodels, aipw_once, aipw_five,
                                        aipw_by_arm, aipw_doubleml, bootstrap_kosodachi, bootstrap_refits)}  # fmt: skip
IN_R = ("cox_r", "cox_r_robust")
TIMES = {"bootstrap_refits": 40}  # of the 200 only five are run
UP_TO = {"cox_r_robust": 100_000, "cox_lifelines_robust": ROBUST_PEER_UP_TO, "bootstrap_refits": 100_000}


def one(task: str, n: int) -> dict:
    """Seconds of the processor and on the clock after imports, and peak memory of this process."""
    import resource

    warnings.simplefilter("ignore")
    table = children(n)
    TASKS[task](children(400))  # imports and first calls
    cpu, wall = time.process_time(), time.perf_counter()
    value, se = TASKS[task](table)
    factor = TIMES.get(task, 1)
    return {"cpu": factor * (time.process_time() - cpu), "wall": factor * (time.perf_counter() - wall), "value": float(value),
            "se": float(se), "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}  # fmt: skip


def in_r(n: int, *, robust: bool) -> dict:
    """R's coxph on the same children, with weights, and with clusters if robust."""
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "data.bin", Path(folder) / "cox.R"
        np.asfortranarray(children(n)).T.tofile(data)
        script.write_text(
            R.format(
                columns=COVARIATES + 4,
                covariates=COVARIATES,
                cluster="cluster = home, " if robust else "robust = FALSE, ",
            ),
            encoding="utf-8",
        )
        said = subprocess.run(
            ["Rscript", "--vanilla", script, data, str(n)], capture_output=True, text=True, check=True
        ).stdout
    cpu, wall, value, se, gb = map(float, said.split())
    return {"cpu": cpu, "wall": wall, "value": value, "se": se, "peak_gb": gb}


def measured(task: str, n: int) -> dict:
    """One line, or the reason why it was not run."""
    line = {"task": task, "children": n, "load": round(os.getloadavg()[0], 1)}
    if task in IN_R and not shutil.which("Rscript"):
        return line | {"not_run": "R is not installed"}
    if n > UP_TO.get(task, n):
        return line | {"not_run": f"not run above {UP_TO[task]:,}"}
    if task == "aipw_doubleml" and not importlib.util.find_spec("doubleml"):
        return line | {"not_run": "DoubleML is not installed"}
    if task in IN_R:
        return line | in_r(n, robust=task == "cox_r_robust")
    command = [sys.executable, __file__, "--one", task, "--sizes", str(n)]
    done = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    return line | json.loads(done.stdout.strip().splitlines()[-1])


def markdown(lines: list[dict]) -> str:
    """A line a task, seconds of the processor by size, memory at the largest, and growth per tenfold size."""
    sizes = sorted({line["children"] for line in lines})
    out = [
        "| task | " + " | ".join(f"{n:,}" for n in sizes) + " | peak GB at largest | times per tenfold |",
        "|" + "---|" * (len(sizes) + 3),
    ]
    for task in dict.fromkeys(line["task"] for line in lines):
        own = {line["children"]: line for line in lines if line["task"] == task}
        cells = [f"{own[n]['cpu']:.2f}" if "cpu" in own[n] else own[n]["not_run"] for n in sizes]
        run = [n for n in sizes if "cpu" in own[n]]
        growth = f"{own[run[-1]]['cpu'] / own[run[-2]]['cpu']:.1f}" if len(run) > 1 else "-"
        out.append(
            f"| {task} | " + " | ".join(cells) + f" | {own[run[-1]]['peak_gb']:.2f} | {growth} |"
            if run
            else f"| {task} | " + " | ".join(cells) + " | - | - |"
        )
    return "\n".join(out) + "\n"


def main() -> None:
    """Measures every task at every size and writes both files."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default="10000,100000,1000000")
    asked.add_argument("--one", choices=list(TASKS))
    asked.add_argument("--tasks", default=",".join([*IN_R, *TASKS]))
    asked.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    given = asked.parse_args()
    sizes = [int(n) for n in given.sizes.split(",")]
    if given.one:
        print(json.dumps(one(given.one, sizes[0])))
        return
    lines = []
    for n in sizes:
        for task in given.tasks.split(","):
            lines.append(measured(task, n))
            print(
                "  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in lines[-1].items()),
                flush=True,
            )
    text = json.dumps({"processors": os.cpu_count(), "lines": lines}, indent=1)
    (given.out / "effect_speed.json").write_text(text + "\n", encoding="utf-8")
    (given.out / "effect_speed.md").write_text(markdown(lines), encoding="utf-8")
    sys.stdout.write(markdown(lines))


if __name__ == "__main__":
    main()
