"""One extract read: every data row either accepted, with its values by standard column, or rejected with its reason.

The rules: a row is rejected if its shape is broken, a character of it cannot be read, a day in it cannot be read, the number
the register needs is blank, or it repeats a row. Any other value that cannot be read is missing, counted as unreadable.
"""

import re
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from kosodachi.faults import refuse
from kosodachi.ingest.decode import BROKEN, MARKED, decoded
from kosodachi.ingest.header import header_faults, places_of
from kosodachi.ingest.lines import CHUNK, refuse_long_line
from kosodachi.ingest.normalise.text import together
from kosodachi.ingest.rows import Sheet, read_sheet
from kosodachi.ingest.values import Values, read_values
from kosodachi.municipality import Source
from kosodachi.tables import COLUMNS, KINDS

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# A line break in a name or a number is what a quotation mark left open makes of two rows.
CONTROL_OR_BREAK, LONG = re.compile("[\x00-\x08\x0a-\x1f\x7f]"), ("address", "text")
CONTROLS = bytes(code for code in (*range(32), 127) if CONTROL.match(chr(code)))
BY_PEOPLE = ("name", "kana", "address")


@dataclass(frozen=True)
class Reading:
    """An extract as read. Index of all tables: the data row, counted from 1.

    raw: text by standard column, None if blank, of rows of the right shape; values: what was read of it, by column;
    rejected: columns code and column (standard, or None), one row a rejected row; first: of a repeated row, the row before.
    """

    sheet: Sheet
    source: Source
    raw: pd.DataFrame
    values: dict[str, Values]
    rejected: pd.DataFrame
    first: pd.Series

    @property
    def accepted(self) -> pd.Index:
        """The data rows that were accepted."""
        return self.raw.index.difference(self.rejected.index)

    @property
    def headers(self) -> dict[str, str]:
        """Standard column -> the header in the file."""
        return {column: header for header, column in self.source.columns.items()}


def read_sheet_of(data: bytes, source: Source) -> tuple[Sheet, bool]:
    """The rows of an extract, and whether every sign in it can be read. Raises Fault(s) E-INGEST-02..09: line too long,
    encoding, shape, header."""
    refuse_long_line((data[at : at + CHUNK] for at in range(0, len(data), CHUNK)), source.encoding, source.file)
    text = decoded(data, source.encoding, headers=source.columns, file=source.file)
    sheet = read_sheet(text, delimiter=source.delimiter, file=source.file)
    refuse(header_faults(sheet, source))
    return sheet, _is_clean(data, source, text)


def read_extract(data: bytes, source: Source) -> Reading:
    """Every row of an extract, accepted or rejected. Raises the blocking faults of `read_sheet_of`."""
    sheet, clean = read_sheet_of(data, source)
    misshapen = _misshapen(sheet)
    raw = _raw(sheet, source, misshapen.index)
    values = values_of(raw, source)
    found = pd.concat([misshapen, _unreadable(raw, clean), _days(values), _blank_numbers(values, source)])
    found = found[~found.index.duplicated()]
    first = _repeated(values, source, raw.index.difference(found.index))
    repeats = pd.DataFrame({"code": "duplicate_key", "column": "person_no"}, index=first.index)
    return Reading(sheet, source, raw, values, pd.concat([found, repeats]).sort_index(), first)


def values_of(raw: pd.DataFrame, source: Source) -> dict[str, Values]:
    """The values of all columns but names, kana and addresses, which are read by `people`."""
    wanted = [column for column in raw if COLUMNS[column].form not in BY_PEOPLE]
    read = together(*(lambda column=column: read_values(raw[column], column, source) for column in wanted))
    return dict(zip(wanted, read))


def _misshapen(sheet: Sheet) -> pd.DataFrame:
    """Rows that are blank, too short, or too long with something in what is too much."""
    wanted, code = len(sheet.header), {}
    for row_no, fields in sheet.odd.items():
        if not any(field.strip() for field in fields):
            code[row_no] = "blank_row"
        elif len(fields) < wanted:
            code[row_no] = "short_row"
        elif any(fields[wanted:]):
            code[row_no] = "long_row"
    table = pd.DataFrame({"code": code, "column": None}, dtype=object)
    return table.set_axis(table.index.astype(int))


def _raw(sheet: Sheet, source: Source, without: pd.Index) -> pd.DataFrame:
    places = places_of(sheet, source)
    longer = [row_no for row_no in sheet.odd if row_no not in without]
    rows = np.append(sheet.regular, np.array(longer, dtype=int))
    order = np.argsort(rows, kind="stable") if longer else slice(None)
    index = pd.Index(rows[order], name="row_no")
    table = {}
    for column, place in places.items():
        further = np.array([sheet.odd[row_no][place] for row_no in longer], dtype=object)
        table[column] = _said(np.append(sheet.fields[:, place], further)[order])
    return pd.DataFrame(table, index=index, dtype=object)


def _said(cells: np.ndarray) -> np.ndarray:
    """The cells, those without anything but blanks as None."""
    blank = (cells == "") | np.frompyfunc(str.isspace, 1, 1)(cells).astype(bool)
    return np.where(blank, None, cells) if blank.any() else cells


def _unreadable(raw: pd.DataFrame, clean: bool) -> pd.DataFrame:
    """Rows with a byte that is no character of the encoding, a control character (none if the file is `clean`), or nothing."""
    nothing = raw.index[raw.isna().all(axis=1)]
    parts = [pd.DataFrame({"code": "blank_row", "column": None}, index=nothing, dtype=object)]
    for code, column in () if clean else product(("undecodable", "control_character"), raw):
        sign = MARKED if code == "undecodable" else CONTROL if COLUMNS[column].form in LONG else CONTROL_OR_BREAK
        if sign.search("".join(raw[column].dropna())):
            hit = raw.index[raw[column].str.contains(sign, na=False)]
            parts.append(pd.DataFrame({"code": code, "column": column}, index=hit, dtype=object))
    return pd.concat(parts)


def _is_clean(data: bytes, source: Source, text: str) -> bool:
    """Whether there is surely no control character and no broken byte, looked up in the bytes of the file at once."""
    plain = source.encoding != "utf-16" and '"' not in text and BROKEN not in text
    return plain and len(data.translate(None, CONTROLS)) == len(data)


def _days(values: dict[str, Values]) -> pd.DataFrame:
    parts = [pd.DataFrame({"code": pd.Series(dtype=object), "column": pd.Series(dtype=object)})]
    for column, read in values.items():
        if COLUMNS[column].form == "date":
            parts.append(pd.DataFrame({"code": read.problem.dropna(), "column": column}))
    return pd.concat(parts)


def _blank_numbers(values: dict[str, Values], source: Source) -> pd.DataFrame:
    """Rows of the register without a person number: nothing could be linked to them."""
    blank = values["person_no"].value.isna() if source.kind == "resident_register" else pd.Series(dtype=bool)
    return pd.DataFrame(
        {"code": "blank_number", "column": "person_no"}, index=blank.index[blank.astype(bool)], dtype=object
    )


def _repeated(values: dict[str, Values], source: Source, rows: pd.Index) -> pd.Series:
    """Row -> the earlier row with the same key of its kind; rows whose key is not whole are not compared."""
    key = [column for column in KINDS[source.kind].key]
    if not set(key) <= set(values):
        return pd.Series(dtype=int)
    table = pd.DataFrame({column: values[column].value.loc[rows] for column in key}).dropna()
    numbers = pd.Series(table.index, index=table.index)
    first = numbers.groupby([table[column] for column in key]).transform("min") if len(table) else numbers
    return first[first != numbers]
