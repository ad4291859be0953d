"""Several data sets in place of one: imputed values, or links drawn from their probabilities, and the pooled estimate.

Draws carry what is uncertain in the model that made them. If that model is wrong, so is the pooled interval.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from kosodachi.effect import nuisance
from kosodachi.effect.estimators import codes_of


@dataclass(frozen=True)
class Pooled:
    """value, se, 95 % interval; within and between variance; missing_information: share of the variance due to draws."""

    value: float
    se: float
    low: float
    high: float
    within: float
    between: float
    missing_information: float
    draws: int


def rubin(values, errors, *, complete_df: float = np.inf) -> Pooled:
    """Estimates of several draws pooled: total variance W + (1 + 1/m) B, t interval.

    complete_df: degrees of freedom had nothing been missing. Ref: Rubin 1987; degrees of freedom of Barnard & Rubin
    1999, doi:10.1093/biomet/86.4.948.
    """
    from scipy.stats import t

    q, se = np.asarray(values, float), np.asarray(errors, float)
    m, within, between = len(q), float((se**2).mean()), float(q.var(ddof=1)) if len(q) > 1 else 0.0
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total if total > 0 else 0.0
    old = (m - 1) / share**2 if share > 0 else np.inf
    seen = np.inf if np.isinf(complete_df) else (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    df = 1 / (1 / old + 1 / seen) if share > 0 or np.isfinite(seen) else np.inf
    reach = float(t.ppf(0.975, df) * np.sqrt(total))
    value = float(q.mean())
    return Pooled(value, float(np.sqrt(total)), value - reach, value + reach, within, between, float(share), m)


def over_draws(draws: Iterable, estimate: Callable, *, complete_df: float = np.inf) -> Pooled:
    """The pooled estimate over draws: `estimate(draw)` gives something with value and se."""
    found = [estimate(draw) for draw in draws]
    return rubin([one.value for one in found], [one.se for one in found], complete_df=complete_df)


def imputed(table: np.ndarray, *, m: int = 20, seed: int = 1) -> list[np.ndarray]:
    """m copies of a table (n, p) with missing values (NaN) drawn from their posterior given the other columns.

    Values must be missing at random given the columns, and each column nearly normal given the others: an outcome of 0
    and 1 belongs to `imputed_outcome`. By scikit-learn's IterativeImputer with Bayesian ridge.
    """
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    table = np.asarray(table, float)
    return [
        IterativeImputer(sample_posterior=True, random_state=seed + draw, max_iter=10).fit_transform(table)
        for draw in range(m)
    ]


def imputed_outcome(
    y, a, X, *, cluster=None, m: int = 20, seed: int = 1, ridge: float = nuisance.RIDGE
) -> list[np.ndarray]:
    """m copies of an outcome (n,) of 0 and 1 whose gaps (NaN) are drawn given the offer a and the covariates X (n, p).

    Each copy draws the clusters on record anew, fits the logistic model of the estimators to them (the offer's
    coefficient not shrunk, for shrinking it waters the effect down among those imputed), and draws 0 or 1 by the fitted
    chance; so the uncertainty of the model is carried too. Needs outcomes missing at random given a and X.
    Ref: Rubin 1987, doi:10.1002/9780470316696, sec. 4.1 (proper) and 5.3 (logistic); bootstrap in place of the
    posterior: Rubin & Schenker 1986, doi:10.1080/01621459.1986.10478280.
    """
    y, X, codes = np.asarray(y, float), np.asarray(X, float), codes_of(cluster, len(y))
    gap, D = np.isnan(y), nuisance.arms(np.asarray(a, float), X)
    order = np.flatnonzero(~gap)[np.argsort(codes[~gap], kind="stable")]
    families, copies = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1), []
    for draw in range(m):
        rng, whole = np.random.default_rng([seed, draw]), y.copy()
        drawn = np.concatenate([families[i] for i in rng.integers(0, len(families), len(families))])
        chance = nuisance.predict(nuisance.fit(D[drawn], y[drawn], ridge=ridge), D[gap], binary=True)
        whole[gap] = rng.random(gap.sum()) < chance
        copies.append(whole)
    return copies
