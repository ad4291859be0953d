"""Infant check-ups: which fell due in the town, who came, and what was found."""

import numpy as np
import pandas as pd

from kosodachi.synthesis.events import table_of
from kosodachi.synthesis.need import Latent, chance
from kosodachi.synthesis.population import NEVER, Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

CHECKUPS = {"4m": 4, "18m": 18, "36m": 36}
TEETH = (0.0, 0.05, 0.45)  # mean number of untreated teeth at each check-up
LATEST_VISIT = np.timedelta64(75, "D")


def checkups(population: Population, need: Latent, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """One row a child and check-up that fell due while the child lived in the town, attended or not."""
    child, loadings, kinds = population.child, scenario.loadings, len(CHECKUPS)
    n, rng = len(child), streams.of("lives.checkups")
    at, kind = np.repeat(np.arange(n), kinds), np.tile(np.arange(kinds), n)
    months = np.array(list(CHECKUPS.values()))[kind]
    due = child["born"].to_numpy()[at] + (months * 30.44).astype(int).astype("timedelta64[D]")
    missed = _missed(need.home["caregiving"][child["household"].to_numpy()[at], 0], kind, scenario, rng)
    teeth_score, growth = need.factors["caregiving"][at, 1], need.factors["health"][at, 1]
    teeth = rng.poisson(np.array(TEETH)[kind] * np.exp(loadings.caries * teeth_score - loadings.caries**2 / 2))
    visit = due + rng.integers(3, int(LATEST_VISIT.astype(int)), len(at)).astype("timedelta64[D]")
    here = np.flatnonzero(_due_here(at, due, child, scenario))
    here = here[np.lexsort((kind[here], at[here], due[here]))]
    return table_of({
        "child": at[here], "kind": kind[here], "due": due[here], "attended": ~missed[here],
        "day": np.where(missed[here], NEVER, visit[here]),
        "weight": _birth_weight(need.factors["health"][:, 0], scenario, rng)[at[here]], "caries": np.minimum(teeth[here], 20),
        "finding": _findings(growth * loadings.finding, scenario, rng)[here],
    })  # fmt: skip


def _missed(score: np.ndarray, kind: np.ndarray, scenario: Scenario, rng) -> np.ndarray:
    asked, draw = scenario.lives, rng.random(len(kind))
    missed = np.empty(len(kind), dtype=bool)
    for k, attended in enumerate((asked.attended_4m, asked.attended_18m, asked.attended_36m)):
        here = kind == k
        missed[here] = draw[here] < chance(scenario.loadings.checkup_missed * score[here], 1 - attended)
    return missed


def _birth_weight(score: np.ndarray, scenario: Scenario, rng) -> np.ndarray:
    """Grams, even numbers; a share below 2,500."""
    n = len(score)
    light = rng.random(n) < chance(scenario.loadings.low_birth_weight * score, scenario.lives.low_birth_weight_share)
    grams = np.where(light, rng.normal(2230, 190, n).clip(900, 2498), rng.normal(3080, 310, n).clip(2500, 4600))
    return (grams // 2 * 2).astype(int)


def _findings(logit: np.ndarray, scenario: Scenario, rng) -> np.ndarray:
    """0 none, 1 follow-up, 2 referred."""
    draw, asked = rng.random(len(logit)), scenario.lives
    return (draw < chance(logit, asked.finding_share)).astype(int) + (draw < chance(logit, asked.referred_share))


def _due_here(at: np.ndarray, due: np.ndarray, child: pd.DataFrame, scenario: Scenario) -> np.ndarray:
    """Check-ups due while the child lived in the town and since the system began."""
    first = np.datetime64(f"{scenario.lives.checkups_from}-04-01")
    last = np.datetime64(scenario.schedule.follow_up_until) - LATEST_VISIT
    left = child["moved_out"].to_numpy()[at]
    came = child["moved_in"].to_numpy()[at] <= due
    return (due >= first) & (due <= last) & came & ~(left <= due + LATEST_VISIT)
