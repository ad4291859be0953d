"""Effect sizes on one scale, the log odds ratio: conversions and standard errors. Plain functions on numbers or arrays.

A risk or hazard ratio is close to an odds ratio only where the outcome is rare; `rr_to_or` and `hr_to_or` say how far
off it is. Not for whole models: an AUC is never turned into the weight of an item.
"""

import numpy as np


def r_to_d(r):
    """Cohen's d of a correlation r with two groups of equal size: d = 2 r / sqrt(1 - r^2).

    Ref: the R package effectsize, `r_to_d`, whose documentation gives formula and examples."""
    r = np.asarray(r, float)
    return 2 * r / np.sqrt(1 - r**2)


def d_to_r(d):
    """Correlation of Cohen's d with two groups of equal size: d / sqrt(d^2 + 4); the inverse of `r_to_d`."""
    d = np.asarray(d, float)
    return d / np.sqrt(d**2 + 4)


def d_to_log_odds(d):
    """Log odds ratio of a standardised mean difference d: d * pi / sqrt(3), for logistic distributions of equal spread.

    Ref: the R package effectsize, `d_to_oddsratio`; the method is that of Hasselblad and Hedges (1995)."""
    return np.asarray(d, float) * np.pi / np.sqrt(3)


def log_odds_to_d(log_odds):
    """Standardised mean difference of a log odds ratio; the inverse of `d_to_log_odds`."""
    return np.asarray(log_odds, float) * np.sqrt(3) / np.pi


def r_to_log_odds(r):
    """Log odds ratio of a correlation by way of d. Known answer: r = .289 gives an odds ratio of 2.990 (Assink
    2018)."""
    return d_to_log_odds(r_to_d(r))


def r_to_z(r):
    """Fisher's z of a correlation, the scale on which reviews of correlations print their intervals: artanh r."""
    return np.arctanh(np.asarray(r, float))


def z_to_r(z):
    """Correlation of Fisher's z; the inverse of `r_to_z`."""
    return np.tanh(np.asarray(z, float))


def rr_to_or(rr, base_risk):
    """Odds ratio of a risk ratio at a risk `base_risk` (a share) in the unexposed: RR (1 - p) / (1 - RR p).

    Not a number where RR p reaches 1. Ref: the inverse of Zhang & Yu 1998, 10.1001/jama.280.19.1690."""
    rr, base_risk = np.asarray(rr, float), np.asarray(base_risk, float)
    rest = np.where(rr * base_risk < 1, 1 - rr * base_risk, np.nan)
    return rr * (1 - base_risk) / rest


def or_to_rr(odds_ratio, base_risk):
    """Risk ratio of an odds ratio at a risk `base_risk` in the unexposed: OR / (1 - p + p OR).

    Ref: Zhang & Yu 1998, 10.1001/jama.280.19.1690."""
    odds_ratio, base_risk = np.asarray(odds_ratio, float), np.asarray(base_risk, float)
    return odds_ratio / (1 - base_risk + base_risk * odds_ratio)


def hr_to_or(hr, base_risk):
    """Odds ratio of a hazard ratio at a risk `base_risk` in the unexposed by the end of follow-up.

    Under proportional hazards the exposed have the risk 1 - (1 - p)^HR; the odds ratio follows from both risks.
    """
    hr, base_risk = np.asarray(hr, float), np.asarray(base_risk, float)
    spared = (1 - base_risk) ** hr
    return (1 - spared) / spared * (1 - base_risk) / base_risk


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
    ratio.

    Ref: Greenland, Mansournia & Altman, Sparse data bias, BMJ 2016;352:i1981."""
    log_odds, variance = np.asarray(log_odds, float), np.asarray(se, float) ** 2
    weight = prior_sd**2 / (prior_sd**2 + variance)
    return log_odds * weight, np.sqrt(variance * weight)
