"""Child-rearing allowance of single parents: who takes it up, for how long, and who does so only after outreach.

It is paid to the parent; a spell here is that of one child. Not every family that is entitled takes it up.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.care import care_since
from kosodachi.synthesis.fitting import taking
from kosodachi.synthesis.need import Latent
from kosodachi.synthesis.population import DAY, NEVER, Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

STATUS_SHARES = (0.52, 0.38, 0.10)  # full, partial, suspended
ENDS_A_YEAR = 0.035  # allowances that end in a year for other reasons than age


def allowance(
    population: Population, need: Latent, single_since: np.ndarray, scenario: Scenario, streams: Streams
) -> pd.DataFrame:
    """Spells that touch the years held, a row a child (child, start, end, status); they end with a remarriage and with
    alternative care."""
    rng, n = streams.of("lives.allowance"), len(population.household)
    takes = rng.random(n) < taking(population, scenario)
    years = rng.exponential(1 / ENDS_A_YEAR, n)
    status = rng.choice(len(STATUS_SHARES), n, p=STATUS_SHARES)
    home, (since, until) = population.child["household"].to_numpy(), entitled(population, single_since)
    ends = np.fmin(since + (years[home] * 365).astype("timedelta64[D]"), until)
    who = np.flatnonzero(takes[home] & ~np.isnat(since))
    table = _spells(population, who, since[who], ends[who], scenario)
    table["status"] = status[home[who]]
    held = _real(table, scenario)
    held &= ~(table["end"].to_numpy() < np.datetime64(f"{need.years[0]}-04-01"))
    return table[held].reset_index(drop=True)


def entitled(population: Population, single_since: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From when and until when each child's household may have the allowance; NaT where it may not, or has no end."""
    home, household = population.child["household"].to_numpy(), population.household
    divorced = household["divorced_on"].to_numpy()
    since = np.where(np.isnat(divorced), single_since, divorced)
    return since[home], household["remarried_on"].to_numpy()[home]


def without_it(
    population: Population, spells: pd.DataFrame, single_since: np.ndarray, scenario: Scenario
) -> np.ndarray:
    """Children of households that are entitled on the index date and of whom none has the allowance then or later."""
    day, home = np.datetime64(scenario.schedule.index_date), population.child["household"].to_numpy()
    since, until = entitled(population, single_since)
    now = spells.loc[~(spells["end"].to_numpy() < day), "child"].to_numpy()
    has = np.bincount(home[now], minlength=len(population.household)) > 0
    able = (since <= day) & ~(until <= day) & ~has[home]
    who = np.flatnonzero(able)
    able[who] = _real(_spells(population, who, np.fmax(since[who], day), until[who], scenario), scenario)
    return able


def allowances_after(
    log: pd.DataFrame, table: pd.DataFrame, population: Population, single_since: np.ndarray, scenario, streams: Streams
) -> pd.DataFrame:
    """Spells begun because support started with a child who `would_take_up` (table), for all children of its household
    that are entitled."""
    rng, home = streams.of("programme.allowances"), population.child["household"].to_numpy()
    able = table["would_take_up"].to_numpy() & table["entitled"].to_numpy()
    started = log[np.isin(log["child"], table.loc[able, "child"]) & log["started"].notna()]
    first = np.full(len(population.household), NEVER, dtype="datetime64[D]")
    by_home = started.groupby(home[started["child"].to_numpy()])["started"].min()
    first[by_home.index.to_numpy(int)] = by_home.to_numpy().astype("datetime64[D]")
    _, until = entitled(population, single_since)
    who = np.flatnonzero(~np.isnat(first[home]))
    spells = _spells(population, who, first[home[who]], until[who], scenario)
    spells["status"] = rng.choice(len(STATUS_SHARES), len(first), p=STATUS_SHARES)[home[who]]
    return spells[_real(spells, scenario)].reset_index(drop=True)


def _spells(
    population: Population, who: np.ndarray, since: np.ndarray, until: np.ndarray, scenario: Scenario
) -> pd.DataFrame:
    """From the month after a day to the month before another, while a child (position) is here, at home and under age:
    child, start (missing if there is no such month), end (missing if after follow-up)."""
    child = population.child.iloc[who]
    born = child["born"].to_numpy()
    start = np.fmax(np.fmax(since, born), child["moved_in"].to_numpy())
    start = (start.astype("datetime64[M]") + 1).astype("datetime64[D]")
    end = np.fmin(np.fmin(until, school_end(born)), child["moved_out"].to_numpy())
    end = np.fmin(end, care_since(population, who)).astype("datetime64[M]").astype("datetime64[D]") - DAY
    start, last = np.where(end <= start, NEVER, start), np.datetime64(scenario.schedule.follow_up_until)
    return pd.DataFrame({"child": who, "start": start, "end": np.where(end <= last, end, NEVER)})


def _real(spells: pd.DataFrame, scenario: Scenario) -> np.ndarray:
    """Spells that begin by the end of follow-up."""
    return (spells["start"] <= np.datetime64(scenario.schedule.follow_up_until)).to_numpy()


def school_end(born: np.ndarray) -> np.ndarray:
    """1 April after the 18th birthday, when entitlement has ended."""
    months = (born.astype("datetime64[D]") - DAY).astype("datetime64[M]").astype(int)
    return (((months - 3) // 12 + 19) * 12 + 3).astype("datetime64[M]").astype("datetime64[D]")
