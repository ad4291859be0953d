"""Persons merged by mistake: a row of one child carries the number of another.

It happens where a number may stand in several rows, told apart by a second key (a kind of check-up, a day); and where the
other child has no row of the same key, so that no reader takes the row for a repeated one. The register is spared: it is
what all else is linked to.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.systems.view import View, World
from kosodachi.tables import KINDS

TRIES = 4


def merged(view: View, world: World, system: str, source: dict) -> View:
    """The view with some rows under another person's number; logged as merged_person."""
    kind, rate = KINDS[source["kind"]], world.scenario.errors.get(system, {}).get("merged_person", 0.0)
    if rate == 0 or len(kind.key) < 2 or len(view.table) < 2:
        return view
    header = {column: name for name, column in source["columns"].items()}
    number, second = view.table[header[kind.key[0]]], view.table[header[kind.key[1]]]
    rng = world.streams.of(f"systems.{system}.merged_person")
    drawn = rng.random(len(number)) < rate
    owner = _owner(view.child, number.to_numpy(), second.to_numpy(), drawn, rng)
    taken = owner >= 0
    table = view.table.copy()
    table.loc[taken, number.name] = number.to_numpy()[owner[taken]]
    one = View(table, view.child, view.errors.assign(merged_person=taken))
    return one.sorted_by([number.name]) if number.is_monotonic_increasing else one


def _owner(child: np.ndarray, number: np.ndarray, second: np.ndarray, drawn: np.ndarray, rng) -> np.ndarray:
    """For each row drawn a row of another child whose number it takes, -1 for the others and where none is found."""
    keys, rows = pd.MultiIndex.from_arrays([number, second]), np.flatnonzero(drawn)
    owner = np.full(len(number), -1)
    for _ in range(TRIES):
        left = rows[owner[rows] < 0]
        other = rng.integers(0, len(number), len(left))
        wanted = pd.MultiIndex.from_arrays([number[other], second[left]])
        used = pd.MultiIndex.from_arrays([number[owner[owner >= 0]], second[owner >= 0]])
        free = ~wanted.isin(keys) & ~wanted.isin(used) & ~wanted.duplicated() & (child[other] != child[left])
        owner[left[free]] = other[free]
    return owner
