"""Names as they are compared: one width, no blanks, variant kanji folded to one of their class.

The glyphs of the source stay beside them as `name_raw`: 渡邉 and 渡辺 are the same for a comparison and different for a
person. Not for addressing anyone, and no judgement on which spelling is right.
"""

import re
import unicodedata

import pandas as pd

from kosodachi.ingest.normalise.text import (
    BETWEEN,
    HYPHENS,
    looked_up,
    over_distinct,
    rewritten,
    table,
    tidy_table,
    variant_table,
)

UNREADABLE = "〓"
_GAIJI = table(
    {**{chr(code): UNREADABLE for code in range(0xE000, 0xF900)}, **dict.fromkeys("■□●○◆?\ufffd", UNREADABLE)}
)
_BESIDE = re.compile(
    rf"(?<=\w) ?[(\[][^()\[\]{BETWEEN}]*[)\]]"  # LI NA (田中 里奈)
    rf"|(?<=[A-Z]) ?_[^{BETWEEN}]+"  # HANZI TAILANG_漢字 太郎
)
_SECOND = re.compile(r"(?<=\w) ?[(\[]([^()\[\]]*)[)\]]|(?<=[A-Z]) ?_(.+)$")
KANJI = "[々〇一-鿿\U00020000-\U0003ffff〓]"
_LONG = re.compile(f"(?<=[ぁ-ゖァ-ヺー])[{HYPHENS}]")
_BLANKS = re.compile(r" {2,}")
_EDGES = re.compile(rf" *{BETWEEN} *")
_REPEATED = re.compile(r"([一-鿿])々+")
SEPARATORS = r"[・,、/_=]"
_NOT_NAME = re.compile(rf"[^\w{UNREADABLE}{BETWEEN} ・,、/_=]")
JOINED = re.compile(rf"[^\w{UNREADABLE}]|_")


def clean(values: pd.Series) -> pd.Series:
    """Names in one width with one blank between their parts; variant kanji folded; blank and missing become None.

    A second name in brackets is left out, a character that only its vendor's font knows becomes 〓.
    """
    return rewritten(values, _tidy, _one_width, _plain, _folded)


def parts(values: pd.Series) -> pd.DataFrame:
    """Columns name (joined), surname and given; the parts are None where no separator is written."""
    spoken = clean(values)
    return pd.DataFrame({
        "name": joined(spoken),
        "surname": over_distinct(spoken, lambda names: _split(names)[0]),
        "given": over_distinct(spoken, lambda names: _split(names)[1]),
    })  # fmt: skip


def joined_of(values: pd.Series) -> pd.Series:
    """Names without blanks and separators, straight from what a source wrote."""
    return joined(clean(values))


def second(values: pd.Series) -> pd.Series:
    """The second name that stands beside the first, in brackets or behind an underline after letters; mostly missing."""

    def beside(texts: pd.Series) -> pd.Series:
        plain = pd.Series([_one_width(_tidy(text)) for text in texts], index=texts.index, dtype=object)
        found = plain.str.extract(_SECOND)
        return found[0].where(found[0].notna(), found[1]).str.strip()

    some = values.where(values.str.contains(r"[(\[（［_＿]", na=False), None) if values.notna().any() else values
    return over_distinct(some, beside)


def alphabet_forms(values: pd.Series) -> list[pd.Series]:
    """A name in the alphabet as three columns: whole; the first two of more words; the last word before the first.

    Which word is the surname differs by country and by clerk, and systems leave middle names out.
    """

    def worded(texts: pd.Series) -> pd.Series:
        return texts.str.replace(r"[^\w'-]+", " ", regex=True).str.strip()

    def without_middle(texts: pd.Series) -> pd.Series:
        words = worded(texts).str.split(" ")
        return (words.str[0] + " " + words.str[1]).where(words.str.len() > 2, None)

    def turned(texts: pd.Series) -> pd.Series:
        words = worded(texts).str.split(" ")
        return (words.str[-1] + " " + words.str[0]).where(words.str.len() > 1, None)

    spoken = rewritten(values, _tidy, _one_width)
    return [values, over_distinct(spoken, without_middle), over_distinct(spoken, turned)]


def joined(spoken: pd.Series) -> pd.Series:
    """Cleaned names without blanks and separators."""
    return over_distinct(spoken, lambda names: names.str.replace(JOINED, "", regex=True))


def _split(names: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Surname and given name: parted at the first blank, or at the first other separator where there is no blank."""
    blank = names.str.contains(" ", regex=False)
    apart = names.where(blank, names.str.replace(SEPARATORS, " ", n=1, regex=True)).str.partition(" ")
    surname, given = (apart[at].str.replace(JOINED, "", regex=True) for at in (0, 2))
    whole = surname.ne("") & given.ne("")
    return surname.where(whole, None), given.where(whole, None)


def _tidy(text: str) -> str:
    return looked_up(text, tidy_table())


def _one_width(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", looked_up(text, _GAIJI)).upper())


def _folded(text: str) -> str:
    return _REPEATED.sub(lambda found: found[1] * len(found[0]), looked_up(text, variant_table()))


def _plain(text: str) -> str:
    text = _NOT_NAME.sub("", _BESIDE.sub("", _LONG.sub("ー", text)))
    return _EDGES.sub(BETWEEN, _BLANKS.sub(" ", text)).strip(" ")
