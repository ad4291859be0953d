"""Kanji numerals of addresses as digits, where they count something: 二十三番地 is 23番地, 三条町 stays.

Up to 99 over whole columns; what holds 百 goes through `number`, value by value, which is rare.
"""

import re
from functools import cache

import numpy as np

from kosodachi.ingest.normalise.text import END, HYPHENS, after, earlier, later, members, table

UNITS = "〇一二三四五六七八九"
TEN, HUNDRED, DIGITS = ord("十"), ord("百"), "0123456789"
DIGIT_OF = dict(zip(UNITS, DIGITS))
_MARK = f"丁目|番地|番(?![町丁])|号|[{HYPHENS}のノ](?=[0-9{UNITS}十百])"
_COUNTED = re.compile(rf"(?<![{UNITS}十百])[{UNITS}十百]+(?={_MARK})")
_AFTER = re.compile(rf"(?<=[0-9目番地のノ-])[{UNITS}十百]+(?![^0-9丁番号のノ -])")


def number(kanji: str) -> int:
    """A kanji numeral under a thousand: 二十三 and 二三 are both 23."""
    if not set(kanji) & set("十百"):
        return int("".join(DIGIT_OF[sign] for sign in kanji))
    total, digit = 0, 0
    for sign in kanji:
        if sign in "十百":
            total, digit = total + (digit or 1) * {"十": 10, "百": 100}[sign], 0
        else:
            digit = int(DIGIT_OF[sign])
    return total + digit


def with_hundreds(text: str) -> str:
    """One text with the numerals that count something as digits, for those that hold 百."""
    for pattern in (_COUNTED, _AFTER):
        text = pattern.sub(lambda found: str(number(found[0])), text)
    return text


def in_digits(codes: np.ndarray) -> np.ndarray:
    """The code points with numerals that count something as digits: before 丁目, 番地, 番, 号, between hyphens and の."""
    numeral = members(UNITS + "十")[codes]
    if not numeral.any():
        return codes
    starts, ends = np.flatnonzero(numeral & ~earlier(numeral)), np.flatnonzero(numeral & ~later(numeral))
    counts = _counts(codes, starts, ends)
    inside = np.zeros(len(codes) + 1, dtype=int)
    inside[starts[counts]] += 1
    inside[ends[counts] + 1] -= 1
    inside = np.cumsum(inside[:-1]).astype(bool)
    return _written(codes, inside)


def _counts(codes: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Whether each run of numerals counts something, by the signs around it."""
    last, then, then_after = codes[np.maximum(starts - 1, 0)], after(codes)[ends], after(codes, 2)[ends]
    mark = (then == ord("丁")) & (then_after == ord("目")) | (then == ord("号"))
    mark |= (then == ord("番")) & ~members("町丁")[then_after]
    mark |= members(HYPHENS + "のノ")[then] & members(DIGITS + UNITS + "十")[then_after]
    behind = members(DIGITS + "目番地のノ-")[last] & members(DIGITS + "丁番号のノ -" + chr(END))[then]
    return mark | (behind & (starts > 0))


def _written(codes: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Units become digits; 十 becomes 10, 1, 0 or nothing by what stands beside it."""
    unit = inside & members(UNITS)[codes]
    ten = inside & (codes == TEN)
    left, right = earlier(unit), later(unit)
    digits = np.where(unit, _digit()[codes], codes)
    digits = np.where(ten, np.where(left, ord("0"), ord("1")), digits)
    times = np.where(ten & left & right, 0, np.where(ten & ~left & ~right, 2, 1))
    written = np.repeat(digits.astype(codes.dtype), times)
    written[np.cumsum(times)[times == 2] - 1] = ord("0")
    return written


@cache
def _digit() -> np.ndarray:
    return table(DIGIT_OF)
