"""How often an item is chosen when the choice is made anew on half of the households: stability selection.

It says how steady a choice is, not that it is right: an item that stands for a reporting habit is chosen steadily too.
"""

from collections.abc import Callable

import numpy as np

PAIRS = 10


def stability(
    choose: Callable, label: np.ndarray, household: np.ndarray, *, seed: int, pairs: int = PAIRS
) -> np.ndarray:
    """The share of half samples in which `choose(rows)`, a yes-no array of items, chooses each item; halves of the
    households, in pairs that complement each other. A half without both labels is not asked and chooses nothing.

    The expected number of noise items that are steady above a share of 1/2 is bounded by how often noise is chosen in a
    half. Ref: Meinshausen & Buehlmann 2010, 10.1111/j.1467-9868.2010.00740.x; complementary pairs: Shah & Samworth 2013,
    10.1111/j.1467-9868.2011.01034.x, theorem 1.
    """
    rng, homes = np.random.default_rng([seed, 40]), int(household.max(initial=-1)) + 1
    chosen = []
    for _ in range(pairs):
        first = rng.permutation(homes) < homes // 2
        for half in (first[household], ~first[household]):
            asked = 0 < label[half].sum() < half.sum()
            chosen.append(choose(half) if asked else False)
    return np.sum(np.broadcast_arrays(*chosen), axis=0) / (2 * pairs)
