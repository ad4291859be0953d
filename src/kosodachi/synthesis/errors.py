"""How a system knows a child: a copy of the child's particulars with mistakes, each logged by its type.

Mistakes belong to the system's own person number, so they stay the same in all rows that carry it. Rates are asked for
among the records where the mistake can happen at all (a former surname needs a changed one).
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd

from kosodachi.synthesis.forms import each, half_width, hiragana
from kosodachi.synthesis.names import names
from kosodachi.synthesis.population import Population
from kosodachi.synthesis.spelling import large_kana, long_vowels, older_form, unvoiced
from kosodachi.synthesis.streams import Streams

BLANK = "　"
UNASKED = 0.15  # a clerk writes an older form that the family does not use, relative to variant_kanji
KANA_MISTAKES = (("long_vowel", long_vowels), ("small_kana", large_kana), ("unvoiced", unvoiced))


@dataclass(frozen=True)
class Writing:
    """A system's ways: whether it holds characters beyond CP932, and foreign names in the alphabet or in katakana."""

    unicode_only: bool = False
    alphabet: bool = False


PLAIN = Writing()


@dataclass(frozen=True)
class Particulars:
    """What a system's person records say, arrays by person record. errors: one boolean column a type of mistake."""

    surname: np.ndarray
    given: np.ndarray
    surname_kana: np.ndarray
    given_kana: np.ndarray
    born: np.ndarray
    female: np.ndarray
    sex_known: np.ndarray
    address: np.ndarray
    between: np.ndarray
    errors: pd.DataFrame

    @property
    def name(self) -> np.ndarray:
        """Surname and given name in one, as the system writes the space between."""
        return self.surname + self.between + self.given

    @property
    def kana(self) -> np.ndarray:
        """Katakana in one; empty where the system has none."""
        empty = self.surname_kana == ""
        return np.where(empty, "", self.surname_kana + np.where(empty, "", BLANK) + self.given_kana)


@dataclass(frozen=True)
class Mistakes:
    """Which records have which mistake: one stream a type, so a changed rate leaves the other types as they were."""

    system: str
    rates: dict[str, float]
    streams: Streams
    n: int
    log: dict[str, np.ndarray] = field(default_factory=dict)

    def made(self, kind: str, possible: np.ndarray | bool = True, scale: np.ndarray | float = 1.0) -> np.ndarray:
        """The records with this mistake, among those where it is possible; logged."""
        draw = self.streams.of(f"systems.{self.system}.{kind}").random(self.n)
        self.log[kind] = (draw < self.rates.get(kind, 0.0) * scale) & possible
        return self.log[kind]


def particulars(population: Population, child: np.ndarray, mistakes: Mistakes, writing: Writing = PLAIN) -> Particulars:
    """Particulars of children (positions) as one system holds them."""
    said = _confused(population, child, mistakes)
    people, home = population.child.iloc[said], population.child["household"].to_numpy()[said]
    household, given = population.household.iloc[home], people["given"].to_numpy()
    foreign, old = household["foreign"].to_numpy(), household["old_surname"].to_numpy()
    surname = np.where(mistakes.made("old_surname", old >= 0), old, household["surname"].to_numpy())
    kana = _kana(surname, given, foreign, mistakes)
    kanji = [_kanji(surname, household["older_form"].to_numpy(), mistakes, writing), names().given[given]]
    kanji = _in_script(kanji, kana, foreign, mistakes, writing)
    no_kana = mistakes.made("missing_kana")
    between = np.where(mistakes.made("no_name_space"), "", BLANK).astype(object)
    return Particulars(
        *kanji, *(np.where(no_kana, "", part) for part in kana), _birth(people["born"].to_numpy(), mistakes),
        people["female"].to_numpy(), ~mistakes.made("missing_sex"), _address(population, home, mistakes), between,
        pd.DataFrame(mistakes.log),
    )  # fmt: skip


