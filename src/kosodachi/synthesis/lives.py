"""Lives: what happens to households and children that a service could come to know, before a system writes it down."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.synthesis.allowance import allowance
from kosodachi.synthesis.checkups import checkups
from kosodachi.synthesis.consultation import consultations
from kosodachi.synthesis.fitting import by_size
from kosodachi.synthesis.need import Latent
from kosodachi.synthesis.population import NEVER, Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

AFTER_SURNAME_CHANGE = 2.0  # log-odds of a single parent where the surname changed
COURT = 240  # days at most between a divorce and the change of the child's surname
NOT_SINGLE = -60.0  # log-odds, of those who remarried


@dataclass(frozen=True)
class Lives:
    """allowance: child, start, end, status (0 full, 1 partial, 2 suspended).

    checkup: child, kind, due, attended, day, weight (g), caries (teeth), finding (0 none, 1 follow-up, 2 referred).
    consultation: child, opened, closed, kind, route. Codes are positions in checkups.CHECKUPS, consultation.KINDS, ROUTES.
    single_since: of each household, the day since when it has a single parent; NaT for the others.
    """

    allowance: pd.DataFrame
    checkup: pd.DataFrame
    consultation: pd.DataFrame
    single_since: np.ndarray


def lives(population: Population, need: Latent, scenario: Scenario, streams: Streams) -> Lives:
    """What services could know of every child until the end of follow-up."""
    single_since = _single_since(population, need, scenario, streams)
    return Lives(
        allowance(population, need, single_since, scenario, streams),
        checkups(population, need, scenario, streams),
        consultations(population, need, scenario, streams),
        single_since,
    )


def _single_since(population: Population, need: Latent, scenario: Scenario, streams: Streams) -> np.ndarray:
    """Since when a household has a single parent; NaT for the others. A changed surname goes with it more often, and
    follows the divorce; those who remarried have two parents again."""
    rng, household = streams.of("lives.single"), population.household
    changed = household["surname_changed_on"].to_numpy()
    logit = scenario.loadings.single_parent * need.home["economic"][:, -1] + AFTER_SURNAME_CHANGE * ~np.isnat(changed)
    logit = np.where(household["remarried_on"].notna(), NOT_SINGLE, logit)
    single = rng.random(len(household)) < by_size(logit, population, scenario)
    last = np.datetime64(scenario.schedule.follow_up_until)
    day = last - rng.integers(0, 10 * 365, len(household)).astype("timedelta64[D]")
    court = streams.of("lives.court").integers(0, COURT, len(household)).astype("timedelta64[D]")
    return np.where(single, np.where(np.isnat(changed), day, changed - court), NEVER)
