"""Several data sets in place of one: imputed values, or links drawn from their probabilities, and the pooled estimate.

Draws carry what is uncertain in the model that made them. If that model is wrong, so is the pooled interval.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np


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


def imputed(table: np.ndarray, *, m: int = 20, seed: int = 1, binary: tuple[int, ...] = ()) -> list[np.ndarray]:
    """m copies of a table (n, p) with missing values (NaN) drawn from their posterior given the other columns.

    `binary` columns are rounded to 0 and 1 by a draw with the predicted chance. Values must be missing at random given
    the columns. By scikit-learn's IterativeImputer with Bayesian ridge.
    """
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401
    from sklearn.impute import IterativeImputer

    table, copies = np.asarray(table, float), []
    for draw in range(m):
        filled = IterativeImputer(sample_posterior=not binary, random_state=seed + draw, max_iter=10)
        whole = filled.fit_transform(table)
        rng = np.random.default_rng([seed, draw])
        for column in binary:
            gap = np.isnan(table[:, column])
            whole[gap, column] = rng.random(gap.sum()) < np.clip(whole[gap, column], 0, 1)
        copies.append(whole)
    return copies
