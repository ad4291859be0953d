"""What literature and this town's data say together about the weight of every item: normal and mixture posteriors.

Two readings of one logistic model of the known labels. `normal_weights` gives weights with intervals under a normal
prior. `relevance` gives the probability that a weight matters, under a prior that also allows that the literature is
wrong here: a mixture of what the literature expects, of a wide guess, and of no weight at all.

A child without a label is not a child without need: only the share `known_share` of needs becomes known, so a label has
the probability known_share * expit(line). Ref: Elkan & Noto 2008, 10.1145/1401890.1401920, lemma 1. That every need
becomes known with the same probability is assumed; where one kind of family is seen sooner, weights say who is seen.
"""

import math
from dataclasses import dataclass

import numpy as np

STEPS, ENOUGH = 60, 1e-5
SWEEPS = 40


@dataclass(frozen=True)
class Counts:
    """Children with equal columns counted once: x (patterns, columns), n children and y labels of each pattern."""

    x: np.ndarray
    n: np.ndarray
    y: np.ndarray

    @property
    def events(self) -> float:
        return float(self.y.sum())


@dataclass(frozen=True)
class Mixture:
    """Priors of columns, shape (columns, parts): the shares, means and spreads of normal parts. What the shares leave of
    1 is the probability that the weight is exactly 0."""

    share: np.ndarray
    mean: np.ndarray
    sd: np.ndarray


def counts(x: np.ndarray, y: np.ndarray, n: np.ndarray | None = None) -> Counts:
    """Rows of 0 and 1 counted by pattern; `n` weighs rows (default 1), patterns without weight are left out."""
    n = np.ones(len(x)) if n is None else np.asarray(n, float)
    packed = np.ascontiguousarray(np.packbits(np.asarray(x, dtype=bool), axis=1))
    if packed.shape[1] == 0:
        packed = np.zeros((len(x), 1), dtype=np.uint8)
    _, first, which = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_inverse=True)
    total, labels = np.bincount(which.ravel(), n), np.bincount(which.ravel(), n * y)
    held = total > 0
    return Counts(np.asarray(x, float)[first][held], total[held], labels[held])


def normal_weights(data: Counts, mean, sd, *, known_share: float = 1.0) -> tuple[np.ndarray, np.ndarray, float]:
    """The most probable weights under normal priors, their covariance, and the intercept (flat prior).

    Newton steps on log likelihood - sum (b - mean)^2 / (2 sd^2), the covariance of the normal approximation at the mode.
    Ref: Greenland 2007, 10.1093/ije/dyl289.
    """
    mean, tight = np.asarray(mean, float), np.asarray(sd, float) ** -2.0
    b, start = mean.copy(), None
    for _ in range(STEPS):
        curve, pull, start = _around(data, b, known_share, start)
        new = np.linalg.solve(curve + np.diag(tight), pull + tight * mean)
        moved = np.abs(new - b).max(initial=0.0)
        b = b + (new - b) * min(1.0, 2.0 / max(moved, 1e-12))
        if moved < ENOUGH:
            break
    curve, _, start = _around(data, b, known_share, start)
    return b, np.linalg.inv(curve + np.diag(tight)), float(start)


def relevance(data: Counts, prior: Mixture, *, least: float, known_share: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """The probability that each weight is above `least` (log odds), and the mean weight, under mixture priors.

    Variational posterior that factorises over columns, on the quadratic approximation of the log likelihood at the
    mean, renewed until it stands still. Ref: Carbonetto & Stephens 2012, 10.1214/12-BA703, equations 8 to 11, with the
    means and parts of the prior added.
    """
    at, start = (prior.share * prior.mean).sum(axis=1), None
    for step in range(STEPS):
        curve, pull, start = _around(data, at, known_share, start)
        new, parts = _swept(curve, pull, prior, at)
        moved = np.abs(new - at).max(initial=0.0)
        at = at + (new - at) * (1.0 if step < 10 else 0.5)
        if moved < ENOUGH:
            break
    return above(*parts, least=least), at


def above(share: np.ndarray, mean: np.ndarray, sd: np.ndarray, *, least: float) -> np.ndarray:
    """The probability that a mixture lies above `least` (at least 0)."""
    from scipy.special import ndtr

    return (share * ndtr((mean - least) / sd)).sum(axis=1)


def _swept(curve: np.ndarray, pull: np.ndarray, prior: Mixture, at: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Mean weights and the parts (share, mean, sd) of each column's posterior, by coordinate ascent."""
    tight, own = prior.sd**-2.0, np.diag(curve)
    variance = 1 / (own[:, None] + tight)
    with np.errstate(divide="ignore"):
        base = np.log(prior.share) + np.log(variance * tight) / 2 - prior.mean**2 * tight / 2
        nothing = np.log1p(-np.minimum(prior.share.sum(axis=1), 1.0))
    known = list(zip(own.tolist(), variance.tolist(), (prior.mean * tight).tolist(), base.tolist(), nothing.tolist()))
    at, rest, found = at.copy(), pull - curve @ at, [None] * len(at)
    for _ in range(SWEEPS):
        largest = 0.0
        for j, column in enumerate(known):
            found[j] = _updated(rest.item(j) + column[0] * at.item(j), *column[1:])
            change = sum(share * mean for share, mean in found[j]) - at.item(j)
            rest -= curve[j] * change
            at[j] += change
            largest = max(largest, abs(change))
        if largest < ENOUGH:
            break
    share, mean = np.moveaxis(np.array(found).reshape(len(at), -1, 2), 2, 0)
    return at, (share, mean, np.sqrt(variance))


def _updated(lead: float, variance: list, shift: list, base: list, nothing: float) -> list[tuple[float, float]]:
    """Share and mean of each part of one column, given what the others leave; plain numbers, since parts are two."""
    means = [(lead + s) * v for s, v in zip(shift, variance)]
    height = [b + m * m / (2 * v) for b, m, v in zip(base, means, variance)]
    top = max(nothing, *height)
    weight = [math.exp(h - top) for h in height]
    total = sum(weight) + math.exp(nothing - top)
    return [(w / total, m) for w, m in zip(weight, means)]


def _around(data: Counts, b: np.ndarray, known_share: float, start: float | None):
    """The log likelihood around weights b as -b'Cb/2 + b'p with the intercept at its best: C, p, intercept."""
    line = data.x @ b
    intercept = _intercept(data, line, known_share, start)
    slope, bend = _slopes(data, line + intercept, known_share)
    centre = bend @ data.x
    curve = (data.x * bend[:, None]).T @ data.x - np.outer(centre, centre) / bend.sum()
    return curve, curve @ b + slope @ data.x, intercept


def _slopes(data: Counts, line: np.ndarray, known_share: float) -> tuple[np.ndarray, np.ndarray]:
    """First derivative of the log likelihood by the line, and the expected information."""
    from scipy.special import expit

    p = expit(line)
    common = (1 - p) / (1 - known_share * p)
    return (data.y - data.n * known_share * p) * common, np.maximum(data.n * known_share * p * (1 - p) * common, 1e-12)


def _intercept(data: Counts, line: np.ndarray, known_share: float, start: float | None) -> float:
    rate = (data.events + 0.5) / (data.n.sum() + 1)
    share = min(rate / known_share, 0.9)
    at = np.log(share / (1 - share)) - (line @ data.n) / data.n.sum() if start is None else start
    for _ in range(STEPS):
        slope, bend = _slopes(data, line + at, known_share)
        move = float(np.clip(slope.sum() / bend.sum(), -1, 1))
        at += move
        if abs(move) < 1e-8:
            break
    return at
