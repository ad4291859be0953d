"""Balance of covariates between the arms, and how far their propensity scores overlap.

Balance of what was measured says nothing about what was not.
"""

import numpy as np
import pandas as pd


def differences(a, X, names, weights) -> pd.DataFrame:
    """Standardised mean differences: columns covariate, weighting, smd; one row a covariate and weighting.

    (mean of treated - mean of untreated) / sqrt((s1^2 + s0^2) / 2), means weighted, the variances not.
    `weights`: {weighting: (n,) or None}. Ref: Austin & Stuart 2015, doi:10.1002/sim.6607.
    """
    on = np.asarray(a, bool)
    scale = np.sqrt((X[on].var(axis=0) + X[~on].var(axis=0)) / 2)
    scale = np.where(scale > 0, scale, 1.0)
    parts = [
        pd.DataFrame({"covariate": list(names), "weighting": label, "smd": _gap(on, X, w) / scale})
        for label, w in weights.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _gap(on, X, w):
    w = np.ones(len(X)) if w is None else w
    return np.average(X[on], axis=0, weights=w[on]) - np.average(X[~on], axis=0, weights=w[~on])


def preference_score(a, e) -> np.ndarray:
    """The propensity score with the share offered taken out: logit F = logit e - logit share.

    Ref: Walker et al. 2013, doi:10.2147/CER.S40357.
    """
    share = np.mean(a)
    odds = e / (1 - e) * (1 - share) / share
    return odds / (1 + odds)


def equipoise(a, e, *, low: float = 0.3, high: float = 0.7) -> float:
    """The share of children whose preference score lies between low and high."""
    score = preference_score(a, e)
    return float(np.mean((score >= low) & (score <= high)))


def comparable(e) -> np.ndarray:
    """Which children (n,) could have been on either side: the widest range of e that makes the average effect precise.

    Kept are those with 1/(e(1-e)) up to the largest value that is at most twice the mean of the values up to it.
    Ref: Crump, Hotz, Imbens & Mitnik 2009, doi:10.1093/biomet/asn055, corollary 1.
    """
    cost = 1 / (e * (1 - e))
    ranked = np.sort(cost)
    allowed = ranked <= 2 * np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    return cost <= ranked[allowed].max(initial=0)


def effective_size(w) -> float:
    """Kish's effective number of children under weights, (sum w)^2 / sum w^2."""
    return float(w.sum() ** 2 / (w @ w)) if len(w) else 0.0
