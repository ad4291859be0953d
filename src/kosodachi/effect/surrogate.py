"""Short follow-up: what early indicators (contact, attendance at three months) say about an outcome not yet there.

The surrogate index is the outcome expected from the indicators, learned where both are on record. Its effect is the
effect on the outcome only under three assumptions: the early comparison is fair, outreach works on the outcome through
the indicators alone, and indicators mean the same then and now. The checks can refute these, not prove them.
Ref: Athey, Chetty, Imbens & Kang, doi:10.1093/restud/rdaf087.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.effect import nuisance
from kosodachi.effect.estimators import Estimate, Z, aipw, g_formula, standard_error

STEP = 1e-4


@dataclass(frozen=True)
class Index:
    """The outcome as expected from indicators: coefficients (intercept first), their covariance, two-valued or not."""

    coefficients: np.ndarray
    covariance: np.ndarray
    binary: bool

    def of(self, indicators) -> np.ndarray:
        """The index of each child (n,)."""
        return nuisance.predict(self.coefficients, np.asarray(indicators, float), binary=self.binary)


def surrogate_index(y, indicators, *, ridge: float = 0.0) -> Index:
    """The index learned from children whose outcome is on record: y (n,), indicators (n, k) with covariates if wanted."""
    y, S = np.asarray(y, float), np.asarray(indicators, float)
    coefficients, binary = nuisance.fit(S, y, ridge=ridge), nuisance.is_binary(y)
    D = nuisance.with_intercept(S)
    fitted = nuisance.predict(coefficients, S, binary=binary)
    v = fitted * (1 - fitted) if binary else np.ones(len(y))
    bread = np.linalg.inv((D * v[:, None]).T @ D + nuisance.penalty(D.shape[1], ridge))
    meat = (D * (y - fitted)[:, None]).T @ (D * (y - fitted)[:, None])
    return Index(coefficients, bread @ meat @ bread, binary)


def surrogate_effect(index: Index, indicators, a, X, *, cluster=None, seed: int = 1, **options) -> Estimate:
    """The effect on the outcome as far as the indicators carry it: AIPW on the index.

    The standard error adds what is uncertain in the index (delta method over its coefficients) to that of the
    comparison. events is None: no outcome has been seen. options are those of `aipw`.
    """
    S, a = np.asarray(indicators, float), np.asarray(a, float)

    def effect(coefficients):
        shifted = Index(coefficients, index.covariance, index.binary)
        return aipw(shifted.of(S), a, X, cluster=cluster, seed=seed, **({"repeats": 1} | options))

    found = effect(index.coefficients)
    slope = np.array([
        (effect(index.coefficients + STEP * unit).value - found.value) / STEP
        for unit in np.eye(len(index.coefficients))
    ])  # fmt: skip
    se = float(np.sqrt(found.se**2 + slope @ index.covariance @ slope))
    return Estimate(
        "ATE", "surrogate_index", found.value, se, found.value - Z * se, found.value + Z * se, found.n, None
    )


def surrogate_checks(y, a, X, indicators, index: Index, now: Sequence, *, cluster=None) -> pd.DataFrame:
    """What can be checked on a past snapshot: columns check, value, low, high, holds.

    surrogacy: what outreach still does to the outcome given the indicators (should be null). comparability: mean of
    outcome less index among the snapshot's children (null if the index still fits; with what is uncertain in the index and
    siblings as one cluster). reach: share of today's
    indicators (`now`, (m, k)) inside the range of the past ones (at least 0.95).
    """
    y, S = np.asarray(y, float), np.asarray(indicators, float)
    both = pd.DataFrame(np.column_stack([X, S]))
    given, _ = nuisance.design_matrix(both, both.columns)  # an indicator that is a covariate as well stands in it once
    direct = g_formula(y, np.asarray(a, float), given, cluster=cluster)
    gap = y - index.of(S)
    se = _gap_error(index, S, gap, cluster)
    now = np.asarray(now, float)
    inside = float(((now >= S.min(axis=0)) & (now <= S.max(axis=0))).all(axis=1).mean())
    rows = [
        ("surrogacy", direct.value, direct.low, direct.high, direct.low <= 0 <= direct.high),
        ("comparability", gap.mean(), gap.mean() - Z * se, gap.mean() + Z * se, abs(gap.mean()) <= Z * se),
        ("reach", inside, np.nan, np.nan, inside >= 0.95),
    ]
    return pd.DataFrame(rows, columns=["check", "value", "low", "high", "holds"])


def _gap_error(index: Index, S: np.ndarray, gap: np.ndarray, cluster) -> float:
    """The standard error of the mean of outcome less index: that of the children, and the index's by the delta method."""
    expected = index.of(S)
    v = expected * (1 - expected) if index.binary else np.ones(len(S))
    slope = (nuisance.with_intercept(S) * v[:, None]).mean(axis=0)
    return float(np.sqrt(standard_error(gap - gap.mean(), cluster) ** 2 + slope @ index.covariance @ slope))
