"""What each design finds on synthetic towns whose truth is known: bias, error, coverage, false positives, and where it breaks.

200 towns a world, 400 where assumptions hold and where there is no effect. The town's generator makes children, needs, offers and attendance; the truth is of the same children as
the study's (for points cuts: the effect at the cut; for Cox: the hazard ratio of both potential outcomes of many towns).
Coverage over 400 towns is known to about 2 points (two standard errors), over 200 to 3.
Run: python benchmarks/effect_recovery.py [--towns 200] [--designs lottery,iptw_ate] [--out FOLDER]
Writes effect_recovery.json and effect_recovery.md beside this file, or into --out.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from effect_towns import WORLDS, arrays, by_points, panel, studied, times

HORIZON, DRAWS = 10, 300
HOLDS, NULL = "holds", "null"


def lottery(world: str, seed: int) -> dict:
    """The drawn at the margin of capacity against those not drawn."""
    from kosodachi import effect

    _, table = studied("lottery", world, seed, 250)
    table = table[table["propensity"].between(0.01, 0.99)]
    found = effect.lottery(table["y_seen"], table["offered"], draws=DRAWS, seed=seed)
    return {"lottery": row(found, (table["y1"] - table["y0"]).mean(), found.p < 0.05)}


def discontinuity(world: str, seed: int) -> dict:
    """The jump at the points of the last place, fuzzy; points continuous, and in about twenty values."""
    from kosodachi import effect

    out = {}
    for name, whole in (("discontinuity", False), ("discontinuity_points", True)):
        at = by_points(world, seed, whole_points=whole)
        found = effect.jump(at["y"], at["x"], treated=at["treated"], cluster=at["cluster"])
        near = np.abs(at["x"]) < found.h / 3
        out[name] = row(found, at["gain"][near].mean(), found.p < 0.05)
    return out


def stepped_wedge(world: str, seed: int) -> dict:
    """Schools join in a drawn order; the sandwich's interval, and the test by re-drawn orders."""
    from kosodachi import effect

    data = panel("stepped_wedge", world, seed)
    start = data.groupby("site")["start"].first().to_dict()
    found = effect.stepped_wedge(data["y"], data["site"], data["month"], start, draws=DRAWS, seed=seed)
    truth = data.loc[data["month"] >= data["start"], "gain"].mean()
    by_order = {"low": found.order_low, "high": found.order_high, "value": found.value, "se": found.se}
    return {
        "stepped_wedge": row(found, truth, found.low > 0 or found.high < 0),
        "stepped_wedge_order": row(argparse.Namespace(**by_order), truth, found.p < 0.05),
    }


def staggered(world: str, seed: int) -> dict:
    """Schools join worst first; each group against those not yet reached. Truth: the same average of the true effects."""
    from kosodachi import effect

    data = panel("staggered", world, seed)
    cells = data.groupby(["site", "month", "start"], as_index=False)[["y", "gain"]].mean()
    cells = cells[cells.groupby("site")["month"].transform("nunique") == 12].astype({"start": int})
    options = {"unit": "site", "time": "month", "first": "start"}
    found, truth = (effect.staggered(cells, outcome=name, **options)[0].iloc[0] for name in ("y", "gain"))
    return {"staggered": row(found, truth["value"], found["low"] > 0 or found["high"] < 0)}


def observational(world: str, seed: int) -> dict:
    """Staff take the first in their order: every adjusted estimator.

    As in a study, children whose chance of an offer is too near 0 or 1 to compare are left out.
    """
    from kosodachi import effect
    from kosodachi.effect.balance import comparable

    made, table = studied("capacity_cut", world, seed)
    at = arrays(table)
    kept = comparable(effect.propensity(at["a"], at["X"], clip=1e-4))
    at, gain = arrays(table[kept]), (table["y1"] - table["y0"]).to_numpy()[kept]
    y, a, X, cluster = at["y"], at["a"], at["X"], at["cluster"]
    e = effect.propensity(a, X)
    overlap = (e * (1 - e)) @ gain / (e * (1 - e)).sum()
    matched = effect.matched(y, a, np.log(e / (1 - e)), cluster=cluster)
    out = {
        "iptw_ate": row(effect.iptw(y, a, X, cluster=cluster), gain.mean()),
        "iptw_ato": row(effect.iptw(y, a, X, cluster=cluster, estimand="ATO"), overlap),
        "g_formula": row(effect.g_formula(y, a, X, cluster=cluster), gain.mean()),
        "aipw": row(effect.aipw(y, a, X, cluster=cluster, repeats=1, seed=seed), gain.mean()),
        "matched": row(matched, gain[a == 1].mean()),
    }
    return out | to_event([part[kept] for part in times(made)], a, X, cluster)


def naive(world: str, seed: int) -> dict:
    """The plain contrast of all eligible children, as it is often reported."""
    from kosodachi import effect

    _, table = studied("capacity_cut", world, seed)
    found = effect.naive(table["y_seen"].to_numpy(), table["offered"].to_numpy(float), cluster=table["home"].to_numpy())
    return {"naive": row(found, (table["y1"] - table["y0"]).mean())}


