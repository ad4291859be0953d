"""Cross-fitting: expected outcomes and chances of an offer of each child, from models that have not seen its fold.

All folds of a division are fitted together from sums over the rest, starting at the fit to all children. The models are
means to an end; their coefficients are no effects.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from kosodachi.effect import nuisance

BLOCK = 8_192  # rows at a time, so that they stay in the processor's cache
ROUNDS, CLOSE = 25, 1e-10  # CLOSE: root mean square change of the linear predictor at which a fit counts as found


def starts(y, a, X, *, ridge=0.0, interact: Sequence[int] = ()) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of the offer's and of the outcome's model fitted to all children, from which folds start."""
    return nuisance.fit(X, a, ridge=ridge), nuisance.fit(nuisance.arms(a, X, interact), y, ridge=ridge)


def cross_fitted(
    y, a, X, fold, k: int, *, start=None, ridge=0.0, interact: Sequence[int] = ()
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chance of an offer e and expected outcomes with and without it m1, m0 (n,), each from the other folds.

    fold (n,): 0..k-1; with k = 1 all are fitted and predicted on the same rows. start: what `starts` gave, to spare it
    where several divisions are made. The same figures as fitting each fold by itself, within the tolerance of a fit.
    """
    start = start or starts(y, a, X, ridge=ridge, interact=interact)
    offer = coefficients(nuisance.with_intercept(X), a, fold, k, start[0], ridge=ridge)
    outcome = coefficients(nuisance.with_intercept(nuisance.arms(a, X, interact)), y, fold, k, start[1], ridge=ridge)
    e = _own_fold(nuisance.with_intercept, offer, X, fold, binary=True)
    m1, m0 = (
        _own_fold(lambda x, v=v: nuisance.with_intercept(nuisance.arms(np.full(len(x), v), x, interact)), outcome, X,
                  fold, binary=nuisance.is_binary(y))
        for v in (1.0, 0.0)
    )  # fmt: skip
    return e, m1, m0


def coefficients(D, y, fold, k: int, start, *, ridge=0.0) -> np.ndarray:
    """Coefficients (p, k) of the model of y on D (first column ones), column j fitted to the rows not in fold j.

    Newton steps with the information at the start, which lies within sampling error of each fold's fit; a division in
    which they do not settle is fitted fold by fold.
    """
    if k == 1:
        return start[:, None]
    found = _together(D, y, fold, k, start, ridge) if D.shape[1] > 1 else None
    return _one_by_one(D, y, fold, k, ridge) if found is None else found


def _one_by_one(D, y, fold, k, ridge):
    return np.column_stack([nuisance.fit(D[fold != j, 1:], y[fold != j], ridge=ridge) for j in range(k)])


def _together(D, y, fold, k, start, ridge) -> np.ndarray | None:
    binary, n = nuisance.is_binary(y), len(y)
    if binary and not _two_classes(y, fold, k):
        return None
    own, sums = _moments(D, y, fold, k, start, binary)
    shrink = nuisance.penalty(D.shape[1], ridge)
    rest = own.sum(axis=0) - own + shrink
    try:
        inverse = np.linalg.inv(rest)
    except np.linalg.LinAlgError:
        return None
    if not binary:
        return np.linalg.solve(rest, (sums.sum(axis=0) - sums)[..., None])[..., 0].T
    beta = np.repeat(start[:, None], k, axis=1)
    for _ in range(ROUNDS):
        pull = _scores(D, y, fold, beta) - shrink @ beta
        step = np.einsum("kij,jk->ik", inverse, pull)
        beta = beta + step
        if np.sqrt(np.abs((step * pull).sum(axis=0)).max() / n) <= CLOSE:
            return beta
    return None


def _two_classes(y, fold, k) -> bool:
    """Whether every fold leaves events and others behind."""
    events, size = np.bincount(fold, y, k), np.bincount(fold, minlength=k)
    left = events.sum() - events
    return bool(((left > 0) & (left < size.sum() - size)).all())


def _blocks(n: int) -> Iterator[slice]:
    return (slice(first, min(first + BLOCK, n)) for first in range(0, n, BLOCK))


def _moments(D, y, fold, k, start, binary) -> tuple[np.ndarray, np.ndarray]:
    """Information (k, p, p) at the start, and sums of D y (k, p), of each fold's own rows."""
    p = D.shape[1]
    information, sums = np.zeros((k, p, p)), np.zeros((k, p))
    for at in _blocks(len(y)):
        order = np.argsort(fold[at], kind="stable")
        rows, own = D[at][order], y[at][order]
        edges = np.r_[0, np.cumsum(np.bincount(fold[at], minlength=k))]
        chance = _chance(rows @ start) if binary else None
        weighted = rows * (chance * (1 - chance))[:, None] if binary else rows
        for j in range(k):
            part = slice(edges[j], edges[j + 1])
            information[j] += rows[part].T @ weighted[part]
            sums[j] += own[part] @ rows[part]
    return information, sums


def _scores(D, y, fold, beta) -> np.ndarray:
    """Score (p, k) of each fold's fit over the rows of the others."""
    total = np.zeros(beta.shape)
    for at in _blocks(len(y)):
        left = y[at][:, None] - _chance(D[at] @ beta)
        left[np.arange(len(left)), fold[at]] = 0.0
        total += D[at].T @ left
    return total


def _chance(eta):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-eta))


def _own_fold(design, beta, X, fold, *, binary) -> np.ndarray:
    """Prediction (n,) of each row by the fit that has not seen its fold."""
    found = np.empty(len(X))
    for at in _blocks(len(X)):
        eta = design(X[at]) @ beta
        found[at] = eta[np.arange(len(eta)), fold[at]]
    return _chance(found) if binary else found
