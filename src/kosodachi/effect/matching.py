"""Matching on the propensity score with replacement: each offered child beside its nearest not offered ones.

Easy to explain, wasteful of data, and no safer than weighting: both balance only what was measured. Children alike in the
score are not alike in what made it up, so one match for each child errs with whoever happens to stand next to it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.effect.estimators import codes_of
from kosodachi.effect.neighbours import residuals

CALIPER, NEIGHBOURS = 0.2, 4


@dataclass(frozen=True)
class Matched:
    """The effect on the treated who found a match, with the Abadie-Imbens standard error; left_out had no match.

    low and high: t with `freedom` degrees of freedom.
    """

    value: float
    se: float
    low: float
    high: float
    n: int
    left_out: int
    freedom: float


@dataclass(frozen=True)
class _Pairs:
    """weight: how often each control stands in (sums to the matched treated); squared: the sum of its squared weights;
    mean: of each treated child's matches; held: who found one."""

    weight: np.ndarray
    squared: np.ndarray
    mean: np.ndarray
    held: np.ndarray


def matched(y, a, score, *, cluster=None, neighbours: int = NEIGHBOURS, caliper: float | None = CALIPER) -> Matched:
    """The average effect on the treated by matching on a score (the logit of the propensity), with replacement.

    Up to `neighbours` controls within the caliper (standard deviations of the score), those at equal distance together;
    as many neighbours tell the variance of y at a score. Four, as in Abadie, Drukker, Herr & Imbens 2004,
    doi:10.1177/1536867X0400400307. The standard error takes the score as known; with clusters the products of siblings'
    errors are added. A few controls stand in many times, so the variance is itself uncertain: t with Satterthwaite's
    degrees of freedom, (sum v)^2 / sum v^2 of the squared weights v.
    Ref: Abadie & Imbens 2006, doi:10.1111/j.1468-0262.2006.00655.x, theorem 7; caliper: Austin 2011,
    doi:10.1002/pst.433; degrees of freedom: Satterthwaite 1946, doi:10.2307/3002019.
    """
    from scipy.stats import t

    y, a, score = np.asarray(y, float), np.asarray(a, bool), np.asarray(score, float)
    pairs = _matches(score[a], score[~a], y[~a], neighbours, _reach(score, caliper))
    n, left_out = int(pairs.held.sum()), int((~pairs.held).sum())
    if not n:
        return Matched(*[float("nan")] * 4, 0, left_out, float("nan"))
    codes, share = codes_of(cluster, len(y)), _shares(a, pairs)
    gain = (y[a] - pairs.mean)[pairs.held]
    value = float(gain.mean())
    own = ((gain - value) ** 2).sum() + (pairs.weight**2 - pairs.squared) @ _noise(score[~a], y[~a], neighbours)
    se = float(np.sqrt(max(own / n**2 + _between_siblings(y, a, score, share, codes), 0.0)))
    parts = np.bincount(codes, share**2)
    freedom = float(parts.sum() ** 2 / (parts @ parts))
    reach = t.ppf(0.975, freedom) * se
    return Matched(value, se, value - reach, value + reach, n, left_out, freedom)


def _reach(score, caliper):
    return np.inf if caliper is None else caliper * np.std(score)


def _shares(a, pairs: _Pairs) -> np.ndarray:
    """What each outcome weighs in the estimate (n,)."""
    share = np.zeros(len(a))
    share[a], share[~a] = pairs.held, -pairs.weight
    return share / pairs.held.sum()


def _between_siblings(y, a, score, share, codes) -> float:
    """Twice the sum, over pairs of one cluster, of the products of their weighted residuals (about a curve in an arm)."""
    left = np.zeros(len(y))
    for arm in (a, ~a):
        D = np.vander(score[arm], 3)
        left[arm] = y[arm] - D @ np.linalg.lstsq(D, y[arm], rcond=None)[0]
    pulls = share * left
    return float((np.bincount(codes, pulls) ** 2).sum() - pulls @ pulls)


def _spans(treated, control, neighbours, reach):
    """For each treated child the span of sorted controls that are its matches, ties included."""
    order = np.argsort(control, kind="stable")
    ranked = control[order]
    m = len(ranked)
    low = np.searchsorted(ranked, treated)
    high, radius = low.copy(), np.full(len(treated), -1.0)
    for _ in range(min(neighbours, m)):
        left = np.where(low > 0, treated - ranked[np.maximum(low - 1, 0)], np.inf)
        right = np.where(high < m, ranked[np.minimum(high, m - 1)] - treated, np.inf)
        nearest = np.minimum(left, right)
        found = nearest <= reach
        radius = np.where(found & np.isfinite(nearest), nearest, radius)
        low, high = np.where(found & (left <= right), low - 1, low), np.where(found & (left > right), high + 1, high)
    held, near = radius >= 0, 1e-12 * (1 + np.abs(treated))
    radius = np.maximum(radius, 0)
    low = np.searchsorted(ranked, treated - radius - near, side="left")
    high = np.searchsorted(ranked, treated + radius + near, side="right")
    return order, low, high, held


def _matches(treated, control, y, neighbours, reach) -> _Pairs:
    order, low, high, held = _spans(treated, control, neighbours, reach)
    total = np.r_[0, np.cumsum(y[order])]
    size = np.maximum(high - low, 1)
    mean = (total[high] - total[low]) / size
    weight, squared = np.zeros(len(control)), np.zeros(len(control))
    weight[order] = _spread(low[held], high[held], 1 / size[held], len(control))
    squared[order] = _spread(low[held], high[held], 1 / size[held] ** 2, len(control))
    return _Pairs(weight, squared, mean, held)


def _spread(low, high, amount, n):
    """Amounts added to every position of their spans."""
    edges = np.bincount(low, amount, n + 1) - np.bincount(high, amount, n + 1)
    return np.cumsum(edges)[:n]


def _noise(score, y, neighbours):
    """Variance of y given the score for each control, from its nearest neighbours among the controls."""
    order = np.argsort(score, kind="stable")
    noise = np.empty(len(y))
    noise[order] = residuals(score[order], y[order], neighbours=neighbours) ** 2
    return noise


def matched_balance(
    a, X, names, score, *, neighbours: int = NEIGHBOURS, caliper: float | None = CALIPER
) -> pd.DataFrame:
    """Standardised differences after matching: columns covariate, smd; scale of the treated."""
    a, X, score = np.asarray(a, bool), np.asarray(X, float), np.asarray(score, float)
    pairs = _matches(score[a], score[~a], np.zeros((~a).sum()), neighbours, _reach(score, caliper))
    gap = X[a][pairs.held].mean(axis=0) - np.average(X[~a], axis=0, weights=pairs.weight)
    scale = X[a].std(axis=0, ddof=1)
    return pd.DataFrame({"covariate": list(names), "smd": gap / np.where(scale > 0, scale, 1)})
