"""Addresses as they are compared: town, chome and block in one form, building and room apart.

Built for whether two systems wrote the same place, not for finding it: nothing here knows which addresses exist.
"""

import re

import numpy as np
import pandas as pd

from kosodachi.ingest.normalise.names import KANA
from kosodachi.ingest.normalise.numerals import DIGITS, in_digits, with_hundreds
from kosodachi.ingest.normalise.text import (
    END,
    HYPHENS,
    after,
    before,
    columns,
    earlier,
    later,
    members,
    over_distinct,
    value_of,
    variant_table,
    with_single_blanks,
)
from kosodachi.ingest.normalise.width import in_one_width

PARTS = ("address", "town", "chome", "block", "building")
MOST_CHOME = 99
HYPHEN, BLANK, LONG = ord("-"), ord(" "), ord("ー")
_PREFECTURE = r"(?:北海道|東京都|(?:京都|大阪)府|[^0-9 ]{2,3}県)"
_LOT = re.compile(r"大字|(?<=.)字|^字")


def parts(values: pd.Series, *, municipality: str = "") -> pd.DataFrame:
    """Columns address (town and numbers), town, chome (town with its number, 緑町1), block (the rest, 2-3) and building
    (コーポ青葉101), None if not said.

    `municipality`, with a county and a prefecture before it, is left off, so are 大字 and 字.
    """
    read = columns(values, lambda texts: _cut(_cleaned(texts)), ("town", "chome", "block", "building"))
    town = _towns(read["town"], municipality)
    chome, block = (read[part].fillna("").to_numpy(dtype=object) for part in ("chome", "block"))
    whole = town.fillna("").to_numpy(dtype=object)
    joint = np.where((chome != "") & (block != ""), "-", "").astype(object)
    table = {"address": whole + chome + joint + block, "town": whole, "chome": np.where(chome == "", "", whole + chome)}
    table = {part: np.where(column == "", None, column) for part, column in table.items()}
    return pd.DataFrame({**table, "block": read["block"], "building": read["building"]}, index=values.index)


def _towns(towns: pd.Series, municipality: str) -> pd.Series:
    place = re.escape(_one(municipality))
    known = re.compile(rf"^(?:{_PREFECTURE})? ?(?:[^0-9 ]{{1,5}}郡)? ?{place}" if place else "^(?!)")

    def bare(texts: pd.Series) -> pd.Series:
        short = texts.str.replace(known, "", regex=True).str.replace(f"^{_PREFECTURE}", "", regex=True)
        return short.str.replace(_LOT, "", regex=True).str.replace(" ", "", regex=False)

    return over_distinct(towns, bare)


def _one(text: str) -> str:
    return _cleaned([text])[:-1].tobytes().decode("utf-32-le")


def _cleaned(texts: list[str]) -> np.ndarray:
    """In one width, kanji numerals as digits, the marks between numbers as one hyphen each."""
    codes = variant_table()[in_one_width(texts, further=(members("百"), with_hundreds))]
    codes = np.where(members(HYPHENS)[codes] & members(KANA)[before(codes)], LONG, codes)
    return _marked(in_digits(with_single_blanks(codes)))


def _marked(codes: np.ndarray) -> np.ndarray:
    """丁目, 番地, 番, 号, の and hyphens behind a number become a hyphen (丁目 a 丁), blanks around them vanish."""
    blank = (codes == BLANK) & (
        members(DIGITS)[before(codes)] & members(HYPHENS + "丁番号のノ")[after(codes)]
        | members(HYPHENS)[before(codes)] & members(DIGITS)[after(codes)]
        | members(DIGITS)[before(codes, 2)] & members("目地番号")[before(codes)] & members(DIGITS)[after(codes)]
        | (before(codes) == ord("目")) & members(DIGITS)[after(codes)]
    )
    codes = codes[~blank]
    digit = members(DIGITS)
    number_before = digit[before(codes)]
    lot = (codes == ord("番")) & number_before & ~members("町丁")[after(codes)]
    house = (codes == ord("号")) & number_before & ~members("室棟館")[after(codes)]
    between = members(HYPHENS + "のノ")[codes] & number_before & digit[after(codes)]
    trailing = members(HYPHENS)[codes] & number_before
    gone = (before(codes) == ord("丁")) & (codes == ord("目")) & digit[before(codes, 2)]
    gone |= (codes == ord("地")) & (before(codes) == ord("番")) & digit[before(codes, 2)]
    codes = np.where(lot | house | between | trailing, HYPHEN, codes)[~gone]
    after_mark = (before(codes) == HYPHEN) | (before(codes) == ord("丁")) & digit[before(codes, 2)]
    codes = codes[~(after_mark & members(HYPHENS + "のノ")[codes] & (digit[after(codes)] | (codes == HYPHEN)))]
    return codes


