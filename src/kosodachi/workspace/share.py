"""Hands out what a research partner may take away: the de-identified extract or its synthetic copy, with scores.

The research extract is row-level data: de-identified is not anonymous, and it never lies under reports/.
"""

import shutil
from pathlib import Path

from kosodachi.faults import Fault
from kosodachi.workspace import hashes, manifest, stale, store
from kosodachi.workspace.context import Run
from kosodachi.workspace.plan import makers

TABLES = {"extract": "research_extract", "synthetic": "synthetic_copy"}
ABOUT = (
    "run",
    "town",
    "name",
    "synthetic",
    "hypothetical",
    "seed",
    "settings",
    "lock",
    "commit",
    "dirty",
    "python",
    "packages",
)


def hand_out(run: Run, what: str, folder: Path) -> int:
    """The rows written into `folder`: the table as Parquet and CSV, its scores as released, and release.json.

    Raises Faults E-RUN-13 (the step did not run), E-RUN-14 (the folder cannot take it), E-RUN-17 (table changed).
    """
    table = TABLES[what]
    step = makers(run.plan).get(table, table)
    record = manifest.read(run.work)
    source = _as_recorded(run, step, table, record["steps"].get(step))
    _usable(run, folder)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / source.name)
    rows = store.read_table(run.work, table)
    rows.to_csv(folder / f"{table}.csv", index=False, encoding="utf-8", lineterminator="\n")
    scores = run.work / "released" / step
    if scores.is_dir():
        shutil.copytree(scores, folder / "scores")
    _tell_of(folder, what, rows, step, record)
    return len(rows)


def _as_recorded(run: Run, step: str, table: str, entry: dict | None) -> Path:
    source = store.table_file(run.work, table)
    recorded = ((entry or {}).get("outputs") or {}).get(source.relative_to(run.work).as_posix())
    if not entry or entry["status"] != "done" or not recorded:
        raise Fault("E-RUN-13", run=run.name, step=step, town=run.settings.key)
    if stale.hash_of(source) != recorded:
        raise Fault("E-RUN-17", run=run.name, what=table, town=run.settings.key)
    return source


def _usable(run: Run, folder: Path) -> None:
    place = folder.resolve()
    if place.is_relative_to(run.reports.parent) or place.is_relative_to(run.work):
        raise Fault("E-RUN-14", folder=str(folder), why="reports/, .kosodachi/")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Fault("E-RUN-14", folder=str(folder), why="not empty")


def _tell_of(folder: Path, what: str, rows, step: str, record: dict) -> None:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    told = {name: record.get(name) for name in ABOUT} | {
        "what": TABLES[what],
        "row_level_data_of_real_children": what == "extract" and not record.get("synthetic"),
        "step": step,
        "rows": len(rows),
        "columns": {name: str(kind) for name, kind in rows.dtypes.items()},
        "files": {file.relative_to(folder).as_posix(): hashes.of_file(file) for file in files},
    }
    manifest.write_whole(folder / "release.json", manifest.text(told))
