"""Estimators of an average effect on plain arrays: y outcome, a treated 0/1, X covariates (n, p), cluster labels.

All give a difference of means (a risk difference if y is 0/1). Adjusted figures are effects only if X holds every
common cause of treatment and outcome and both arms occur at every X; no figure here can tell whether that is so.
"""

from dataclasses import dataclass

import numpy as np

from kosodachi.effect import crossfit, nuisance

Z = 1.959963984540054


@dataclass(frozen=True)
class Estimate:
    """One estimate with its 95 % interval; events counts y = 1 and is None for a continuous outcome."""

    estimand: str
    method: str
    value: float
    se: float
    low: float
    high: float
    n: int
    events: int | None


def codes_of(cluster, n: int) -> np.ndarray:
    """Clusters numbered 0..m-1 in the order of their labels; every row its own without clusters."""
    return np.arange(n) if cluster is None else np.unique(np.asarray(cluster), return_inverse=True)[1]


def standard_error(influence: np.ndarray, cluster=None) -> float:
    """Standard error of a mean from its centred influence function (n,), summed within clusters.

    sqrt(m/(m-1) sum_c (sum_{i in c} phi_i)^2) / n with m clusters.
    """
    n = len(influence)
    sums = np.bincount(codes_of(cluster, n), influence)
    m = len(sums)
    return float(np.sqrt(m / (m - 1) * (sums @ sums)) / n) if m > 1 else float("nan")


def _estimate(estimand, method, value, influence, y, cluster) -> Estimate:
    return _with_interval(estimand, method, float(value), standard_error(influence, cluster), y)


def _with_interval(estimand, method, value, se, y) -> Estimate:
    events = int(y.sum()) if nuisance.is_binary(y) else None
    return Estimate(estimand, method, value, se, value - Z * se, value + Z * se, len(y), events)


def naive(y, a, *, cluster=None) -> Estimate:
    """The plain difference of the two arms' means. It is no effect: staff choose whom to offer support."""
    value, influence, _ = _weighted_difference(y, a, a, 1 - a)
    return _estimate("difference", "naive", value, influence, y, cluster)


def _weighted_difference(y, a, w1, w0):
    """Hajek difference with its influence function, weights as given; and both weighted means."""
    mean1, mean0 = w1 @ y / w1.sum(), w0 @ y / w0.sum()
    influence = w1 * (y - mean1) / w1.mean() - w0 * (y - mean0) / w0.mean()
    return mean1 - mean0, influence, (mean1, mean0)


