"""Extracts read for a first look: text under standard names, dates as far as readable. No fault is told here."""

import csv
import io
import re
import unicodedata
from datetime import date

import pandas as pd

from kosodachi.municipality import Source
from kosodachi.synthesis.forms import CODE_SETS, ERAS

DATED = ("fiscal_year", "opened", "offered", "allowance_from", "checkup_date", "benefit_from", "vaccine_due")
_BEFORE = {letter: before for _, letter, _, before in ERAS} | {kanji: before for _, _, kanji, before in ERAS}
_ERA = re.compile(rf"({'|'.join(_BEFORE)})\s*(\d+|元)\D+(\d+)\D+(\d+)")
_WESTERN = re.compile(r"(\d{4})(?:\D+(\d{1,2})\D+|(\d{2}))(\d{1,2})")


def sheet_of(content: bytes, source: Source) -> pd.DataFrame:
    """The declared columns of an extract as text under their standard names; dates and sex as far as readable."""
    text = content.decode(source.encoding, errors="replace").removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text), delimiter=source.delimiter))
    header = rows[0] if rows else []
    full = [row for row in rows[1:] if len(row) == len(header)]
    table = pd.DataFrame(full, columns=header, dtype=object).rename(columns=source.columns)
    table = table[[column for column in source.columns.values() if column in table]].copy()
    for column in ("birth_date", "moved_in", "moved_out", *DATED[1:]):
        table[column] = _days(table[column], source) if column in table else pd.NaT
    codes = source.codes.get("sex", {})
    table["sex"] = table["sex"].map(lambda code: codes.get(code, code)) if "sex" in table else None
    return table


def empty() -> pd.DataFrame:
    """A sheet without rows."""
    return pd.DataFrame(columns=["birth_date", "sex", "moved_in", "moved_out", *DATED])


def _days(texts: pd.Series, source: Source) -> pd.Series:
    known = {text: _day(text, source.era_codes) for text in texts.unique()}
    return pd.to_datetime(texts.map(known), errors="coerce")


def _day(text: str, codes: str) -> date | None:
    """The day a text says in any form that systems use; None if it says none."""
    text = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"\d{7}", text):
        letters = {str(number): letter for letter, number in CODE_SETS[codes].items()}
        text = f"{letters.get(text[0], '?')}{text[1:3]}.{text[3:5]}.{text[5:]}"
    if found := _ERA.fullmatch(text.removesuffix("日")):
        era, year, month, day = found.groups()
        year = _BEFORE[era] + (1 if year == "元" else int(year))
    elif found := _WESTERN.fullmatch(text.removesuffix("日")):
        year, month, packed, day = found.groups()
        month = month or packed
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
