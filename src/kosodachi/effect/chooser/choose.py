"""The designs side by side: what each could show here, how long it would take, and what it asks of staff.

Power is a property of a plan. A design with much power and a wrong assumption is worse than one with little.
"""

from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from kosodachi.effect.chooser import closed
from kosodachi.effect.chooser.plan import Plan
from kosodachi.effect.chooser.trials import simulated_power

DESIGNS = ("lottery", "stepped_wedge", "discontinuity", "staggered", "history")
TARGET, LONGEST, MOST = 0.8, 60, 100
COLUMNS = ["design", "possible", "power", "power_closed", "months_needed", "municipalities_needed", "verdict"]


def compare(plan: Plan, *, trials: int = 1_000, seed: int = 1, target: float = TARGET) -> pd.DataFrame:
    """One row a design: columns design, possible, power (simulated with the design's own estimator), power_closed,
    months_needed and municipalities_needed for the target power (missing if none within 60 months or 100
    municipalities), verdict (enough, longer, pool, not_assessable, impossible).
    """
    rows = []
    for design in DESIGNS:
        possible = _possible(plan, design)
        power = simulated_power(plan, design, trials=trials, seed=seed) if possible else np.nan
        formula = _power(design, plan) if possible else np.nan
        months = _least(lambda m, d=design: _power(d, plan.times(months=m)), LONGEST, target) if possible else np.nan
        towns = (
            _least(lambda k, d=design: _power(d, plan.times(municipalities=k)), MOST, target) if possible else np.nan
        )
        verdict = _verdict(possible, power, months, towns, target)
        rows.append([design, possible, power, formula, months, towns, verdict])
    return pd.DataFrame(rows, columns=COLUMNS)


def _possible(plan: Plan, design: str) -> bool:
    """Whether the municipality could run a design at all."""
    return {
        "lottery": closed.lottery_arms(plan) >= 10,
        "discontinuity": plan.reached >= 30 and plan.reached < plan.children,
        "stepped_wedge": plan.order_free and plan.sites >= 6,
        "staggered": plan.sites >= 6,
        "history": plan.history_years > 0,
    }[design]


def _power(design: str, plan: Plan) -> float:
    return getattr(closed, design)(plan)


def _least(power, most: int, target: float) -> float:
    """The smallest number for which power reaches the target, by halving; missing if the largest does not."""
    if not power(most) >= target:
        return float("nan")
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= target else (middle, high)
    return float(high)


def _verdict(possible, power, months, towns, target) -> str:
    if not possible:
        return "impossible"
    if power >= target:
        return "enough"
    if np.isfinite(months):
        return "longer"
    return "pool" if np.isfinite(towns) else "not_assessable"


@cache
def words() -> dict:
    """What each design is called, assumes and asks of staff: {design: {name, assumes, asks: {ja, en}}}."""
    import yaml

    return yaml.safe_load(files("kosodachi.effect").joinpath("data/designs.yaml").read_text(encoding="utf-8"))


def best(table: pd.DataFrame) -> str | None:
    """The first design, in the order of how little it assumes, that has power enough here; None if none has."""
    enough = table.loc[table["verdict"] == "enough", "design"]
    return None if enough.empty else next(d for d in DESIGNS if d in set(enough))


def nothing(*, growth: bool = False) -> pd.DataFrame:
    """The table of `compare` (or of `growth`) without a row, for a municipality where no plan can be made."""
    text = ("design", "verdict")
    columns = ["design", "municipalities", "power"] if growth else COLUMNS
    return pd.DataFrame({c: pd.Series(dtype=object if c in text else float) for c in columns})


def growth(plan: Plan, *, municipalities=(1, 2, 3, 5, 8, 12, 20)) -> pd.DataFrame:
    """Power by closed forms if k municipalities of this size pooled: columns design, municipalities, power."""
    rows = [
        (design, k, _power(design, plan.times(municipalities=k)))
        for design in DESIGNS
        if _possible(plan, design)
        for k in municipalities
    ]
    return pd.DataFrame(rows, columns=["design", "municipalities", "power"])
