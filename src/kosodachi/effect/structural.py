"""G-estimation: the effect that, taken away from the offered, leaves outcome and offer unrelated given the covariates.

It models the offer alone, as weighting does, but never divides by a small chance. If effects differ between children it is
their mean with weight e(1 - e), as with overlap weights, and it holds only if the covariates hold every common cause.
"""

import numpy as np

from kosodachi.effect import nuisance
from kosodachi.effect.estimators import Estimate, Z, standard_error


def g_estimation(y, a, X, *, cluster=None, ridge=0.0) -> Estimate:
    """The constant effect psi of a structural mean model, sum (a - e)(y - psi a) = 0, in closed form.

    Standard error from the influence function, the propensity score being estimated.
    Ref: Hernan & Robins, What If, sec. 14.5 and technical point 14.2; Robins 1994, doi:10.1080/03610929408831393.
    """
    y, a = np.asarray(y, float), np.asarray(a, float)
    e = nuisance.predict(nuisance.fit(X, a, ridge=ridge), X, binary=True)
    psi = float((a - e) @ y / ((a - e) @ a))
    left, D = y - psi * a, nuisance.with_intercept(X)
    information = (D * (e * (1 - e))[:, None]).T @ D + nuisance.penalty(D.shape[1], ridge)
    pull = D * (a - e)[:, None] @ np.linalg.solve(information, D.T @ (e * (1 - e) * left))
    influence = ((a - e) * left - pull) * len(y) / ((a - e) @ a)
    se = standard_error(influence, cluster)
    events = int(y.sum()) if nuisance.is_binary(y) else None
    return Estimate("ATO", "g_estimation", psi, se, psi - Z * se, psi + Z * se, len(y), events)
