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
    holding,
    kinds_table,
    mapped,
    over_distinct,
    table,
    tidy_table,
    value_of,
    variant_table,
    with_single_blanks,
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
SEPARATORS = "・,、/_="
PLANES = 0x40000  # no letter lies beyond Unicode's plane 3
LONG, AGAIN = np.uint32(ord("ー")), ord("々")
LETTER, KEPT, SEPARATOR, COMMA, BLANK, HYPHEN, KANA, IDEOGRAM = (1 << bit for bit in range(8))
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
    table = columns(values, lambda texts: split(_cleaned(texts)), ("name", "surname", "given"))
    unnamed = table["given"].isin(UNNAMED)
    if unnamed.any():
        table.loc[unnamed, "name"], table.loc[unnamed, "given"] = table.loc[unnamed, "surname"], None
    return table


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
    kinds = kind_of()[codes]
    ends, kept = codes == END, (kinds & LETTER) != 0
    number = value_of(codes)
    at = np.full(int(number[-1]) + 1, -1, dtype="i4")
    for kind in (SEPARATOR, BLANK, COMMA):
        found = np.flatnonzero(kinds & kind)[::-1]
        at[number[found]] = found
    parting = at[number]
    place = np.arange(len(codes), dtype="i4")
    first, then = kept & (place < parting), kept & (place > parting) & (parting >= 0)
    whole = np.bincount(number[first], minlength=len(at)).astype(bool) & np.bincount(
        number[then], minlength=len(at)
    ).astype(bool)
    whole = whole[number]
    return codes[kept | ends], codes[(first & whole) | ends], codes[(then & whole) | ends]


def _cleaned(texts: list[str]) -> np.ndarray:
    codes = in_one_width(texts, first=tidied, further=("([_", lambda text: _BESIDE.sub("", text)))
    kinds = kind_of()[codes]
    long = ((kinds & HYPHEN) != 0) & earlier((kinds & KANA) != 0)
    codes = np.where(long, LONG, codes) if long.any() else codes
    codes = with_single_blanks(codes[((kinds & KEPT) != 0) | long])
    return _spelt_out(variant_table()[codes])


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
    letters = [*(code for code in range(PLANES) if chr(code).isalnum()), ord(UNREADABLE)]
    ideograms = [code for code in (*range(0x4E00, 0xA000), *range(0x20000, 0x40000)) if code != AGAIN]
    kept = [*letters, *codes_in(SEPARATORS + " "), END]
    return kinds_table(
        (LETTER, letters), (KEPT, kept), (SEPARATOR, codes_in(SEPARATORS)), (COMMA, codes_in(",、")), (BLANK, [0x20]),
        (HYPHEN, codes_in(HYPHENS)), (KANA, codes_in(KANA_SIGNS)), (IDEOGRAM, ideograms),
    )  # fmt: skip
