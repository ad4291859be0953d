"""How systems write things: Japanese eras in several forms, widths of kana. Each distinct value is written once."""

from collections.abc import Callable
from datetime import date

import jaconv
import numpy as np

ERAS = (
    (date(2019, 5, 1), "R", "令和", 2018),
    (date(1989, 1, 8), "H", "平成", 1988),
    (date(1926, 12, 25), "S", "昭和", 1925),
)
CODE_SETS = {"12345": {"S": 3, "H": 4, "R": 5}, "13579": {"S": 5, "H": 7, "R": 9}}


def era_of(day: date) -> tuple[str, str, int]:
    """Letter, kanji and year of the Japanese era of a day."""
    for start, letter, kanji, before in ERAS:
        if day >= start:
            return letter, kanji, day.year - before
    raise ValueError("a day before the Showa era")


def era_digits(codes: str) -> Callable[[date], str]:
    """Writes 7 digits such as 4280105: era code, year, month, day."""
    numbers = CODE_SETS[codes]

    def write(day: date) -> str:
        letter, _, year = era_of(day)
        return f"{numbers[letter]}{year:02d}{day.month:02d}{day.day:02d}"

    return write


def era_dotted(day: date) -> str:
    """H28.1.5"""
    letter, _, year = era_of(day)
    return f"{letter}{year}.{day.month}.{day.day}"


def era_dotted_padded(day: date) -> str:
    """H28.01.05"""
    letter, _, year = era_of(day)
    return f"{letter}{year:02d}.{day.month:02d}.{day.day:02d}"


def era_kanji(day: date) -> str:
    """平成28年1月5日; the first year of an era is 元年."""
    _, kanji, year = era_of(day)
    return f"{kanji}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def slashed(day: date) -> str:
    """2016/1/5"""
    return f"{day.year}/{day.month}/{day.day}"


def written(days: np.ndarray, form: Callable[[date], str]) -> np.ndarray:
    """Strings of an array of days (datetime64); NaT gives an empty string."""
    distinct, where = np.unique(days.astype("datetime64[D]"), return_inverse=True)
    return np.array(["" if np.isnat(d) else form(d.item()) for d in distinct], dtype=object)[where]


def each(values: np.ndarray, change: Callable[[str], str]) -> np.ndarray:
    """A change of strings, done once for every distinct string."""
    known = {value: change(value) for value in set(values.tolist())}
    return np.array([known[value] for value in values.tolist()], dtype=object)


def half_width(text: str) -> str:
    """Katakana, digits and letters in half width; the ideographic space too."""
    return jaconv.z2h(text, kana=True, ascii=True, digit=True).replace("　", " ")


def full_width(text: str) -> str:
    """Digits and letters in full width."""
    return jaconv.h2z(text, kana=False, ascii=True, digit=True)


def hiragana(text: str) -> str:
    """Katakana as hiragana; the long-vowel mark stays."""
    return jaconv.kata2hira(text)
