"""Addresses as they are compared: town, chome and block in one form, building and room apart.

Built for whether two systems wrote the same place, not for finding it: nothing here knows which addresses exist.
"""

import re

import numpy as np
import pandas as pd

from kosodachi.ingest.normalise.numerals import (
    BLOCKLY,
    CHOME,
    DIGIT,
    HALL,
    HOUSE,
    JOINT,
    KANA,
    LAND,
    LOOSE,
    LOT,
    ME,
    ROOM,
    STROKE,
    TOWNLY,
    in_digits,
    kind_of,
    with_hundreds,
)  # fmt: skip
from kosodachi.ingest.normalise.text import (
    END,
    columns,
    earlier,
    framed,
    later,
    variant_table,
    with_single_blanks,
)
from kosodachi.ingest.normalise.width import in_one_width

READ = ("town", "chome", "block", "numbers", "building")
PARTS = ("address", "town", "chome", "block", "building")
CHOME_DIGITS = 2  # lots with two further numbers mostly have more
HYPHEN, LONG = np.uint32(ord("-")), np.uint32(ord("ー"))
CHOME_SIGN = ord("丁")
_PREFECTURE = r"(?:北海道|東京都|(?:京都|大阪)府|[^0-9 ]{2,3}県)"
_LOT = re.compile(r"大字|(?<=.)字|^字")


def parts(values: pd.Series, *, municipality: str = "") -> pd.DataFrame:
    """Columns address (town and numbers), town, chome (town with its number, 緑町1), block (the rest, 2-3) and building
    (コーポ青葉101), None if not said.

    `municipality`, with a county and a prefecture before it, is left off, so are 大字 and 字.
    """
    rows, texts = pd.factorize(values.to_numpy(dtype=object))
    return framed(_parts(pd.Series(texts, dtype=object), municipality), rows, values.index)


def _parts(texts: pd.Series, municipality: str) -> dict[str, np.ndarray]:
    read = columns(texts, lambda part: _cut(_cleaned(part)), READ, few=READ[1:4])
    read = {part: column.to_numpy(dtype=object) for part, column in read.items()}
    town, towns = pd.factorize(read["town"])
    towns = np.append(_bare(towns, municipality), "")
    nothing = pd.isna(read["numbers"])
    read["numbers"][nothing] = ""
    address = towns.take(town, mode="wrap") + read["numbers"]
    address[nothing & (towns == "").take(town, mode="wrap")] = None
    chome = _chomes(towns, town, read["chome"])
    town = np.where(towns == "", None, towns).take(town, mode="wrap")
    return {"address": address, "town": town, "chome": chome, "block": read["block"], "building": read["building"]}


def _chomes(towns: np.ndarray, town: np.ndarray, chome: np.ndarray) -> np.ndarray:
    """The town with the number of its chome, None where there is no number: joined once a pair."""
    chome, chomes = pd.factorize(chome)
    pair, pairs = pd.factorize(np.where(chome < 0, -1, chome * len(towns) + town % len(towns)))
    of_town, number = pairs % len(towns), pairs // len(towns)
    joined = towns[of_town] + np.append(chomes, "")[number]
    joined[number < 0] = None
    return joined.take(pair)


def _bare(towns: np.ndarray, municipality: str) -> np.ndarray:
    """Names of towns without the municipality, prefecture and 大字 before them; empty if nothing is left."""
    place = re.escape(_one(municipality))
    known = re.compile(rf"^(?:{_PREFECTURE})? ?(?:[^0-9 ]{{1,5}}郡)? ?{place}" if place else "^(?!)")
    texts = pd.Series(towns, dtype=object)
    texts = texts.where(
        texts.str.contains(r"\w", regex=True).astype(bool), ""
    )  # ＊＊＊＊ stands for a protected address
    short = texts.str.replace(known, "", regex=True).str.replace(f"^{_PREFECTURE}", "", regex=True)
    return short.str.replace(_LOT, "", regex=True).str.replace(" ", "", regex=False).to_numpy(dtype=object)


def _one(text: str) -> str:
    return _cleaned([text])[:-1].tobytes().decode("utf-32-le")


def _cleaned(texts: list[str]) -> np.ndarray:
    """In one width, kanji numerals as digits, the marks between numbers as one hyphen each."""
    codes = variant_table().take(in_one_width(texts, further=("百", with_hundreds)))
    kinds = kind_of().take(codes)
    long = ((kinds & STROKE) != 0) & earlier((kinds & KANA) != 0)
    codes = np.where(long, LONG, codes) if long.any() else codes
    return _marked(_closed(in_digits(with_single_blanks(codes))))


def _closed(codes: np.ndarray) -> np.ndarray:
    """Without the blanks inside a group of numbers: 1 - 2, 1丁目 2番."""
    blank = codes == 0x20
    if not blank.any():
        return codes
    kinds = kind_of().take(codes)
    digit = (kinds & DIGIT) != 0
    inside = earlier(digit) & later((kinds & (JOINT | CHOME | LOT | HOUSE)) != 0)
    marked = earlier((kinds & STROKE) != 0) | earlier((kinds & (LAND | LOT | HOUSE)) != 0) & earlier(
        digit | ((kinds & LOT) != 0), 2
    )
    inside |= (marked | earlier((kinds & ME) != 0)) & later(digit)
    return codes[~(blank & inside)]


