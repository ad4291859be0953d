"""Cox regression with weights and clusters, for a million children: Newton on cumulative sums, and a vectorised sandwich.

lifelines' own robust errors, and R's with clusters, take time quadratic in the number of children; without them the
figures are theirs. A hazard ratio compares children still without event, who differ between arms as time goes on: it is
not the effect itself.
"""

import numpy as np
import pandas as pd

from kosodachi.effect.estimators import Z, codes_of
from kosodachi.effect.risk_sets import RiskSets, maximum, residuals, sums


def cox_model(months, event, X, names, *, weights=None, cluster=None) -> pd.DataFrame:
    """Log hazard ratios by covariate: columns name, value, se, low, high; attrs log_likelihood. Efron's ties.

    se is the cluster-robust sandwich if weights or clusters are given, else from the information matrix.
    Raises risk_sets.NoFiniteMaximum where no finite maximum exists. Ref: Lin & Wei 1989,
    doi:10.1080/01621459.1989.10478874.
    """
    sets = _sets(months, event, X, weights)
    beta, variance, likelihood = maximum(sets)
    if weights is not None or cluster is not None:
        scores = residuals(sets, sums(sets, beta))
        if weights is not None:
            scores *= np.asarray(weights, float)[:, None]
        totals = _by_cluster(scores, codes_of(cluster, len(scores)))
        variance = variance @ (totals.T @ totals) @ variance
    se = np.sqrt(np.diag(variance))
    table = pd.DataFrame({"name": list(names), "value": beta, "se": se, "low": beta - Z * se, "high": beta + Z * se})
    table.attrs["log_likelihood"] = likelihood
    return table


def _by_cluster(scores: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Sums of rows (n, p) by cluster, in one pass."""
    from scipy.sparse import csc_array

    n = len(codes)
    return csc_array((np.ones(n), codes, np.arange(n + 1)), shape=(int(codes.max()) + 1, n)) @ scores


def _sets(months, event, X, weights) -> RiskSets:
    X = np.asarray(X, float)
    w = np.ones(len(X)) if weights is None else np.asarray(weights, float)
    return RiskSets.of(np.asarray(months, float), np.asarray(event, bool), X, w)


def score_residuals(months, event, X, beta, w) -> np.ndarray:
    """Each child's contribution to the score (n, p) under Efron's ties, without its own weight; w-weighted sum is 0."""
    sets = _sets(months, event, X, w)
    return residuals(sets, sums(sets, np.asarray(beta, float)))
