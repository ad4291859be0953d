"""Released estimates of several municipalities pooled: never rows, only what each has already released.

The mean of different effects in different places; the prediction interval says what a further municipality may expect.
With few municipalities it is wide, and yet holds less often than it says: 89 % of 400 times with five.
"""

from dataclasses import dataclass

import numpy as np

FEWEST = 2


@dataclass(frozen=True)
class PooledEffect:
    """value with 95 % interval (Hartung-Knapp), tau2 (between municipalities), i2, q and its p, prediction interval.

    The prediction interval is missing with fewer than three municipalities.
    """

    value: float
    se: float
    low: float
    high: float
    tau2: float
    i2: float
    q: float
    q_p: float
    predicted_low: float
    predicted_high: float
    municipalities: int


def pool(values, errors, *, at_least_plain: bool = False) -> PooledEffect:
    """Random-effects mean by restricted maximum likelihood with Hartung and Knapp's interval.

    values, errors: estimates and standard errors, one a municipality, on one scale (log ratios or differences).
    at_least_plain: the standard error is at least the plain one, as estimates that agree by chance would otherwise
    make the interval of two or three municipalities vanish (Rover, Knapp & Friede 2015, doi:10.1186/s12874-015-0091-1).
    Raises ValueError with fewer than two. Ref: Viechtbauer 2005, doi:10.3102/10769986030003261; Hartung & Knapp 2001,
    doi:10.1002/sim.791; prediction: Higgins, Thompson & Spiegelhalter 2009, doi:10.1111/j.1467-985X.2008.00552.x.
    """
    from scipy.stats import chi2, t

    y, v = np.asarray(values, float), np.asarray(errors, float) ** 2
    k = len(y)
    if k < FEWEST:
        raise ValueError(f"{k} estimates; at least {FEWEST} are needed")
    tau2 = _between(y, v)
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    se = float(np.sqrt(w @ (y - mean) ** 2 / ((k - 1) * w.sum())))
    se = max(se, float(w.sum() ** -0.5)) if at_least_plain else se
    reach = t.ppf(0.975, k - 1) * se
    fixed = 1 / v
    q = float(fixed @ (y - fixed @ y / fixed.sum()) ** 2)
    typical = (k - 1) * fixed.sum() / (fixed.sum() ** 2 - fixed @ fixed)
    span = t.ppf(0.975, k - 2) * np.sqrt(tau2 + se**2) if k > 2 else np.nan
    return PooledEffect(float(mean), se, float(mean - reach), float(mean + reach), tau2, float(tau2 / (tau2 + typical)),
                        q, float(chi2.sf(q, k - 1)), float(mean - span), float(mean + span), k)  # fmt: skip


def _between(y, v, rounds: int = 200) -> float:
    """REML of the variance between municipalities by Fisher scoring, kept at 0 or above."""
    tau2 = max(float(y.var(ddof=1) - v.mean()), 0.0)
    for _ in range(rounds):
        w = 1 / (v + tau2)
        P = np.diag(w) - np.outer(w, w) / w.sum()
        step = (y @ P @ P @ y - np.trace(P)) / np.trace(P @ P)
        new = max(tau2 + step, 0.0)
        if abs(new - tau2) < 1e-12:
            break
        tau2 = new
    return float(tau2)
