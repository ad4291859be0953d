"""Regression discontinuity at the capacity cut: children just inside and just outside of what staff could reach.

Local linear regression with robust bias-corrected intervals; fuzzy where staff override the cut. It holds for children
at the cut alone, not for those in most need, and needs far more children than a lottery.
Ref: Calonico, Cattaneo & Titiunik 2014, doi:10.3982/ECTA11757; bandwidth: Calonico, Cattaneo & Farrell 2020,
doi:10.1093/ectj/utz022.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.effect.estimators import Z
from kosodachi.effect.neighbours import residuals

P, Q = 1, 2
PILOT = 2.576
FEWEST = 20


@dataclass(frozen=True)
class Jump:
    """The jump at the cut: value and se conventional; low, high and p robust and bias-corrected.

    h, b: bandwidths of estimate and bias, in units of the running variable; n: children within h; first_stage: jump in
    the share offered support (1 in a sharp design).
    """

    value: float
    se: float
    corrected: float
    low: float
    high: float
    p: float
    h: float
    b: float
    n: int
    first_stage: float


def running_variable(points, month, capacity) -> pd.DataFrame:
    """Each child's distance to the month's cut: columns x (0 is the cut, above is inside), cut, tied.

    The cut of a month lies half-way between the lowest points within capacity and the next lower ones; if the points
    at the edge are shared by children inside and outside, they lie at the cut (`tied`) and staff chose among them.
    capacity: places a month, one number or each child's month's (n,).
    """
    table = pd.DataFrame({"points": np.asarray(points, float), "month": np.asarray(month)})
    rank = table.groupby("month")["points"].rank(method="first", ascending=False)
    last_in = table["points"].where(rank <= capacity).groupby(table["month"]).transform("min")
    first_out = table["points"].where(rank > capacity).groupby(table["month"]).transform("max")
    cut = (last_in + first_out.fillna(last_in)) / 2
    return pd.DataFrame({"x": table["points"] - cut, "cut": cut, "tied": (table["points"] == cut)})


def jump(y, x, *, treated=None, cluster=None, h: float | None = None, b: float | None = None) -> Jump:
    """The effect at x = 0, treatment from x >= 0 on; fuzzy if `treated` (0/1) is given.

    y outcome, x running variable (n,); h and b default to the bandwidths that minimise the mean squared error.
    Triangular kernel, nearest-neighbour variance (three), summed within clusters if given. All is missing with fewer than
    FEWEST children on a side, or too few within the bandwidths to fit a curve.
    """
    beyond = int((np.asarray(x) >= 0).sum())
    if min(beyond, len(x) - beyond) < FEWEST:
        return Jump(*(np.nan,) * 8, 0, np.nan)
    try:
        return _jump(y, x, treated, cluster, h, b)
    except np.linalg.LinAlgError:
        return Jump(*(np.nan,) * 8, 0, np.nan)


def _jump(y, x, treated, cluster, h, b) -> Jump:
    order = np.argsort(x, kind="stable")
    y, x = np.asarray(y, float)[order], np.asarray(x, float)[order]
    t = None if treated is None else np.asarray(treated, float)[order]
    codes = None if cluster is None else np.unique(np.asarray(cluster), return_inverse=True)[1][order]
    if h is None:
        h, best_b = bandwidths(y, x)
        b = best_b if b is None else b
    b = h if b is None else b
    first = 1.0 if t is None else _contrast(t, x, h, b)[0]
    whole = _contrast(y, x, h, b)
    value, corrected = whole[0] / first, whole[1]
    left = y
    if t is not None:
        first_corrected = _contrast(t, x, h, b)[1]
        corrected = whole[1] / first - whole[0] / first**2 * (first_corrected - first)
        left = (y - value * t) / first
    se, robust = _errors(left, x, h, b, codes)
    z = corrected / robust
    from scipy.stats import norm

    inside = int((np.abs(x) < h).sum())
    return Jump(value, se, corrected, corrected - Z * robust, corrected + Z * robust, 2 * norm.sf(abs(z)),
                float(h), float(b), inside, float(first))  # fmt: skip


def _sides(x):
    return (x < 0, -1.0), (x >= 0, 1.0)


def _contrast(y, x, h, b):
    """Conventional and bias-corrected jump."""
    found = np.zeros(2)
    for side, sign in _sides(x):
        plain, corrected, _ = _weights(x[side], h, b)
        found += sign * np.array([plain @ y[side], corrected @ y[side]])
    return found


def _errors(y, x, h, b, codes):
    """Standard errors of both jumps, from nearest-neighbour residuals."""
    scores = np.zeros((2, len(y)))
    for side, _ in _sides(x):
        plain, corrected, used = _weights(x[side], h, b)
        left = np.zeros(used.size)
        left[used] = residuals(x[side][used], y[side][used])
        scores[:, side] = np.vstack([plain, corrected]) * left
    if codes is not None:
        scores = np.vstack([np.bincount(codes, row) for row in scores])
    return np.sqrt((scores**2).sum(axis=1))


def _weights(x, h, b):
    """What each child's outcome weighs in the intercept at 0: conventional, bias-corrected; and who is used (n,)."""
    used = np.abs(x) < max(h, b)
    z, size = x[used], x.size
    on_h, on_b = _kernel(z, h), _kernel(z, b)
    Rp, Rq = np.vander(z, P + 1, increasing=True), np.vander(z, Q + 1, increasing=True)
    Gp, Gq = (np.linalg.inv((R * w[:, None]).T @ R) for R, w in ((Rp, on_h), (Rq, on_b)))
    slope = (Rp * on_h[:, None]).T @ z ** (P + 1)
    plain, curve = Gp[0] @ (Rp * on_h[:, None]).T, Gq[P + 1] @ (Rq * on_b[:, None]).T
    both = np.zeros((2, size))
    both[0, used], both[1, used] = plain, plain - (Gp[0] @ slope) * curve
    return both[0], both[1], used


