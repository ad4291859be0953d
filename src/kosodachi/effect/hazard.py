"""Cox regression with weights and clusters: lifelines for the coefficients, a vectorised sandwich for their errors.

lifelines' own robust errors take time quadratic in the number of children. A hazard ratio compares children still
without event, who differ between arms as time goes on: it is not the effect itself.
"""

import warnings

import numpy as np
import pandas as pd

from kosodachi.effect.estimators import Z, codes_of


def cox_model(months, event, X, names, *, weights=None, cluster=None) -> pd.DataFrame:
    """Log hazard ratios by covariate: columns name, value, se, low, high; attrs log_likelihood. Efron's ties.

    se is the cluster-robust sandwich if weights or clusters are given, else from the information matrix.
    Raises lifelines' ConvergenceError where no finite maximum exists. Ref: Lin & Wei 1989,
    doi:10.1080/01621459.1989.10478874.
    """
    X, months, event = np.asarray(X, float), np.asarray(months, float), np.asarray(event, bool)
    w = np.ones(len(X)) if weights is None else np.asarray(weights, float)
    fitted = _fitted(months, event, X, w, list(names))
    beta, variance = fitted.params_.to_numpy(), fitted.variance_matrix_.to_numpy()
    if weights is not None or cluster is not None:
        influence = score_residuals(months, event, X, beta, w) * w[:, None] @ variance
        codes = codes_of(cluster, len(X))
        sums = np.column_stack([np.bincount(codes, column) for column in influence.T])
        variance = sums.T @ sums
    se = np.sqrt(np.diag(variance))
    table = pd.DataFrame({"name": list(names), "value": beta, "se": se, "low": beta - Z * se, "high": beta + Z * se})
    table.attrs["log_likelihood"] = float(fitted.log_likelihood_)
    return table


def _fitted(months, event, X, w, names):
    from lifelines import CoxPHFitter

    table = pd.DataFrame(X, columns=names).assign(_months=months, _event=event, _weight=w)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return CoxPHFitter().fit(table, "_months", "_event", weights_col="_weight")


def score_residuals(months, event, X, beta, w) -> np.ndarray:
    """Each child's contribution to the score (n, p) under Efron's ties, without its own weight; w-weighted sum is 0.

    At a time with d deaths the l-th (l = 0..d-1) is compared with the risk set less the share l/d of the deaths.
    Ref: Therneau & Grambsch 2000, Modeling Survival Data, sec. 4.6 and 7.1.
    """
    theta = np.exp(X @ beta)
    times, deaths = np.unique(months[event], return_counts=True)
    s0, s1 = _at_risk(months, theta * w, X, times)
    at = np.searchsorted(times, months[event])
    d0, d1 = _sums(at, (theta * w)[event], X[event], len(times))
    mean_weight = np.bincount(at, w[event], len(times)) / deaths
    which = np.repeat(np.arange(len(times)), deaths)
    share = (np.arange(len(which)) - np.repeat(np.cumsum(deaths) - deaths, deaths)) / deaths[which]
    below = s0[which] - share * d0[which]
    mean = (s1[which] - share[:, None] * d1[which]) / below[:, None]
    hazard = mean_weight[which] / below
    full, full_x = _sums(which, hazard, mean, len(times))
    own, own_x = _sums(which, hazard * (1 - share), mean, len(times))
    _, mean_x = _sums(which, 1 / deaths[which], mean, len(times))
    until, until_x = np.r_[0, np.cumsum(full)], np.vstack([np.zeros(X.shape[1]), np.cumsum(full_x, axis=0)])
    past = np.searchsorted(times, months, side="right") - event
    lived, lived_x = until[past], until_x[past]
    lived[event] += own[at]
    lived_x[event] += own_x[at]
    residuals = -theta[:, None] * (X * lived[:, None] - lived_x)
    residuals[event] += X[event] - mean_x[at]
    return residuals


def _sums(at, scalar, X, size):
    """Sums by position of a scalar and of scalar times X."""
    return np.bincount(at, scalar, size), np.column_stack([np.bincount(at, scalar * x, size) for x in X.T])


def _at_risk(months, risk, X, times):
    """Sums of risk and of risk times X over those still at risk at each time."""
    order = np.argsort(-months, kind="stable")
    upto = np.searchsorted(-months[order], -times, side="right") - 1
    return np.cumsum(risk[order])[upto], np.cumsum((risk[:, None] * X)[order], axis=0)[upto]
