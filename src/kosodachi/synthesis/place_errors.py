"""Addresses as a system writes them: the one it knows of by then, another household's by mistake, none where protected.

The address of a protected household since its flight is in no system's extract: what stands there is nothing, a
placeholder or the address from before.
"""

import numpy as np

from kosodachi.synthesis.care import care_since
from kosodachi.synthesis.errors import Mistakes, Records
from kosodachi.synthesis.habits import Habit
from kosodachi.synthesis.lags import Lag


def addresses(
    records: Records, said: np.ndarray, home: np.ndarray, mistakes: Mistakes, habit: Habit, lag: Lag
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The household behind each record's address and guardian, the address as codes, and whether it is hidden."""
    population = records.population
    known = records.day - mistakes.lag("address", lag.address)
    old, protected = population.old_address[home], population.protected
    has_old, guarded = old[:, 0] >= 0, protected[home]
    late = has_old & ~(population.household["moved_on"].to_numpy()[home] <= known)
    code = np.where(late[:, None], old, population.address[home])
    code, late = _in_care(population, said, known, code, late)
    other = mistakes.of("other_household").integers(0, len(protected), mistakes.n)
    wrong = mistakes.made("wrong_household", (other != home) & ~protected[other] & ~guarded)
    code = np.where(wrong[:, None], population.address[other], code)
    mistakes.log["old_address"] = late & ~wrong & ~guarded
    mistakes.log["protected_address"] = guarded
    former = guarded & has_old & (habit.protected == "former")
    return np.where(wrong, other, home), np.where(former[:, None], old, code), guarded & ~former


def _in_care(population, said: np.ndarray, known: np.ndarray, code: np.ndarray, late: np.ndarray) -> tuple:
    """Children in alternative care whose registration was moved have another address than their household."""
    if not len(population.care):
        return code, late
    place = population.child["care"].to_numpy()[said]
    moved = (place >= 0) & population.care["registered"].to_numpy()[place]
    there = moved & (care_since(population, said) <= known)
    return np.where(there[:, None], population.care_address[place], code), np.where(moved, ~there, late)
