"""The pages of a run: executed notebooks in both languages, checked by disclosure, put into reports/ as a whole.

A page is rendered again only if its notebook, its words or where its numbers come from changed. Row-level tables never
come here: what is published are pages, released tables and the run's manifest.
"""

import shutil
import tempfile
from pathlib import Path

from kosodachi.faults import LANGUAGES, Fault
from kosodachi.workspace import hashes, manifest, notebooks, stale, store
from kosodachi.workspace.context import Run
from kosodachi.workspace.lock import locked
from kosodachi.workspace.messages import told
from kosodachi.workspace.plan import makers

IDENTIFIERS, NAMES = "identifier_records", "identifier_names"
FOOTER = ("name", "synthetic", "hypothetical", "seed", "commit", "dirty", "lock")


def write_pages(run: Run, *, langs: tuple[str, ...] = LANGUAGES, again: bool = False) -> list[str]:
    """What to tell; the pages lie in the run's reports folder. `again` renders those of `langs` anew, changed or not.

    Raises Fault E-RUN-13 if no step has run, and the faults of rendering and disclosure; the old pages then stay.
    """
    with locked(run.work):
        record = manifest.read(run.work)
        steps = [step for step in run.plan.steps if _done(run, record, step)]
        if not steps:
            raise Fault("E-RUN-13", run=run.name, step=next(iter(run.plan.steps)), town=run.settings.key)
        wanted = _wanted(run, record, steps)
        if not again and _is_fresh(run, record, wanted):
            return [f"{told('pages')}: {told('fresh')}  {run.reports}"]
        _publish(run, record, steps, wanted, langs if again else ())
    return [told("pages_written", folder=run.reports)]


def footer(record: dict) -> dict:
    """Where the numbers come from, for the foot of a page."""
    extracts = {name: value for step in record["steps"].values() for name, value in step.get("inputs", {}).items()}
    extracts = {name: value for name, value in extracts.items() if name.startswith("extract:")}
    version = {"kosodachi": record["packages"]["kosodachi"]}
    return {name: record[name] for name in FOOTER} | {"packages": version, "data": hashes.of_json(extracts)}


def _done(run: Run, record: dict, step: str) -> bool:
    return bool(record["steps"].get(step, {}).get("outputs")) and run.executed(step).is_file()


def _wanted(run: Run, record: dict, steps: list[str]) -> dict[str, str]:
    """File below the reports folder -> hash of what it is made from."""
    from kosodachi.report.render import page_name

    look = [stale.whole_source_hash("report"), stale.whole_source_hash("disclosure"), footer(record)]
    made = {step: [hashes.of_file(run.executed(step)), hashes.of_file(run.notebook(step)), *look] for step in steps}
    pages = {page_name(step, lang): hashes.of_json(made[step]) for step in steps for lang in LANGUAGES}
    pages |= {page_name("index", lang): hashes.of_json(made) for lang in LANGUAGES}
    return pages | {f"tables/{step}": hashes.of_folder(run.work / "released" / step) for step in steps}


def _is_fresh(run: Run, record: dict, wanted: dict[str, str]) -> bool:
    pages = record.get("pages", {})
    same = pages.get("inputs") == wanted and (run.reports / manifest.FILE).is_file()
    return same and all(stale.hash_of(run.reports / name) == then for name, then in pages["files"].items())


def _publish(run: Run, record: dict, steps: list[str], wanted: dict[str, str], again: tuple[str, ...]) -> None:
    from kosodachi.disclosure import publish, release_text
    from kosodachi.disclosure.keep import RECORD

    forbidden = _forbidden(run)
    with tempfile.TemporaryDirectory(prefix=".pages-", dir=run.work) as folder:
        staging = Path(folder)
        _stage_pages(run, record, steps, wanted, again, staging, forbidden)
        for step in steps:
            if (run.work / "released" / step).is_dir():
                shutil.copytree(run.work / "released" / step, staging / "tables" / step)
        files = [file for file in sorted(staging.rglob("*")) if file.is_file() and not file.name.endswith(RECORD)]
        hashed = {file.relative_to(staging).as_posix(): hashes.of_file(file) for file in files}
        record["pages"] = {"inputs": wanted, "files": hashed}
        release_text(manifest.text(record), manifest.FILE, staging, kind="manifest", forbidden=forbidden)
        publish(staging, run.reports, forbidden=forbidden)
    manifest.write(run.work, record)


def _stage_pages(run: Run, record: dict, steps, wanted, again, staging: Path, forbidden) -> None:
    from kosodachi.disclosure import release_page
    from kosodachi.report.render import index_page, page_name, render

    read, foot = {step: _to_show(run, step) for step in steps}, footer(record)
    before = record.get("pages", {"inputs": {}, "files": {}})
    for lang in LANGUAGES:
        for step in (*steps, "index"):
            name = page_name(step, lang)
            kept = before["inputs"].get(name) == wanted[name] and lang not in again
            if kept and hashes.of_file(run.reports / name) == before["files"].get(name):
                html = (run.reports / name).read_text(encoding="utf-8")
            elif step == "index":
                html = index_page(read, lang=lang, footer=foot)
            else:
                html = render(read[step], lang=lang, footer=foot, step=step)
            release_page(html, name, staging, forbidden=forbidden)


def _to_show(run: Run, step: str) -> dict:
    """The notebook as it ran, with its text as it reads now if the code is still the same."""
    executed, current = notebooks.read(run.executed(step)), notebooks.read(run.notebook(step))
    same = notebooks.code_hash(executed) == notebooks.code_hash(current)
    return notebooks.with_current_text(executed, current) if same else executed


def _forbidden(run: Run):
    """What must not stand on any page: the identifiers of the run, if it has read any."""
    from kosodachi.disclosure import Forbidden

    if IDENTIFIERS in makers(run.plan) and store.table_file(run.work, IDENTIFIERS).is_file():
        names = store.read_table(run.work, NAMES) if store.table_file(run.work, NAMES).is_file() else None
        return Forbidden.of(store.read_table(run.work, IDENTIFIERS), names=names)
    return Forbidden.of(_no_records())


def _no_records():
    import pandas as pd

    from kosodachi.tables import contract_of

    return pd.DataFrame({name: pd.Series(dtype="object") for name in contract_of(IDENTIFIERS).columns})
