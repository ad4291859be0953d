"""How many children there are of each age, and in how many of them the household has a foreign name.

Children of a household come together, so neither can be drawn child by child: the ages of the eldest, and the chance of
each household, are fitted by multiplicative steps until the children come out as asked.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.scenario import Scenario

YEAR = 365.25
SPACING = (6.0, 175.0)  # gamma shape and scale of the days between births
CLOSEST, WIDEST = 420, 4000  # days between births
BANDS = 6  # of three years, 0 to 17
BEYOND = 9  # years by which the eldest may be older than 18
TRIALS, ROUNDS = 4_000, 60
FOREIGN_BANDS = (5, 10, 15)  # ages in years at which a band of `people.foreign_by_age` begins
DAY = np.timedelta64(1, "D")


def gaps(n: int, twin_share: float, rng: np.random.Generator) -> np.ndarray:
    """Days from one birth to the next, 0 for twins."""
    days = np.clip(rng.gamma(*SPACING, n), CLOSEST, WIDEST)
    return np.where(rng.random(n) < twin_share, 0, days).astype(int)


def ages_of_eldest(n: int, scenario: Scenario, rng: np.random.Generator) -> np.ndarray:
    """Ages in years of the eldest children of households on judge_as_of, so that all children have the ages asked for;
    below 0 for those born later. Between whole years they are evenly spread."""
    dates = scenario.schedule
    later = (pd.Timestamp(dates.follow_up_until) - pd.Timestamp(dates.judge_as_of)).days / YEAR
    edges = np.concatenate([[-later], np.arange(0, 3 * BANDS + BEYOND + 1)])
    weights = _weights(edges, scenario)
    drawn = np.searchsorted(np.cumsum(weights), rng.random(n), side="right").clip(0, len(weights) - 1)
    return edges[drawn] + rng.random(n) * np.diff(edges)[drawn]


def _weights(edges: np.ndarray, scenario: Scenario) -> np.ndarray:
    """The share of eldest children in each year of age, by the multiplicative rule of iterative fitting."""
    reach = _reach(edges, scenario)
    under_15 = np.array(scenario.people.ages)
    target = np.append(under_15, under_15[-1])  # as many at 15 to 17 as at 12 to 14, an assumption
    target, spread = target / target.sum(), np.diff(edges) / np.diff(edges).sum()
    for _ in range(ROUNDS):
        found = reach @ spread
        ratio = target / (found / found.sum())
        pull = np.where(reach.sum(axis=0) > 0, (ratio @ reach) / np.maximum(reach.sum(axis=0), 1e-12), 1.0)
        spread = spread * pull
        spread = spread / spread.sum()
    return spread


def _reach(edges: np.ndarray, scenario: Scenario) -> np.ndarray:
    """Mean number of children in each band of age, by the year of age of the eldest: (bands, years), from one fixed
    draw of sizes and spacings."""
    rng, people, years = np.random.default_rng(1), scenario.people, len(edges) - 1
    eldest = edges[:-1, None] + rng.random(TRIALS) * np.diff(edges)[:, None]
    size = rng.choice(np.arange(1, len(people.sizes) + 1), TRIALS, p=people.sizes)
    found, after = np.zeros((BANDS, years)), np.zeros(TRIALS)
    for place in range(len(people.sizes)):
        after = after + (gaps(TRIALS, people.twin_share, rng) / YEAR if place else 0.0)
        band = np.floor((eldest - after) / 3)
        for b in range(BANDS):
            found[b] += ((band == b) & (size > place)).mean(axis=1)
    return found


def foreign_chances(child: pd.DataFrame, scenario: Scenario) -> np.ndarray:
    """The chance of each household to have a foreign name: on average `people.foreign_share`, and such that children
    of each age have it in the proportions of `people.foreign_by_age`."""
    asked, home = np.array(scenario.people.foreign_by_age), child["household"].to_numpy()
    age = (np.datetime64(scenario.schedule.judge_as_of) - child["born"].to_numpy()) / DAY / YEAR
    n, bands = int(home.max(initial=-1)) + 1, len(asked)
    cell = home * bands + np.searchsorted(FOREIGN_BANDS, age, side="right")
    counts = np.bincount(cell, minlength=n * bands).reshape(n, bands).astype(float)
    part, factor = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), np.ones(bands)
    together, children = counts.T @ part, np.maximum(counts.sum(axis=0), 1)
    for _ in range(ROUNDS):
        found = together @ factor / children
        factor = factor * asked / np.maximum(found, 1e-12)
    relative = part @ factor
    return np.clip(scenario.people.foreign_share * relative / max(relative.mean(), 1e-12), 0, 1)
