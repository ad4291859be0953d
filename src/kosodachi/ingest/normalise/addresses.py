"""Addresses as they are compared: town, chome and block in one form, building and room apart.

Built for whether two systems wrote the same place, not for finding it: nothing here knows which addresses exist.
"""

import re

import pandas as pd

from kosodachi.ingest.normalise.names import _one_width, _tidy
from kosodachi.ingest.normalise.text import HYPHENS, looked_up, over_distinct, rewritten, variant_table

DIGITS = dict(zip("〇一二三四五六七八九", range(10)))
_COUNTED = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|番地|番(?![町丁])|号|[-のノ][0-9〇一二三四五六七八九十])")
_AFTER_MARK = re.compile(r"(?<=[0-9目番地のノ-])[〇一二三四五六七八九十百]+(?![^0-9丁番号のノ -])")
_HYPHEN = re.compile(rf"(?<=[0-9]) ?[{HYPHENS}のノ] ?(?=[0-9])")
_MARKS = re.compile(r"(?<=[0-9]) ?(?:番地の?|番|号(?!室|棟|館)) ?-?")
_PREFECTURE = r"^(?:北海道|東京都|(?:京都|大阪)府|[^0-9 ]{2,3}県)"
_FORM = (
    r"^(?P<town>[^0-9]+?) ?(?:$|(?=[0-9])(?:(?P<chome>[0-9]+)丁目[ -]*)?"
    r"(?P<block>[0-9]+(?:-[0-9]+){0,2})?(?P<room>(?:-[0-9]+)*)(?P<building>[^0-9-].*)?$)"
)
MOST_CHOME = 40


def parts(values: pd.Series, *, municipality: str = "") -> pd.DataFrame:
    """Columns address (town and numbers), town, chome (town with its number, 緑町1), block (the rest, 2-3) and building
    (コーポ青葉101), None if not said.

    `municipality` and a prefecture before it are left off, so are 大字 and 字.
    """
    plain = rewritten(values, _tidy, _one_width, _numbered, lambda text: looked_up(text, variant_table()))
    distinct = pd.Series(plain.dropna().unique(), dtype=object)
    parted = (
        _parted(distinct.set_axis(distinct), municipality)
        if len(distinct)
        else pd.DataFrame(columns=PARTS, dtype=object)
    )
    return pd.DataFrame(
        {part: over_distinct(plain, lambda texts, part=part: parted[part].loc[texts]) for part in PARTS}
    )


PARTS = ("address", "town", "chome", "block", "building")


def _numbered(text: str) -> str:
    for pattern in (_COUNTED, _AFTER_MARK):
        text = pattern.sub(lambda found: str(number(found[0])), text)
    return _MARKS.sub("-", _HYPHEN.sub("-", text))


def number(kanji: str) -> int:
    """A kanji numeral under a thousand: 二十三 and 二三 are both 23."""
    if not set(kanji) & set("十百"):
        return int("".join(str(DIGITS[sign]) for sign in kanji))
    total, digit = 0, 0
    for sign in kanji:
        if sign in "十百":
            total, digit = total + (digit or 1) * {"十": 10, "百": 100}[sign], 0
        else:
            digit = DIGITS[sign]
    return total + digit


def _parted(texts: pd.Series, municipality: str) -> pd.DataFrame:
    place = looked_up(municipality, variant_table())
    bare = (
        texts.str.replace(_PREFECTURE, "", regex=True)
        .str.replace(rf"^ ?{re.escape(place)}", "", regex=True)
        .str.strip()
    )
    bare = bare.str.replace(r"(?:大字|(?<=.)字)", "", regex=True).str.replace(r"^字", "", regex=True)
    read = (
        bare.str.replace(r"-+(?=$|[^0-9])", " ", regex=True)
        .str.replace(r" +", " ", regex=True)
        .str.strip()
        .str.extract(_FORM)
    )
    town = read["town"].where(read["town"].notna(), bare).str.replace(" ", "", regex=False)
    block = read["block"].fillna("").str.strip("-")
    chome = read["chome"].fillna("")
    first = block.str.partition("-")
    implied = chome.eq("") & (block.str.count("-") == 2) & (pd.to_numeric(first[0]).fillna(0) <= MOST_CHOME)
    chome, block = chome.where(~implied, first[0]), block.where(~implied, first[2])
    block = block.str.replace(r"^([0-9]+-[0-9]+)-[0-9]+$", r"\1", regex=True)
    numbers = (chome + "-" + block).str.strip("-")
    return pd.DataFrame({
        "address": town + numbers, "town": town, "chome": (town + chome).where(chome.ne(""), None), "block": block,
        "building": _building(read["room"], read["building"]) if len(read) else block,
    })  # fmt: skip


def _building(room: pd.Series, named: pd.Series) -> pd.Series:
    """Building and room without blanks: コーポ青葉101, or the room alone where it is a fourth number."""
    text = room.fillna("").str.strip("-") + named.fillna("")
    return text.str.replace(r"号室|[ ・,()]", "", regex=True).str.strip("-")