def _marked(codes: np.ndarray) -> np.ndarray:
    """番地, 番, 号, の and hyphens behind a number become a hyphen, 丁目 becomes 丁."""
    kinds = kind_of().take(codes)
    digit = (kinds & DIGIT) != 0
    number_before, number_after = earlier(digit), later(digit)
    lot = ((kinds & LOT) != 0) & number_before & ~later((kinds & TOWNLY) != 0)
    house = ((kinds & HOUSE) != 0) & number_before & ~later((kinds & HALL) != 0)
    joint = ((kinds & JOINT) != 0) & number_before & (number_after | ((kinds & STROKE) != 0))
    gone = ((kinds & ME) != 0) & earlier((kinds & CHOME) != 0) & earlier(digit, 2)
    chome = later(gone)
    gone |= ((kinds & LAND) != 0) & earlier(lot)
    codes = np.where(lot | house | joint, HYPHEN, codes)
    mark = (lot | house | joint | chome)[~gone]
    codes, kinds = codes[~gone], kinds[~gone]
    again = earlier(mark) & ((kinds & JOINT) != 0) & (later((kinds & DIGIT) != 0) | (codes == HYPHEN))
    return codes[~again] if again.any() else codes


def _cut(codes: np.ndarray) -> tuple[np.ndarray, ...]:
    """Code points of town, chome number, block, both numbers and building.

    The numbers begin at the first digit that is no part of a town's name and end at the first sign that is no number.
    """
    ends, kinds, place = codes == END, kind_of().take(codes), np.arange(len(codes), dtype="i4")
    digit, last = (kinds & DIGIT) != 0, np.flatnonzero(ends)
    length = np.diff(last, prepend=-1)
    chome_sign = codes == CHOME_SIGN
    start = np.repeat(_first(digit & ~_of_town(kinds, digit), last), length)
    stop = np.repeat(_first((place > start) & ~(digit | chome_sign | (codes == HYPHEN)), last), length)
    zone = (place >= start) & (place < stop)
    figure, index, numbers = _counted(zone & digit, last, length)
    size = np.bincount(np.repeat(np.arange(len(last)), length)[figure & (index == 1)], minlength=len(last))
    said = _first(zone & chome_sign & (index == 1), last) < last
    shift = np.repeat((said | ((numbers >= 3) & (size <= CHOME_DIGITS))).astype("i1"), length)
    joint = zone & ~digit & later(digit)
    block = (figure & (index > shift) & (index <= shift + 2)) | (joint & (index == shift + 1))
    room = (figure & (index > shift + 2)) | (joint & (index > shift + 2))
    named = (place >= stop) & ~ends & ((kinds & LOOSE) == 0) & ~_of_room(codes, kinds, digit)
    chome = figure & (index == 1) & (shift == 1)
    both = chome | block | (joint & (index == 1) & (shift == 1))
    codes = np.where(zone & chome_sign, HYPHEN, codes)
    figures = codes.astype("u1")  # seen where there are ASCII digits, hyphens and ends alone
    town, building = (codes.compress(mask | ends) for mask in (place < start, room | named))
    return town, *(figures.compress(mask | ends) for mask in (chome, block, both)), building


def _counted(figure: np.ndarray, last: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The digits; the number in its value, from 1, that each place stands in or behind, at most 100; numbers by value."""
    so_far = np.cumsum(figure & ~earlier(figure), dtype="i4")
    numbers = np.diff(so_far[last], prepend=0)
    index = so_far - np.repeat(so_far[last] - numbers, length)
    return figure, np.minimum(index, 100).astype("i1"), numbers


def _first(mask: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """The first place of the mask in each value, or its end."""
    found = np.append(np.flatnonzero(mask), len(mask))
    begins = np.append(0, otherwise[:-1] + 1)
    return np.minimum(found[np.searchsorted(found, begins)], otherwise).astype("i4")


def _of_town(kinds: np.ndarray, digit: np.ndarray) -> np.ndarray:
    """Digits of a number that is part of a town's name: 北1条西2丁目, 3区, 5番町."""
    town = ((kinds & BLOCKLY) != 0) | ((kinds & LOT) != 0) & later((kinds & TOWNLY) != 0)
    found = digit & later(town)
    while (more := digit & later(found) & ~found).any():
        found |= more
    return found


def _of_room(codes: np.ndarray, kinds: np.ndarray, digit: np.ndarray) -> np.ndarray:
    """The signs 号室 behind a number, and a hyphen that no number follows."""
    house, room = (kinds & HOUSE) != 0, (kinds & ROOM) != 0
    both = house & later(room) & earlier(digit)
    return both | (room & earlier(both)) | ((codes == HYPHEN) & ~later(digit))
