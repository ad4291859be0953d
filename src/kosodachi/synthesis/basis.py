"""What was asked of the generator, number by number, and on what basis: published somewhere, a fact of the town, assumed.

A figure that was published for a whole country is no more than a starting point for one town.
"""

import numpy as np

from kosodachi.synthesis.margins import published
from kosodachi.synthesis.scenario import FACTORS, LEVELS, Scenario

PARTS = ("people", "need", "loadings", "lives", "programme", "missing")
NO_NUMBERS = ("programme.design", "missing.not_collected")


def asked(scenario: Scenario) -> dict[str, float]:
    """Every number of a scenario by its path, such as need.kinds.hardship or need.shares.economic.household."""
    found = {}
    for part in PARTS:
        for name, value in getattr(scenario, part).model_dump().items():
            if (path := f"{part}.{name}") not in NO_NUMBERS:
                found |= dict(_flat(path, value))
    return found


def _flat(path: str, value):
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _flat(f"{path}.{name}", one)
    elif path == "need.correlation":
        pairs = [(row, column) for row in range(len(FACTORS)) for column in range(row)]
        yield from ((f"{path}.{FACTORS[column]}.{FACTORS[row]}", value[row][column]) for row, column in pairs)
    elif isinstance(value, tuple):
        names = LEVELS if path.startswith("need.shares.") else range(1, len(value) + 1)
        yield from ((f"{path}.{name}", one) for name, one in zip(names, value))
    else:
        yield path, float(value)


def basis_of(path: str, value: float, scenario: Scenario) -> str:
    """fact (the scenario names a source for the setting), published (within the tolerance of a published figure that
    was read at its source) or assumed."""
    if any(fact.setting == path for fact in scenario.facts):
        return "fact"
    figures = published()
    figures = figures[(figures["setting"] == path) & figures["verified"]]
    near = np.abs(figures["target"].to_numpy(float) - value) <= figures["tolerance"].to_numpy(float)
    return "published" if near.any() else "assumed"
