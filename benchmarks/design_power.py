"""The power that the design chooser predicts, beside the power that comes about in data made and analysed another way.

Predicted: `chooser.simulated_power`, as `compare` shows it. Realised: children of another generator (households of one and
two with beta-distributed risks, sites of unequal size, seasons, uptake drawn child by child, staggered sites worst first)
analysed by the function that a study would call: randomisation test, robust bias-corrected jump, wedge by sandwich and by
re-drawn orders, group-time effects, cross-fitted AIPW. Two standard errors of a difference of two shares of 2,000 are 3 points
at a power of one half.
Run: python benchmarks/design_power.py [--trials 2000] [--designs lottery,history] [--out FOLDER]
Writes design_power.json and design_power.md beside this file, or into --out.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

PLANS = {
    "small": {"children": 1_500, "capacity": 40, "months": 6, "baseline": 0.30, "smallest_effect": 0.15, "uptake": 0.7,
              "sites": 12, "siblings": 1.2, "history_years": 1},
    "middle": {"children": 4_000, "capacity": 120, "months": 8, "baseline": 0.35, "smallest_effect": 0.12, "uptake": 0.7,
               "sites": 20, "siblings": 1.2, "history_years": 1},
    "large": {"children": 12_000, "capacity": 250, "months": 12, "baseline": 0.25, "smallest_effect": 0.08, "uptake": 0.8,
              "sites": 30, "siblings": 1.1, "history_years": 1},
}  # fmt: skip
FEWER = {"large": 2}  # trials of the large plan cost more: this many times fewer
BAR = 0.03


def households(plan, n: int, rng) -> np.ndarray:
    """Households of one and two children whose mean size is the plan's."""
    pairs = rng.random(n) < plan.siblings - 1
    return np.repeat(np.arange(n), 1 + pairs)[:n]


def risk_of(plan, home: np.ndarray, mean, rng) -> np.ndarray:
    """Risks of children, households alike: beta-distributed around `mean`, with the plan's correlation of siblings."""
    rho = max(plan.sibling_correlation, 1e-6)
    size = (1 - rho) / rho
    centre = np.full(home.max() + 1, plan.baseline)
    own = rng.beta(centre * size, (1 - centre) * size)[home]
    return np.clip(own + mean - plan.baseline, 0, 1)


def outcome(risk: np.ndarray, offered: np.ndarray, plan, rng) -> np.ndarray:
    """Outcomes 0/1: for those of the offered who take support up the risk falls in proportion, by the plan's effect on
    average (a fixed fall would be cut off at 0 for children at low risk)."""
    taken = (offered > 0) & (rng.random(len(risk)) < plan.uptake)
    return (rng.random(len(risk)) < risk * (1 - plan.smallest_effect / plan.baseline * taken)) * 1.0


def lottery(plan, rng) -> dict:
    """Months of draws; siblings are drawn together."""
    from kosodachi import effect
    from kosodachi.effect.chooser import closed

    n = 2 * closed.lottery_arms(plan)
    home = households(plan, n, rng)
    block = np.sort(rng.integers(0, plan.months, home.max() + 1))
    drawn = np.empty(home.max() + 1)
    for month in range(plan.months):
        here = np.flatnonzero(block == month)
        drawn[here] = rng.permutation(np.arange(len(here)) % 2)
    a = drawn[home]
    found = effect.lottery(outcome(risk_of(plan, home, plan.baseline, rng), a, plan, rng), a, block=block[home], cluster=home,
                           draws=400, seed=int(rng.integers(2**31)))  # fmt: skip
    return {"randomisation test": found.p < 0.05}


def history(plan, rng) -> dict:
    """The reached against as many of the year before, a little different in what is on record; adjusted by AIPW."""
    from kosodachi import effect

    a = np.repeat([1.0, 0.0], [plan.reached, plan.reached * plan.history_years])
    home = np.r_[households(plan, plan.reached, rng), 10**6 + households(plan, int((1 - a).sum()), rng)]
    home = np.unique(home, return_inverse=True)[1]
    x = rng.normal(0.1 * a, 0.5)
    mean = plan.baseline + plan.baseline * (1 - plan.baseline) * plan.slope * x
    y = outcome(risk_of(plan, home, mean, rng), a, plan, rng)
    found = effect.aipw(y, a, x[:, None], cluster=home, repeats=1, seed=int(rng.integers(2**31)))
    return {"aipw": found.low > 0 or found.high < 0}


def discontinuity(plan, rng) -> dict:
    """All children by score, offered from the cut on; the error summed by households."""
    from scipy.stats import norm

    from kosodachi import effect

    x = rng.standard_normal(plan.children) - norm.isf(plan.reached / plan.children)
    home = households(plan, plan.children, rng)
    mean = 1 / (1 + np.exp(-np.log(plan.baseline / (1 - plan.baseline)) - plan.slope * x))
    found = effect.jump(outcome(risk_of(plan, home, mean, rng), x >= 0, plan, rng), x, cluster=home)
    return {"robust p": found.p < 0.05}


