"""Iterative proportional fitting: a table of shares with the margins asked for and the association of another table.

Used where two published margins meet and their joint table is not published: the association is then an assumption.
Ref: Deming & Stephan 1940, doi:10.1214/aoms/1177731829.
"""

import numpy as np

from kosodachi.synthesis.need import chance
from kosodachi.synthesis.population import Population
from kosodachi.synthesis.scenario import Scenario

ROUNDS = 200


def fitted(seed: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """The table (r, c) with row sums `rows` and column sums `columns` and the odds ratios of `seed`.

    seed: no cell below 0; margins with equal sums. Cells of 0 stay 0.
    """
    table = np.array(seed, dtype=float)
    for _ in range(ROUNDS):
        before = table.copy()
        table *= (rows / np.maximum(table.sum(axis=1), 1e-300))[:, None]
        table *= columns / np.maximum(table.sum(axis=0), 1e-300)
        if np.abs(table - before).max() < 1e-13:
            break
    return table


def by_size(logit: np.ndarray, population: Population, scenario: Scenario) -> np.ndarray:
    """The chance of each household to have a single parent: the share asked for over all, and by number of children
    in the proportions of `lives.single_by_size`."""
    asked = scenario.lives
    sizes = np.bincount(population.child["household"].to_numpy(), minlength=len(population.household))
    group = np.clip(sizes, 1, 3) - 1
    rows = np.bincount(group, minlength=3) / max(len(group), 1)
    columns = np.array([asked.single_parent_share, 1 - asked.single_parent_share])
    odds = np.column_stack([asked.single_by_size, np.ones(3)]) * rows[:, None] * columns
    shares = fitted(odds, rows, columns)
    chances = np.zeros(len(group))
    for number in np.flatnonzero(rows):
        here = group == number
        chances[here] = chance(logit[here], shares[number, 0] / rows[number])
    return chances
