"""Extracts into two zones: what names a person, and what was recorded about a child; and a count of every row.

No row is lost: read = accepted + rejected for every source, and a rejected row is kept as it was. The analysis tables hold
no identifier, and their order tells nothing of the order of the file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kosodachi.faults import Fault, Faults, refuse
from kosodachi.ingest.declared import declared_faults
from kosodachi.ingest.name_sets import name_set
from kosodachi.ingest.normalise.text import missing
from kosodachi.ingest.people import identifiers
from kosodachi.ingest.plausible import blocking_faults
from kosodachi.ingest.reading import BY_PEOPLE, Reading, read_extract
from kosodachi.ingest.reasons import REASONS
from kosodachi.municipality import Municipality
from kosodachi.tables import COLUMNS, KINDS, contract_of
from kosodachi.tables.pseudonyms import pseudonyms

# A child born here is a resident from its birthday on, so this date is kept by the month.
MONTH_ONLY = ("moved_in",)
# Standard columns of names and addresses -> the column of identifier_records that shows whether they were read.
OF_PEOPLE = {"name_surname": "surname", "name_given": "given", "kana_surname": "surname_code", "kana_given": "given_code",
             "guardian_kana": "guardian_code", "previous_address": "previous_town"}  # fmt: skip


@dataclass(frozen=True)
class Ingested:
    """The tables of the ingest step, as tables/contracts.py has them; `attributes` by source."""

    identifier_records: pd.DataFrame
    identifier_names: pd.DataFrame
    attributes: dict[str, pd.DataFrame]
    rejects: pd.DataFrame
    ingest_counts: pd.DataFrame
    reject_counts: pd.DataFrame
    field_coverage: pd.DataFrame


def ingest(settings: Municipality, files: Mapping[str, bytes], *, key: bytes) -> Ingested:
    """All collected sources as tables, ready for linkage and analysis.

    `files` holds the bytes of each collected source, `key` is what record ids are drawn from. Raises the blocking faults of
    all sources together: E-SET-20..28 (declaration), E-INGEST-01..12 (file, encoding, shape, header, plausibility).
    """
    refuse(declared_faults(settings))
    readings, found = {}, []
    for name, source in settings.sources.items():
        if source.collected:
            try:
                readings[name] = read_extract(_bytes(files, name, source.file), source)
                found += blocking_faults(readings[name], settings)
            except (Fault, Faults) as fault:
                found += getattr(fault, "found", [fault])
    refuse(found)
    return _assembled(settings, readings, key)


def _bytes(files: Mapping[str, bytes], name: str, file: str) -> bytes:
    if name not in files:
        raise Fault("E-INGEST-01", where=file)
    return files[name]


def _assembled(settings: Municipality, readings: dict[str, Reading], key: bytes) -> Ingested:
    people = {name: _people(name, reading, settings, key) for name, reading in readings.items()}
    counts = pd.DataFrame([_count(name, reading) for name, reading in readings.items()])
    rejects = pd.concat([_rejects(name, reading) for name, reading in readings.items()], ignore_index=True)
    by_reason = rejects.groupby(["source", "code"], sort=False).size().rename("rows").reset_index()
    return Ingested(
        identifier_records=_stacked(people),
        identifier_names=_names(readings, people),
        attributes={name: _attributes(reading, people[name]) for name, reading in readings.items()},
        rejects=rejects,
        ingest_counts=counts,
        reject_counts=by_reason.astype({"rows": int}),
        field_coverage=pd.concat(
            [_coverage(name, readings[name], people[name]) for name in readings], ignore_index=True
        ),
    )


def _stacked(people: dict[str, pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat(people.values(), ignore_index=True)
    return table.astype({"row_no": int})


def _names(readings: dict[str, Reading], people: dict[str, pd.DataFrame]) -> pd.DataFrame:
    sets = [name_set(reading.raw.loc[reading.accepted], people[name]) for name, reading in readings.items()]
    return pd.concat(sets, ignore_index=True)


def _people(name: str, reading: Reading, settings: Municipality, key: bytes) -> pd.DataFrame:
    rows = reading.accepted
    values = {column: read.value.loc[rows] for column, read in reading.values.items()}
    table = identifiers(reading.raw.loc[rows], values, municipality=settings.name.ja)
    ids = pseudonyms(key, "record", pd.Series([f"{name}|{row}" for row in rows], index=rows, dtype=object))
    nothing = missing(rows)
    further = {
        "record_id": ids, "source": name, "row_no": rows.astype(int),
        "person_no": values.get("person_no", nothing), "household_no": values.get("household_no", nothing),
    }  # fmt: skip
    whole = {column: further.get(column, table.get(column)) for column in contract_of("identifier_records").columns}
    return pd.DataFrame(whole, index=rows, copy=False)


def _attributes(reading: Reading, people: pd.DataFrame) -> pd.DataFrame:
    """The analysis columns of the kind, and further ones that are mapped; the register keeps sex. In the order of random ids."""
    kind, source = KINDS[reading.source.kind], reading.source
    wanted = [*kind.required, *kind.optional, *source.columns.values()]
    columns = [column for column in dict.fromkeys(wanted) if COLUMNS[column].zone == "analysis"]
    columns = ["sex", *columns] if kind.name == "resident_register" else columns
    table = {"record_id": people["record_id"]} | {column: _typed(reading, column) for column in columns}
    return pd.DataFrame(table, index=people.index).sort_values("record_id", ignore_index=True)


def _typed(reading: Reading, column: str) -> pd.Series:
    form, rows = COLUMNS[column].form, reading.accepted
    kind = {"date": "datetime64[ns]", "count": "float64"}.get(form, "object")
    if column not in reading.values:
        return pd.Series(pd.NaT if form == "date" else None, index=rows, dtype=kind)
    value = reading.values[column].value.loc[rows]
    if form != "date":
        return value.astype(kind)
    day = pd.to_datetime(value).astype(kind)
    return day.dt.to_period("M").dt.to_timestamp().astype(kind) if column in MONTH_ONLY else day


def _count(name: str, reading: Reading) -> dict:
    read, accepted, rejected = len(reading.sheet), len(reading.accepted), len(reading.rejected)
    assert read == accepted + rejected, f"{name}: {read} rows read, {accepted} accepted, {rejected} rejected"
    return {"source": name, "read": read, "accepted": accepted, "rejected": rejected}


def _rejects(name: str, reading: Reading) -> pd.DataFrame:
    table, row = reading.rejected, reading.sheet.row
    return pd.DataFrame({
        "source": name, "row_no": table.index.astype(int), "code": table["code"], "column": table["column"],
        "reason": table["code"].map(REASONS), "raw": [json.dumps(row(at), ensure_ascii=False) for at in table.index],
    }).astype({"source": object, "row_no": int, "raw": object})  # fmt: skip


def _coverage(name: str, reading: Reading, people: pd.DataFrame) -> pd.DataFrame:
    rows = reading.accepted
    records = []
    for column in reading.raw:
        value = _read_value(reading, column, people, rows)
        said = reading.raw.loc[rows, column].notna()
        why = reading.values[column].problem.loc[rows].notna() if column in reading.values else said & value.isna()
        records.append((name, column, len(rows), int(value.notna().sum()), int(why.sum())))
    return pd.DataFrame(records, columns=["source", "column", "rows", "filled", "unreadable"])


def _read_value(reading: Reading, column: str, people: pd.DataFrame, rows: pd.Index) -> pd.Series:
    if COLUMNS[column].form not in BY_PEOPLE:
        return reading.values[column].value.loc[rows]
    read = OF_PEOPLE.get(column, column)
    return people[read] if read in people else reading.raw.loc[rows, column]
