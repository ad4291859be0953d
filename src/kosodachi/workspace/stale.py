"""Whether a step must run again, and why, in plain words.

A step is fresh if what it depends on hashes to what its last run recorded, and what it wrote is still as it wrote it.
Content decides, not file times. It cannot see what a notebook reads past its declaration; the sandbox keeps that away.
"""

import json
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import kosodachi
from kosodachi.faults import Fault, refuse
from kosodachi.workspace import hashes, notebooks, places, store
from kosodachi.workspace.context import Run
from kosodachi.workspace.messages import told
from kosodachi.workspace.plan import AFTER, ATTRIBUTES, EXTRACTS, RELEASED

ALWAYS = ("municipality", "tables", "disclosure", "workspace")
PAGES_ONLY = ("render*", "page*", "*.j2", "*.css", "*.html", "conf.json")
OF_A_STEP = ("step.py", "store.py", "keys.py", "settings.py")


@dataclass(frozen=True)
class Why:
    """Why a step is stale: a message and what fills it."""

    key: str
    values: dict = field(default_factory=dict)

    def told(self, lang: str | None = None) -> str:
        """The reason in one phrase of the given language."""
        return told(f"why_{self.key}", lang=lang, **self.values)


def why(run: Run, step: str, record: dict | None, parameters: dict) -> Why | None:
    """Why the step must run again; None if it is fresh."""
    if not record:
        return Why("first")
    if record["status"] != "done":
        return Why(record["status"])
    changed = differences(record["inputs"], inputs(run, step, parameters)) or changed_outputs(run, record)
    return changed[0] if changed else None


def inputs(run: Run, step: str, parameters: dict) -> dict[str, str]:
    """All that a step's result depends on: `kind:name` -> hash or value, in the order in which differences are told."""
    planned = run.plan.steps[step]
    notebook = notebooks.read(run.notebook(step))
    found = {"notebook": notebooks.code_hash(notebook)}
    chosen = notebooks.parameters(notebook) | parameters
    found |= {f"parameter:{name}": json.dumps(value, ensure_ascii=False) for name, value in chosen.items()}
    found["settings"] = settings_hash(run)
    if EXTRACTS in planned.needs:
        found |= {f"extract:{file.name}": hashes.of_file(file) for file in extracts(run)}
    found |= {f"truth:{name}": hashes.of_file(run.town / "truth" / f"{name}.parquet") for name in planned.truth}
    found |= {f"table:{file.stem}": hashes.of_file(file) for file in needed(run, step)}
    found |= {f"table:{file.stem}": hashes.of_file(file) for file in continued(run, step, chosen)}
    if RELEASED in planned.needs:
        found |= {f"released:{name}": hashes.of_folder(run.work / "released" / name) for name in earlier(run, step)}
    found |= {f"source:{room}": source_hash(room) for room in sorted({*ALWAYS, *notebooks.rooms(notebook)})}
    return found | {"lock": hashes.of_file(lock_file(run)), "python": "{}.{}".format(*sys.version_info)}


def differences(then: dict[str, str], now: dict[str, str]) -> list[Why]:
    """What is not as it was, in the order in which it is told."""
    names = [*now, *(name for name in then if name not in now)]
    return [
        _changed(name, then.get(name, "-"), now.get(name, "-")) for name in names if then.get(name) != now.get(name)
    ]


def _changed(name: str, then: str, now: str) -> Why:
    kind, _, what = name.partition(":")
    return Why(kind, {"name": what, "then": then, "now": now})


def changed_outputs(run: Run, record: dict) -> list[Why]:
    """The outputs that are not as the step wrote them."""
    outputs = (record.get("outputs") or {}).items()
    return [Why("output", {"name": place}) for place, recorded in outputs if hash_of(run.work / place) != recorded]


def hash_of(place: Path) -> str:
    """The hash of an output: a file, or a folder of released tables."""
    return hashes.of_folder(place) if place.is_dir() else hashes.of_file(place)


def settings_hash(run: Run) -> str:
    """Hash of what the settings say; comments and their order do not count, nor where the working store lies."""
    return hashes.of_json(run.settings.model_dump(mode="json", exclude={"data_dir"}))


def extracts(run: Run) -> list[Path]:
    """The files of the collected sources. Raises Fault E-RUN-18 for one that leaves the town's folder."""
    files = [Path(source.file) for source in run.settings.sources.values() if source.collected]
    refuse([Fault("E-RUN-18", file=str(file)) for file in files if file.is_absolute() or ".." in file.parts])
    return [run.town / file for file in files]


def needed(run: Run, step: str) -> list[Path]:
    """The files of the tables a step needs, in the run's store."""
    return [file for need in run.plan.steps[step].needs for file in table_files(run, need)]


def continued(run: Run, step: str, parameters: dict) -> list[Path]:
    """The files of the earlier run which the step continues; none unless the parameter `after` names one.

    Raises Fault E-RUN-19 if that run did not get so far, or is this one.
    """
    continues, earlier_run = run.plan.steps[step].continues, parameters.get(AFTER)
    if not earlier_run or not continues:
        return []
    before = places.work_dir(places.run_name(earlier_run), run.settings.data_dir)
    files = [store.table_file(before, name) for name in continues]
    if before == run.work or not all(file.is_file() for file in files):
        raise Fault("E-RUN-19", after=earlier_run, step=step)
    return files


def table_files(run: Run, name: str) -> list[Path]:
    """The files of one table; `attributes` stands for one table a collected source."""
    if name in (EXTRACTS, RELEASED):
        return []
    if name == ATTRIBUTES:
        sources = [source for source, spec in run.settings.sources.items() if spec.collected]
        return [store.table_file(run.work, f"{ATTRIBUTES}_{source}") for source in sources]
    return [store.table_file(run.work, name)]


def earlier(run: Run, step: str) -> list[str]:
    """The steps before this one in the plan."""
    names = list(run.plan.steps)
    return names[: names.index(step)]


@cache
def source_hash(room: str) -> str:
    """Hash of a room's code and data, without what only concerns the look of pages or the running of steps."""
    place = Path(kosodachi.__file__).parent / room
    if place.with_suffix(".py").is_file():
        return hashes.of_file(place.with_suffix(".py"))
    if room == "workspace":
        return hashes.of_json([hashes.of_file(place / name) for name in OF_A_STEP])
    return hashes.of_folder(place, but=PAGES_ONLY if room == "report" else ())


@cache
def whole_source_hash(room: str) -> str:
    """Hash of all code and data of a room."""
    return hashes.of_folder(Path(kosodachi.__file__).parent / room)


def lock_file(run: Run) -> Path:
    """The lock the environment was installed from."""
    return run.home / "requirements.lock"
