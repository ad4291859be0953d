"""What leaving one item out of the score costs: precision at capacity and AUC with and without it.

The score is learnt on other households than it is measured on. Measured against known needs it understates, and an item
that costs little here may cost much where fewer needs are known. Leaving out an item whose values another item carries
costs little: see the redundancy of both.
"""

import numpy as np
import pandas as pd

from kosodachi.items.design import Design
from kosodachi.items.posterior import counts, normal_weights

FOLDS, REPEATS, DRAWS, TWICE = 5, 5, 200, 2
LEVEL = 0.95
TWO_SIDED_95 = 1.959964


def costs(
    data: Design, mean: np.ndarray, sd: np.ndarray, *, capacity: int, known_share: float, seed: int, draws: int = DRAWS
) -> pd.DataFrame:
    """One row an item and metric (precision, auc): item_id, metric, value (with all items), without, cost (value -
    without), low, high (95 %, each for itself), low_all, high_all (95 % for all items of the metric together), k (known
    needs), n (children).

    mean and sd are the normal priors of its columns. Scores are of children whose household
    was not learnt from (5 folds of households, 5 times over). Limits: a bootstrap of households that learns the weights
    anew in every draw, so they hold the doubt of the weights as well as that of who lives here: cost -+ 1.96 standard
    deviations (see `_spread`); together: the largest standardised deviation of all items (Romano & Wolf 2005,
    10.1198/016214504000000539). A draw that holds no known need, or none without, is left out. Precision among the first
    `capacity` children counts ties by their share. benchmarks/items_left_out.py holds the limits against towns of known
    truth.
    """
    rng = np.random.default_rng([seed, 41])
    homes = int(data.household.max(initial=-1)) + 1
    drawn = rng.multinomial(homes, np.full(homes, 1 / homes), size=draws)[:, data.household].astype(float)
    drawn = drawn[((drawn @ data.label) > 0) & ((drawn @ (1 - data.label)) > 0)]

    def measured(times: np.ndarray) -> np.ndarray:
        score = _out_of_fold(data, mean, sd, known_share, rng, times)
        return _measures(score, data.label, times[None], capacity)[..., 0]

    whole = np.mean([measured(np.ones(len(data.label))) for _ in range(REPEATS)], axis=0)
    anew = np.array([[measured(times) for _ in range(TWICE)] for times in drawn])
    parts = [
        _table(data.items, name, whole[at], anew[:, :, at]).assign(k=int(data.label.sum()), n=len(data.label))
        for at, name in enumerate(("precision", "auc"))
    ]
    return pd.concat(parts, ignore_index=True)


def losses(data: Design, mean: np.ndarray, sd: np.ndarray, *, known_share: float, seed: int) -> np.ndarray:
    """The AUC that each item adds to the others, out of fold, once over; what `cost_of_leaving_out` gives without limits."""
    score = _out_of_fold(data, mean, sd, known_share, np.random.default_rng([seed, 42]))
    area = _measures(score, data.label, np.ones((1, len(data.label))), 1)[1]
    return area[0, 0] - area[1:, 0]


def _out_of_fold(data: Design, mean, sd, known_share: float, rng: np.random.Generator, times=None) -> np.ndarray:
    """Scores with all items and without each, shape (1 + items, children), from weights of the other folds. `times` says
    how often each child counts in learning (default once); a household is in one fold however often it was drawn.

    Without an item: the most probable weights given that its own is 0, in the normal approximation of the posterior.
    """
    items, fold = len(data.items), rng.permutation(np.arange(int(data.household.max()) + 1) % FOLDS)[data.household]
    score = np.zeros((1 + items, len(data.label)))
    for out in range(FOLDS):
        held, learnt = fold == out, fold != out
        seen = counts(data.x[learnt], data.label[learnt], None if times is None else times[learnt])
        weights, spread, _ = normal_weights(seen, mean, sd, known_share=known_share)
        own = np.arange(items)
        without = weights - spread[:, own].T * (weights[own] / np.diag(spread)[own])[:, None]
        every = np.vstack([weights, without])
        every[:, items:] = 0.0  # that a value is unknown gives no points
        every[1 + own, own] = 0.0
        score[:, held] = every @ data.x[held].T
    return score


def _measures(score: np.ndarray, label: np.ndarray, weight: np.ndarray, capacity: int) -> np.ndarray:
    """Precision at capacity and AUC of each score under each set of weights, shape (2, scores, weights)."""
    found = np.empty((2, len(score), len(weight)))
    for place, one in enumerate(score):
        _, rank = np.unique(-np.round(one, 9), return_inverse=True)
        cases, others = (_by_rank(rank, weight * side) for side in (label, 1 - label))
        found[:, place] = _precision(cases, cases + others, capacity), _area(cases, others)
    return found


def _by_rank(rank: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return np.stack([np.bincount(rank.ravel(), row, minlength=rank.max() + 1) for row in weight])


def _precision(cases: np.ndarray, everyone: np.ndarray, capacity: int) -> np.ndarray:
    before = np.cumsum(everyone, axis=1) - everyone
    share = np.clip((min(capacity, everyone[0].sum()) - before) / np.maximum(everyone, 1e-12), 0, 1)
    return (cases * share).sum(axis=1) / np.maximum((everyone * share).sum(axis=1), 1e-12)


def _area(cases: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The share of pairs in which the case has the better rank, ties half."""
    below = others.sum(axis=1, keepdims=True) - np.cumsum(others, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (cases * (below + others / 2)).sum(axis=1) / (cases.sum(axis=1) * others.sum(axis=1))


def _table(items, metric: str, whole: np.ndarray, drawn: np.ndarray) -> pd.DataFrame:
    """The rows of one metric: `whole` by score, `drawn` by draw, partition and score."""
    cost = whole[0] - whole[1:]
    means, spread = _spread(drawn[..., :1] - drawn[..., 1:])
    with np.errstate(invalid="ignore", divide="ignore"):
        far = np.abs(means - means.mean(axis=0)) / means.std(axis=0, ddof=1)
    reach = max(float(np.quantile(np.nan_to_num(far).max(axis=1, initial=0.0), LEVEL)), TWO_SIDED_95) * spread
    alone = TWO_SIDED_95 * spread
    return pd.DataFrame(
        {"item_id": items, "metric": metric, "value": whole[0], "without": whole[1:], "cost": cost, "low": cost - alone,
         "high": cost + alone, "low_all": cost - reach, "high_all": cost + reach}
    )  # fmt: skip


def _spread(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean cost of each draw and item, and the standard deviation of the cost that is the mean of REPEATS partitions.

    `cost` is by draw, partition and item. How households fall into folds moves a single run as much as a small town
    does, so two partitions of every draw tell that part, and it counts only as often as the estimate bears it: variance
    of the draws' means - P (1/2 - 1/REPEATS), P the variance between partitions; at least P / REPEATS.
    """
    means, parted = cost.mean(axis=1), cost.var(axis=1, ddof=1).mean(axis=0)
    within = means.var(axis=0, ddof=1) - parted * (1 / TWICE - 1 / REPEATS)
    return means, np.sqrt(np.maximum(within, parted / REPEATS))
