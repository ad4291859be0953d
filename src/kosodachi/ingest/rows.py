"""Text of an extract as rows: quotes, line breaks inside quotes, any line ending; each row with the line it begins on.

It does not look at what the fields say.
"""

import csv
import io
from dataclasses import dataclass

import numpy as np

from kosodachi.faults import Fault

END = "\x1a"


@dataclass(frozen=True)
class Sheet:
    """An extract as rows of text; `lines` holds the line of the file on which each row begins."""

    file: str
    header: list[str]
    rows: list[list[str]]
    lines: np.ndarray

    def where(self, row_no: int, header: str = "") -> str:
        """`file:line:header` of a data row, counted from 1."""
        place = f"{self.file}:{self.lines[row_no - 1]}"
        return f"{place}:{header}" if header else place


def read_sheet(text: str, *, delimiter: str, file: str) -> Sheet:
    """The rows of a CSV text; empty lines at its end are not rows.

    Raises Fault E-INGEST-05 (no data rows), -06 (nothing at all), -09 (a quote that is never closed).
    """
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
    if not rows:
        raise Fault("E-INGEST-06", where=file)
    if len(rows) == 1:
        raise Fault("E-INGEST-05", where=file)
    return Sheet(file, rows[0], rows[1:], np.array(ends[1 : len(rows)]) + 1)
