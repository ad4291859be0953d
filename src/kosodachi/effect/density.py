"""Were children moved across the cut: a test of the running variable's density there, exact and fit for points.

Someone who knows the cut can raise a child's points above it; the children just inside are then more than their
neighbours on either side tell. The test cannot see moves in both directions at once, nor those of a few children.
Ref: Frandsen 2017, doi:10.1108/S0731-905320170000038012, sec. 3; McCrary 2008, doi:10.1016/j.jeconom.2007.05.005, for
why it is asked.
"""

from dataclasses import dataclass

import numpy as np

WIDTH = 0.25  # of the running variable's spread: a bin of a continuous one
MOSTLY_DISTINCT = 0.5  # share of distinct values from which the running variable counts as continuous


@dataclass(frozen=True)
class Density:
    """Children in the first bin inside the cut and in the ones below and above it, their share, and p (two-sided).

    share: of the three bins' children, those just inside; 1/3 if the density is straight. low, high: the shares that a
    density as curved as allowed gives. p is missing with nobody in the three bins.
    """

    below: int
    inside: int
    above: int
    share: float
    low: float
    high: float
    p: float
    width: float


def density_at_cut(x, *, width: float | None = None, curvature: float | None = None) -> Density:
    """Whether the bin that begins at the cut (x = 0) holds as many children as its two neighbours let expect.

    x: distances to the cut (n,), inside from 0 on. width: of a bin; default a quarter of the standard deviation, in
    whole steps where x are points. curvature: how far the bin's density may differ from the mean of its neighbours,
    relative; default as for the normal distribution of the same mean and spread at the cut. Given the three bins'
    children the number just inside is binomial with a share between (1 - k) / (3 - k) and (1 + k) / (3 + k), so p is
    exact for counts, and at most 1.
    """
    x = np.asarray(x, float)
    x = x[~np.isnan(x)]
    if not len(x):
        return Density(0, 0, 0, *(np.nan,) * 5)
    width = _width(x) if width is None else width
    k = _curvature(x, width) if curvature is None else curvature
    place = np.floor(x / width + 1e-9)
    below, inside, above = (int((place == at).sum()) for at in (-1, 0, 1))
    n, low, high = below + inside + above, (1 - k) / (3 - k), (1 + k) / (3 + k)
    share, p = (inside / n, _p(inside, n, low, high)) if n else (np.nan, np.nan)
    return Density(below, inside, above, share, low, high, p, float(width))


def _p(inside: int, n: int, low: float, high: float) -> float:
    """Twice the smaller tail, each at the allowed share that makes it largest."""
    from scipy.stats import binom

    tails = binom.cdf(inside, n, low), binom.sf(inside - 1, n, high)
    return float(min(1.0, 2 * min(tails)))


def _width(x: np.ndarray) -> float:
    values = np.unique(np.round(x, 9))
    spread = max(WIDTH * x.std(), 1e-9)
    if len(values) > MOSTLY_DISTINCT * len(x) or len(values) < 2:
        return float(spread)
    step = np.diff(values).min()
    return float(step * max(1, round(spread / step)))


def _curvature(x: np.ndarray, width: float) -> float:
    """How far a normal density leaves the mean of its neighbours a width away, at the middle of the bin or at the top."""
    spread = max(x.std(), 1e-9)
    t, z = width / spread, (width / 2 - x.mean()) / spread
    here, top = 1 / (np.cosh(z * t) * np.exp(-(t**2) / 2)) - 1, np.exp(t**2 / 2) - 1
    return float(min(max(abs(here), top), 0.9))