def _cut(codes: np.ndarray) -> tuple[np.ndarray, ...]:
    """Code points of town, chome number, block and building. The numbers begin at the first digit that is no part of a town."""
    ends, number, place = codes == END, value_of(codes), np.arange(len(codes))
    digit = members(DIGITS)[codes]
    count = int(number[-1]) + 1
    last = np.flatnonzero(ends)
    start = _first(digit & ~_of_town(codes), number, last)
    sign = digit | members("-丁")[codes]
    stop = _first(~sign & (place > start[number]), number, last)
    town, rest = place < start[number], (place >= stop[number]) & ~ends
    zone = (place >= start[number]) & (place < stop[number])
    begins = zone & digit & ~earlier(digit & zone)
    index = np.cumsum(begins) - np.concatenate([[0], np.cumsum(begins)[last]])[number]
    numbers = np.bincount(number[begins], minlength=count)
    has_chome = _has_chome(codes, zone, digit, index, number, numbers)
    shift = has_chome[number].astype(int)
    figure = zone & digit
    joint = zone & ~digit & members(DIGITS)[after(codes)]
    block = (figure & (index > shift) & (index <= shift + 2)) | (joint & (index == shift + 1))
    room = (figure & (index > shift + 2)) | (joint & (index > shift + 2))
    building = room | (rest & ~members(" ・,()[]")[codes] & ~_of_room(codes))
    codes = np.where(zone & (codes == ord("丁")), HYPHEN, codes)
    chosen = (town & ~ends, figure & (index == 1) & (shift == 1), block, building)
    return tuple(codes[mask | ends] for mask in chosen)


def _first(mask: np.ndarray, number: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """The first place of the mask in each value."""
    first = otherwise.copy()
    found = np.flatnonzero(mask)[::-1]
    first[number[found]] = found
    return np.minimum(first, otherwise)


def _of_town(codes: np.ndarray) -> np.ndarray:
    """Digits of a number that is part of a town's name: 北1条西2丁目, 3区, 5番町."""
    digit = members(DIGITS)[codes]
    named = members("条線区町")[codes] | (codes == ord("番")) & members("町丁")[after(codes)]
    while (more := digit & later(named) & ~named).any():
        named = named | more
    return digit & named


def _has_chome(codes, zone, digit, index, number, numbers) -> np.ndarray:
    """Whether a value's first number is its chome: it says 丁目, or three numbers or more of which the first is small."""
    said = np.zeros(len(numbers), dtype=bool)
    said[number[zone & (codes == ord("丁")) & (index == 1)]] = True
    size = np.bincount(number[zone & digit & (index == 1)], minlength=len(numbers))
    return said | ((numbers >= 3) & (size <= len(str(MOST_CHOME))))


def _of_room(codes: np.ndarray) -> np.ndarray:
    """The signs 号室 behind a number, and a hyphen at the end of a value or before a name."""
    digit = members(DIGITS)
    room = (codes == ord("号")) & (after(codes) == ord("室")) & digit[before(codes)]
    room |= (codes == ord("室")) & (before(codes) == ord("号")) & digit[before(codes, 2)]
    return room | ((codes == HYPHEN) & ~digit[after(codes)])