def arm_weights(a, e, estimand: str = "ATE") -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Weights of the treated and of the untreated (n,), and their derivatives by the logit of e.

    ATE 1/e and 1/(1-e); ATT 1 and e/(1-e); ATO (overlap) 1-e and e. Ref: Li, Morgan & Zaslavsky 2018,
    doi:10.1080/01621459.2016.1260466, table 1.
    """
    odds = e / (1 - e)
    on, off, by_on, by_off = {
        "ATE": (1 / e, 1 / (1 - e), -1 / odds, odds),
        "ATT": (np.ones_like(e), odds, np.zeros_like(e), odds),
        "ATO": (1 - e, e, -e * (1 - e), e * (1 - e)),
    }[estimand]
    return a * on, (1 - a) * off, a * by_on, (1 - a) * by_off


def stabilised_weights(a, e, estimand: str = "ATE") -> np.ndarray:
    """One weight a child, mean 1 in each arm: for balance tables, curves and Cox models."""
    w1, w0, _, _ = arm_weights(a, e, estimand)
    return w1 * a.sum() / w1.sum() + w0 * (1 - a).sum() / w0.sum()


def iptw(y, a, X, *, cluster=None, estimand="ATE", ridge=0.0, weights_known=False) -> Estimate:
    """Hajek difference under propensity weights; estimand ATE, ATT or ATO (overlap weights).

    The standard error allows for the propensity score being estimated; with weights_known it does not, as in
    Hernan & Robins, What If, program 12.2. Ref: Lunceford & Davidian 2004, doi:10.1002/sim.1903.
    """
    e = nuisance.propensity(a, X, ridge=ridge)
    w1, w0, d1, d0 = arm_weights(a, e, estimand)
    value, influence, (mean1, mean0) = _weighted_difference(y, a, w1, w0)
    if not weights_known:
        D = nuisance.with_intercept(X)
        information = (D * (e * (1 - e))[:, None]).T @ D + nuisance.penalty(D.shape[1], ridge)
        slope = D.T @ (d1 * (y - mean1)) / w1.sum() - D.T @ (d0 * (y - mean0)) / w0.sum()
        influence = influence + len(y) * (D * (a - e)[:, None]) @ np.linalg.solve(information, slope)
    return _estimate(estimand, "overlap" if estimand == "ATO" else "iptw", value, influence, y, cluster)


def g_formula(y, a, X, *, cluster=None, estimand="ATE", ridge=0.0, interact=()) -> Estimate:
    """Standardisation: the outcome model's mean difference over all children (ATE) or over the treated (ATT).

    `interact` names columns of X whose effect may differ by arm. Standard error by the delta method on the model's
    influence function. Ref: Hernan & Robins, What If, ch. 13.
    """
    binary, n = nuisance.is_binary(y), len(y)
    design = nuisance.with_intercept(nuisance.arms(a, X, interact))
    coefficients = nuisance.fit(design[:, 1:], y, ridge=ridge)
    one, nil = (nuisance.with_intercept(nuisance.arms(np.full(n, v), X, interact)) for v in (1.0, 0.0))
    fitted, m1, m0 = (nuisance.predict(coefficients, D[:, 1:], binary=binary) for D in (design, one, nil))
    v, v1, v0 = ((m * (1 - m) if binary else np.ones(n)) for m in (fitted, m1, m0))
    over = np.ones(n) if estimand == "ATE" else a / a.mean()
    value = (over * (m1 - m0)).mean()
    information = (design * v[:, None]).T @ design / n + nuisance.penalty(design.shape[1], ridge) / n
    slope = ((one * (over * v1)[:, None]) - (nil * (over * v0)[:, None])).mean(axis=0)
    influence = over * (m1 - m0 - value) + (design * (y - fitted)[:, None]) @ np.linalg.solve(information, slope)
    return _estimate(estimand, "g_formula", value, influence, y, cluster)


def aipw(
    y, a, X, *, cluster=None, estimand="ATE", ridge=0.0, interact=(), k=5, repeats=5, seed=1, clip=nuisance.CLIP
) -> Estimate:
    """Augmented inverse probability weighting, cross-fitted in k folds by cluster, median over repeated divisions.

    Consistent if either the propensity or the outcome model is right. k=1 fits and predicts on the same rows.
    Standard error from the influence function; over repeats sqrt(median(se^2 + (value - median)^2)).
    Ref: Chernozhukov et al. 2018, doi:10.1111/ectj.12097, definition 3.3 and eq. 5.3, 5.4.
    """
    codes, rng = codes_of(cluster, len(y)), np.random.default_rng(seed)
    y, a, shared = np.asarray(y, float), np.asarray(a, float), {"ridge": ridge, "interact": interact}
    start, rounds = crossfit.starts(y, a, X, **shared), []
    for _ in range(repeats if k > 1 else 1):
        fold = nuisance.folds(codes, k, rng)
        e, m1, m0 = crossfit.cross_fitted(y, a, X, fold, k, start=start, **shared)
        one, influence = _doubly_robust(y, a, np.clip(e, clip, 1 - clip), m1, m0, estimand)
        rounds.append((one, standard_error(influence, codes)))
    values, errors = np.array(rounds).T
    value = np.median(values)
    se = np.sqrt(np.median(errors**2 + (values - value) ** 2))
    return _with_interval(estimand, "aipw", float(value), float(se), y)


def _doubly_robust(y, a, e, m1, m0, estimand):
    """Value and centred influence function of AIPW for the ATE or the ATT."""
    if estimand == "ATE":
        phi = m1 - m0 + a * (y - m1) / e - (1 - a) * (y - m0) / (1 - e)
        return phi.mean(), phi - phi.mean()
    share = a.mean()
    phi = (a - (1 - a) * e / (1 - e)) * (y - m0) / share
    return phi.mean(), phi - a * phi.mean() / share