def sites(plan, rng, *, drawn: bool) -> pd.DataFrame:
    """Children reached, in sites of unequal size with levels of their own, over seasons: site, period, start, y."""
    from kosodachi.effect.chooser import closed

    on = closed.wedge_design(plan)
    count, periods = on.shape
    size = (1 - plan.icc) / max(plan.icc, 1e-6)
    level = rng.beta(plan.baseline * size, (1 - plan.baseline) * size, count)
    order = rng.permutation(count) if drawn else np.argsort(np.argsort(-level + 0.02 * rng.standard_normal(count)))
    on, share = on[order], rng.dirichlet(np.full(count, 30.0))
    site, period = rng.choice(count, plan.reached, p=share), rng.integers(0, periods, plan.reached)
    season = 0.03 * rng.standard_normal(periods)
    risk = np.clip(level[site] + season[period], 0, 1)
    start, taken = periods - on.sum(axis=1).astype(int), rng.random(len(site)) < plan.uptake
    risk = np.clip(risk - plan.smallest_effect * taken * on[site, period], 0, 1)
    return pd.DataFrame(
        {"site": site, "period": period, "start": start[site], "y": (rng.random(len(site)) < risk) * 1.0}
    )


def stepped_wedge(plan, rng) -> dict:
    """Wedge in drawn order: by the sandwich with t, and by re-drawn orders."""
    from kosodachi import effect

    data = sites(plan, rng, drawn=True)
    start = data.groupby("site")["start"].first().to_dict()
    found = effect.stepped_wedge(
        data["y"], data["site"], data["period"], start, draws=400, seed=int(rng.integers(2**31))
    )
    return {"sandwich": found.low > 0 or found.high < 0, "re-drawn orders": found.p < 0.05}


def staggered(plan, rng) -> dict:
    """Sites that start worst first, by group-time effects."""
    from kosodachi import effect

    cells = sites(plan, rng, drawn=False).groupby(["site", "period", "start"], as_index=False)["y"].mean()
    whole = cells.groupby("site")["period"].transform("nunique") == cells["period"].nunique()
    found = effect.staggered(cells[whole], outcome="y", unit="site", time="period", first="start")[0].iloc[0]
    return {"group-time": found["low"] > 0 or found["high"] < 0}


STUDIES = {"lottery": lottery, "history": history, "stepped_wedge": stepped_wedge, "staggered": staggered,
           "discontinuity": discontinuity}  # fmt: skip


def measured(design: str, name: str, trials: int) -> list[dict]:
    """Predicted and realised power of one design under one plan; one line an analysis."""
    from kosodachi.effect import chooser

    plan, n = chooser.Plan(**PLANS[name]), max(1_000, trials // FEWER.get(name, 1))
    predicted = chooser.simulated_power(plan, design, trials=n, seed=1)
    realised = pd.DataFrame([STUDIES[design](plan, np.random.default_rng([8, i])) for i in range(n)]).mean()
    closed = getattr(chooser.closed, design)(plan)
    lines = [{"design": design, "plan": name, "analysis": analysis, "predicted": predicted, "closed": closed,
              "realised": power, "trials": n, "se": (2 * 0.25 / n) ** 0.5} for analysis, power in realised.items()]  # fmt: skip
    for line in lines:
        print("  ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in line.items()), flush=True)
    return lines


def markdown(lines: list[dict]) -> str:
    """A line a design, plan and analysis; a difference of more than three points is marked *."""
    out = ["| design | plan | analysis | predicted | realised | difference | closed form | trials |", "|" + "---|" * 8]
    for one in lines:
        gap = one["realised"] - one["predicted"]
        out.append(f"| {one['design']} | {one['plan']} | {one['analysis']} | {one['predicted']:.3f} | {one['realised']:.3f} |"
                   f" {gap:+.3f}{' *' if abs(gap) > BAR else ''} | {one['closed']:.3f} | {one['trials']:,} |")  # fmt: skip
    return "\n".join(out) + "\n"


def main() -> None:
    """Runs the designs asked for under each plan and writes both files."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--trials", type=int, default=2_000)
    asked.add_argument("--designs", default=",".join(STUDIES))
    asked.add_argument("--plans", default=",".join(PLANS))
    asked.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    given = asked.parse_args()
    lines = [
        line
        for design in given.designs.split(",")
        for name in given.plans.split(",")
        for line in measured(design, name, given.trials)
    ]
    (given.out / "design_power.json").write_text(json.dumps({"lines": lines}, indent=1) + "\n", encoding="utf-8")
    (given.out / "design_power.md").write_text(markdown(lines), encoding="utf-8")
    sys.stdout.write(markdown(lines))


if __name__ == "__main__":
    main()