def _kernel(z, h):
    return np.clip(1 - np.abs(z / h), 0, None) / h


def bandwidths(y, x) -> tuple[float, float]:
    """Bandwidths (h, b) that minimise the mean squared error of the jump, one for both sides.

    Ref: Calonico, Cattaneo & Farrell 2020, sec. 4 (the plug-in rule with regularisation).
    """
    order = np.argsort(x, kind="stable")
    y, x = np.asarray(y, float)[order], np.asarray(x, float)[order]
    quarters = np.quantile(x, [0.75, 0.25], method="averaged_inverted_cdf")
    spread = min(x.std(ddof=1), np.subtract(*quarters) / 1.349)
    c = PILOT * spread * len(np.unique(x)) ** (-1 / 5)
    reach = [abs(x[0]), abs(x[-1])]
    d = _plug_in(y, x, Q + 1, Q + 1, Q + 2, c, reach, regular=False)
    b = _plug_in(y, x, Q, P + 1, Q + 1, c, [d, d])
    return _plug_in(y, x, P, 0, Q, c, [b, b]), b


def _plug_in(y, x, o, nu, o_bias, h_variance, h_bias, regular=True) -> float:
    parts = [
        _constants(y[side], x[side], o, nu, o_bias, h_variance, reach) for (side, _), reach in zip(_sides(x), h_bias)
    ]
    (V0, B0, R0), (V1, B1, R1) = parts
    return float(((V0 + V1) / ((B1 - B0) ** 2 + regular * (R0 + R1))) ** (1 / (2 * o + 3)))


def _constants(y, x, o, nu, o_bias, h_v, h_b):
    """Variance, bias and regularisation of a derivative's estimate on one side."""
    R, w, z, own = _local(x, y, o, h_v)
    G = np.linalg.inv((R * w[:, None]).T @ R)
    score = R * (w * residuals(z, own))[:, None]
    variance = (G @ (score.T @ score) @ G)[nu, nu]
    constant = h_v**nu * (G @ ((R * w[:, None]).T @ (z / h_v) ** (o + 1)))[nu]
    R, w, z, own = _local(x, y, o_bias, h_b)
    G = np.linalg.inv((R * w[:, None]).T @ R)
    curve = (G @ ((R * w[:, None]).T @ own))[o + 1]
    score = R * (w * residuals(z, own))[:, None]
    spread = (G @ (score.T @ score) @ G)[o + 1, o + 1]
    power = 2 * (o + 1 - nu)
    return (
        (2 * nu + 1) * h_v ** (2 * nu + 1) * variance,
        np.sqrt(power) * constant * curve,
        power * 3 * constant**2 * spread,
    )


def _local(x, y, order, h):
    w = _kernel(x, h)
    used = w > 0
    return np.vander(x[used], order + 1, increasing=True), w[used], x[used], y[used]
