"""Names as a system writes them: the surname it knows of by then, script, older kanji, characters lost, kana misheard."""

from functools import cache

import numpy as np

from kosodachi.synthesis.errors import Mistakes, Records
from kosodachi.synthesis.forms import each, half_width, hiragana
from kosodachi.synthesis.habits import Habit
from kosodachi.synthesis.lags import Lag
from kosodachi.synthesis.names import names
from kosodachi.synthesis.spelling import large_kana, long_vowels, older_form, outside_jis, unvoiced

UNASKED = 0.15  # a clerk writes an older form that the family does not use, relative to variant_kanji
KANA_MISTAKES = (("long_vowel", long_vowels), ("small_kana", large_kana), ("unvoiced", unvoiced))


def written_names(records: Records, said: np.ndarray, mistakes: Mistakes, habit: Habit, lag: Lag) -> tuple[list, list]:
    """Surname and given name, and both in kana, of the children (positions) whose particulars are written down."""
    population = records.population
    people, home = population.child, population.child["household"].to_numpy()[said]
    household = population.household
    held = surname_held(household, home, records.day, [mistakes.lag(f"surname_{k}", lag.surname) for k in (1, 2)])
    foreign, alias = household["foreign"].to_numpy()[home], household["alias_surname"].to_numpy()[home]
    uses_alias = (alias >= 0) & (habit.script == "alias")
    surname = np.where(uses_alias, alias, held)
    given = np.where(uses_alias, people["alias_given"].to_numpy()[said], people["given"].to_numpy()[said])
    mistakes.log["alias_name"] = uses_alias
    mistakes.log["old_surname"] = held != household["surname"].to_numpy()[home]
    foreign = foreign & ~uses_alias
    kana = _kana(surname, given, foreign, mistakes)
    older = household["older_form"].to_numpy()[home]
    kanji = [_kanji(surname, older, mistakes, habit), names().given[given]]
    kanji = _in_script(kanji, kana, foreign, household["alphabet"].to_numpy()[home], mistakes, habit)
    unnamed = mistakes.made("unnamed_infant", people["unnamed"].to_numpy()[said] & records.newborn)
    return ([kanji[0], np.where(unnamed, habit.baby, kanji[1])], [kana[0], np.where(unnamed, habit.baby, kana[1])])


def surname_held(household, home: np.ndarray, day: np.ndarray, lags: list[np.ndarray]) -> np.ndarray:
    """Codes of the surnames of households as known on a day by who hears of the last change and of the one before it
    after so many days."""
    surname, old, oldest = (household[name].to_numpy()[home] for name in ("surname", "old_surname", "oldest_surname"))
    last, first = (household[f"{name}_changed_on"].to_numpy()[home] for name in ("surname", "oldest"))
    unaware = (old >= 0) & ~(last + lags[0] <= day)
    before = (oldest >= 0) & ~(first + lags[1] <= day)
    return np.where(unaware, np.where(before, oldest, old), surname)


@cache
def forms(unicode_only: bool, placeholder: str = "") -> np.ndarray:
    """Surnames in the new and in two older forms, shape (3, surnames); with characters outside JIS as the placeholder,
    if one is given."""
    new = names().surname.tolist()
    older = [[older_form(text, choice, unicode_only=unicode_only) for text in new] for choice in (0, 1)]
    table = np.array([new, *older], dtype=object)
    return table if not placeholder else each(table.ravel(), lambda t: outside_jis(t, placeholder)).reshape(table.shape)


def _kanji(surname: np.ndarray, family: np.ndarray, mistakes: Mistakes, habit: Habit) -> np.ndarray:
    """Surnames in the form the family has (0 new, 1 or 2 older), in another one by mistake, or with a character lost."""
    table, lost = forms(habit.unicode_only), forms(habit.unicode_only, habit.placeholder)
    has = table[1, surname] != table[0, surname]
    own = np.where(has, family, 0)
    differs = mistakes.made("variant_kanji", has, np.where(own > 0, 1.0, UNASKED))
    form = np.where(differs, (own == 0).astype(int), own)
    text = table[form, surname]
    gaiji = mistakes.made("gaiji", lost[form, surname] != text)
    return np.where(gaiji, lost[form, surname], text)


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


def _in_script(
    kanji: list, kana: list, foreign: np.ndarray, alphabet: np.ndarray, mistakes: Mistakes, habit: Habit
) -> list[np.ndarray]:
    """Foreign names in the script of the system; a name known by sound alone in hiragana."""
    sounds = foreign if habit.script != "alphabet" else foreign & ~alphabet
    kanji = [np.where(sounds, sound, text) for sound, text in zip(kana, kanji)]
    mistakes.log["foreign_script"] = sounds & alphabet
    by_sound = mistakes.made("hiragana_name", ~foreign)
    return [np.where(by_sound, each(sound, hiragana), text) for sound, text in zip(kana, kanji)]
