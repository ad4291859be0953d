"""Agreement with R (survival, MatchIt, lme4, metafor) on data of PyPI packages. Marked `r`: run where R is installed."""

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from kosodachi.effect import cox_model, cumulative_incidence, matched, pool, propensity, restricted_mean, stepped_wedge

pytestmark = [pytest.mark.r, pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")]


def in_r(code: str, folder, **tables) -> dict[str, float]:
    """Runs R code on tables by name; what it puts into the list `out` comes back as numbers."""
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    reads = "\n".join(f'{name} <- read.csv("{folder / name}.csv")' for name in tables)
    script = f"{reads}\nout <- list()\n{code}\ncat(paste(names(out), sprintf('%.12g', unlist(out))), sep='\\n')"
    file = folder / "script.R"
    file.write_text(script, encoding="utf-8")
    done = subprocess.run(["Rscript", "--vanilla", str(file)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return {name: float(value) for name, value in (line.split() for line in done.stdout.strip().splitlines())}


@pytest.fixture(scope="module")
def rossi():
    from lifelines.datasets import load_rossi

    table = load_rossi()
    rng = np.random.default_rng(1)
    return table.assign(w=rng.uniform(0.5, 2, len(table)), home=rng.integers(0, 150, len(table)))


def test_weighted_clustered_cox_equals_coxph(rossi, tmp_path):
    names = ["fin", "age", "prio"]
    r = in_r(
        "library(survival); m <- coxph(Surv(week, arrest) ~ fin + age + prio, rossi, weights = w, cluster = home, ties = 'efron')\n"
        "for (n in names(coef(m))) { out[[n]] <- coef(m)[[n]]; out[[paste0('se_', n)]] <- sqrt(vcov(m)[n, n]) }",
        tmp_path, rossi=rossi,
    )  # fmt: skip
    found = cox_model(
        rossi["week"], rossi["arrest"], rossi[names].to_numpy(float), names, weights=rossi["w"], cluster=rossi["home"]
    ).set_index("name")
    assert found["value"].to_numpy() == pytest.approx([r[n] for n in names], rel=1e-4)
    assert found["se"].to_numpy() == pytest.approx([r[f"se_{n}"] for n in names], rel=1e-3)


def test_cumulative_incidence_equals_survfit_with_its_error(rossi, tmp_path):
    event = np.where(rossi["arrest"] == 1, np.where(rossi["age"] < 23, 1, 2), 0)
    r = in_r(
        "library(survival); f <- survfit(Surv(week, factor(event, 0:2, c('none', 'a', 'b'))) ~ 1, d, id = seq_len(nrow(d)))\n"
        "s <- summary(f, times = c(20, 40)); k <- which(f$states == 'a')\n"
        "out$p20 <- s$pstate[1, k]; out$p40 <- s$pstate[2, k]; out$s20 <- s$std.err[1, k]; out$s40 <- s$std.err[2, k]",
        tmp_path, d=pd.DataFrame({"week": rossi["week"], "event": event}),
    )  # fmt: skip
    found = cumulative_incidence(rossi["week"], event, at=[20, 40]).query("cause == 1")
    assert found["incidence"].to_numpy() == pytest.approx([r["p20"], r["p40"]], rel=1e-6)
    assert found["se"].to_numpy() == pytest.approx([r["s20"], r["s40"]], rel=1e-3)


def test_restricted_mean_equals_survfit(rossi, tmp_path):
    r = in_r(
        "library(survival); s <- summary(survfit(Surv(week, arrest) ~ 1, rossi), rmean = 52)$table\n"
        "out$mean <- s[['rmean']]; out$se <- s[['se(rmean)']]",
        tmp_path, rossi=rossi,
    )  # fmt: skip
    value, se = restricted_mean(rossi["week"], rossi["arrest"], until=52)
    assert (value, se) == pytest.approx((r["mean"], r["se"]), rel=1e-3)


def test_matching_with_replacement_equals_matchit(tmp_path):
    from causaldata import nhefs_complete

    table = nhefs_complete.load_pandas().data[["qsmk", "wt82_71", "age", "wt71", "smokeintensity"]].astype(float)
    X = table[["age", "wt71", "smokeintensity"]].to_numpy()
    score = propensity(table["qsmk"].to_numpy(), (X - X.mean(axis=0)) / X.std(axis=0))
    table["score"] = np.log(score / (1 - score)).round(10)
    r = in_r(
        "library(MatchIt); m <- matchit(qsmk ~ score, d, distance = d$score, replace = TRUE, ratio = 1)\n"
        "k <- match.data(m); out$att <- weighted.mean(k$wt82_71[k$qsmk == 1], k$weights[k$qsmk == 1]) - "
        "weighted.mean(k$wt82_71[k$qsmk == 0], k$weights[k$qsmk == 0])",
        tmp_path, d=table,
    )  # fmt: skip
    found = matched(table["wt82_71"], table["qsmk"], table["score"], caliper=None)
    assert found.value == pytest.approx(r["att"], abs=0.25)  # MatchIt takes one of several controls at equal distance


def test_stepped_wedge_stands_near_the_mixed_model(tmp_path):
    rng = np.random.default_rng(2)
    site, period = np.repeat(np.arange(20), 6 * 30), np.tile(np.repeat(np.arange(6), 30), 20)
    start = {s: 1 + s // 4 for s in range(20)}
    on = (period >= np.array([start[s] for s in range(20)])[site]) * 1.0
    y = 0.3 * on + rng.normal(0, 0.3, 20)[site] + 0.05 * period + rng.normal(size=len(site))
    r = in_r(
        "suppressMessages(library(lme4)); m <- lmer(y ~ factor(period) + on + (1 | site), d)\n"
        "out$value <- fixef(m)[['on']]; out$se <- sqrt(vcov(m)['on', 'on'])",
        tmp_path, d=pd.DataFrame({"y": y, "site": site, "period": period, "on": on}),
    )  # fmt: skip
    found = stepped_wedge(y, site, period, start, draws=50)
    assert found.value == pytest.approx(r["value"], abs=0.01)
    assert 0.6 < found.se / r["se"] < 1.6


def test_errors_of_the_wedge_equal_the_cluster_hc2_of_sandwich(tmp_path):
    """Without likeness within a site the estimate is least squares, and Kauermann & Carroll's errors are R's vcovCL HC2."""
    rng = np.random.default_rng(3)
    site, period = np.repeat(np.arange(9), 4 * 12), np.tile(np.repeat(np.arange(4), 12), 9)
    start = {s: 1 + s // 3 for s in range(9)}
    on = (period >= np.array([start[s] for s in range(9)])[site]) * 1.0
    y = 0.2 * on + rng.normal(0, 0.4, 9)[site] + rng.normal(size=len(site))
    r = in_r(
        "suppressMessages(library(sandwich)); m <- lm(y ~ factor(period) + on, d)\n"
        "for (k in c('HC2', 'HC3')) out[[k]] <- sqrt(vcovCL(m, cluster = d$site, type = k)['on', 'on'])",
        tmp_path, d=pd.DataFrame({"y": y, "site": site, "period": period, "on": on}),
    )  # fmt: skip
    found, older = (stepped_wedge(y, site, period, start, icc=0.0, order_drawn=False, errors=kind)
                    for kind in ("kauermann_carroll", "mancl_derouen"))  # fmt: skip
    assert (found.se, older.se) == pytest.approx((r["HC2"], r["HC3"]), rel=1e-6)


def test_pooling_equals_metafor(tmp_path):
    y, se = np.array([-0.12, -0.03, -0.2, 0.02, -0.09]), np.array([0.05, 0.04, 0.09, 0.06, 0.03])
    r = in_r(
        "suppressMessages(library(metafor)); m <- rma(y, sei = se, data = d, method = 'REML', test = 'knha', control = list(threshold = 1e-10))\n"
        "out$b <- m$beta[1]; out$se <- m$se; out$low <- m$ci.lb; out$tau2 <- m$tau2; out$i2 <- m$I2 / 100",
        tmp_path, d=pd.DataFrame({"y": y, "se": se}),
    )  # fmt: skip
    found = pool(y, se)
    assert (found.value, found.se, found.low, found.tau2) == pytest.approx(
        (r["b"], r["se"], r["low"], r["tau2"]), abs=1e-5
    )
    assert found.i2 == pytest.approx(r["i2"], abs=1e-4)