def _confused(population: Population, child: np.ndarray, mistakes: Mistakes) -> np.ndarray:
    """Whose particulars are written down: mostly the child's own, sometimes a twin's or another sibling's."""
    twin, home = population.child["twin_of"].to_numpy()[child], population.child["household"].to_numpy()
    before, after = np.maximum(child - 1, 0), np.minimum(child + 1, len(home) - 1)
    sibling = np.where((home[before] == home[child]) & (before != child), before, after)
    related = (home[sibling] == home[child]) & (sibling != child) & (twin < 0)
    said = np.where(mistakes.made("twin_confusion", twin >= 0), twin, child)
    return np.where(mistakes.made("sibling_confusion", related), sibling, said)


@cache
def _forms(unicode_only: bool) -> np.ndarray:
    """Surnames in the new and in two older forms, shape (3, surnames)."""
    new = names().surname.tolist()
    older = [[older_form(text, choice, unicode_only=unicode_only) for text in new] for choice in (0, 1)]
    return np.array([new, *older], dtype=object)


def _kanji(surname: np.ndarray, family: np.ndarray, mistakes: Mistakes, writing: Writing) -> np.ndarray:
    """Surnames in the form the family has (0 new, 1 or 2 older), or in another one by mistake."""
    forms = _forms(writing.unicode_only)
    has = forms[1, surname] != forms[0, surname]
    own = np.where(has, family, 0)
    differs = mistakes.made("variant_kanji", has, np.where(own > 0, 1.0, UNASKED))
    return forms[np.where(differs, (own == 0).astype(int), own), surname]


def _kana(surname: np.ndarray, given: np.ndarray, foreign: np.ndarray, mistakes: Mistakes) -> list[np.ndarray]:
    book, ear = names(), mistakes.made("kana_by_ear", foreign)
    parts = [np.where(ear, book.surname_by_ear[surname], book.surname_kana[surname]),
             np.where(ear, book.given_by_ear[given], book.given_kana[given])]  # fmt: skip
    for kind, change in KANA_MISTAKES:
        changed = [each(part, change) for part in parts] if kind != "unvoiced" else [each(parts[0], change), parts[1]]
        differs = (changed[0] != parts[0]) | (changed[1] != parts[1])
        happened = mistakes.made(kind, differs & ~foreign)
        parts = [np.where(happened, new, old) for new, old in zip(changed, parts)]
    happened = mistakes.made("half_width_kana")
    return [np.where(happened, each(part, half_width), part) for part in parts]


def _in_script(kanji: list, kana: list, foreign: np.ndarray, mistakes: Mistakes, writing: Writing) -> list[np.ndarray]:
    """Foreign names in the script of the system; a name known by sound alone in hiragana."""
    if not writing.alphabet:
        kanji = [np.where(foreign, sound, text) for sound, text in zip(kana, kanji)]
        mistakes.log["foreign_script"] = foreign
    by_sound = mistakes.made("hiragana_name", ~foreign)
    return [np.where(by_sound, each(sound, hiragana), text) for sound, text in zip(kana, kanji)]


def _birth(born: np.ndarray, mistakes: Mistakes) -> np.ndarray:
    """Days of birth with month and day swapped, a digit off, or missing."""
    born = born.astype("datetime64[D]")
    months = born.astype("datetime64[M]")
    month, day = months.astype(int) % 12 + 1, (born - months).astype(int) + 1
    swap = mistakes.made("month_day_swap", (day <= 12) & (day != month))
    swapped = (months.astype(int) // 12 * 12 + day - 1).astype("datetime64[M]").astype("datetime64[D]") + (month - 1)
    typo = mistakes.made("birth_date_typo", ~swap)
    off = born + np.where(day < 11, 10, -1).astype("timedelta64[D]")
    born = np.where(swap, swapped, np.where(typo, off, born))
    return np.where(mistakes.made("missing_birth_date"), np.datetime64("NaT", "D"), born)


def _address(population: Population, home: np.ndarray, mistakes: Mistakes) -> np.ndarray:
    old = population.old_address[home]
    return np.where(mistakes.made("old_address", old[:, 0] >= 0)[:, None], old, population.address[home])
