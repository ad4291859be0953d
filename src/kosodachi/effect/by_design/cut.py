"""Regression discontinuity at the capacity cut of a town: pupils just inside and just outside of each month's places.

The effect of an offer on those at the cut whom points decided. It needs that staff follow the points: where the share
offered support hardly jumps, there is nothing to divide by and no estimate is made.
"""

import numpy as np
import pandas as pd

from kosodachi.effect.by_design.finding import LONG, Finding, Found, at_least, behind, enough, nulls, without
from kosodachi.effect.by_design.rollout import Rollout
from kosodachi.effect.density import density_at_cut
from kosodachi.effect.discontinuity import jump, running_variable
from kosodachi.effect.gate import Bounds
from kosodachi.effect.placebo import placebo_cuts, smallest_p
from kosodachi.effect.study import no_rows

DESIGN = "discontinuity"
FEWEST_OFFERS = 10  # in a month, for it to have a cut
FEWEST_VALUES = 5  # of points on the side that has fewer, for a slope and a curve to be fitted
LEAST_JUMP, STRONG = 0.2, 10**0.5  # of the share offered; and in standard errors (F of 10, Staiger & Stock 1997)
SHARES = ["distance", "kind", "share_of_children", "children", "hits", "others"]
WIDEST = 8  # bins on either side that are drawn


def at_cut(found: Rollout) -> pd.DataFrame:
    """One row a pupil and month with a cut: x (0 is the cut), y, early, treated (offered in the month), cluster, month.

    A month's pool are the pupils not offered support before it, its places the offers made in it, at most the capacity;
    months from the index month until the outcome is counted. Who is passed over stays in the pool of the next month, so
    an effect that later offers have on them is left in the comparison.
    """
    trial, people = found.trial, found.people[found.people["points"].notna()]
    months = pd.period_range(trial.index_month, trial.outcome_months[0] - 1, freq="M")
    of = people["offered_on"].dt.to_period("M")
    pools = []
    for month in months:
        pool = people[~(of < month)]
        treated = (of == month)[pool.index]
        if treated.sum() >= FEWEST_OFFERS:
            pools.append(
                pool.assign(treated=treated * 1.0, month=month.ordinal, places=min(found.places, treated.sum()))
            )
    if not pools:
        return pd.DataFrame(columns=["x", "y", "early", "treated", "cluster", "month"])
    stacked = pd.concat(pools, ignore_index=True)
    x = running_variable(stacked["points"], stacked["month"], stacked["places"].to_numpy())["x"]
    stacked = stacked.rename(columns={"outcome": "y", "household_id": "cluster"}).assign(x=x.to_numpy())
    return stacked[["x", "y", "early", "treated", "cluster", "month"]]


def capacity_cut(found: Rollout, *, bounds: Bounds) -> Finding:
    """The fuzzy jump in long absence at the cut, behind its tests.

    point_values, first_stage (jump of the share offered, in the estimate's bandwidth), long_absences within it; density (p
    of the test that children were not moved across), placebo_cuts (smallest corrected p, same bandwidth), before_offer (p of a jump in days absent
    this fiscal year before the index month, which neither points nor the offer hold).
    """
    if found.missing:
        return without(DESIGN, found.missing[0])
    data = at_cut(found)
    data = data[data["y"].notna()]
    if data.empty:
        return without(DESIGN, "no_offer")
    y, x, t, home = (data[name].to_numpy() for name in ("y", "x", "treated", "cluster"))
    values = min(np.unique(x[x < 0]).size, np.unique(x[x >= 0]).size)
    tests = [at_least("point_values", len(x), values, FEWEST_VALUES)]
    if values < FEWEST_VALUES:
        return behind(DESIGN, [*tests, *_without_slopes(x, t)], _nothing)
    whole = _quiet(y, x, treated=t, cluster=home)
    reach = {"h": whole.h, "b": whole.b} if whole.n else {}
    tests += [_first_stage(_quiet(t, x, cluster=home, **reach))]
    events = int(y[np.abs(x) < whole.h].sum()) if whole.n else 0
    tests += [enough("long_absences", events, bounds.min_events)] * bool(whole.n) + _refutable(data, reach)
    return behind(DESIGN, tests, lambda: Found(whole.value, whole.low, whole.high, whole.p, whole.n, events))


def _without_slopes(x, t) -> list:
    """Where points are too few for curves: the share offered in the bin inside the cut less that below it, and density."""
    dense = density_at_cut(x)
    near = [t[np.floor(x / dense.width + 1e-9) == place] for place in (-1, 0)]
    gap = near[1].mean() - near[0].mean() if min(map(len, near)) else 0.0
    first = at_least("first_stage", sum(map(len, near)), gap, LEAST_JUMP)
    return [first, *nulls(("density", dense.below + dense.inside + dense.above, dense.p))]


def _nothing() -> Found:
    return Found(*(np.nan,) * 4, 0)


def _quiet(y, x, **options):
    """The jump, without warnings where points hold too little to fit."""
    with np.errstate(all="ignore"):
        return jump(y, x, **options)


def _first_stage(took):
    test = at_least("first_stage", took.n, took.value, LEAST_JUMP)
    strong = bool(took.value >= STRONG * took.se)
    return type(test)(test.name, test.children, test.measured, test.bound, bool(test.met and strong))


def _refutable(data: pd.DataFrame, reach: dict) -> list:
    """What the data could show against the design: moved children, jumps elsewhere, a jump before anything was offered.
    reach: the estimate's bandwidths."""
    y, x, home = (data[name].to_numpy() for name in ("y", "x", "cluster"))
    dense = density_at_cut(x)
    with np.errstate(all="ignore"):
        elsewhere = placebo_cuts(y, x, cluster=home, **reach)
    past = data[data["early"].notna()]
    last = _quiet(past["early"].to_numpy(), past["x"].to_numpy(), cluster=past["cluster"].to_numpy())
    return nulls(
        ("density", dense.below + dense.inside + dense.above, dense.p),
        ("placebo_cuts", elsewhere["n"].min() if len(elsewhere) else 0, smallest_p(elsewhere["p"])),
        ("before_offer", last.n, last.p),
    )


def about_the_cut(found: Rollout) -> pd.DataFrame:
    """What is drawn: columns distance (middle of a bin of points, from the cut), kind (offered, long_absence_share), share_of_children,
    children, hits, others; of all months together."""
    data = at_cut(found) if not found.missing else pd.DataFrame()
    if data.empty or not (known := data["y"].notna()).any():
        return no_rows(SHARES).astype({"kind": object, "hits": int, "others": int})
    data, width = data[known], density_at_cut(data["x"].to_numpy()).width
    place = np.floor(data["x"] / width + 1e-9)
    data = data.assign(distance=(place + 0.5) * width)[place.between(-WIDEST, WIDEST - 1)]
    parts = [data.groupby("distance")[column].agg(["mean", "size", "sum"]).reset_index().assign(kind=kind)
             for kind, column in (("offered", "treated"), (LONG, "y"))]  # fmt: skip
    table = pd.concat(parts, ignore_index=True).rename(
        columns={"mean": "share_of_children", "size": "children", "sum": "hits"}
    )
    table = table.astype({"hits": int})
    return table.assign(others=table["children"] - table["hits"])
