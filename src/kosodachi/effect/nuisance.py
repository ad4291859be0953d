"""The models behind the estimators: design matrix, propensity score, outcome predictions, folds.

They are means to an end. A coefficient here is no effect, and a propensity score judges nobody.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

RIDGE = 1.0
RARE = 5
UNSHRUNK = 100.0
CLIP = 0.01


def design_matrix(table: pd.DataFrame, covariates: Sequence[str], *, rare: int = RARE) -> tuple[np.ndarray, list[str]]:
    """Covariates as standardised columns (n, p) and their names.

    A missing value becomes the mean and a column <name>_unknown of 0 and 1. Columns in which fewer than `rare` children
    differ from the rest, and columns that follow from earlier ones, are left out.
    """
    wide = table[list(covariates)].astype(float)
    unknown = wide.isna().astype(float).add_suffix("_unknown")
    columns = pd.concat([wide.fillna(wide.mean()), unknown], axis=1).dropna(axis=1, how="all")
    kept, names = [np.full(len(columns), 1.0)], []
    for name in columns:
        x = columns[name].to_numpy()
        if _differing(x) >= rare and _adds(standardised := (x - x.mean()) / x.std(), kept):
            kept.append(standardised)
            names.append(name)
    return np.column_stack(kept)[:, 1:], names


def _differing(x: np.ndarray) -> int:
    """How many values are not the most frequent one."""
    return len(x) - int(np.unique(x, return_counts=True)[1].max()) if len(x) else 0


def _adds(x: np.ndarray, kept: list[np.ndarray]) -> bool:
    """Whether a column says something that the columns before it do not."""
    basis = np.column_stack(kept)
    rest = x - basis @ np.linalg.lstsq(basis, x, rcond=None)[0]
    return bool(rest @ rest > 1e-8 * len(x))


def is_binary(y: np.ndarray) -> bool:
    """Whether an outcome takes only 0 and 1."""
    return bool(np.isin(y, (0, 1)).all())


def fit(X: np.ndarray, y: np.ndarray, *, ridge: float = 0.0) -> np.ndarray:
    """Coefficients, intercept first, of a logistic model for a 0/1 outcome and of a linear one otherwise.

    `ridge` penalises squared coefficients but not the intercept; 0 is maximum likelihood. With one class alone in y,
    or no covariate, the prediction is the share of events drawn towards one half, (events + 1/2) / (n + 1).
    """
    if not is_binary(y):
        return _least_squares(X, y, ridge)
    if not X.shape[1] or y.min() == y.max():
        share = (y.sum() + 0.5) / (len(y) + 1)
        return np.r_[np.log(share / (1 - share)), np.zeros(X.shape[1])]
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1 / ridge if ridge else np.inf, solver="newton-cholesky", tol=1e-8, max_iter=200)
    model.fit(X, y)
    return np.r_[model.intercept_, model.coef_[0]]


def _least_squares(X, y, ridge):
    D = with_intercept(X)
    return np.linalg.solve(D.T @ D + penalty(D.shape[1], ridge), D.T @ y)


def with_intercept(X: np.ndarray) -> np.ndarray:
    """X with a first column of ones."""
    return np.column_stack([np.ones(len(X)), X])


def penalty(columns: int, ridge: float) -> np.ndarray:
    """The ridge matrix, with no penalty on the intercept."""
    return ridge * np.diag(np.r_[0.0, np.ones(columns - 1)])


def predict(coefficients: np.ndarray, X: np.ndarray, *, binary: bool) -> np.ndarray:
    """Expected outcomes (n,): probabilities if binary."""
    eta = with_intercept(X) @ coefficients
    return 1 / (1 + np.exp(-eta)) if binary else eta


def propensity(a: np.ndarray, X: np.ndarray, *, ridge: float = 0.0, clip: float = CLIP) -> np.ndarray:
    """Each child's probability of being offered support given X, kept within clip and 1 - clip."""
    return np.clip(predict(fit(X, a, ridge=ridge), X, binary=True), clip, 1 - clip)


def arms(a: np.ndarray, X: np.ndarray, interact: Sequence[int] = ()) -> np.ndarray:
    """Design of the outcome model: treatment, covariates, and products of treatment with the columns `interact`.

    Treatment stands on a scale on which a ridge penalty leaves its coefficient nearly alone.
    """
    return np.column_stack([UNSHRUNK * a, X, a[:, None] * X[:, list(interact)]])


def outcomes(y, a, X, *, train=slice(None), test=slice(None), ridge=0.0, interact=()) -> tuple[np.ndarray, np.ndarray]:
    """Expected outcomes of the rows `test`, treated and untreated, from a model fitted to the rows `train`."""
    coefficients, binary = fit(arms(a, X, interact)[train], y[train], ridge=ridge), is_binary(y)
    return tuple(
        predict(coefficients, arms(np.full(len(a), level), X, interact)[test], binary=binary) for level in (1.0, 0.0)
    )


def folds(codes: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """Fold number (n,) of each row; rows of one cluster (codes 0..m-1) fall into one fold."""
    return (rng.permutation(codes.max() + 1) % k)[codes]
