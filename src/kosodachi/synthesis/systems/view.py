"""What every system's view is made of: the world it looks at, person numbers, rows and the mistakes behind them."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kosodachi.synthesis.attendance import Attendance
from kosodachi.synthesis.errors import Mistakes, Particulars, Records, particulars
from kosodachi.synthesis.habits import HABITS
from kosodachi.synthesis.lags import Lag
from kosodachi.synthesis.lives import Lives
from kosodachi.synthesis.need import Latent
from kosodachi.synthesis.outcomes import Outcomes
from kosodachi.synthesis.population import Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

PREFIX = "99"  # a range kept for synthetic towns, so that no number can be a real one


@dataclass(frozen=True)
class World:
    """What is and happened, in codes and dates: the population, need, what services could see, attendance as seen,
    potential outcomes, the outreach log, the cases it opened and the allowances it led to. No name is written yet.

    benefits: where the town has systems that need them (`benefits.benefits`).
    part: which chunk of a large town this is; person numbers of a chunk follow those of the chunks before.
    """

    scenario: Scenario
    streams: Streams
    population: Population
    need: Latent
    lives: Lives
    school: Attendance
    outcomes: Outcomes
    log: pd.DataFrame
    cases_after: pd.DataFrame
    allowances_after: pd.DataFrame
    adults: pd.DataFrame
    benefits: dict[str, pd.DataFrame] = field(default_factory=dict)
    part: int = 0

    @property
    def first(self) -> int:
        """How many numbers are left to the chunks before; no system has more than four numbers a child."""
        return self.part * 4 * (self.scenario.children + 1)


@dataclass(frozen=True)
class View:
    """table: strings under the system's headers. child: position of the child behind each row. errors: its mistakes."""

    table: pd.DataFrame
    child: np.ndarray
    errors: pd.DataFrame

    def sorted_by(self, columns: list[str]) -> "View":
        """The same rows in the order of some columns."""
        return self.at(self.table.sort_values(columns, kind="stable").index.to_numpy())

    def at(self, order: np.ndarray) -> "View":
        """The same rows in another order."""
        tables = (t.iloc[order].reset_index(drop=True) for t in (self.table, self.errors))
        table, errors = tables
        return View(table, self.child[order], errors)


def numbers(world: World, system: str, n: int, digits: int = 10) -> np.ndarray:
    """n person numbers of a system in random order."""
    order = world.streams.of(f"systems.{system}.numbers").permutation(n)
    return running_numbers(world, n, digits)[order]


def running_numbers(world: World, n: int, digits: int, *, after: int = 0) -> np.ndarray:
    """n numbers in order, after so many others; they grow by a digit where there are too many for the system's width."""
    first = world.first + after + 1
    return np.array([f"{PREFIX}{i:0{digits - len(PREFIX)}d}" for i in range(first, first + n)], dtype=object)


def last_day(world: World) -> np.datetime64:
    """The day on which extracts are made."""
    return np.datetime64(world.scenario.schedule.follow_up_until)


def known(
    world: World,
    system: str,
    child: np.ndarray,
    day: np.ndarray | None = None,
    *,
    newborn: np.ndarray | bool = False,
    guardian: bool = True,
    stream: str = "",
) -> Particulars:
    """The particulars of children as a system holds them, with its own habits, lag and rates of mistakes.

    day: when each record was last written, the day of the extract if not given. newborn: first written at birth.
    """
    n, asked = len(child), world.scenario
    day = np.full(n, last_day(world)) if day is None else np.fmin(day.astype("datetime64[D]"), last_day(world))
    mistakes = Mistakes(stream or system, asked.errors.get(system, {}), world.streams, n)
    records = Records(world.population, world.adults, child, day, np.broadcast_to(newborn, n))
    return particulars(records, mistakes, HABITS[system], asked.lags.get(system, Lag()), guardian=guardian)


def latest(row: np.ndarray, day: np.ndarray, n: int) -> np.ndarray:
    """The latest day among the rows of each of n person records."""
    days = np.full(n, np.iinfo(np.int64).min)
    np.maximum.at(days, row, day.astype("datetime64[D]").astype(np.int64))
    return days.astype("datetime64[D]")


def entered_twice(world: World, system: str, n: int, *, stream: str = "") -> np.ndarray:
    """Which of n were entered into a system a second time."""
    rate = world.scenario.errors.get(system, {}).get("duplicate", 0.0)
    return world.streams.of(f"systems.{stream or system}.duplicate").random(n) < rate


@dataclass(frozen=True)
class Persons:
    """Person records of a system. who: the entity (a child, or a child at a school level) behind each; row: the person
    record of each row; second: rows that stand under a second number."""

    who: np.ndarray
    row: np.ndarray
    second: np.ndarray


def persons(world: World, system: str, entity: np.ndarray) -> Persons:
    """One person record an entity and a second one for some, under which the later half of their rows stands."""
    distinct, where = np.unique(entity, return_inverse=True)
    twice = entered_twice(world, system, len(distinct))
    extra = len(distinct) + np.cumsum(twice) - 1
    nth = pd.Series(where).groupby(where).cumcount().to_numpy()
    second = twice[where] & (nth >= (np.bincount(where)[where] + 1) // 2)
    return Persons(np.concatenate([distinct, distinct[twice]]), np.where(second, extra[where], where), second)


def sexes(known: Particulars, male: str, female: str) -> np.ndarray:
    """The sex as a system codes it; empty where it is not known."""
    return np.where(~known.sex_known, "", np.where(known.female, female, male))


def counts(values: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """Whole numbers as strings, empty where not shown."""
    return np.where(shown, np.asarray(values).astype(int).astype(str).astype(object), "")
