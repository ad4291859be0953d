"""The five factors of latent need: economic, caregiving, health and development, school engagement, shocks.

Each has a part that all five share, and of either part a share belongs to the household, to the school district and to
the child. Years hang together as an AR(1); shocks come as spells that fade. Made-up quantities: they measure nothing.
"""

from dataclasses import dataclass

import numpy as np

from kosodachi.synthesis.population import Population
from kosodachi.synthesis.scenario import FACTORS, Need
from kosodachi.synthesis.streams import Streams

SHARED = "common"
ARRIVAL, DECAY, BEFORE = 0.12, 0.5, 5  # shocks a year, what is left of one a year later, years before the first


@dataclass(frozen=True)
class Parts:
    """One process by household (households, years), district (districts, years) and child (children, years), each of
    variance 1; float32."""

    household: np.ndarray
    district: np.ndarray
    child: np.ndarray

    def of_child(self, home: np.ndarray, place: np.ndarray, asked: Need) -> np.ndarray:
        """The process of each child, variance 1, shape (children, years)."""
        h, d, c = (np.float32(np.sqrt(share)) for share in shares(asked))
        return h * self.household[home] + d * self.district[place] + c * self.child


def shares(asked: Need) -> tuple[float, float, float]:
    """Shares of the variance: household, district, child."""
    return asked.household, asked.district, 1 - asked.household - asked.district


def parts(population: Population, years: int, asked: Need, streams: Streams) -> dict[str, Parts]:
    """The processes by name: `common` and each factor's own."""
    sizes = {
        "household": len(population.household),
        "district": len(population.places.district_effect),
        "child": len(population.child),
    }
    found = {}
    for name in (SHARED, *FACTORS):
        drawn = {}
        for level, n in sizes.items():
            rng = streams.of(f"need.{name}.{level}")
            spells = name == "shocks" and level != "district"
            drawn[level] = _spells(n, years, rng) if spells else ar1(n, years, asked.persistence, rng)
        found[name] = Parts(**drawn)
    return found


def mixed(common: np.ndarray, own: np.ndarray, asked: Need) -> np.ndarray:
    """A factor from the part that all share and its own; variance 1."""
    return np.float32(np.sqrt(asked.common)) * common + np.float32(np.sqrt(1 - asked.common)) * own


def ar1(n: int, years: int, persistence: float, rng: np.random.Generator) -> np.ndarray:
    """A stationary AR(1) of variance 1, shape (n, years), float32."""
    drawn = rng.standard_normal((n, years), dtype=np.float32)
    keep, fresh = np.float32(persistence), np.float32(np.sqrt(1 - persistence**2))
    for year in range(1, years):
        drawn[:, year] = keep * drawn[:, year - 1] + fresh * drawn[:, year]
    return drawn


def _spells(n: int, years: int, rng: np.random.Generator) -> np.ndarray:
    """Shocks that arrive in a year with the chance ARRIVAL and halve each year, as a process of mean 0 and variance 1."""
    level, held = np.zeros(n, dtype=np.float32), np.empty((n, years), dtype=np.float32)
    for year in range(-BEFORE, years):
        level = np.float32(DECAY) * level + (rng.random(n, dtype=np.float32) < ARRIVAL)
        if year >= 0:
            held[:, year] = level
    seen = (
        1 - DECAY ** np.arange(BEFORE + 1, BEFORE + 1 + years),
        1 - DECAY ** (2 * np.arange(BEFORE + 1, BEFORE + 1 + years)),
    )
    mean = ARRIVAL / (1 - DECAY) * seen[0]
    deviation = np.sqrt(ARRIVAL * (1 - ARRIVAL) / (1 - DECAY**2) * seen[1])
    return ((held - mean) / deviation).astype(np.float32)
