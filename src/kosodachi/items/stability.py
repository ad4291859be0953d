"""How often an item is chosen when the choice is made anew on half of the households: stability selection.

It says how steady a choice is, not that it is right: an item that stands for a reporting habit is chosen steadily too.
"""

import numpy as np

PAIRS = 25
RELAXED = np.geomspace(1.0, 50.0, 16)  # from the penalty that lets nothing in to a fiftieth of it


def stability(
    x: np.ndarray, label: np.ndarray, household: np.ndarray, *, items: int, seed: int, pairs: int = PAIRS
) -> np.ndarray:
    """The share of half samples of households in which each of the first `items` columns is chosen with a positive
    weight by logistic regression with an L1 penalty, the penalty being relaxed until at most sqrt(0.8 items) of them are
    in. Halves come in pairs that complement each other; a half without both labels chooses nothing.

    Ref: Meinshausen & Buehlmann 2010, 10.1111/j.1467-9868.2010.00740.x (q of theorem 1 for one false choice at a
    threshold of 0.9); Shah & Samworth 2013, 10.1111/j.1467-9868.2011.01034.x (complementary pairs).
    """
    rng, homes = np.random.default_rng([seed, 40]), int(household.max(initial=-1)) + 1
    most, chosen = max(1, round(np.sqrt(0.8 * items))), np.zeros(items)
    for _ in range(pairs):
        first = rng.permutation(homes) < homes // 2
        for half in (first[household], ~first[household]):
            chosen += _chosen(x[half], label[half], items, most)
    return chosen / (2 * pairs)


def _chosen(x: np.ndarray, label: np.ndarray, items: int, most: int) -> np.ndarray:
    """Columns that entered with a positive weight at any penalty with at most `most` items in."""
    from sklearn.linear_model import LogisticRegression

    from kosodachi.items.posterior import counts

    entered = np.zeros(items, dtype=bool)
    data = counts(x, label)
    if not 0 < data.events < data.n.sum():
        return entered
    rows, both = np.vstack([data.x, data.x]), np.repeat([1, 0], len(data.n))
    weight = np.concatenate([data.y, data.n - data.y])
    nothing = np.abs((data.y - data.n * data.events / data.n.sum()) @ data.x).max()
    for relaxed in RELAXED / nothing:
        model = LogisticRegression(solver="liblinear", l1_ratio=1.0, C=relaxed, intercept_scaling=20, random_state=0)
        weights = model.fit(rows, both, sample_weight=weight).coef_[0, :items]
        if (weights != 0).sum() > most:
            break
        entered |= weights > 0
    return entered
