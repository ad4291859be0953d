"""Text of an extract as rows: quotes, line breaks inside quotes, any line ending; each row with the line it begins on.

It does not look at what the fields say. Text without quotation marks is cut at its signs, as a whole; the csv module
reads the rest, with the same result.
"""

import csv
import io
from dataclasses import dataclass

import numpy as np

from kosodachi.faults import Fault

END = "\x1a"


@dataclass(frozen=True)
class Sheet:
    """An extract as rows of text.

    fields: rows with as many fields as the header, as an array of text; regular: their row numbers, from 1;
    odd: row number -> fields of all others; lines: the line of the file on which each row begins.
    """

    file: str
    header: list[str]
    fields: np.ndarray
    regular: np.ndarray
    odd: dict[int, list[str]]
    lines: np.ndarray

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, row_no: int) -> list[str]:
        """The fields of a data row, counted from 1."""
        return self.odd[row_no] if row_no in self.odd else list(self.fields[np.searchsorted(self.regular, row_no)])

    def where(self, row_no: int, header: str = "") -> str:
        """`file:line:header` of a data row, counted from 1."""
        place = f"{self.file}:{self.lines[row_no - 1]}"
        return f"{place}:{header}" if header else place


def read_sheet(text: str, *, delimiter: str, file: str) -> Sheet:
    """The rows of a CSV text; empty lines at its end are not rows.

    Raises Fault E-INGEST-05 (no data rows), -06 (nothing at all), -09 (a quote that is never closed).
    """
    if '"' in text or not delimiter.isascii():
        return _quoted(text, delimiter, file)
    return _plain(text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n"), delimiter, file)


def _plain(text: str, delimiter: str, file: str) -> Sheet:
    """Every line is a row and every delimiter parts two fields."""
    first, _, rest = text.partition("\n")
    header = first.split(delimiter) if first else []
    _refuse_empty(header, rest or "\n" in text, file)
    data = np.frombuffer(rest.encode("utf-8", "surrogatepass"), dtype="u1")
    ends = np.append(np.flatnonzero(data == ord("\n")), len(data))
    signs = np.searchsorted(np.flatnonzero(data == ord(delimiter)), ends)
    width = np.diff(signs, prepend=0) + 1
    blank = np.diff(ends, prepend=-1) == 1
    odd = np.flatnonzero((width != len(header)) | blank)
    if len(odd):
        lines = np.array(rest.split("\n"), dtype=object)
        others = {int(at) + 1: lines[at].split(delimiter) if lines[at] else [] for at in odd}
        rest = "\n".join(np.delete(lines, odd))
    regular = np.delete(np.arange(1, len(ends) + 1), odd)
    cells = rest.replace("\n", delimiter).split(delimiter) if len(regular) else []
    fields = np.array(cells, dtype=object).reshape(len(regular), len(header))
    return Sheet(file, header, fields, regular, others if len(odd) else {}, np.arange(len(ends)) + 2)


def _quoted(text: str, delimiter: str, file: str) -> Sheet:
    whole = text if text.endswith(("\n", "\r")) else text + "\n"
    reader = csv.reader(io.StringIO(whole + END, newline=""), delimiter=delimiter)
    rows, ends = [], [0]
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        raise Fault("E-INGEST-09", where=f"{file}:{ends[-1] + 1}") from None
    if rows[-1] != [END]:
        raise Fault("E-INGEST-09", where=f"{file}:{ends[-2] + 1}")
    rows.pop()
    while rows and not rows[-1]:
        rows.pop()
    header, rows = (rows[0] if rows else []), rows[1:]
    _refuse_empty(header, rows, file)
    width = np.fromiter(map(len, rows), int, len(rows))
    regular = np.flatnonzero((width == len(header)) & (width > 0))
    fields = np.array([rows[at] for at in regular], dtype=object).reshape(len(regular), len(header))
    odd = {int(at) + 1: rows[at] for at in np.flatnonzero((width != len(header)) | (width == 0))}
    return Sheet(file, header, fields, regular + 1, odd, np.array(ends[1 : len(rows) + 1]) + 1)


def _refuse_empty(header: list[str], rest, file: str) -> None:
    if not header and not rest:
        raise Fault("E-INGEST-06", where=file)
    if not rest:
        raise Fault("E-INGEST-05", where=file)
