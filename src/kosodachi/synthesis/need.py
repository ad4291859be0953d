"""Latent need for support, year by year: a weighted sum of five factors, and the kinds of need that they make.

Need here is a made-up quantity with a known rate; it is no diagnosis and stands for no measured construct.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit as _expit

from kosodachi.synthesis.asked_need import FACTORS, Need
from kosodachi.synthesis.calendar import years_of
from kosodachi.synthesis.factors import combined, of_children, parts
from kosodachi.synthesis.population import Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

SAMPLE, NEWTON = 4_000, 12


@dataclass(frozen=True)
class Latent:
    """factors: {name: (children, years)}; home: {name: (households, years)}, the household's part; all of variance 1.

    score: (children, years), the weighted sum of the factors, variance 1; household: (households, years), its
    household part. years: fiscal years. in_need: score above the threshold whose tail is the rate asked for.
    """

    years: np.ndarray
    factors: dict[str, np.ndarray]
    home: dict[str, np.ndarray]
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
    drawn = parts(population, len(years), asked, streams)
    place = population.places.town_district[population.address[home, 0]]
    factors = of_children(drawn, home, place, asked)
    roots = {name: np.sqrt(asked.shares[name][0]) for name in FACTORS}
    score, shared = weighted(factors, asked), weighted(drawn["household"], asked, roots)
    return Latent(years, factors, drawn["household"], score, shared, tail(score, asked.rate))


def weighted(factors: dict[str, np.ndarray], asked: Need, roots: dict[str, float] | None = None) -> np.ndarray:
    """The weighted sum of factors, scaled to variance 1. roots: what of each factor is in its part, if not all."""
    w = np.array([asked.weights[name] * (roots[name] if roots else 1.0) for name in FACTORS])
    covariance = np.array(asked.correlation) if roots else asked.covariance()
    scale = np.sqrt(w @ covariance @ w)
    return combined(w / scale if scale > 0 else w, [factors[name] for name in FACTORS])


def tail(score: np.ndarray, rate: float) -> float:
    """The threshold above which a share of all values lies."""
    flat = score.ravel()
    above = round(rate * flat.size)
    if not 0 < above < flat.size:
        return np.inf if above == 0 else -np.inf
    return float(np.partition(flat, flat.size - above - 1)[flat.size - above - 1])


def chance(logit: np.ndarray, margin: float) -> np.ndarray:
    """Probabilities whose mean is the margin: the logit plus the one intercept that gives it."""
    logit = np.asarray(logit, dtype=float)
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
