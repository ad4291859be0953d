"""The five factors of latent need: economic, caregiving, health and development, school engagement, shocks.

Of each factor's variance a share belongs to the household, to the school district and to the child, and within each of
these parts the factors go together as a matrix of correlations says. Years hang together as an AR(1); shocks come as
spells that fade. Made-up quantities: they measure nothing.
"""

import numpy as np

from kosodachi.synthesis.asked_need import FACTORS, LEVELS, Need
from kosodachi.synthesis.population import Population
from kosodachi.synthesis.streams import Streams

SPELLS, BEFORE = "shocks", 5  # the factor that comes in spells; years drawn before the first that is held


def parts(population: Population, years: int, asked: Need, streams: Streams) -> dict[str, dict[str, np.ndarray]]:
    """The factors by level (household, district, child) and name, each (units, years), variance 1, float32."""
    sizes = (len(population.household), len(population.places.district_effect), len(population.child))
    return {level: _together(level, n, years, asked, streams) for level, n in zip(LEVELS, sizes)}


def _together(level: str, n: int, years: int, asked: Need, streams: Streams) -> dict[str, np.ndarray]:
    """Independent processes mixed by the Cholesky factor of the correlations; shocks, last, are spells of their own."""
    mix = np.linalg.cholesky(np.array(asked.correlation)).round(6)  # the same on every machine
    own = []
    for name in FACTORS:
        rng = streams.of(f"need.{name}.{level}")
        spells = name == SPELLS and level != "district"
        own.append(_spells(n, years, asked, rng) if spells else ar1(n, years, asked.persistence, rng))
    return {name: combined(mix[k, : k + 1], own[: k + 1]) for k, name in enumerate(FACTORS)}


def combined(weights: np.ndarray, arrays: list[np.ndarray]) -> np.ndarray:
    """The weighted sum of arrays of one shape, float32."""
    total = np.float32(weights[0]) * arrays[0]
    for weight, values in zip(weights[1:], arrays[1:]):
        total += np.float32(weight) * values
    return total


def of_children(
    drawn: dict[str, dict[str, np.ndarray]], home: np.ndarray, place: np.ndarray, asked: Need
) -> dict[str, np.ndarray]:
    """Each factor of each child, (children, years), variance 1. home, place: household and district of each child."""
    found = {}
    for name in FACTORS:
        household, district, child = np.sqrt(np.array(asked.shares[name], dtype=np.float32))
        values = child * drawn["child"][name]
        values += (household * drawn["household"][name])[home]
        values += (district * drawn["district"][name])[place]
        found[name] = values
    return found


def ar1(n: int, years: int, persistence: float, rng: np.random.Generator) -> np.ndarray:
    """A stationary AR(1) of variance 1, shape (n, years), float32."""
    drawn = rng.standard_normal((n, years), dtype=np.float32)
    keep, fresh = np.float32(persistence), np.float32(np.sqrt(1 - persistence**2))
    for year in range(1, years):
        drawn[:, year] = keep * drawn[:, year - 1] + fresh * drawn[:, year]
    return drawn


def _spells(n: int, years: int, asked: Need, rng: np.random.Generator) -> np.ndarray:
    """Shocks that arrive with a chance each year and fade from year to year, as a process of mean 0 and variance 1."""
    chance, left = asked.shock_arrival, asked.shock_decay
    level, held = np.zeros(n, dtype=np.float32), np.empty((n, years), dtype=np.float32)
    for year in range(-BEFORE, years):
        level = np.float32(left) * level + (rng.random(n, dtype=np.float32) < chance)
        if year >= 0:
            held[:, year] = level
    age = np.arange(BEFORE + 1, BEFORE + 1 + years)
    mean = chance * (1 - left**age) / (1 - left)
    deviation = np.sqrt(chance * (1 - chance) * (1 - left ** (2 * age)) / (1 - left**2))
    return ((held - mean) / deviation).astype(np.float32)