def to_event(waits, a, X, cluster) -> dict:
    """Months until a month of long absence: weighted restricted mean, and weighted Cox on the log scale."""
    from kosodachi import effect

    seen, without, given = waits
    event, until = seen <= HORIZON, np.minimum(seen, HORIZON)
    mean = effect.restricted_mean_iptw(until, event, a, X, until=HORIZON, cluster=cluster)
    w = effect.stabilised_weights(a, effect.propensity(a, X))
    cox = effect.cox_model(until, event, a[:, None], ["offer"], weights=w, cluster=cluster).iloc[0]
    gain = np.minimum(given, HORIZON).mean() - np.minimum(without, HORIZON).mean()
    return {"rmst_iptw": row(mean, gain), "cox_iptw": row(cox, np.nan) | {"both": potential_hazard(without, given)}}


def potential_hazard(without, given) -> float:
    """The log hazard ratio had every pupil been followed both with and without the offer."""
    from kosodachi import effect

    both, arm = np.r_[given, without], np.repeat([1.0, 0.0], len(given))
    return float(effect.cox_model(np.minimum(both, HORIZON), both <= HORIZON, arm[:, None], ["offer"])["value"].iloc[0])


def row(found, truth: float, significant=None) -> dict:
    """One estimate beside its truth."""
    low, high = float(found.low), float(found.high)
    significant = (low > 0 or high < 0) if significant is None else significant
    return {
        "value": float(found.value),
        "se": float(found.se),
        "low": low,
        "high": high,
        "truth": float(truth),
        "found": bool(significant),
    }


STUDIES = {"lottery": lottery, "discontinuity": discontinuity, "stepped_wedge": stepped_wedge, "staggered": staggered,
           "naive": naive, "observational": observational}  # fmt: skip


def measured(study: str, world: str, towns: int) -> list[dict]:
    """One line a design: bias, RMSE, coverage, share found, how the stated error compares with the true one."""
    runs = [STUDIES[study](world, seed) for seed in range(towns * (2 if world in (HOLDS, NULL) else 1))]
    lines = []
    for design in runs[0]:
        table = pd.DataFrame([one[design] for one in runs])
        if "both" in table:
            table["truth"] = table["both"].mean()
        lines.append({"design": design, "world": world} | summary(table))
        print(
            "  ".join(f"{k} {v:.4f}" if isinstance(v, float) else f"{k} {v}" for k, v in lines[-1].items()), flush=True
        )
    return lines


def summary(table: pd.DataFrame) -> dict:
    """The figures of one design in one world."""
    known = table[np.isfinite(table["value"]) & np.isfinite(table["se"])]
    off = known["value"] - known["truth"]
    covers = (known["low"] <= known["truth"]) & (known["truth"] <= known["high"])
    return {
        "towns": len(known), "truth": known["truth"].mean(), "mean": known["value"].mean(), "bias": off.mean(),
        "bias_se": off.std() / len(known) ** 0.5, "rmse": (off**2).mean() ** 0.5, "stated_se": known["se"].mean(),
        "coverage": covers.mean(), "found": known["found"].mean(), "wrong_sign": (known["value"] * known["truth"] < 0).mean(),
    }  # fmt: skip


def markdown(lines: list[dict]) -> str:
    """The table a reader can trust: designs in rows; where coverage leaves 93-97 % or false positives 3-7 %, marked *."""
    table = pd.DataFrame(lines).set_index(["design", "world"])
    out = ["| design | truth | bias | RMSE | coverage | stated / true error | found if no effect | bias: unmeasured need"
           " | anticipation | spill-over | coverage there |", "|" + "---|" * 11]  # fmt: skip
    for design in dict.fromkeys(table.index.get_level_values(0)):
        of = {world: table.loc[(design, world)] for world in WORLDS}
        one, null = of[HOLDS], of[NULL]
        true_error = (one["rmse"] ** 2 - one["bias"] ** 2) ** 0.5
        broken = [of[world] for world in ("unmeasured", "anticipation", "spill_over")]
        cells = [
            design, f"{one['truth']:+.3f}", f"{one['bias']:+.4f} ± {2 * one['bias_se']:.4f}", f"{one['rmse']:.4f}",
            f"{one['coverage']:.1%}{mark(one['coverage'], 0.93, 0.97)}", f"{one['stated_se'] / true_error:.2f}",
            f"{null['found']:.1%}{mark(null['found'], 0.03, 0.07)}", *(f"{b['bias']:+.4f}" for b in broken),
            " / ".join(f"{b['coverage']:.0%}" for b in broken),
        ]  # fmt: skip
        out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out) + "\n"


def mark(value: float, low: float, high: float) -> str:
    return "" if low - 1e-9 <= value <= high + 1e-9 else " *"


def main() -> None:
    """Runs the studies asked for and writes both files."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--towns", type=int, default=200)
    asked.add_argument("--designs", default=",".join(STUDIES))
    asked.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    given = asked.parse_args()
    lines = [
        line for study in given.designs.split(",") for world in WORLDS for line in measured(study, world, given.towns)
    ]
    lines = [{name: round(v, 5) if isinstance(v, float) else v for name, v in line.items()} for line in lines]
    text = json.dumps({"towns": given.towns, "lines": lines}, indent=1)
    (given.out / "effect_recovery.json").write_text(text + "\n", encoding="utf-8")
    (given.out / "effect_recovery.md").write_text(markdown(lines), encoding="utf-8")
    sys.stdout.write(markdown(lines))


if __name__ == "__main__":
    main()
