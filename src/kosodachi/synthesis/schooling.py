"""Which elementary-school district a child goes to school in, before and after a move that changes the school."""

from dataclasses import dataclass

import numpy as np

from kosodachi.synthesis.events import NEVER
from kosodachi.synthesis.population import Population


@dataclass(frozen=True)
class Schooling:
    """By child: district before and after the day of the change (`on`, NaT none)."""

    before: np.ndarray
    after: np.ndarray
    on: np.ndarray

    def district(self, child: np.ndarray, day: np.ndarray) -> np.ndarray:
        """District of children (positions) on a day."""
        on = self.on[child]
        return np.where(np.isnat(on) | (on <= day), self.after[child], self.before[child])


def schooling(population: Population) -> Schooling:
    """Households that moved change the school or keep it; a child taken into alternative care changes it."""
    household, where = population.household, population.places.town_district
    moved, transfers = household["moved_on"].to_numpy(), household["transfers"].to_numpy()
    new, old = where[population.address[:, 0]], where[population.old_address[:, 0]]
    has_moved = population.old_address[:, 0] >= 0
    after = np.where(has_moved & ~transfers, old, new)
    before = np.where(has_moved, old, new)
    home = population.child["household"].to_numpy()
    after, before, on = after[home], before[home], np.where(before != after, moved, NEVER)[home]
    care = population.care
    if len(care):
        child = care["child"].to_numpy()
        before[child], after[child] = after[child], where[population.care_address[:, 0]]
        on[child] = np.where(before[child] != after[child], care["since"].to_numpy(), NEVER)
    return Schooling(before, after, on)
