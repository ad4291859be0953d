"""Power of each design by closed forms: quick, and the check of the simulated ones.

All take two-sided tests at 5 % and the plan's effect as the true one. They know nothing of records that fail to link.
"""

import numpy as np
from scipy.stats import norm, t

from kosodachi.effect.chooser.plan import Plan

LEVEL = 0.05
GRID = 60_000
TOWNS = 9


def power_of(difference: float, se: float, df: float = np.inf) -> float:
    """The chance of a two-sided test at 5 % to find a difference with this standard error."""
    if not np.isfinite(se) or se <= 0:
        return float("nan")
    z, cut = abs(difference) / se, t.ppf(1 - LEVEL / 2, df)
    if df > 300 or z > 12:
        return float(norm.sf(cut - z) + norm.cdf(-cut - z))
    from scipy.stats import nct

    return float(nct.sf(cut, df, z) + nct.cdf(-cut, df, z))


def spread(plan: Plan) -> tuple[float, float]:
    """Variance of the outcome with and without the offer, siblings allowed for."""
    clustering = 1 + (plan.siblings - 1) * plan.sibling_correlation
    with_offer = plan.baseline - plan.difference
    return with_offer * (1 - with_offer) * clustering, plan.baseline * (1 - plan.baseline) * clustering


def lottery_arms(plan: Plan) -> int:
    """Children in each arm: half of each month's places go by lot to as many again as they hold."""
    months = min(plan.months, plan.children // max(1, round(1.5 * plan.capacity)))
    return int(months * (plan.capacity // 2))


def lottery(plan: Plan) -> float:
    """Two shares compared, half of the places drawn among the next children twice as many."""
    arm, (on, off) = lottery_arms(plan), spread(plan)
    return power_of(plan.difference, np.sqrt((on + off) / arm)) if arm > 1 else 0.0


def history(plan: Plan) -> float:
    """The reached children against alike ones of earlier years, adjusted; no allowance for what else has changed."""
    before, (on, off) = plan.reached * plan.history_years, spread(plan)
    return power_of(plan.difference, np.sqrt(on / plan.reached + off / before)) if before else float("nan")


def stepped_wedge(plan: Plan, *, freedom: float = np.inf) -> float:
    """Hussey & Hughes 2007, eq. 7 (doi:10.1016/j.cct.2006.05.007); normal, as the test re-draws the order of the sites
    (for an interval by t give its degrees of freedom)."""
    return power_of(plan.difference, np.sqrt(wedge_variance(plan)), freedom) if _wedge(plan) else float("nan")


def staggered(plan: Plan) -> float:
    """Each group of sites against those not yet reached; levels of sites of any size, effects of any group its own.

    Means of cells count alike, and their sizes vary as children come: 1/n is 1 + 1/n larger on average.
    """
    from kosodachi.effect.group_time import site_weights

    if not _wedge(plan):
        return float("nan")
    on, (with_offer, without) = wedge_design(plan), spread(plan)
    sites, periods = on.shape
    starts = periods - on.sum(axis=1).astype(int)
    counts = site_weights(starts, periods)
    cell = plan.reached / on.size
    variance = np.where(on > 0, with_offer, without) * (1 - plan.icc) / cell * (1 + 1 / cell)
    return power_of(
        plan.difference, float(np.sqrt((counts**2 * variance).sum())), max(sites - len(np.unique(starts)), 1)
    )


def _wedge(plan: Plan) -> bool:
    return plan.sites >= 3 and plan.reached >= plan.sites


def wedge_design(plan: Plan) -> np.ndarray:
    """Whether outreach is on, (sites, periods): sites start in equal groups after a first period without."""
    steps = min(plan.steps, plan.sites)
    group = np.arange(plan.sites) * steps // plan.sites
    return (np.arange(steps + 1) > group[:, None]) * 1.0


def wedge_variance(plan: Plan) -> float:
    """Variance of the effect under the wedge, with the plan's likeness of children of a site."""
    on, (with_offer, without) = wedge_design(plan), spread(plan)
    sites, periods = on.shape
    one = (with_offer + without) / 2
    cell, site = one * (1 - plan.icc) / (plan.reached / (sites * periods)), one * plan.icc
    U, W, V = on.sum(), (on.sum(axis=0) ** 2).sum(), (on.sum(axis=1) ** 2).sum()
    top = sites * cell * (cell + periods * site)
    return top / ((sites * U - W) * cell + (U**2 + sites * periods * U - periods * W - sites * V) * site)


def discontinuity(plan: Plan) -> float:
    """The local linear jump at the cut, its error worked out on a grid of scores at the bandwidth of such data."""
    se = discontinuity_error(plan)
    return power_of(plan.difference, se)


def discontinuity_error(plan: Plan) -> float:
    """Robust standard error of the jump in a town of this size, from scores at normal quantiles."""
    from kosodachi.effect.discontinuity import _weights

    n = min(plan.children, GRID)
    score = norm.ppf((np.arange(n) + 0.5) / n)
    cut = norm.isf(min(plan.reached / plan.children, 0.5))
    x, (h, b) = score - cut, usual_bandwidths(plan)
    risk = scored_risk(plan, x) * 1.0
    squares = 0.0
    for side in (x < 0, x >= 0):
        _, corrected, _ = _weights(x[side], h, b)
        squares += corrected**2 @ (risk[side] * (1 - risk[side]))
    clustering = 1 + (plan.siblings - 1) * plan.sibling_correlation
    return float(np.sqrt(squares * n / plan.children * clustering))


def usual_bandwidths(plan: Plan) -> np.ndarray:
    """The two bandwidths that such data choose: medians over a few simulated towns."""
    from kosodachi.effect.chooser.trials import scored
    from kosodachi.effect.discontinuity import bandwidths

    rngs = [np.random.default_rng([5, i]) for i in range(TOWNS)]
    return np.median([bandwidths(*scored(plan, rng)) for rng in rngs], axis=0)


def scored_risk(plan: Plan, x: np.ndarray) -> np.ndarray:
    """The outcome's share by distance of the score from the cut, with the offer from 0 on."""
    logit = np.log(plan.baseline / (1 - plan.baseline)) + plan.slope * x
    return np.clip(1 / (1 + np.exp(-logit)) - plan.difference * (x >= 0), 0, 1)
