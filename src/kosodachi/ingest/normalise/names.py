"""Names as they are compared: one width, no blanks, variant kanji folded to one of their class.

The glyphs of the source stay beside them as `name_raw`: 渡邉 and 渡辺 are the same for a comparison and different for a
person. Not for addressing anyone, and no judgement on which spelling is right.
"""

import re
from functools import cache

import numpy as np
import pandas as pd

from kosodachi.ingest.normalise.text import (
    END,
    HYPHENS,
    SIZE,
    before,
    columns,
    mapped,
    members,
    over_distinct,
    table,
    tidy_table,
    value_of,
    variant_table,
    with_single_blanks,
)
from kosodachi.ingest.normalise.width import in_one_width, narrowed

UNREADABLE = "〓"
GAIJI = {**{chr(code): UNREADABLE for code in range(0xE000, 0xF900)}, **dict.fromkeys("■□●○◆?\ufffd", UNREADABLE)}
KANA = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), 0x30FC)))
KANJI = "[々〇一-鿿\U00020000-\U0003ffff〓]"
SEPARATORS = "・,、/_="
BLANK, COMMAS = ord(" "), ",、"
_BESIDE = re.compile(
    r"(?<=\w) ?[(\[]([^()\[\]]*)[)\]]"  # LI NA (田中 里奈)
    r"|(?<=[A-Z])[^\w]*_(.+)$"  # HANZI TAILANG_漢字 太郎
)


def clean(values: pd.Series) -> pd.Series:
    """Names in one width with one blank between their parts; variant kanji folded; blank and missing become None.

    A second name in brackets is left out, a character that only its vendor's font knows becomes 〓.
    """
    return columns(values, lambda texts: (_cleaned(texts),), ("name",))["name"]


def parts(values: pd.Series) -> pd.DataFrame:
    """Columns name (joined), surname and given; the parts are None where no separator is written."""
    return columns(values, lambda texts: split(_cleaned(texts)), ("name", "surname", "given"))


def joined_of(values: pd.Series) -> pd.Series:
    """Names without blanks and separators, straight from what a source wrote."""
    return columns(values, lambda texts: split(_cleaned(texts))[:1], ("name",))["name"]


def second(values: pd.Series) -> pd.Series:
    """The second name that stands beside the first, in brackets or behind an underline after letters; mostly missing."""

    def beside(texts: pd.Series) -> pd.Series:
        plain = pd.Series([_plain(text) for text in texts], index=texts.index, dtype=object)
        found = plain.str.extract(_BESIDE)
        return found[0].where(found[0].notna(), found[1]).str.strip()

    some = values.where(values.astype(str).str.contains(r"[(\[（［_＿⦅【〔]", na=False), None)
    return over_distinct(some.astype(object), beside)


def alphabet_forms(values: pd.Series) -> list[pd.Series]:
    """A name in the alphabet as three columns: whole; the first two of more words; the last word before the first.

    Which word is the surname differs by country and by clerk, and systems leave middle names out.
    """

    def form(texts: pd.Series, least: int, first: int, then: int) -> pd.Series:
        plain = pd.Series([_plain(text) for text in texts], index=texts.index, dtype=object)
        words = plain.str.replace(r"[^\w'-]+", " ", regex=True).str.strip().str.split(" ")
        return (words.str[first] + " " + words.str[then]).where(words.str.len() >= least, None)

    return [values, *(over_distinct(values, lambda texts, at=at: form(texts, *at)) for at in ((3, 0, 1), (2, -1, 0)))]


def split(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Code points of the whole, of surnames and of given names, of cleaned names.

    Parted at a comma, else at the first blank, else at the first other separator; both parts are empty if one were.
    """
    ends, number = codes == END, value_of(codes)
    kept = _letters()[codes] & ~ends
    at = _parting(codes, number)
    place = np.arange(len(codes))
    first, then = kept & (place < at[number]), kept & (place > at[number]) & (at[number] >= 0)
    count = len(at)
    whole = (np.bincount(number[first], minlength=count) > 0) & (np.bincount(number[then], minlength=count) > 0)
    whole = whole[number]
    return codes[kept | ends], codes[(first & whole) | ends], codes[(then & whole) | ends]


def _parting(codes: np.ndarray, number: np.ndarray) -> np.ndarray:
    """The place at which each value is parted, -1 if none."""
    at = np.full(int(number[-1]) + 1 if len(number) else 0, -1)
    for signs in (SEPARATORS, " ", COMMAS):
        found = np.flatnonzero(members(signs)[codes])[::-1]
        at[number[found]] = found
    return at


def _cleaned(texts: list[str]) -> np.ndarray:
    codes = in_one_width(texts, first=_tidied(), further=(members("([_"), lambda text: _BESIDE.sub("", text)))
    codes = np.where(members(HYPHENS)[codes] & members(KANA)[before(codes)], ord("ー"), codes)
    codes = with_single_blanks(codes[_kept()[codes]])
    return _spelt_out(variant_table()[codes])


def _spelt_out(codes: np.ndarray) -> np.ndarray:
    """々 becomes the kanji that it repeats, one after the other."""
    while (again := (codes == ord("々")) & _kanji()[before(codes)]).any():
        codes = np.where(again, before(codes), codes)
    return codes


def _plain(text: str) -> str:
    codes = mapped(np.frombuffer(text.encode("utf-32-le", "replace"), "<u4"), _tidied())
    return narrowed(codes.tobytes().decode("utf-32-le"), capitals=True)


@cache
def _tidied() -> np.ndarray:
    return np.where(tidy_table() == np.arange(SIZE), table(GAIJI), tidy_table())


@cache
def _letters() -> np.ndarray:
    """Letters, digits and 〓: what a joined name is made of."""
    found = np.zeros(SIZE, dtype=bool)
    found[[code for code in range(SIZE) if chr(code).isalnum()]] = True
    return found | members(UNREADABLE)


@cache
def _kept() -> np.ndarray:
    """What is kept of a name: letters, separators, blanks and the end of a value."""
    return _letters() | members(SEPARATORS + " ") | members(chr(END))


@cache
def _kanji() -> np.ndarray:
    found = np.zeros(SIZE, dtype=bool)
    found[0x4E00:0xA000] = found[0x20000:0x40000] = True
    return found & ~members("々")
