"""Matching on the propensity score with replacement: each offered child beside its nearest not offered ones.

Easy to explain, wasteful of data, and no safer than weighting: both balance only what was measured.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.effect.estimators import Z
from kosodachi.effect.neighbours import residuals

CALIPER = 0.2


@dataclass(frozen=True)
class Matched:
    """The effect on the treated who found a match, with the Abadie-Imbens standard error; left_out had no match."""

    value: float
    se: float
    low: float
    high: float
    n: int
    left_out: int


def matched(y, a, score, *, neighbours: int = 1, caliper: float | None = CALIPER) -> Matched:
    """The average effect on the treated by matching on a score (the logit of the propensity), with replacement.

    caliper: largest distance, in standard deviations of the score. Controls at equal distance share the weight. The
    standard error takes the score as known, which is at most too large for the average effect on all.
    Ref: Abadie & Imbens 2006, doi:10.1111/j.1468-0262.2006.00655.x, theorem 7; caliper: Austin 2011,
    doi:10.1002/pst.433.
    """
    y, a, score = np.asarray(y, float), np.asarray(a, bool), np.asarray(score, float)
    reach = np.inf if caliper is None else caliper * score.std()
    weight, mean, held = _matches(score[a], score[~a], y[~a], neighbours, reach)
    n = int(held.sum())
    gain = y[a][held] - mean[held]
    value = float(gain.mean()) if n else float("nan")
    noise0 = _noise(score[~a], y[~a])
    squares = ((gain - value) ** 2).sum() + (
        weight**2 - _squared(score[a], score[~a], held, neighbours, reach)
    ) @ noise0
    se = float(np.sqrt(max(squares, 0.0)) / n) if n else float("nan")
    return Matched(value, se, value - Z * se, value + Z * se, n, int(a.sum()) - n)


def _spans(treated, control, neighbours, reach):
    """For each treated child the span of sorted controls that are its matches, ties included."""
    order = np.argsort(control, kind="stable")
    ranked = control[order]
    low = high = np.searchsorted(ranked, treated)
    low, high = low.copy(), high.copy()
    m = len(ranked)
    radius = np.zeros(len(treated))
    for _ in range(min(neighbours, m)):
        left = np.where(low > 0, treated - ranked[np.maximum(low - 1, 0)], np.inf)
        right = np.where(high < m, ranked[np.minimum(high, m - 1)] - treated, np.inf)
        radius = np.minimum(left, right)
        low, high = np.where(left <= right, low - 1, low), np.where(left <= right, high, high + 1)
    near = 1e-12 * (1 + np.abs(treated))
    low = np.searchsorted(ranked, treated - radius - near, side="left")
    high = np.searchsorted(ranked, treated + radius + near, side="right")
    return order, low, high, radius <= reach


def _matches(treated, control, y, neighbours, reach):
    """How often each control stands in (weights sum to the matched treated), the mean of each one's matches, and who
    found one."""
    order, low, high, held = _spans(treated, control, neighbours, reach)
    total = np.r_[0, np.cumsum(y[order])]
    size = np.maximum(high - low, 1)
    mean = (total[high] - total[low]) / size
    weight = np.zeros(len(control))
    weight[order] = _spread(low[held], high[held], 1 / size[held], len(control))
    return weight, mean, held


def _squared(treated, control, held, neighbours, reach):
    """Sum over treated of the squared weight that each control has in their mean."""
    order, low, high, _ = _spans(treated, control, neighbours, reach)
    size = np.maximum(high - low, 1)
    squares = np.zeros(len(control))
    squares[order] = _spread(low[held], high[held], 1 / size[held] ** 2, len(control))
    return squares


def _spread(low, high, amount, n):
    """Amounts added to every position of their spans."""
    edges = np.bincount(low, amount, n + 1) - np.bincount(high, amount, n + 1)
    return np.cumsum(edges)[:n]


def _noise(score, y):
    """Variance of y given the score for each control, from its nearest neighbours among the controls."""
    order = np.argsort(score, kind="stable")
    noise = np.empty(len(y))
    noise[order] = residuals(score[order], y[order], neighbours=1) ** 2
    return noise


def matched_balance(a, X, names, score, *, neighbours: int = 1, caliper: float | None = CALIPER) -> pd.DataFrame:
    """Standardised differences after matching: columns covariate, smd; scale of the treated."""
    a, X = np.asarray(a, bool), np.asarray(X, float)
    reach = np.inf if caliper is None else caliper * np.std(score)
    weight, _, held = _matches(score[a], score[~a], np.zeros((~a).sum()), neighbours, reach)
    gap = X[a][held].mean(axis=0) - np.average(X[~a], axis=0, weights=weight)
    scale = X[a].std(axis=0, ddof=1)
    return pd.DataFrame({"covariate": list(names), "smd": gap / np.where(scale > 0, scale, 1)})
