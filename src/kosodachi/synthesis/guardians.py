"""The name that stands beside a child's: the head of the household, the recipient of a benefit, or the mother.

A system holds one guardian record a household, with its own lag and spelling; only whether it was filled in is a matter
of the child's record.
"""

import numpy as np

from kosodachi.synthesis.adults import adult_of
from kosodachi.synthesis.errors import BLANK, Mistakes, Records
from kosodachi.synthesis.habits import Habit
from kosodachi.synthesis.lags import Lag
from kosodachi.synthesis.name_errors import UNASKED, forms, surname_held
from kosodachi.synthesis.names import names
from kosodachi.synthesis.population import DAY


def written_guardians(
    records: Records, home: np.ndarray, mistakes: Mistakes, habit: Habit, lag: Lag
) -> tuple[np.ndarray, np.ndarray]:
    """Names and kana of the guardians of households (positions, by record)."""
    household, adults, homes = records.population.household, records.adults, len(records.population.household)
    who = adult_of(adults, homes, habit.guardian)[home]
    surname, given = adults["surname"].to_numpy()[who], adults["given"].to_numpy()[who]
    shared = surname == household["surname"].to_numpy()[home]
    lags = [_days(mistakes, f"guardian_lag_{k}", lag.surname, homes)[home] for k in (1, 2)]
    held = np.where(shared, surname_held(household, home, records.day, lags), surname)
    alias = household["alias_surname"].to_numpy()[home]
    uses_alias = (alias >= 0) & (habit.script == "alias")
    foreign = household["foreign"].to_numpy()[home] & ~uses_alias
    code = np.where(uses_alias, alias, held)
    given = np.where(uses_alias, adults["alias_given"].to_numpy()[who], given)
    kana = [names().surname_kana[code], names().given_kana[given]]
    sounds = foreign & ~(household["alphabet"].to_numpy()[home] & (habit.script == "alphabet"))
    kanji = [_kanji(code, household["older_form"].to_numpy()[home], home, homes, mistakes, habit), names().given[given]]
    kanji = [np.where(sounds, sound, text) for sound, text in zip(kana, kanji)]
    missing = mistakes.made("missing_guardian")
    mistakes.log["guardian_old_surname"] = (held != surname) & ~missing
    mistakes.log["guardian_variant_kanji"] &= ~foreign & ~missing
    return tuple(np.where(missing, "", one + BLANK + two) for one, two in (kanji, kana))


def _days(mistakes: Mistakes, name: str, mean: float, homes: int) -> np.ndarray:
    return (mean * mistakes.of(name).exponential(size=homes)).astype(int) * DAY


def _kanji(
    code: np.ndarray, family: np.ndarray, home: np.ndarray, homes: int, mistakes: Mistakes, habit: Habit
) -> np.ndarray:
    """Surnames in the family's form, or in another by mistake: by household, at the rate of variant_kanji."""
    table, draw = forms(habit.unicode_only), mistakes.of("guardian_variant_kanji").random(homes)[home]
    has = table[1, code] != table[0, code]
    own = np.where(has, family, 0)
    rate = mistakes.rates.get("variant_kanji", 0.0) * np.where(own > 0, 1.0, UNASKED)
    differs = has & (draw < rate)
    mistakes.log["guardian_variant_kanji"] = differs
    return table[np.where(differs, (own == 0).astype(int), own), code]
