"""Bootstrap over clusters (households, schools) for all draws at once: whole clusters drawn with replacement.

For what has no influence function to hand, or as a check of one. Each draw refits its models by one Newton step from the
fit to all children, which costs sums over clusters alone; it says nothing that the standard error of `estimators` does
not, and with fewer than about fifteen clusters neither can be trusted.
"""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from kosodachi.effect import nuisance
from kosodachi.effect.estimators import arm_weights, codes_of

DRAWS, AT_ONCE = 200, 2_000_000


@dataclass(frozen=True)
class Bootstrapped:
    """The estimate on all children, the standard deviation of the draws, and their 2.5 and 97.5 percentiles."""

    method: str
    estimand: str
    value: float
    se: float
    low: float
    high: float
    clusters: int
    draws: np.ndarray


@dataclass(frozen=True)
class _Model:
    """A fitted model with its sums by cluster: score (m, p) and information (m, p (p + 1) / 2) at the fit."""

    beta: np.ndarray
    score: np.ndarray
    information: np.ndarray
    penalty: np.ndarray
    binary: bool

    def drawn(self, counts: np.ndarray) -> np.ndarray:
        """Coefficients (draws, p) one Newton step from the fit, clusters counted as drawn (draws, m)."""
        p = len(self.beta)
        upper = np.triu_indices(p)
        whole = np.empty((len(counts), p, p))
        whole[:, upper[0], upper[1]] = whole[:, upper[1], upper[0]] = counts @ self.information
        step = np.linalg.solve(whole + self.penalty, (counts @ self.score - self.penalty @ self.beta)[..., None])
        return self.beta + step[..., 0]

    def of(self, beta: np.ndarray, D: np.ndarray) -> np.ndarray:
        """Expected outcomes (n, draws)."""
        eta = D @ beta.T
        return 1 / (1 + np.exp(-eta)) if self.binary else eta


def cluster_bootstrap(
    y, a, X, *, cluster=None, method: str = "aipw", estimand: str = "ATE", draws: int = DRAWS, seed: int = 1, ridge=0.0
) -> Bootstrapped:
    """The bootstrap of iptw, g_formula or aipw (not cross-fitted): every draw takes as many clusters as there are.

    Ref: Davison & Hinkley 1997, Bootstrap Methods and their Application, sec. 3.8 (clusters), doi:10.1017/CBO9780511802843;
    one step from the fit: Shao & Tu 1995, The Jackknife and Bootstrap, sec. 5.4.7, doi:10.1007/978-1-4612-0795-5.
    """
    y, a, X = np.asarray(y, float), np.asarray(a, float), np.asarray(X, float)
    codes = codes_of(cluster, len(y))
    m, rng = int(codes.max()) + 1, np.random.default_rng(seed)
    designs = [nuisance.with_intercept(D) for D in (X, *(nuisance.arms(v, X) for v in (a, np.ones_like(a), 0 * a)))]
    models = (_model(designs[0], a, codes, m, ridge), _model(designs[1], y, codes, m, ridge))
    rounds = chain([np.ones((1, m))], _counts(m, draws, max(1, AT_ONCE // len(y)), rng))
    found = np.concatenate([_estimates(y, a, designs, models, counts, codes, method, estimand) for counts in rounds])
    value, drawn = float(found[0]), found[1:]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Bootstrapped(method, estimand, value, float(drawn.std(ddof=1)), float(low), float(high), m, drawn)


def _counts(m: int, draws: int, rows: int, rng):
    """How often each cluster was drawn (rows, m), some draws at a time."""
    for start in range(0, draws, rows):
        yield np.array(
            [np.bincount(rng.integers(0, m, m), minlength=m) for _ in range(min(rows, draws - start))], float
        )


def _model(D, y, codes, m, ridge) -> _Model:
    beta = nuisance.fit(D[:, 1:], y, ridge=ridge)
    binary = nuisance.is_binary(y)
    fitted = nuisance.predict(beta, D[:, 1:], binary=binary)
    v = fitted * (1 - fitted) if binary else np.ones(len(y))
    rows, columns = np.triu_indices(D.shape[1])
    score = np.column_stack([np.bincount(codes, x * (y - fitted), m) for x in D.T])
    information = np.column_stack([np.bincount(codes, D[:, i] * D[:, j] * v, m) for i, j in zip(rows, columns)])
    return _Model(beta, score, information, nuisance.penalty(D.shape[1], ridge), binary)


def _estimates(y, a, designs, models, counts, codes, method, estimand) -> np.ndarray:
    """The estimate of each draw (draws,)."""
    offer, out = models
    w, y, a = counts[:, codes].T, y[:, None], a[:, None]
    if method != "g_formula":
        e = np.clip(offer.of(offer.drawn(counts), designs[0]), nuisance.CLIP, 1 - nuisance.CLIP)
        w1, w0 = (w * part for part in arm_weights(a, e, estimand)[:2])
    if method == "iptw":
        return (w1 * y).sum(axis=0) / w1.sum(axis=0) - (w0 * y).sum(axis=0) / w0.sum(axis=0)
    beta = out.drawn(counts)
    m1, m0 = (out.of(beta, D) for D in designs[2:])
    over = w if estimand == "ATE" else w * a
    plain = (over * (m1 - m0)).sum(axis=0) / over.sum(axis=0)
    if method == "g_formula":
        return plain
    if estimand == "ATE":
        return plain + (w1 * (y - m1) - w0 * (y - m0)).sum(axis=0) / w.sum(axis=0)
    return ((w1 - w0) * (y - m0)).sum(axis=0) / (w * a).sum(axis=0)
