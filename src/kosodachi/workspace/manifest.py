"""The record of a run: manifest.json, written whole after every step, valid JSON at every moment.

It says with what and from what a result was made. It holds hashes, counts and names of files, never a row.
"""

import json
import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

from kosodachi.workspace import hashes
from kosodachi.workspace.context import Run
from kosodachi.workspace.stale import lock_file, settings_hash

FILE = "manifest.json"
FORMAT = 1


def read(work: Path) -> dict:
    """The record of a run, or an empty one."""
    file = work / FILE
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"format": FORMAT, "steps": {}}


def write(work: Path, record: dict) -> None:
    """Writes the record beside the old one and then puts it in its place."""
    write_whole(work / FILE, text(record))


def text(record: dict) -> str:
    """A record as it is written."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def write_whole(file: Path, text: str) -> None:
    """Writes a text file so that a reader sees the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.{os.getpid()}")
    with half.open("w", encoding="utf-8", newline="\n") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(half, file)


def about(run: Run) -> dict:
    """What the run is made with: town, seed, settings, lock, versions, commit."""
    return {
        "format": FORMAT,
        "run": run.name,
        "town": run.settings.key,
        "name": run.settings.name.model_dump(),
        "synthetic": run.settings.synthetic,
        "hypothetical": run.settings.hypothetical,
        "seed": run.settings.seed,
        "engine": run.settings.engine,
        "settings": settings_hash(run),
        "lock": hashes.of_file(lock_file(run)),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": packages(),
        **commit(run.home),
    }


def packages() -> dict[str, str]:
    """The versions of this package and of what it directly depends on."""
    required = metadata.requires("kosodachi") or []
    names = sorted({re.split(r"[^A-Za-z0-9._-]", line)[0].lower() for line in required if "extra ==" not in line})
    return {"kosodachi": metadata.version("kosodachi")} | {name: metadata.version(name) for name in names}


def commit(home: Path) -> dict:
    """The git commit of the repository and whether files differ from it; None where git cannot tell."""
    head, changes = _git(home, "rev-parse", "HEAD"), _git(home, "status", "--porcelain", "--untracked-files=no")
    return {"commit": head, "dirty": None if changes is None else bool(changes)}


def _git(home: Path, *words: str) -> str | None:
    try:
        ran = subprocess.run(["git", "-C", str(home), *words], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None
