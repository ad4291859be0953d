"""What leaving one item out of the score costs: precision at capacity and AUC with and without it.

The score is learnt on other households than it is measured on. Measured against known needs it understates, and an item
that costs little here may cost much where fewer needs are known. Leaving out an item whose values another item carries
costs little: see the redundancy of both.
"""

import numpy as np
import pandas as pd

from kosodachi.items.design import Design
from kosodachi.items.posterior import counts, normal_weights

FOLDS, REPEATS, DRAWS = 5, 5, 400
LEVEL = 0.95


def costs(
    data: Design, mean: np.ndarray, sd: np.ndarray, *, capacity: int, known_share: float, seed: int, draws: int = DRAWS
) -> pd.DataFrame:
    """One row an item and metric (precision, auc): item_id, metric, value (with all items), without, cost (value -
    without), low, high (95 %, each for itself), low_all, high_all (95 % for all items of the metric together), k (known
    needs), n (children).

    mean and sd are the normal priors of its columns. Scores are of children whose household
    was not learnt from (5 folds of households, 5 times over). Limits: bootstrap of households, paired; together: the
    largest standardised deviation of all items (Romano & Wolf 2005, 10.1198/016214504000000539). Precision among the
    first `capacity` children counts ties by their share. The bootstrap keeps the scores, so it does not hold the doubt of
    the weights.
    """
    rng = np.random.default_rng([seed, 41])
    homes = int(data.household.max(initial=-1)) + 1
    weight = np.vstack([np.ones(homes), rng.multinomial(homes, np.full(homes, 1 / homes), size=draws)])[
        :, data.household
    ]
    scores = [_out_of_fold(data, mean, sd, known_share, rng) for _ in range(REPEATS)]
    measured = np.mean([_measures(score, data.label, weight, capacity) for score in scores], axis=0)
    parts = [
        _table(data.items, name, values).assign(k=int(data.label.sum()), n=len(data.label))
        for name, values in zip(("precision", "auc"), measured)
    ]
    return pd.concat(parts, ignore_index=True)


def losses(data: Design, mean: np.ndarray, sd: np.ndarray, *, known_share: float, seed: int) -> np.ndarray:
    """The AUC that each item adds to the others, out of fold, once over; what `cost_of_leaving_out` gives without limits."""
    score = _out_of_fold(data, mean, sd, known_share, np.random.default_rng([seed, 42]))
    area = _measures(score, data.label, np.ones((1, len(data.label))), 1)[1]
    return area[0, 0] - area[1:, 0]


def _out_of_fold(data: Design, mean, sd, known_share: float, rng: np.random.Generator) -> np.ndarray:
    """Scores with all items and without each, shape (1 + items, children), from weights of the other folds.

    Without an item: the most probable weights given that its own is 0, in the normal approximation of the posterior.
    """
    items, fold = len(data.items), rng.permutation(np.arange(int(data.household.max()) + 1) % FOLDS)[data.household]
    score = np.zeros((1 + items, len(data.label)))
    for out in range(FOLDS):
        held, learnt = fold == out, fold != out
        weights, spread, _ = normal_weights(
            counts(data.x[learnt], data.label[learnt]), mean, sd, known_share=known_share
        )
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


def _table(items, metric: str, values: np.ndarray) -> pd.DataFrame:
    cost = values[:1] - values[1:]
    point, drawn = cost[:, 0], cost[:, 1:]
    spread = np.nanstd(drawn, axis=1, ddof=1)
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        far = np.nanmax(np.where(spread[:, None] > 0, np.abs(drawn - point[:, None]) / spread[:, None], 0.0), axis=0)
    reach = np.quantile(far, LEVEL) * spread
    return pd.DataFrame(
        {"item_id": items, "metric": metric, "value": values[0, 0], "without": values[1:, 0], "cost": point, "low": low,
         "high": high, "low_all": point - reach, "high_all": point + reach}
    )  # fmt: skip
