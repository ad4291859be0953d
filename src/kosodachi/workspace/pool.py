"""Pools what several municipalities released: reads their tables with their records, never a row, and releases the mean.

A record tells that a table went through the disclosure rule of the municipality that made it. It is no signature, so
whoever pools should have the tables from the municipality itself.
"""

import json
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pandas as pd

from kosodachi import __version__
from kosodachi.disclosure import Forbidden, catalogue, keep, publish, release, release_page
from kosodachi.disclosure.keep import RECORD
from kosodachi.disclosure.rules import MOST_ROWS, PER_PERSON
from kosodachi.effect import across
from kosodachi.faults import LANGUAGES, Fault, refuse
from kosodachi.municipality import Disclosure
from kosodachi.workspace import hashes, manifest, places
from kosodachi.workspace.pool_page import page

ESTIMATES, STUDY = "effect_estimates", "effect_study"
COLUMNS = {ESTIMATES: ("method", "estimand", "n", "value", "low", "high"), STUDY: ("aspect", "setting")}
ROWS = (".parquet", ".duckdb", ".feather", ".arrow", ".pkl", ".xlsx", ".db", ".sqlite")


def pool_runs(given: list[str], *, to: Path | None = None, method: str = "", estimand: str = "") -> tuple[Path, int]:
    """The folder that now holds the pooled tables and pages, and how many municipalities were pooled.

    given: names of runs (in reports/) or folders. Everything is checked before anything is written. Raises all faults
    at once: E-POOL-01 to 11, and those of disclosure.
    """
    folders = [_folder(one) for one in given]
    if len(folders) < across.FEWEST:
        raise Fault("E-POOL-01", count=len(folders))
    refuse([fault for folder in folders for fault in _row_level(folder)])
    files = {folder: {name: _released(folder, name) for name in COLUMNS} for folder in folders}
    read = [_town(folder, files[folder]) for folder in folders]
    _each_once(folders, read, files)
    rows = across.together(read, method=method, estimand=estimand)
    rule = _strictest([found for own in files.values() for found in own.values()])
    destination = to or places.reports_dir("pooled")
    data = hashes.of_json([[hashes.of_file(file) for file, _ in own.values()] for own in files.values()])
    _publish(rows, read, rule, data, destination)
    return destination, len(read)


def _folder(given: str) -> Path:
    """A folder given as such, else a run's reports."""
    return Path(given).resolve() if Path(given).is_dir() else places.reports_dir(given)


def _row_level(folder: Path) -> Iterator[Fault]:
    """The first file that holds rows of persons, if any."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and (file.suffix.lower() in ROWS or (file.suffix.lower() == ".csv" and _is_rows(file))):
            yield Fault("E-POOL-04", folder=str(folder), file=file.name)
            return


def _is_rows(file: Path) -> bool:
    """Whether a CSV has columns of persons, or more rows than a released table may have."""
    with file.open(encoding="utf-8", errors="replace") as lines:
        columns = {name.strip().strip('"') for name in next(lines, "").lstrip("\ufeff").split(",")}
        return bool(columns & PER_PERSON) or sum(1 for _ in lines) > MOST_ROWS


def _released(folder: Path, name: str) -> tuple[Path, dict]:
    """The file of a released table and its record, from the record beside it or from the catalogue of the folder."""
    found = sorted(folder.rglob(f"{name}.csv")) if folder.is_dir() else []
    if len(found) > 1:
        raise Fault("E-POOL-10", folder=str(folder), table=name, count=len(found))
    record = _record(folder, found[0]) if found else None
    if not record:
        raise Fault("E-POOL-03", folder=str(folder), table=name)
    if sha256(found[0].read_bytes()).hexdigest() != record.get("sha256"):
        raise Fault("E-POOL-05", file=str(found[0]))
    return found[0], record


def _record(folder: Path, file: Path) -> dict | None:
    beside = file.with_suffix(RECORD)
    if beside.is_file():
        return json.loads(beside.read_text(encoding="utf-8"))
    return catalogue(folder).get(file.relative_to(folder).as_posix())


def _town(folder: Path, files: dict) -> across.Town:
    """What a municipality released, and what its manifest says of it; a hand-out without manifest is named by its folder."""
    file = folder / manifest.FILE
    told = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    tables = {name: _table(file, COLUMNS[name]) for name, (file, _) in files.items()}
    return across.Town(told.get("town") or folder.name, bool(told.get("synthetic")), tables[ESTIMATES], tables[STUDY])


def _table(file: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    table = pd.read_csv(file, encoding="utf-8", keep_default_na=False, na_values=[""])
    if missing := [column for column in columns if column not in table]:
        raise Fault("E-POOL-11", file=str(file), columns=", ".join(missing))
    return table[list(columns)]


def _each_once(folders, read, files) -> None:
    """Refuses one municipality under two names: by folder, by what its manifest calls it, or by equal estimates."""
    seen: dict[str, Path] = {}
    for folder, town in zip(folders, read):
        for mark in (f"name {town.name}", f"file {hashes.of_file(files[folder][ESTIMATES][0])}"):
            if mark in seen and len(town.estimates):
                raise Fault("E-POOL-02", first=seen[mark].name, second=folder.name, town=town.name)
            seen[mark] = folder


def _strictest(found: list[tuple[Path, dict]]) -> Disclosure:
    """The rule that every municipality's own rule is kept by."""
    rules = [record.get("rule", {}) for _, record in found]
    usual = Disclosure()
    return Disclosure(
        threshold=max([usual.threshold, *(rule.get("threshold", 0) for rule in rules)]),
        rounding=max([usual.rounding, *(rule.get("rounding", 0) for rule in rules)]),
    )


def _publish(rows: pd.DataFrame, read: list[across.Town], rule: Disclosure, data: str, destination: Path) -> None:
    forbidden = Forbidden.of(_no_records())
    footer = {
        "name": {"ja": f"{len(read)}自治体の統合", "en": f"{len(read)} municipalities pooled"},
        "synthetic": read[0].synthetic, "data": data, "packages": {"kosodachi": __version__},
    }  # fmt: skip
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pool-", dir=destination.parent) as folder:
        released = [keep(one, Path(folder) / "tables") for one in _released_tables(rows, rule)]
        for lang in LANGUAGES:
            name, html = page(*released, lang=lang, footer=footer)
            release_page(html, name, folder, forbidden=forbidden)
        publish(folder, destination, forbidden=forbidden)


def _released_tables(rows: pd.DataFrame, rule: Disclosure):
    """The pooled means, each municipality beside them, and what the page draws."""
    pooled = across.pooled_table(rows)
    own = rows.assign(weight=across.weights(rows)).drop(columns=["y", "se"])
    drawn = across.forest(rows, pooled, **dict(zip(("method", "estimand"), across.main_pair(pooled))))
    labels, interval = ("method", "estimand", "scale"), ("value", "low", "high")
    more = ("municipalities", "predicted_low", "predicted_high", "between", "i2")
    yield release(pooled, name="pooled_effect", by=labels, counts=("children",), values=(*interval, *more),
                  behind="children", rule=rule)  # fmt: skip
    yield release(own, name="pooled_towns", by=("town", *labels), counts=("children",), values=(*interval, "weight"),
                  behind="children", rule=rule, most_rows=max(len(own), 1))  # fmt: skip
    yield release(
        drawn, name="pooled_forest", by=("town",), counts=("children",), values=interval, behind="children", rule=rule
    )


def _no_records() -> pd.DataFrame:
    from kosodachi.tables import contract_of

    return pd.DataFrame({name: pd.Series(dtype="object") for name in contract_of("identifier_records").columns})
