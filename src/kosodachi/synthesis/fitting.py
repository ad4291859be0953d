"""Iterative proportional fitting: a table of shares with the margins asked for and the association of another table.

Used where two published margins meet and their joint table is not published: the association is then an assumption.
Ref: Deming & Stephan 1940, doi:10.1214/aoms/1177731829.
"""

import numpy as np

from kosodachi.synthesis.need import chance
from kosodachi.synthesis.population import Population
from kosodachi.synthesis.scenario import Scenario

ROUNDS = 200


def raked(seed: np.ndarray, targets: dict[tuple[int, ...], np.ndarray]) -> np.ndarray:
    """The table nearest to `seed` that has the margins asked for, by iterative proportional fitting.

    targets: {axes: margin over these axes, in this order (ascending)}; margins must agree where they meet. Cells of 0
    stay 0, and so does every odds ratio that no margin fixes.
    """
    table = np.array(seed, dtype=float)
    for _ in range(ROUNDS):
        before = table.copy()
        for axes, target in targets.items():
            others = tuple(axis for axis in range(table.ndim) if axis not in axes)
            now = table.sum(axis=others)
            factor = np.divide(target, now, out=np.zeros(now.shape), where=now > 0)
            table *= np.expand_dims(factor, others)
        if np.abs(table - before).max() < 1e-13:
            break
    return table


def by_size(logit: np.ndarray, population: Population, scenario: Scenario) -> np.ndarray:
    """The chance of each household to have a single parent: the share asked for over all, and by number of children
    in the proportions of `lives.single_by_size`."""
    shares, group = _joint(population, scenario), _size_group(population)
    rows, single, chances = shares.sum(axis=(1, 2)), shares[:, 1].sum(axis=1), np.zeros(len(group))
    for number in np.flatnonzero(rows):
        here = group == number
        chances[here] = chance(logit[here], single[number] / rows[number])
    return chances


def taking(population: Population, scenario: Scenario) -> np.ndarray:
    """The chance of each household to take up the child-rearing allowance, if it has a single parent."""
    shares = _joint(population, scenario)
    single = shares[:, 1].sum(axis=1)
    return np.divide(shares[:, 1, 1], single, out=np.zeros(len(single)), where=single > 0)[_size_group(population)]


def _joint(population: Population, scenario: Scenario) -> np.ndarray:
    """Shares of households by number of children (1, 2, 3 or more), single parent (no, yes), allowance (no, yes)."""
    asked, group = scenario.lives, _size_group(population)
    rows = np.bincount(group, minlength=3) / max(len(group), 1)
    single, uptake = asked.single_parent_share, asked.allowance_uptake
    pairs = np.array([[1 - single, 0.0], [single * (1 - uptake), single * uptake]])
    seed = np.ones((3, 2, 2))
    seed[:, 1] *= np.array(asked.single_by_size)[:, None]
    seed[:, 1, 1] *= asked.allowance_by_size
    seed[:, 0, 1] = 0.0
    return raked(seed * rows[:, None, None], {(0,): rows, (1, 2): pairs})


def _size_group(population: Population) -> np.ndarray:
    sizes = np.bincount(population.child["household"].to_numpy(), minlength=len(population.household))
    return np.clip(sizes, 1, 3) - 1
