"""The folder a step runs in: a fresh one with what the step declared and nothing else, and how its results leave it.

This keeps a step honest about what it needs. It is no wall against a notebook that means harm.
"""

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kosodachi.workspace import places, stale
from kosodachi.workspace.context import Run
from kosodachi.workspace.plan import ATTRIBUTES, EXTRACTS, RELEASED
from kosodachi.workspace.step import EARLIER

SANDBOXES, FINISHED, RECORD = ".steps", ".finished", "record.json"


@dataclass(frozen=True)
class Sandbox:
    """Where a step finds its inputs and leaves its outputs."""

    folder: Path

    @property
    def base(self) -> Path:
        """The tables: those needed are here, those made go here."""
        return self.folder / "store"

    @property
    def input(self) -> Path:
        """Settings, extracts and truth, as far as declared."""
        return self.folder / "input"

    @property
    def executed(self) -> Path:
        """The notebook as it ran."""
        return self.folder / "notebook.ipynb"


def build(run: Run, step: str, parameters: dict | None = None) -> Sandbox:
    """A fresh sandbox for a step with its declared inputs and the plan."""
    (run.work / SANDBOXES).mkdir(parents=True, exist_ok=True)
    made = Sandbox(Path(tempfile.mkdtemp(prefix=f"{step}-", dir=run.work / SANDBOXES)))
    for folder in (made.base, made.input, made.folder / "notebooks"):
        folder.mkdir()
    shutil.copyfile(run.town / places.SETTINGS, made.input / places.SETTINGS)
    shutil.copyfile(run.home / places.PLAN, made.folder / places.PLAN)
    for file, target in _declared(run, step, made, parameters or {}):
        put(file, target)
    return made


def _declared(run: Run, step: str, made: Sandbox, parameters: dict):
    planned = run.plan.steps[step]
    if EXTRACTS in planned.needs:
        yield from ((file, made.input / file.relative_to(run.town)) for file in stale.extracts(run))
    truth = [f"truth/{name}.parquet" for name in planned.truth]
    yield from ((run.town / name, made.input / name) for name in truth)
    yield from ((file, made.base / file.relative_to(run.work)) for file in stale.needed(run, step))
    for file in stale.continued(run, step, parameters):
        yield file, made.base / EARLIER / file.parent.name / file.name
    if RELEASED in planned.needs:
        for name in stale.earlier(run, step):
            folder = run.work / "released" / name
            yield from ((file, made.base / file.relative_to(run.work)) for file in folder.rglob("*") if file.is_file())


def put(file: Path, target: Path) -> None:
    """Makes a file reachable at another place, without a second copy of its bytes where the file system allows."""
    if not file.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    for way in (os.link, os.symlink, shutil.copyfile):
        try:
            return way(file, target)
        except OSError:
            continue


def made_files(run: Run, step: str, made: Sandbox) -> dict[str, Path]:
    """What the step wrote: place in the run's store -> where it lies now."""
    found = {}
    for name in run.plan.steps[step].makes:
        patterns = (f"{ATTRIBUTES}_*.*",) if name == ATTRIBUTES else (f"{name}.*",)
        for pattern in patterns:
            found |= {f.relative_to(made.base).as_posix(): f for f in made.base.glob(f"*/{pattern}") if f.is_file()}
    if (made.base / RELEASED / step).is_dir():
        found[f"{RELEASED}/{step}"] = made.base / RELEASED / step
    return found | {f"notebooks/{step}.ipynb": made.executed}


def finish(run: Run, step: str, made: Sandbox, record: dict) -> None:
    """Puts a step's results aside as a whole. From this rename on they count, whatever comes next."""
    aside = Path(tempfile.mkdtemp(prefix="whole-", dir=run.work / SANDBOXES))
    files = made_files(run, step, made)
    record = {**record, "outputs": {place: stale.hash_of(file) for place, file in sorted(files.items())}}
    for place, file in files.items():
        (aside / place).parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, aside / place)
    (aside / RECORD).write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    (run.work / FINISHED).mkdir(exist_ok=True)
    os.replace(aside, run.work / FINISHED / step)


def take_in(run: Run, step: str, previous: dict | None) -> dict:
    """Moves a finished step's results into the run's store and returns its record. May be repeated after a kill."""
    aside = run.work / FINISHED / step
    record = json.loads((aside / RECORD).read_text(encoding="utf-8"))
    for place in (previous or {}).get("outputs") or {}:
        if place not in record["outputs"]:
            _remove(run.work / place)
    for place in record["outputs"]:
        if (aside / place).exists():
            if (aside / place).is_dir():
                _remove(run.work / place)
            (run.work / place).parent.mkdir(parents=True, exist_ok=True)
            os.replace(aside / place, run.work / place)
    return record


def finished(run: Run) -> list[str]:
    """Steps whose results are whole but not yet taken in: a run was killed in that moment."""
    folder = run.work / FINISHED
    return sorted(place.name for place in folder.iterdir()) if folder.is_dir() else []


def forget(run: Run, step: str) -> None:
    """Drops what `finish` put aside, once the manifest tells of it."""
    shutil.rmtree(run.work / FINISHED / step, ignore_errors=True)


def clear(run: Run) -> None:
    """Drops all sandboxes, and pages half made; call it only while holding the run's lock."""
    for folder in (run.work / SANDBOXES, *run.work.glob(".pages-*")):
        shutil.rmtree(folder, ignore_errors=True)


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
