"""The values of one column by its form: numbers, days, sex and other codes, postcodes, counts; what cannot be read is told.

A blank is missing and no fault. Names, kana and addresses are read by `people`. Values are not made plausible here.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.ingest.normalise import dates
from kosodachi.ingest.normalise.text import (
    BETWEEN,
    all_over_distinct,
    columns,
    missing,
    over_distinct,
    with_single_blanks,
)
from kosodachi.ingest.normalise.width import in_one_width
from kosodachi.municipality import Source
from kosodachi.tables import CODES, COLUMNS

UNKNOWN_CODE, UNREADABLE_COUNT, UNREADABLE_POSTCODE = "unknown_code", "unreadable_count", "unreadable_postcode"
UNITS = r"(?:年生|年|日|回|本|歯|人|g|グラム|ｇ)$"
MOST = 1_000_000


@dataclass(frozen=True)
class Values:
    """A column as read: the value (None or NaN if missing) and why it could not be read (None if it could or is blank)."""

    value: pd.Series
    problem: pd.Series


def read_values(raw: pd.Series, column: str, source: Source) -> Values:
    """A column of an extract by the form of its standard column. Days are ISO text, counts floats, the rest text."""
    form = COLUMNS[column].form
    if form == "date":
        read = dates.iso(raw, era_codes=source.era_codes)
        return Values(read["day"], read["problem"])
    if form == "count":
        return _counts(dates.fiscal_year(raw) if column == "fiscal_year" else raw)
    if form in ("sex", "code"):
        return _codes(raw, column, source)
    if form == "postcode":
        return _postcodes(raw)
    digits = form in ("number", "telephone")
    return _sound(plain(raw, blanks=digits))


def plain(raw: pd.Series, *, blanks: bool = False) -> pd.Series:
    """Text in one width, without blanks around it (`blanks`: without any); runs of blanks are one; blank becomes None."""

    def kernel(texts: list[str]) -> tuple[np.ndarray]:
        codes = in_one_width(texts, capitals=False)
        return (codes.compress(codes != 0x20) if blanks else with_single_blanks(codes),)

    return raw.copy() if _is_plain(raw) else columns(raw, kernel, ("text",))["text"]


def _is_plain(raw: pd.Series) -> bool:
    """Whether no text of a column without missing values has anything to be changed, as most columns of numbers."""
    array = raw.to_numpy(dtype=object)
    try:
        joined = BETWEEN.join(array)
    except TypeError:
        return False
    if not joined.isascii() or " " in joined or f"{BETWEEN}{BETWEEN}" in f"{BETWEEN}{joined}{BETWEEN}":
        return False
    return joined.count(BETWEEN) == len(array) - 1 and joined.replace(BETWEEN, "").isprintable()


def _sound(value: pd.Series) -> Values:
    return Values(value, missing(value.index))


def _problem(value: pd.Series, raw: pd.Series, why: str) -> pd.Series:
    return pd.Series(np.where(value.isna() & raw.notna(), why, None), index=raw.index, dtype=object)


def _counts(raw: pd.Series) -> Values:
    text = plain(raw, blanks=True)
    digits = over_distinct(
        text, lambda texts: texts.str.replace(UNITS, "", regex=True).str.replace(",", "").where(lambda t: t.ne("-"))
    )
    whole = over_distinct(digits, lambda texts: texts.where(texts.str.fullmatch(r"[0-9]{1,7}(?:\.0+)?"), None))
    value = pd.to_numeric(whole, errors="coerce").astype(float)
    value = value.where(value < MOST)
    return Values(value, _problem(value, digits, UNREADABLE_COUNT))


def _codes(raw: pd.Series, column: str, source: Source) -> Values:
    """Codes by the source's map; a standard value needs no map; a free code (school, district) is kept as it is."""
    given = pd.Series(source.codes.get(column, {}), dtype=object)
    standard = dict(zip(plain(pd.Series(given.index, dtype=object)), given)) if len(given) else {}
    if column not in CODES:
        return _sound(over_distinct(raw, lambda codes: plain(codes).replace(standard)))
    standard = {value: value for value in CODES[column]} | standard
    return _over_distinct(raw, plain, lambda text: text.map(standard), UNKNOWN_CODE)


def _postcodes(raw: pd.Series) -> Values:
    def seven(texts: pd.Series) -> pd.Series:
        return texts.str.replace(r"[^0-9]", "", regex=True).where(lambda t: t.str.len() == 7)

    return _over_distinct(raw, lambda texts: plain(texts, blanks=True), seven, UNREADABLE_POSTCODE)


def _over_distinct(raw: pd.Series, tidy, function, why: str) -> Values:
    """Values and problems of a column with few distinct values."""

    def read(texts: pd.Series) -> dict[str, pd.Series]:
        text = tidy(texts)
        value = function(text).astype(object)
        return {"value": value, "problem": _problem(value, text, why)}

    table = all_over_distinct(raw, read)
    return Values(table["value"], table["problem"])
