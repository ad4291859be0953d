"""Lives: what happens to households and children that a service could come to know, before a system writes it down."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.synthesis.care import care_since
from kosodachi.synthesis.checkups import checkups
from kosodachi.synthesis.consultation import consultations
from kosodachi.synthesis.fitting import by_size
from kosodachi.synthesis.need import Latent
from kosodachi.synthesis.population import DAY, NEVER, Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

STATUS_SHARES = (0.52, 0.38, 0.10)
ENDS_A_YEAR = 0.035  # allowances that end in a year for other reasons than age
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
        _allowance(population, need, single_since, scenario, streams),
        checkups(population, need, scenario, streams),
        consultations(population, need, scenario, streams),
        single_since,
    )


def _allowance(
    population: Population, need: Latent, since: np.ndarray, scenario: Scenario, streams: Streams
) -> pd.DataFrame:
    """Spells of child-rearing allowance that touch the years held; they end with a remarriage and with alternative care."""
    rng, n = streams.of("lives.allowance"), len(population.household)
    takes = rng.random(n) < scenario.lives.allowance_uptake
    household = population.household
    since = np.where(household["divorced_on"].isna(), since, household["divorced_on"].to_numpy())
    until = household["remarried_on"].to_numpy()
    years = rng.exponential(1 / ENDS_A_YEAR, n)
    status = rng.choice(3, n, p=STATUS_SHARES)
    child, home = population.child, population.child["household"].to_numpy()
    start = np.fmax(np.fmax(since[home], child["born"].to_numpy()), child["moved_in"].to_numpy())
    start = (start.astype("datetime64[M]") + 1).astype("datetime64[D]")
    ends = since[home] + (years[home] * 365).astype("timedelta64[D]")
    end = np.fmin(np.fmin(ends, school_end(child["born"].to_numpy())), child["moved_out"].to_numpy())
    end = np.fmin(np.fmin(end, until[home]), care_since(population))
    end = end.astype("datetime64[M]").astype("datetime64[D]") - DAY
    last = np.datetime64(scenario.schedule.follow_up_until)
    held = takes[home] & ~np.isnat(since[home]) & (start <= last) & (end > start)
    held &= end >= np.datetime64(f"{need.years[0]}-04-01")
    shown = np.where(end <= last, end, NEVER)
    table = pd.DataFrame({"child": np.arange(len(child)), "start": start, "end": shown, "status": status[home]})
    return table[held].reset_index(drop=True)


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


def school_end(born: np.ndarray) -> np.ndarray:
    """1 April after the 18th birthday, when entitlement has ended."""
    months = (born.astype("datetime64[D]") - DAY).astype("datetime64[M]").astype(int)
    return (((months - 3) // 12 + 19) * 12 + 3).astype("datetime64[M]").astype("datetime64[D]")
