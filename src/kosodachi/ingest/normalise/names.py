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
    codes_in,
    columns,
    earlier,
    exchanged,
    holding,
    kinds_table,
    mapped,
    over_distinct,
    table,
    tidy_table,
    variant_table,
    with_single_blanks,
    words_in,
)
from kosodachi.ingest.normalise.width import in_one_width, narrowed

UNREADABLE = "〓"
GAIJI = {**{chr(code): UNREADABLE for code in range(0xE000, 0xF900)}, **dict.fromkeys("■□●○◆?？\ufffd", UNREADABLE)}
KANA_SIGNS = "".join(map(chr, (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), 0x30FC)))
KANJI = "[々〇一-鿿\U00020000-\U0003ffff〓]"
UNNAMED = (
    "未命名",
    "命名前",
    "名未定",
    "未定",
    "新生児",
    "赤ちゃん",
    "ベビー",
    "ミメイメイ",
    "メイメイマエ",
    "ミテイ",
    "アカチャン",
)
APART = ("surname", "given")
SEPARATORS = "・,、/_="
PLANES = 0x40000  # no letter lies beyond Unicode's plane 3
LONG, AGAIN = np.uint32(ord("ー")), ord("々")
LETTER, KEPT, SEPARATOR, COMMA, BLANK, HYPHEN, KANA, IDEOGRAM, LAST = (1 << bit for bit in range(9))
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
    """Columns name (joined), surname and given; the parts are None where no separator is written.

    What stands for the given name of a child that has none yet (未命名, ベビー) is no name: the surname stands alone.
    """
    return columns(values, lambda texts: named(split(_cleaned(texts)), UNNAMED), ("name", *APART), few=APART)


def wholes(values: pd.Series) -> pd.Series:
    """The column name of `parts` alone."""
    return columns(values, lambda texts: named(split(_cleaned(texts)), UNNAMED)[:1], ("name",))["name"]


def named(parts: tuple[np.ndarray, ...], words: tuple[str, ...]) -> tuple[np.ndarray, ...]:
    """Code points of whole, surname and given; where the given is one of the words, the surname stands alone."""
    whole, surname, given = parts
    at = words_in(given, words)
    return (exchanged(whole, at, surname), surname, exchanged(given, at)) if len(at) else parts


def joined_of(values: pd.Series) -> pd.Series:
    """Names without blanks and separators, straight from what a source wrote."""
    return columns(values, lambda texts: split(_cleaned(texts))[:1], ("name",))["name"]


def second(values: pd.Series) -> pd.Series:
    """The second name that stands beside the first, in brackets or behind an underline after letters; mostly missing."""

    def beside(texts: pd.Series) -> pd.Series:
        plain = pd.Series([_plain(text) for text in texts], index=texts.index, dtype=object)
        found = plain.str.extract(_BESIDE)
        return found[0].where(found[0].notna(), found[1]).str.strip()

    return over_distinct(holding(values, "([_（［＿"), beside)


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
    kinds = kind_of().take(codes)
    ends, kept = codes == END, (kinds & LETTER) != 0
    last = np.flatnonzero(ends)
    at = _partings(kinds, last)
    begins = np.append(0, last[:-1] + 1)
    whole = _between_letters(kept, at, last)
    side = np.zeros(len(codes), dtype="i1")
    side[begins.compress(whole)], side[at.compress(whole)], side[last.compress(whole)] = 1, 1, -2
    side = np.add.accumulate(side, dtype="i1")
    parts = (side == 1) & kept, (side == 2) & kept
    return tuple(codes.compress(part | ends) for part in (kept, *parts))


def _partings(kinds: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The place at which each value is parted, -1 if at none."""
    at, there = np.full(len(last), -1), np.bitwise_or.reduce(kinds)
    for kind in (SEPARATOR, BLANK, COMMA):
        if there & kind:
            places = np.flatnonzero(kinds & (kind | LAST))
            end = (kinds.take(places) & LAST) != 0
            first = ~end & np.append(True, end[:-1])
            at[np.cumsum(end).compress(first)] = places.compress(first)
    return at


def _between_letters(kept: np.ndarray, at: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Whether there is a letter on both sides of the place in each value; mostly right beside it."""
    parted = at >= 0
    beside = kept.take(at - 1, mode="clip") & kept.take(at + 1, mode="clip")
    if (beside | ~parted).all():
        return parted
    letters = np.cumsum(kept, dtype="i4")
    until = np.append(0, letters.take(last))
    return parted & (letters.take(at) > until[:-1]) & (letters.take(at) < until[1:])


def _cleaned(texts: list[str]) -> np.ndarray:
    codes = in_one_width(texts, first=tidied, further=("([_", lambda text: _BESIDE.sub("", text)))
    kinds = kind_of().take(codes)
    kept = (kinds & KEPT) != 0
    long = (kinds & HYPHEN) != 0
    if long.any():
        long &= earlier((kinds & KANA) != 0)
        codes, kept = np.where(long, LONG, codes), kept | long
    codes = with_single_blanks(codes if kept.all() else codes.compress(kept))
    return _spelt_out(variant_table().take(codes))


def _spelt_out(codes: np.ndarray) -> np.ndarray:
    """々 becomes the kanji that it repeats, one after the other."""
    marks = np.flatnonzero(codes == AGAIN)
    while (ready := (kind_of()[codes[marks - 1]] & IDEOGRAM) != 0).any():
        at, marks = marks[ready], marks[~ready]
        codes[at] = codes[at - 1]
    return codes


def _plain(text: str) -> str:
    codes = mapped(np.frombuffer(text.encode("utf-32-le", "replace"), "<u4"), tidied())
    return narrowed(codes.tobytes().decode("utf-32-le"), capitals=True)


@cache
def tidied() -> np.ndarray:
    """tidy_table, and characters of a vendor's own font and the marks that conversions leave for them become 〓."""
    return np.where(tidy_table() == np.arange(SIZE), table(GAIJI), tidy_table())


@cache
def kind_of() -> np.ndarray:
    """The kinds of each code point, as bits. Letters, digits and 〓 are what a joined name is made of."""
    letters = [*np.flatnonzero([chr(code).isalnum() for code in range(PLANES)]), ord(UNREADABLE)]
    ideograms = [*range(0x4E00, 0xA000), *range(0x20000, 0x40000)]  # 々 is none of them
    kept = [*letters, *codes_in(SEPARATORS + " "), END]
    return kinds_table(
        (LETTER, letters), (KEPT, kept), (SEPARATOR, codes_in(SEPARATORS)), (COMMA, codes_in(",、")), (BLANK, [0x20]),
        (HYPHEN, codes_in(HYPHENS)), (KANA, codes_in(KANA_SIGNS)), (IDEOGRAM, ideograms),
        (LAST, [END]),
    )  # fmt: skip
