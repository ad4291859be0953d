"""Puts what was released on disk with a record of it: same table, same bytes.

A record tells that a file went through a rule, and its hash. It is no signature: whoever can write the file can write
the record too. It keeps honest work honest.
"""

import json
import os
import re
from hashlib import sha256
from pathlib import Path

import pandas as pd

from kosodachi.disclosure.release import Released
from kosodachi.disclosure.rules import PER_PERSON
from kosodachi.faults import Fault

RECORD = ".release.json"
KINDS = ("table", "page", "manifest", "figure")
FORMULA = re.compile(r"^[\s\u3000]*[=+\-@＝＋－＠]|^[\t\r]")


def keep(released: Released, folder: Path | str) -> Released:
    """The same, after it was written as NAME.csv with its record NAME.release.json; each file whole or not at all.

    The CSV is UTF-8 with the codes of columns as header; missing is empty. Cells that a spreadsheet would run as a
    formula get a leading apostrophe. The record holds kind, file, sha256, rows, roles, rule, suppressed.
    Raises Fault E-DISC-18 for a table whose counts no rule went over.
    """
    folder = Path(folder)
    _as_released(released)
    data = as_csv(released.table)
    record = {
        "name": released.name,
        "rows": len(released.table),
        "columns": list(map(str, released.table.columns)),
        "roles": {role: list(columns) for role, columns in released.roles.items()},
        "rule": {"threshold": released.rule.threshold, "rounding": released.rule.rounding},
        "suppressed": released.suppressed,
    }
    write_recorded(folder, f"{released.name}.csv", data, kind="table", about=record)
    return released


def _as_released(released: Released) -> None:
    """Refuses a `Released` made by hand whose counts are small, or not multiples of the rounding."""
    rule, counts = released.rule, released.table[list(released.roles.get("counts", ()))]
    known = counts.astype("Float64").to_numpy(float, na_value=0.0)
    small = (known > 0) & (known < min(rule.threshold, _least(rule)))
    if small.any() or (known % rule.rounding != 0).any() or PER_PERSON & set(released.table.columns):
        raise Fault("E-DISC-18", table=released.name)


def _least(rule) -> int:
    """The smallest number that the rounding of a count at the threshold can give."""
    return int((rule.threshold / rule.rounding + 0.5) // 1 * rule.rounding)


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as CSV bytes, formulas made harmless in cells and headers."""
    safe = table.rename(columns=lambda name: harmless(str(name)))
    for column in safe.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in safe.dtypes]]:
        safe[column] = safe[column].map(harmless)
    return safe.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d").encode("utf-8")


def harmless(cell):
    """A text that no spreadsheet runs as a formula; anything else as it is."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def write_recorded(folder: Path, name: str, data: bytes, *, kind: str, about: dict | None = None) -> Path:
    """Writes a file and then its record, each whole; returns the file. `name` may lie in subfolders of `folder`."""
    file = Path(folder) / name
    record = {"kind": kind, "file": file.name, "sha256": sha256(data).hexdigest(), **(about or {})}
    write_whole(file, data)
    write_whole(record_of(file), (json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())
    return file


def record_of(file: Path) -> Path:
    """Where the record of a file lies: NAME.release.json for a table NAME.csv, else the full name and .release.json."""
    return file.with_suffix(RECORD) if file.suffix == ".csv" else file.with_name(file.name + RECORD)


def write_whole(file: Path, data: bytes) -> None:
    """Writes a file so that a reader sees the old one or the new one, also after a kill."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.{os.getpid()}")
    with half.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.replace(half, file)
