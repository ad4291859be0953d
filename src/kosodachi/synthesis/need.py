"""Latent need for support: a household part and a part of the child's own, year by year, each an AR(1) of variance 1.

Need here is a made-up quantity with a known rate; it is no diagnosis and stands for no measured construct.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit as _expit
from scipy.special import ndtri

from kosodachi.synthesis.calendar import years_of
from kosodachi.synthesis.population import Population
from kosodachi.synthesis.scenario import Need, Scenario
from kosodachi.synthesis.streams import Streams

SAMPLE, NEWTON = 4_000, 12


@dataclass(frozen=True)
class Latent:
    """score: shape (children, years), standard normal; household: shape (households, years), standard normal.

    years: fiscal years. in_need: score above the threshold whose tail is the rate asked for.
    """

    years: np.ndarray
    score: np.ndarray
    household: np.ndarray
    threshold: float

    @property
    def in_need(self) -> np.ndarray:
        """Need of each child in each year, shape (children, years)."""
        return self.score > self.threshold

    def at(self, year: int) -> int:
        """Position of a fiscal year, the nearest one held."""
        return int(np.clip(year - self.years[0], 0, len(self.years) - 1))


def latent_need(population: Population, scenario: Scenario, streams: Streams) -> Latent:
    """Need of every child in every year."""
    years, asked = years_of(scenario.schedule), scenario.need
    home = population.child["household"].to_numpy()
    shared = _ar1(len(population.household), len(years), asked, streams.of("need.household"))
    own = _ar1(len(home), len(years), asked, streams.of("need.child"))
    score = np.sqrt(asked.household) * shared[home] + np.sqrt(1 - asked.household) * own
    return Latent(years, score, shared, float(-ndtri(asked.rate)))


def _ar1(n: int, years: int, asked: Need, rng) -> np.ndarray:
    shocks = rng.standard_normal((n, years))
    for year in range(1, years):
        shocks[:, year] = asked.persistence * shocks[:, year - 1] + np.sqrt(1 - asked.persistence**2) * shocks[:, year]
    return shocks


def chance(logit: np.ndarray, margin: float) -> np.ndarray:
    """Probabilities whose mean is the margin: the logit plus the one intercept that gives it."""
    return _expit(logit + intercept(logit, margin))


def intercept(logit: np.ndarray, margin: float) -> float:
    """The number that, added to the logit, gives probabilities with the margin as their mean.

    Bisection on at most SAMPLE evenly spaced values, then Newton steps on all of them; a margin of 0 or 1, or a step
    that leaves the bracket, is left to bisection alone.
    """
    flat = logit.ravel()
    start = _bisected(flat[:: max(1, flat.size // SAMPLE)], margin)
    at = start
    for _ in range(NEWTON if 0 < margin < 1 else 0):
        p = _expit(flat + at)
        step = (p.mean() - margin) / max(float((p * (1 - p)).mean()), 1e-300)
        at -= step
        if abs(step) < 1e-13:
            break
    return at if abs(at - start) < 1 else _bisected(flat, margin)


def _bisected(logit: np.ndarray, margin: float) -> float:
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _expit(logit + middle).mean() < margin else (low, middle)
    return (low + high) / 2
