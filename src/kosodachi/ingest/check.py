"""Everything that is wrong with a municipality's settings and extracts, told at once and without a row's values.

A fault names file, line, column and at most a code or a header: never a name, a number or a day of birth.
"""

import re
from pathlib import Path

import pandas as pd

from kosodachi.faults import Fault, Faults
from kosodachi.faults.marks import Marked, read_marked
from kosodachi.ingest.declared import declared_faults
from kosodachi.ingest.files import read_file
from kosodachi.ingest.normalise import dates
from kosodachi.ingest.plausible import OTHER_SET, births_of_the_other_set, blocking_faults, implausible_births
from kosodachi.ingest.reading import Reading, read_extract
from kosodachi.ingest.reasons import FAULT_OF, IMPLAUSIBLE_BIRTH
from kosodachi.municipality import Municipality, Source

SETTINGS = "municipality.yaml"
SHOWABLE = re.compile(r"[0-9]{1,4}|[A-Z]")


def check(settings: Municipality, folder: Path) -> list[Fault]:
    """All faults of the declared sources and of their files: E-SET-20..28 and E-INGEST-01..33, in the order of the settings.

    Faults of rows are told once a source, reason and column, with the first place and the number of rows.
    """
    found = declared_faults(settings, _marked(Path(folder) / SETTINGS))
    for source in settings.sources.values():
        if source.collected and not any(fault.code == "E-SET-28" for fault in found):
            found += _of_source(settings, source, Path(folder))
    return found


def _marked(file: Path) -> Marked | None:
    try:
        return read_marked(file.read_bytes(), file.name)[0]
    except (OSError, Fault):
        return None


def _of_source(settings: Municipality, source: Source, folder: Path) -> list[Fault]:
    try:
        reading = read_extract(read_file(folder, source), source)
    except (Fault, Faults) as fault:
        return list(getattr(fault, "found", [fault]))
    blocking = blocking_faults(reading, settings)
    told = {(fault.code, fault.where) for fault in blocking}
    whole = {"E-INGEST-10": "era_code", "E-INGEST-34": "duplicate_key"}
    already = {FAULT_OF[whole[code]] for code, _ in told if code in whole}
    rows = [fault for fault in _of_rows(reading) if fault.code not in already]
    return blocking + rows + _of_values(reading) + ([] if blocking else _of_births(reading, settings))


def _of_rows(reading: Reading) -> list[Fault]:
    table = reading.rejected.assign(row=reading.rejected.index, column=reading.rejected["column"].fillna(""))
    found = []
    for (code, column), part in table.groupby(["code", "column"], sort=False):
        row = part["row"].iloc[0]
        where = reading.sheet.where(row, reading.headers.get(column, ""))
        found.append(Fault(FAULT_OF[code], where=where, rows=len(part), **_more(reading, code, column, row)))
    return found


def _more(reading: Reading, code: str, column: str, row: int) -> dict:
    if code == "era_code":
        return {"digit": dates.era_digit(reading.raw[column][row]), "declared": reading.source.era_codes}
    if code == "duplicate_key":
        return {"first": int(reading.sheet.lines[reading.first[row] - 1])}
    if code in ("short_row", "long_row"):
        return {"fields": len(reading.sheet.row(row)), "wanted": len(reading.sheet.header)}
    return {}


def _of_values(reading: Reading) -> list[Fault]:
    found = []
    for column, read in reading.values.items():
        problems = read.problem.loc[reading.accepted].dropna()
        for code, part in problems.groupby(problems, sort=False):
            where = reading.sheet.where(part.index[0], reading.headers[column])
            more = {"given": _shown(reading.raw[column][part.index])} if code == "unknown_code" else {}
            found.append(Fault(FAULT_OF[code], where=where, rows=len(part), column=column, **more))
    return found


def _shown(codes: pd.Series) -> str:
    """The unknown codes that are surely codes; anything longer may be a name in the wrong column and is not shown."""
    distinct = list(dict.fromkeys(codes.str.strip()))
    shown = [code for code in distinct if SHOWABLE.fullmatch(code)][:5]
    return ", ".join([*shown, *(["..."] if len(shown) < len(distinct) else [])])


def _of_births(reading: Reading, settings: Municipality) -> list[Fault]:
    odd = implausible_births(reading, settings, adults=reading.source.kind != "resident_register")
    other = births_of_the_other_set(reading, settings).intersection(reading.accepted)
    odd = odd.intersection(reading.accepted).difference(other)
    found, column = [], reading.headers.get("birth_date", "")
    if len(other):
        sets = {"declared": reading.source.era_codes, "other": OTHER_SET[reading.source.era_codes]}
        found = [Fault("E-INGEST-35", where=reading.sheet.where(other[0], column), rows=len(other), **sets)]
    return found + [Fault(IMPLAUSIBLE_BIRTH, where=reading.sheet.where(row, column), rows=len(odd)) for row in odd[:1]]
