"""How a system knows a child: a copy of the child's particulars with mistakes, each logged by its type.

Mistakes belong to the system's own person number, so they stay the same in all rows that carry it. Rates are asked for
among the records where the mistake can happen at all (twins are taken for each other only where there is a twin).
Former surnames and addresses have no rate: they follow from the lag of the system (`lags`).
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kosodachi.synthesis.habits import HIDDEN, Habit
from kosodachi.synthesis.lags import Lag
from kosodachi.synthesis.population import DAY, NEVER, Population
from kosodachi.synthesis.streams import Streams

BLANK = "　"
# Years to the day of the same number in the era before: Reiwa 5 is taken for Heisei 5, Heisei 28 for Showa 28.
REIWA_FROM, ERA_BACK = np.datetime64("2019-05-01"), (30, 63)


@dataclass(frozen=True)
class Records:
    """Person records of a system: the child (position) behind each and the day on which it was last written.

    newborn: first written at birth, when a child may have no name yet. adults: of the households, named.
    """

    population: Population
    adults: pd.DataFrame
    child: np.ndarray
    day: np.ndarray
    newborn: np.ndarray


@dataclass(frozen=True)
class Particulars:
    """What a system's person records say, arrays by person record. errors: one boolean column a type of mistake.

    address: codes; `placed` gives what is written for them. guardian, guardian_kana: empty where the system has none.
    """

    surname: np.ndarray
    given: np.ndarray
    surname_kana: np.ndarray
    given_kana: np.ndarray
    born: np.ndarray
    female: np.ndarray
    sex_known: np.ndarray
    address: np.ndarray
    hidden: np.ndarray
    instead: str
    between: np.ndarray
    guardian: np.ndarray
    guardian_kana: np.ndarray
    errors: pd.DataFrame

    @property
    def name(self) -> np.ndarray:
        """Surname and given name in one, as the system writes the space between."""
        return self.surname + np.where(self.given == "", "", self.between) + self.given

    @property
    def kana(self) -> np.ndarray:
        """Katakana in one; empty where the system has none."""
        part = (self.surname_kana == "") | (self.given_kana == "")
        return self.surname_kana + np.where(part, "", BLANK) + self.given_kana

    def placed(self, texts: np.ndarray) -> np.ndarray:
        """Addresses as text, with what the system writes instead for protected households."""
        return np.where(self.hidden, self.instead, texts)


@dataclass(frozen=True)
class Mistakes:
    """Which records have which mistake: one stream a type, so a changed rate leaves the other types as they were.

    odds: of each type the number expected and its variance, given where it was possible.
    """

    system: str
    rates: dict[str, float]
    streams: Streams
    n: int
    log: dict[str, np.ndarray] = field(default_factory=dict)
    odds: dict[str, tuple[float, float]] = field(default_factory=dict)

    def of(self, name: str) -> np.random.Generator:
        """A stream of this system."""
        return self.streams.of(f"systems.{self.system}.{name}")

    def made(self, kind: str, possible: np.ndarray | bool = True, scale: np.ndarray | float = 1.0) -> np.ndarray:
        """The records with this mistake, among those where it is possible; logged."""
        chances = np.broadcast_to(self.rates.get(kind, 0.0) * scale * np.asarray(possible), self.n)
        self.log[kind] = self.of(kind).random(self.n) < chances
        self.odds[kind] = float(chances.sum()), float((chances * (1 - chances)).sum())
        return self.log[kind]

    def lag(self, name: str, mean: float) -> np.ndarray:
        """Days until a system knew of something, by record: exponential."""
        return (mean * self.of(f"{name}_lag").exponential(size=self.n)).astype(int) * DAY


def particulars(records: Records, mistakes: Mistakes, habit: Habit, lag: Lag, *, guardian: bool = True) -> Particulars:
    """Particulars of person records as one system holds them; guardian: whether a guardian's name stands beside."""
    from kosodachi.synthesis import guardians, name_errors, place_errors

    population = records.population
    said = _confused(population, records.child, mistakes)
    people, home = population.child.iloc[said], population.child["household"].to_numpy()[said]
    kanji, kana = name_errors.written_names(records, said, mistakes, habit, lag)
    no_kana = mistakes.made("missing_kana")
    between = np.where(mistakes.made("no_name_space"), "", BLANK).astype(object)
    born = _birth(people["born"].to_numpy(), mistakes)
    known = ~mistakes.made("missing_sex")
    other, address, hidden = place_errors.addresses(records, said, home, mistakes, habit, lag)
    beside = (
        guardians.written_guardians(records, other, mistakes, habit, lag)
        if guardian
        else (np.full(mistakes.n, ""),) * 2
    )
    return Particulars(
        *kanji, *(np.where(no_kana, "", part) for part in kana), born, people["female"].to_numpy(), known, address,
        hidden, HIDDEN[habit.protected], between, *beside, pd.DataFrame(mistakes.log),
    )  # fmt: skip


def _confused(population: Population, child: np.ndarray, mistakes: Mistakes) -> np.ndarray:
    """Whose particulars are written down: mostly the child's own, sometimes a twin's or another sibling's."""
    twin, home = population.child["twin_of"].to_numpy()[child], population.child["household"].to_numpy()
    before, after = np.maximum(child - 1, 0), np.minimum(child + 1, len(home) - 1)
    sibling = np.where((home[before] == home[child]) & (before != child), before, after)
    related = (home[sibling] == home[child]) & (sibling != child) & (twin < 0)
    said = np.where(mistakes.made("twin_confusion", twin >= 0), twin, child)
    return np.where(mistakes.made("sibling_confusion", related), sibling, said)


def _birth(born: np.ndarray, mistakes: Mistakes) -> np.ndarray:
    """Days of birth with month and day swapped, an era off, a digit off, or missing."""
    born = born.astype("datetime64[D]")
    months = born.astype("datetime64[M]")
    month, day = months.astype(int) % 12 + 1, (born - months).astype(int) + 1
    swap = mistakes.made("month_day_swap", (day <= 12) & (day != month))
    swapped = (months.astype(int) // 12 * 12 + day - 1).astype("datetime64[M]").astype("datetime64[D]") + (month - 1)
    slip = mistakes.made("era_slip", ~swap & ~((month == 2) & (day == 29)))
    back = np.where(born >= REIWA_FROM, *ERA_BACK) * 12
    slipped = (months - back).astype("datetime64[D]") + (day - 1)
    typo = mistakes.made("birth_date_typo", ~swap & ~slip)
    off = born + np.where(day < 11, 10, -1).astype("timedelta64[D]")
    born = np.select([swap, slip, typo], [swapped, slipped, off], born)
    return np.where(mistakes.made("missing_birth_date"), NEVER, born)
