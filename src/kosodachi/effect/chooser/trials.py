"""Trials of a plan on made-up children: what each design's own estimator finds, and how often it finds the effect."""

import numpy as np
from scipy.stats import norm

from kosodachi.effect.chooser import closed
from kosodachi.effect.chooser.plan import Plan
from kosodachi.effect.discontinuity import jump
from kosodachi.effect.estimators import Z, naive
from kosodachi.effect.group_time import group_time
from kosodachi.effect.lottery import lottery
from kosodachi.effect.wedge import stepped_wedge

TRIALS = 200
REDRAWN = 399  # (399 + 1) times 5 % is a whole number


def simulated_power(plan: Plan, design: str, *, trials: int = TRIALS, seed: int = 1) -> float:
    """The share of trials in which the design finds the plan's effect at the 5 % level."""
    found = [_FINDS[design](plan, np.random.default_rng([seed, i])) for i in range(trials)]
    return float(np.mean(found))


def scored(plan: Plan, rng) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes and distances of the score from the cut, of all children."""
    score = rng.standard_normal(plan.children)
    x = score - norm.isf(min(plan.reached / plan.children, 0.5))
    return _alike(closed.scored_risk(plan, x), _home(plan.children, plan), plan.sibling_correlation, rng), x


def _home(n: int, plan: Plan) -> np.ndarray:
    """The household of each child."""
    return (np.arange(n) / plan.siblings).astype(int)


def _discontinuity(plan: Plan, rng) -> bool:
    return bool(jump(*scored(plan, rng), cluster=_home(plan.children, plan)).p < closed.LEVEL)


def _lottery(plan: Plan, rng) -> bool:
    arm = closed.lottery_arms(plan)
    if arm < 2:
        return False
    a, home = _households(2 * arm, plan, rng)
    y = _alike(plan.baseline - plan.difference * a, home, plan.sibling_correlation, rng)
    found = lottery(y, a, cluster=home, draws=1)
    return bool(abs(found.value) > Z * found.se)


def _households(n: int, plan: Plan, rng):
    """Lots drawn by household, and the household of each child."""
    home = _home(n, plan)
    drawn = rng.permutation(np.arange(home[-1] + 1) % 2)
    return drawn[home] * 1.0, home


def _alike(risk, home, correlation: float, rng) -> np.ndarray:
    """Outcomes 0/1 with given risks, members of a home alike: with chance sqrt(correlation) they share one draw."""
    shared = rng.random(len(risk)) < np.sqrt(correlation)
    return (np.where(shared, rng.random(home.max() + 1)[home], rng.random(len(risk))) < risk) * 1.0


def _history(plan: Plan, rng) -> bool:
    before = plan.reached * plan.history_years
    if not before:
        return False
    a = np.r_[np.ones(plan.reached), np.zeros(before)]
    home = _home(len(a), plan)
    y = _alike(plan.baseline - plan.difference * a, home, plan.sibling_correlation, rng)
    found = naive(y, a, cluster=home)
    return bool(abs(found.value) > Z * found.se)


def wedge_data(plan: Plan, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict]:
    """Outcomes, sites, periods and starts of a wedge in drawn order; site effects of the plan's icc, cells of any size."""
    on = closed.wedge_design(plan)[rng.permutation(plan.sites)]
    sites, periods = on.shape
    site, period = (rng.integers(0, size, plan.reached) for size in (sites, periods))
    between = np.sqrt(plan.icc * plan.baseline * (1 - plan.baseline))
    level = plan.baseline + between * rng.standard_normal(sites)
    risk = np.clip(level[site] - plan.difference * on[site, period], 0, 1)
    start = {s: int(periods - on[s].sum()) for s in range(sites)}
    return (rng.random(len(site)) < risk) * 1.0, site, period, start


def _stepped_wedge(plan: Plan, rng) -> bool:
    """By re-drawn orders: the design is offered only where the order can be drawn."""
    y, site, period, start = wedge_data(plan, rng)
    found = stepped_wedge(y, site, period, start, draws=REDRAWN, seed=int(rng.integers(2**31)))
    return bool(found.p <= closed.LEVEL)


def _staggered(plan: Plan, rng) -> bool:
    from scipy.stats import t

    y, site, period, start = wedge_data(plan, rng)
    starts = np.array([start[s] for s in range(plan.sites)])
    cell = site * (int(period.max()) + 1) + period
    size = plan.sites * (int(period.max()) + 1)
    held = np.bincount(cell, minlength=size)
    means = (np.bincount(cell, y, size) / np.maximum(held, 1)).reshape(plan.sites, -1)
    whole = (held > 0).reshape(plan.sites, -1).all(axis=1)
    value, se = group_time(means[whole], starts[whole])
    freedom = max(whole.sum() - len(np.unique(starts[whole])), 1)
    return bool(se > 0 and abs(value) > t.ppf(0.975, freedom) * se)


_FINDS = {
    "lottery": _lottery, "discontinuity": _discontinuity, "stepped_wedge": _stepped_wedge, "staggered": _staggered,
    "history": _history,
}  # fmt: skip
