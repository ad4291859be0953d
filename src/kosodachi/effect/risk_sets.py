"""Cox's partial likelihood with Efron's ties on children in the order of their time: score, information, residuals.

Sums over risk sets are cumulative sums over the ordered children, taken some rows at a time, so that time and memory grow
with their number alone. Ref: Efron 1977, doi:10.1080/01621459.1977.10480613; Therneau & Grambsch 2000, Modeling Survival
Data, sec. 3.3 and 7.1.
"""

from dataclasses import dataclass

import numpy as np

BLOCK = 8_192  # rows at a time, so that they stay in the processor's cache
ROUNDS, HALVINGS = 30, 20
CLOSE, STILL = (
    1e-9,
    1e-3,
)  # last gain in log likelihood, and last step in standard deviations: both, as with an effect that
# runs away the likelihood hardly rises while the step stays as long as it was


class NoFiniteMaximum(ArithmeticError):
    """The partial likelihood has no finite maximum, or the covariates do not tell their effects apart."""


@dataclass(frozen=True)
class RiskSets:
    """Children in the order of their time. past (n,): how many times of events are not later than a child's own.

    died: rows with an event; at (events,): the number of the time of each; deaths (times,); share (events,): l / d of
    the l-th of d deaths at a time; mean_weight (times,); centre (p,): means of X.
    """

    order: np.ndarray
    X: np.ndarray
    weight: np.ndarray
    past: np.ndarray
    died: np.ndarray
    at: np.ndarray
    deaths: np.ndarray
    share: np.ndarray
    mean_weight: np.ndarray
    centre: np.ndarray

    @classmethod
    def of(cls, months, event, X, weight) -> "RiskSets":
        """The children ordered; months, event, weight (n,), X (n, p)."""
        order = np.argsort(months, kind="stable")
        months, event = months[order], event[order]
        died = np.flatnonzero(event)
        times, deaths = np.unique(months[died], return_counts=True)
        at = np.repeat(np.arange(len(times)), deaths)
        share = (np.arange(len(at)) - np.repeat(np.cumsum(deaths) - deaths, deaths)) / deaths[at]
        past, w = np.searchsorted(times, months, side="right"), weight[order]
        mean = np.bincount(at, w[died], len(times)) / deaths
        return cls(order, X[order], w, past, died, at, deaths, share, mean, X.mean(axis=0))

    @property
    def blocks(self):
        return (slice(first, min(first + BLOCK, len(self.past))) for first in range(0, len(self.past), BLOCK))


@dataclass(frozen=True)
class Sums:
    """At one set of coefficients: log likelihood, score (p,), and by event the risk set's mean (events, p) and hazard.

    lived (n,): hazard that a child has lived through, its own share of its own time included; theta (n,): relative hazards;
    risk (n,): the same times weight.
    """

    likelihood: float
    score: np.ndarray
    mean: np.ndarray
    hazard: np.ndarray
    lived: np.ndarray
    theta: np.ndarray
    risk: np.ndarray


def sums(sets: RiskSets, beta) -> Sums:
    """Log partial likelihood and score."""
    X, died, at, p = sets.X, sets.died, sets.at, sets.X.shape[1]
    eta, theta, risk, s0, s1 = _at_risk(sets, beta)
    own = risk[died]
    d0, d1 = _by_time(sets, own), _by_time(sets, own[:, None] * X[died])
    below = s0[at] - sets.share * d0[at]
    mean = (s1[at] - sets.share[:, None] * d1[at]) / below[:, None]
    hazard = sets.mean_weight[at] / below
    until = np.r_[0.0, np.cumsum(_by_time(sets, hazard))]
    lived = until[sets.past]
    lived[died] -= _by_time(sets, hazard * sets.share)[at]
    w = sets.weight[died]
    likelihood = float(w @ eta[died] - sets.mean_weight[at] @ np.log(below))
    score = w @ X[died] - sets.mean_weight[at] @ mean if len(died) else np.zeros(p)
    return Sums(likelihood, score, mean, hazard, lived, theta, risk)


