"""Effect sizes on one scale, the log odds ratio: conversions and standard errors. Plain functions on numbers or arrays.

A risk or hazard ratio is close to an odds ratio only where the outcome is rare; `rr_to_or` says how far off it is.
Not for whole models: an AUC is never turned into the weight of an item.
"""

import numpy as np


def r_to_d(r):
    """Cohen's d of a correlation r with two groups of equal size: d = 2 r / sqrt(1 - r^2). Ref: Borenstein 2009, eq.
    7.5."""
    return 2 * np.asarray(r, float) / np.sqrt(1 - np.asarray(r, float) ** 2)


def d_to_log_odds(d):
    """Log odds ratio of a standardised mean difference d: d * pi / sqrt(3). Ref: Hasselblad & Hedges 1995."""
    return np.asarray(d, float) * np.pi / np.sqrt(3)


def r_to_log_odds(r):
    """Log odds ratio of a correlation by way of d. Known answer: r = .289 gives an odds ratio of 2.990 (Assink
    2018)."""
    return d_to_log_odds(r_to_d(r))


def rr_to_or(rr, base_risk):
    """Odds ratio of a risk ratio at a risk `base_risk` (a share) in the unexposed: RR (1 - p) / (1 - RR p)."""
    rr, base_risk = np.asarray(rr, float), np.asarray(base_risk, float)
    return rr * (1 - base_risk) / (1 - rr * base_risk)


def critical(level):
    """The normal quantile of a two-sided interval: 1.96 at a level of 0.95, 2.576 at 0.99."""
    from scipy.stats import norm

    return norm.ppf(0.5 + np.asarray(level, float) / 2)


def se_of_interval(low, value, high, level=0.95):
    """Standard error of an interval on the log odds scale: (high - low) / 2z; from one limit alone if the other is
    missing."""
    low, value, high = (np.asarray(x, float) for x in (low, value, high))
    z = critical(level)
    both = (high - low) / (2 * z)
    one = np.where(np.isnan(high), value - low, high - value) / z
    return np.where(np.isnan(both), one, both)


def shrunk(log_odds, se, prior_sd):
    """Mean and standard error after shrinking towards 0 by a N(0, prior_sd^2): what is left of a sparse-data odds
    ratio."""
    log_odds, variance = np.asarray(log_odds, float), np.asarray(se, float) ** 2
    weight = prior_sd**2 / (prior_sd**2 + variance)
    return log_odds * weight, np.sqrt(variance * weight)
