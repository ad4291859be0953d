"""Restricted mean time under propensity weights, with the standard error that the weights being estimated calls for.

Months gained up to a horizon: a difference that needs no proportional hazards. It is an effect only if the covariates
hold every common cause of offer and event, and censoring has nothing to do with either within an arm.
"""

import numpy as np

from kosodachi.effect import nuisance
from kosodachi.effect.estimators import Estimate, Z, arm_weights, standard_error


def restricted_mean_iptw(
    months, event, a, X, *, until: float, estimand="ATE", cluster=None, ridge=0.0, weights_known=False
) -> Estimate:
    """Offered minus not offered mean time without event up to `until`, weighted to be alike (ATE, ATT or ATO).

    Area between weighted Kaplan-Meier curves. Standard error from the influence function of each area, with its
    projection on the propensity score's, siblings summed; without weights it is Greenwood's as in
    `survival.restricted_mean`. Ref: Andersen, Hansen & Klein 2004, doi:10.1007/s10985-004-4771-0 (areas); Lunceford &
    Davidian 2004, doi:10.1002/sim.1903 (estimated weights).
    """
    months, event, a = np.asarray(months, float), np.asarray(event, bool), np.asarray(a, float)
    e = nuisance.propensity(a, X, ridge=ridge)
    w1, w0, d1, d0 = arm_weights(a, e, estimand)
    (area1, pull1), (area0, pull0) = (_area(months, event, w, until) for w in (w1, w0))
    influence = len(a) * (w1 * pull1 - w0 * pull0)
    if not weights_known:
        D = nuisance.with_intercept(X)
        information = (D * (e * (1 - e))[:, None]).T @ D + nuisance.penalty(D.shape[1], ridge)
        slope = D.T @ (d1 * pull1 - d0 * pull0)
        influence = influence + len(a) * (D * (a - e)[:, None]) @ np.linalg.solve(information, slope)
    value, se = float(area1 - area0), standard_error(influence, cluster)
    return Estimate(estimand, "rmst_iptw", value, se, value - Z * se, value + Z * se, len(a), int(event.sum()))


def _area(months, event, w, until: float) -> tuple[float, np.ndarray]:
    """Area under the weighted Kaplan-Meier curve up to `until`, and its derivative by each child's weight (n,).

    With hazard h_j = d_j / r_j (weighted events over weighted risk set) and A_j the area right of time j, the
    derivative is -sum_j A_j / (1 - h_j) (dN_ij - Y_ij h_j) / r_j.
    """
    counted = event & (months < until) & (w > 0)
    times = np.unique(months[counted])
    at = np.searchsorted(times, months[counted])
    events = np.bincount(at, w[counted], len(times))
    order = np.argsort(months, kind="stable")
    behind = np.r_[np.cumsum(w[order][::-1])[::-1], 0.0]
    risk = behind[np.searchsorted(months[order], times, side="left")]
    hazard = events / risk
    survival = np.r_[1.0, np.cumprod(1 - hazard)]
    areas = survival * np.diff(np.r_[0.0, times, until])
    right = areas.sum() - np.cumsum(areas)[:-1]
    rate = np.divide(right, (1 - hazard) * risk, out=np.zeros(len(times)), where=hazard < 1 - 1e-12)
    lived = np.r_[0.0, np.cumsum(rate * hazard)]
    pull = lived[np.searchsorted(times, months, side="right")]
    pull[counted] -= rate[at]
    return float(areas.sum()), pull