def information(sets: RiskSets, now: Sums) -> np.ndarray:
    """Observed information (p, p): the second moments of all children at risk less those of the risk sets' means."""
    v, total = now.risk * now.lived, np.zeros((sets.X.shape[1],) * 2)
    for part in sets.blocks:
        total += sets.X[part].T @ (sets.X[part] * v[part][:, None])
    return total - now.mean.T @ (now.mean * sets.mean_weight[sets.at][:, None])


def maximum(sets: RiskSets) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients (p,), their covariance by the information, and the log likelihood, by Newton steps halved if need be.

    Raises NoFiniteMaximum.
    """
    beta, spread = np.zeros(sets.X.shape[1]), sets.X.std(axis=0)
    now = sums(sets, beta)
    for _ in range(ROUNDS):
        bend = information(sets, now)
        step = _step(bend, now.score)
        gain = step @ now.score
        for _ in range(HALVINGS):
            then = sums(sets, beta + step)
            if then.likelihood >= now.likelihood - 1e-9 * (1 + abs(now.likelihood)):
                break
            step = step / 2
        beta, now = beta + step, then
        if gain <= CLOSE and (np.abs(step) * spread).max(initial=0.0) <= STILL:
            return beta, _inverse(information(sets, now)), now.likelihood
    raise NoFiniteMaximum("the partial likelihood kept rising")


def _step(bend, score):
    try:
        return np.linalg.solve(bend, score)
    except np.linalg.LinAlgError as wrong:
        raise NoFiniteMaximum("the information is singular") from wrong


def _inverse(bend):
    found = np.linalg.inv(bend)
    if not (np.isfinite(found).all() and (np.diag(found) > 0).all()):
        raise NoFiniteMaximum("the information is singular")
    return found


def residuals(sets: RiskSets, now: Sums) -> np.ndarray:
    """Score residuals (n, p) in the order of the rows given, without their own weight; their weighted sum is the score.

    At a time with d deaths the l-th (l = 0..d-1) is compared with the risk set less the share l/d of the deaths.
    """
    p = sets.X.shape[1]
    until = np.vstack([np.zeros(p), np.cumsum(_by_time(sets, now.hazard[:, None] * now.mean), axis=0)])
    less = _by_time(sets, (now.hazard * sets.share)[:, None] * now.mean)
    mean = _by_time(sets, now.mean) / sets.deaths[:, None]
    found, theta = np.empty_like(sets.X), now.theta
    for part in sets.blocks:
        pull = sets.X[part] * now.lived[part][:, None] - until[sets.past[part]]
        found[sets.order[part]] = -theta[part][:, None] * pull
    own = theta[sets.died][:, None] * less[sets.at]
    found[sets.order[sets.died]] += sets.X[sets.died] - mean[sets.at] - own
    return found


def _by_time(sets: RiskSets, values) -> np.ndarray:
    """Sums over the deaths of each time; values (events,) or (events, p), in the order of the deaths."""
    first = np.cumsum(sets.deaths) - sets.deaths
    return np.add.reduceat(values, first, axis=0) if len(first) else values[:0]


def _at_risk(sets: RiskSets, beta) -> tuple[np.ndarray, ...]:
    """Linear predictor about its mean, its exponential, the same weighted (n,); sums of the last (times,) and of the last
    times X (times, p) over those still at risk at each time."""
    n, p = sets.X.shape
    total, eta, theta, risk = np.zeros((len(sets.deaths) + 1, p + 1)), np.empty(n), np.empty(n), np.empty(n)
    centre = sets.centre @ beta
    for part in sets.blocks:
        X, past = sets.X[part], sets.past[part]
        eta[part] = X @ beta - centre
        theta[part] = np.exp(eta[part])
        risk[part] = own = theta[part] * sets.weight[part]
        first = np.r_[0, np.flatnonzero(np.diff(past)) + 1]
        total[past[first], 0] += np.add.reduceat(own, first)
        total[past[first], 1:] += np.add.reduceat(X * own[:, None], first, axis=0)
    after = np.cumsum(total[:0:-1], axis=0)[::-1]
    return eta, theta, risk, after[:, 0], after[:, 1:]
