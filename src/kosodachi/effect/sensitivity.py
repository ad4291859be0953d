"""How strong something unmeasured would have to be: E-values, tipping shares, and bounds that assume nothing.

These say what it would take to explain an estimate away, not whether it is so.
"""

from dataclasses import dataclass

import numpy as np

from kosodachi.effect.draws import rubin


def e_value(ratio: float, low: float | None = None, high: float | None = None) -> tuple[float, float | None]:
    """The E-value of a risk ratio and of its interval's limit nearer to 1 (1 if the interval holds 1; None without).

    The least risk ratio that an unmeasured cause would need with both offer and outcome to explain the estimate away:
    rr + sqrt(rr (rr - 1)) for rr >= 1, of 1/rr below. Ref: VanderWeele & Ding 2017, doi:10.7326/M16-2607.
    """
    if low is None or high is None:
        return _e(ratio), None
    nearer = 1.0 if low <= 1 <= high else low if ratio > 1 else high
    return _e(ratio), _e(nearer)


def _e(ratio: float) -> float:
    rr = ratio if ratio >= 1 else 1 / ratio
    return float(rr + np.sqrt(rr * (rr - 1)))


def risk_ratio(untreated: float, difference: float, low: float, high: float) -> tuple[float, float, float]:
    """A risk difference with its interval as risk ratios, at the outcome share without treatment; kept above 0."""
    return tuple(float(max(untreated + d, 1e-3) / untreated) for d in (difference, low, high))


@dataclass(frozen=True)
class Bounds:
    """Bounds of an effect, and a 95 % interval that holds the effect wherever it lies between them."""

    lower: float
    upper: float
    low: float
    high: float


def manski(y, a, *, lowest: float = 0.0, highest: float = 1.0) -> Bounds:
    """Worst-case bounds of the difference of means where some outcomes are missing (NaN), with nothing assumed of them.

    Their width is (highest - lowest) times the sum of both arms' missing shares.
    Ref: Manski 1990; interval: Imbens & Manski 2004, doi:10.1111/j.1468-0262.2004.00555.x.
    """
    y, a = np.asarray(y, float), np.asarray(a, bool)
    filled = {end: np.where(np.isnan(y), end, y) for end in (lowest, highest)}
    lower, se_lower = _difference(filled[lowest][a], filled[highest][~a])
    upper, se_upper = _difference(filled[highest][a], filled[lowest][~a])
    return _with_interval(lower, upper, se_lower, se_upper)


def _difference(one, nil):
    return one.mean() - nil.mean(), np.sqrt(one.var(ddof=1) / len(one) + nil.var(ddof=1) / len(nil))


def _with_interval(lower, upper, se_lower, se_upper) -> Bounds:
    from scipy.optimize import brentq
    from scipy.stats import norm

    widest = max(se_lower, se_upper)
    room = (upper - lower) / widest if widest > 0 else np.inf
    c = brentq(lambda v: norm.cdf(v + min(room, 50.0)) - norm.cdf(-v) - 0.95, 0, 5)
    return Bounds(float(lower), float(upper), float(lower - c * se_lower), float(upper + c * se_upper))


def lee(y, a) -> Bounds:
    """Bounds of the effect on children whose outcome is on record with and without the offer.

    The arm with more outcomes on record is trimmed at its lowest or highest values by the excess share. It needs that
    an offer moves being on record in one direction only. Intervals by Lee's variance.
    Ref: Lee 2009, doi:10.1111/j.1467-937X.2009.00536.x, prop. 1a and 3.
    """
    y, a = np.asarray(y, float), np.asarray(a, bool)
    seen = ~np.isnan(y)
    share1, share0 = seen[a].mean(), seen[~a].mean()
    more, fewer = (y[a & seen], y[~a & seen]) if share1 >= share0 else (y[~a & seen], y[a & seen])
    cut = 1 - min(share1, share0) / max(share1, share0)
    low, var_low = _trimmed(more, cut, len(y), top=True)
    high, var_high = _trimmed(more, cut, len(y), top=False)
    other, var_other = fewer.mean(), fewer.var(ddof=1) / len(fewer)
    ends = sorted([(low - other, var_low), (high - other, var_high)])
    if share1 < share0:
        ends = sorted([(-value, var) for value, var in ends])
    errors = [float(np.sqrt(var + var_other)) for _, var in ends]
    return _with_interval(ends[0][0], ends[1][0], *errors)


def _trimmed(y, cut: float, n: int, *, top: bool):
    """Mean of y without the share `cut` at one end (ties split in proportion), and the variance of that mean."""
    y = np.sort(y)[::-1] if top else np.sort(y)
    drop = cut * len(y)
    w = np.clip(np.arange(1, len(y) + 1) - drop, 0, 1)
    mean = w @ y / w.sum()
    edge = y[min(int(np.ceil(drop)), len(y) - 1)]
    spread = w @ (y - mean) ** 2 / w.sum()
    variance = spread / w.sum() + (edge - mean) ** 2 * cut / (len(y) * (1 - cut))
    return mean, variance


def tipping_share(y, a, completed, estimate, *, seed: int = 1, rounds: int = 7) -> float | None:
    """The share of outcomes 1 among the offered children without a record at which the adjusted interval would hold 0.

    y 0/1 with NaN where missing; completed: copies of y with the gaps imputed, which the children not offered keep;
    estimate(outcome) gives value and se of the adjusted estimate; the copies are pooled by Rubin's rules. Each child's
    outcome is 1 if the share exceeds that child's draw, so one set of draws serves all shares. Found by `rounds` halvings
    between the imputed share and the end, 1 or 0, that works against the estimate. None if the interval holds 0 as
    imputed, no offered child lacks a record, or not even that end does it.
    Ref: Yan, Lee & Li 2009 (tipping point), doi:10.1080/10543400903242712.
    """
    y, a = np.asarray(y, float), np.asarray(a, bool)
    open_ones = a & np.isnan(y)
    if not open_ones.any():
        return None
    order = np.random.default_rng(seed).random((len(completed), int(open_ones.sum())))

    def pooled(share=None):
        copies = [np.array(copy, float) for copy in completed]
        for copy, drawn in zip(copies, order, strict=True):
            copy[open_ones] = copy[open_ones] if share is None else drawn < share
        found = [estimate(copy) for copy in copies]
        return rubin([one.value for one in found], [one.se for one in found])

    first = pooled()
    if first.low <= 0 <= first.high:
        return None
    inner, outer = float(np.mean([copy[open_ones] for copy in completed])), 1.0 if first.value < 0 else 0.0
    stands = (lambda one: one.high < 0) if first.value < 0 else (lambda one: one.low > 0)
    if stands(pooled(outer)):
        return None
    for _ in range(rounds):
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if stands(pooled(middle)) else (inner, middle)
    return outer
