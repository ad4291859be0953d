"""A lottery at the capacity margin: staff offer support to those in most need, and draw lots among the next ones.

Randomisation inference for the drawn children alone. It says nothing about children who were offered support without a
draw, and an offer is not its receipt: `complier_effect` divides by the share who took it up.
"""

from dataclasses import dataclass

import numpy as np

from kosodachi.effect.estimators import Z, codes_of

DRAWS, CHUNK = 5_000, 2_000_000


@dataclass(frozen=True)
class Drawn:
    """The effect of being drawn: value with 95 % interval (difference of means) and p of the randomisation test.

    units: households (or children) among which lots were drawn; blocks: draws held apart, such as months.
    """

    value: float
    se: float
    low: float
    high: float
    p: float
    units: int
    blocks: int


def lottery(y, a, *, block=None, cluster=None, draws: int = DRAWS, seed: int = 1) -> Drawn:
    """The effect of the offer among children in a lottery with blocks; lots are drawn by `cluster` (siblings together).

    value: difference of means of units, blocks weighted by their number of units. se: Neyman's, at most too large.
    p: share of re-drawn lotteries with a difference at least as far from 0 (Fisher's sharp null). Blocks in which all
    or none were drawn hold no comparison and are left out; with fewer than two units an arm se is missing.
    Ref: Imbens & Rubin 2015, Causal Inference, ch. 5, 6, 9, eq. 6.12, doi:10.1017/CBO9781139025751.
    """
    y, a, blocks = _units(np.asarray(y, float), np.asarray(a, float), block, cluster)
    kept = _two_armed(a, blocks)
    y, a, blocks = y[kept], a[kept], np.unique(blocks[kept], return_inverse=True)[1]
    if not len(y):
        return Drawn(*[float("nan")] * 5, 0, 0)
    value, se = _neyman(y, a, blocks)
    null = redrawn(y, a, blocks, draws=draws, seed=seed)
    far = np.abs(null) >= abs(value) - 1e-12
    p = float((1 + far.sum()) / (1 + draws))
    return Drawn(value, se, value - Z * se, value + Z * se, p, len(y), int(blocks.max()) + 1)


def _units(y, a, block, cluster):
    """Means of y and a by unit, and each unit's block."""
    blocks = np.zeros(len(y), int) if block is None else np.unique(np.asarray(block), return_inverse=True)[1]
    codes = codes_of(cluster, len(y)) if cluster is not None else np.arange(len(y))
    pairs, unit = np.unique(np.column_stack([blocks, codes]), axis=0, return_inverse=True)
    unit, size = unit.ravel(), None
    size = np.bincount(unit)
    return np.bincount(unit, y) / size, np.bincount(unit, a) / size, pairs[:, 0]


def _two_armed(a, blocks):
    drawn, size = np.bincount(blocks, a), np.bincount(blocks)
    return ((drawn > 0) & (drawn < size))[blocks]


def _neyman(y, a, blocks):
    n, n1 = np.bincount(blocks), np.bincount(blocks, a)
    n0, share = n - n1, n / n.sum()
    mean1, mean0 = np.bincount(blocks, a * y) / n1, np.bincount(blocks, (1 - a) * y) / n0
    with np.errstate(divide="ignore", invalid="ignore"):
        var1 = np.bincount(blocks, a * (y - mean1[blocks]) ** 2) / (n1 - 1)
        var0 = np.bincount(blocks, (1 - a) * (y - mean0[blocks]) ** 2) / (n0 - 1)
    return float(share @ (mean1 - mean0)), float(np.sqrt(share**2 @ (var1 / n1 + var0 / n0)))


def redrawn(y, a, blocks, *, draws: int, seed: int) -> np.ndarray:
    """Differences of means (draws,) had the lots fallen otherwise, with as many drawn in each block as were."""
    rng, n = np.random.default_rng(seed), np.bincount(blocks)
    total, found = n.sum(), np.zeros(draws)
    for at in range(len(n)):
        own, k = y[blocks == at], int(a[blocks == at].sum())
        found += n[at] / total * _block_differences(own, k, draws, rng)
    return found


def _block_differences(y, k, draws, rng):
    n, total = len(y), y.sum()
    if np.isin(y, (0, 1)).all():
        drawn = rng.hypergeometric(int(total), n - int(total), k, draws)
    else:
        rows = max(1, CHUNK // n)
        parts = [min(rows, draws - start) for start in range(0, draws, rows)]
        drawn = np.concatenate([rng.permuted(np.tile(y, (m, 1)), axis=1)[:, :k].sum(axis=1) for m in parts])
    return drawn / k - (total - drawn) / (n - k)


def complier_effect(y, received, a, *, block=None, cluster=None) -> Drawn:
    """The effect of receipt among those who take it up if drawn: the effect of the offer over the effect on receipt.

    The interval is by the delta method; p is that of the offer, as both are null together. It needs that an offer
    works only through receipt. Ref: Angrist, Imbens & Rubin 1996, doi:10.1080/01621459.1996.10476902.
    """
    offer, uptake = (lottery(v, a, block=block, cluster=cluster) for v in (y, received))
    value = offer.value / uptake.value
    left = np.asarray(y, float) - value * np.asarray(received, float)
    se = lottery(left, a, block=block, cluster=cluster, draws=1).se / abs(uptake.value)
    return Drawn(value, se, value - Z * se, value + Z * se, offer.p, offer.units, offer.blocks)
