"""Nearest neighbours: residuals without a model, and matching on a score."""

import numpy as np

NEIGHBOURS = 3


def residuals(x, y, *, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """Each y less the mean of its nearest neighbours in x, scaled to the variance of y given x (n,); x ascending.

    Neighbours at equal distance come in together. Ref: Abadie & Imbens 2006, doi:10.1111/j.1468-0262.2006.00655.x,
    eq. 14; Calonico, Cattaneo & Titiunik 2014, sec. 5.
    """
    values, first, size = np.unique(x, return_index=True, return_counts=True)
    total = np.r_[0, np.cumsum(y)]
    low, high = _windows(values, size, min(neighbours, len(y) - 1))
    ends = first + size
    start, stop = first[low], ends[high]
    group = np.repeat(np.arange(len(values)), size)
    others = (stop - start - 1)[group]
    mean = (total[stop][group] - total[start][group] - y) / np.maximum(others, 1)
    return np.sqrt(others / (others + 1)) * (y - mean)


def _windows(values, size, wanted):
    """For each distinct value the first and last distinct value of its neighbourhood, grown on the nearer side."""
    m = len(values)
    low, high = np.arange(m), np.arange(m)
    held = size - 1
    while (growing := np.flatnonzero(held < wanted)).size:
        to_left = np.where(low[growing] > 0, values[growing] - values[np.maximum(low[growing] - 1, 0)], np.inf)
        to_right = np.where(
            high[growing] < m - 1, values[np.minimum(high[growing] + 1, m - 1)] - values[growing], np.inf
        )
        left, right = growing[to_left <= to_right], growing[to_right <= to_left]
        low[left] -= 1
        held[left] += size[low[left]]
        high[right] += 1
        held[right] += size[high[right]]
    return low, high
