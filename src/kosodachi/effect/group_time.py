"""Group-time effects on a complete table of sites and periods, in arrays: quick enough to plan a study with.

The same average as `staggered`, without covariates. A site's weights are those of its differences, so levels that stay do
not matter; sites must have moved in parallel otherwise.
"""

import numpy as np


def _cells(start: np.ndarray, periods: int):
    """Each group and period after its start: children's sites of the group, those not yet reached, period, base period."""
    for group in np.unique(start[(start >= 1) & (start < periods)]):
        for period in range(int(group), periods):
            own, others = start == group, start > period
            if others.any():
                yield own, others, period, int(group) - 1


def site_weights(start, periods: int) -> np.ndarray:
    """What each mean (sites, periods) counts in the overall effect; all 0 where no group has one to compare with.

    Groups against sites not yet reached, each group and period weighted by its number of sites.
    Ref: Callaway & Sant'Anna 2021, doi:10.1016/j.jeconom.2020.12.001, eq. 2.4 (not yet treated), table 1 (simple).
    """
    start = np.asarray(start)
    found = np.zeros((len(start), periods))
    total = 0
    for own, others, period, base in _cells(start, periods):
        share = own - others * own.sum() / others.sum()
        found[:, period] += share
        found[:, base] -= share
        total += own.sum()
    return found / max(total, 1)


def group_time(means, start) -> tuple[float, float]:
    """The overall effect and its standard error by sites, from their means (sites, periods) and first periods (sites,).

    The variance within each side of a comparison is over its sites less one, so that few sites a group are allowed for.
    """
    means, start = np.asarray(means, float), np.asarray(start)
    pulls, values, sizes = [], [], []
    for own, others, period, base in _cells(start, means.shape[1]):
        change = means[:, period] - means[:, base]
        one, nil = change[own].mean(), change[others].mean()
        pulls.append(_pull(own, change - one) - _pull(others, change - nil))
        values.append(one - nil)
        sizes.append(own.sum())
    if not sizes:
        return float("nan"), float("nan")
    weight = np.array(sizes) / np.sum(sizes)
    pull = weight @ np.array(pulls)
    return float(weight @ values), float(np.sqrt(pull @ pull))


def _pull(side: np.ndarray, left: np.ndarray) -> np.ndarray:
    """What each site pulls at the mean of its side; one site alone tells nothing of its spread."""
    n = side.sum()
    return side * left / np.sqrt(n * max(n - 1, 1))
