"""Kanji numerals of addresses as digits, where they count something: 二十三番地 is 23番地, 三条町 stays.

Up to 99 over whole columns; what holds 百 goes through `number`, value by value, which is rare.
"""

import re
from functools import cache

import numpy as np

from kosodachi.ingest.normalise.names import KANA_SIGNS
from kosodachi.ingest.normalise.text import BETWEEN, HYPHENS, codes_in, earlier, kinds_table, later, table

UNITS = "〇一二三四五六七八九"
DIGITS = "0123456789"
(
    DIGIT,
    UNIT,
    TEN,
    CHOME,
    ME,
    LOT,
    LAND,
    HOUSE,
    BLANK,
    JOINT,
    STROKE,
    TOWNLY,
    BLOCKLY,
    HALL,
    ROOM,
    KANA,
    LOOSE,
    STOP,
) = (1 << bit for bit in range(18))
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
    kinds = kind_of().take(codes)
    numeral = (kinds & (UNIT | TEN)) != 0
    if not numeral.any():
        return codes
    starts, ends = np.flatnonzero(numeral & ~earlier(numeral)), np.flatnonzero(numeral & ~later(numeral))
    counts = _counts(kinds, starts, ends)
    inside = np.zeros(len(codes) + 1, dtype="i4")
    inside[starts[counts]] += 1
    inside[ends[counts] + 1] -= 1
    return _written(codes, kinds, np.cumsum(inside[:-1], dtype="i4").astype(bool))


def _counts(kinds: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Whether each run of numerals counts something, by the signs around it. A run ends before the last code point, an END."""
    last = np.where(starts > 0, kinds[starts - 1], 0)
    then, then_after = kinds[ends + 1], kinds[np.minimum(ends + 2, len(kinds) - 1)]

    def on(kind: int, of: np.ndarray = then) -> np.ndarray:
        return (of & kind) != 0

    mark = on(CHOME) & on(ME, then_after) | on(HOUSE) | on(LOT) & ~on(TOWNLY, then_after)
    mark |= on(JOINT) & on(DIGIT | UNIT | TEN, then_after)
    return mark | (on(DIGIT | ME | LOT | LAND | JOINT, last) & on(DIGIT | CHOME | LOT | HOUSE | JOINT | BLANK | STOP))


def _written(codes: np.ndarray, kinds: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Units become digits; 十 becomes 10, 1, 0 or nothing by what stands beside it."""
    unit, ten = inside & ((kinds & UNIT) != 0), inside & ((kinds & TEN) != 0)
    digits = np.where(unit, _digit().take(codes), codes)
    if not ten.any():
        return digits
    left, right = earlier(unit), later(unit)
    digits = np.where(ten, np.where(left, np.uint32(ord("0")), np.uint32(ord("1"))), digits)
    times = np.where(ten & left & right, 0, np.where(ten & ~left & ~right, 2, 1))
    written = np.repeat(digits, times)
    written[np.cumsum(times)[times == 2] - 1] = ord("0")
    return written


@cache
def _digit() -> np.ndarray:
    return table(DIGIT_OF)


@cache
def kind_of() -> np.ndarray:
    """The kinds of each code point that matter in an address, as bits."""
    signs = {DIGIT: DIGITS, UNIT: UNITS, TEN: "十", CHOME: "丁", ME: "目", LOT: "番", LAND: "地", HOUSE: "号", BLANK: " ",
             JOINT: HYPHENS + "のノ", STROKE: HYPHENS, TOWNLY: "町丁", BLOCKLY: "条線区町", HALL: "室棟館", ROOM: "室",
             KANA: KANA_SIGNS, LOOSE: " ・,()[]", STOP: BETWEEN}  # fmt: skip
    return kinds_table(*((kind, codes_in(text)) for kind, text in signs.items()))
