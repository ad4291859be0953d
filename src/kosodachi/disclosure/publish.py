"""The only writer of reports/: what was released and recorded goes in whole, anything else not at all.

Each file must have its record, be as recorded, and hold no identifier. The destination is built beside itself and put
in place by renaming. It guards against slips and kills, not against someone who writes into the folder by hand:
`changed` sees that afterwards by the hashes in release.json.
"""

import json
import os
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path, PurePosixPath

from kosodachi.disclosure.forbidden import Forbidden
from kosodachi.disclosure.keep import KINDS, RECORD, record_of, write_recorded, write_whole
from kosodachi.disclosure.scan import find_identifiers
from kosodachi.faults import Fault, refuse

SUFFIXES = (".csv", ".html", ".json", ".svg", ".txt")
CATALOGUE = "release.json"


def release_page(html: str, name: str, staging: Path | str, *, forbidden: Forbidden, kind: str = "page") -> Path:
    """The page's file in the staging folder, with its record, after text, figures and data: URIs were looked through.

    `name` is its path below `staging`, as "index.html" or "pages/30_link.ja.html". Raises Fault E-DISC-15 (an
    identifier is in it), E-DISC-16 (no such kind of file, or a path that leaves the folder); nothing is written then.
    """
    return release_text(html, name, staging, kind=kind, forbidden=forbidden)


def release_text(text: str, name: str, staging: Path | str, *, kind: str, forbidden: Forbidden) -> Path:
    """Any text as a file in the staging folder with its record: `kind` is page, manifest, figure or table.

    The manifest goes `release_text(text, "manifest.json", staging, kind="manifest", forbidden=...)`.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    data = text.encode("utf-8")
    refuse([*_misplaced(name), *_names_someone(name, data, forbidden)])
    return write_recorded(Path(staging), name, data, kind=kind)


def publish(staging: Path | str, destination: Path | str, *, forbidden: Forbidden, whole: bool = True) -> list[str]:
    """The paths now in the destination, after all of `staging` went in.

    Every file of `staging` needs its record and must be as recorded (`keep`, `release_page`, `release_text` write
    both). The records go into one release.json: {"files": [{path, kind, sha256, ...}, ...]} sorted by path.
    whole=True: the destination afterwards holds the staging's files and no others; built beside it and renamed, so a
    reader sees the old folder or the new one, and a kill between the two renames is mended by the next call.
    whole=False: each file replaces its namesake in one step, others stay; release.json is written last.
    Raises all faults at once and then writes nothing: E-DISC-13 (no record), E-DISC-14 (changed since), E-DISC-15
    (identifier), E-DISC-16 (kind of file), E-DISC-17 (the destination holds files of somebody else).
    """
    staging, destination = Path(staging), Path(destination)
    mend(destination)
    records = _looked_through(staging, forbidden)
    before = catalogue(destination)
    _only_ours(destination, before)
    if not whole:
        records = {**{path: record for path, record in before.items() if (destination / path).is_file()}, **records}
    (_replace_each if not whole else _replace_folder)(staging, destination, records)
    return sorted(records)


def catalogue(destination: Path | str) -> dict[str, dict]:
    """Path -> record of what was published into a folder; empty if nothing was."""
    file = Path(destination) / CATALOGUE
    if not file.is_file():
        return {}
    return {record["path"]: record for record in json.loads(file.read_text(encoding="utf-8"))["files"]}


def changed(destination: Path | str) -> list[str]:
    """Published files that are gone or not as published any more, and files that were never published."""
    destination, records = Path(destination), catalogue(destination)
    there = {file.relative_to(destination).as_posix(): file for file in destination.rglob("*") if file.is_file()}
    there.pop(CATALOGUE, None)
    differs = {path for path, file in there.items() if path in records and _hash(file) != records[path]["sha256"]}
    return sorted(differs | (set(records) ^ set(there)))


def _looked_through(staging: Path, forbidden: Forbidden) -> dict[str, dict]:
    """Path -> record of everything in the staging folder. Raises all faults of its files."""
    found, records = [], {}
    for file in sorted(staging.rglob("*")):
        name = file.relative_to(staging).as_posix()
        if file.is_symlink() or not (file.is_dir() or file.is_file()):
            found.append(_not_published(name))
        elif file.is_file() and not name.endswith(RECORD):
            data, record = file.read_bytes(), _record(file)
            found += [*_misplaced(name), *_unlike(name, data, record), *_names_someone(name, data, forbidden)]
            records[name] = {**(record or {}), "path": name}
        elif file.is_file():
            found += _names_someone(name, file.read_bytes(), forbidden)
    refuse(found)
    return records


def _record(file: Path) -> dict | None:
    try:
        record = json.loads(record_of(file).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return (
        record if isinstance(record, dict) and record.get("kind") in KINDS and record.get("file") == file.name else None
    )


def _unlike(name: str, data: bytes, record: dict | None) -> list[Fault]:
    if record is None:
        return [Fault("E-DISC-13", file=name)]
    return [] if record.get("sha256") == sha256(data).hexdigest() else [Fault("E-DISC-14", file=name)]


def _names_someone(name: str, data: bytes, forbidden: Forbidden) -> list[Fault]:
    findings = [*find_identifiers(name, forbidden), *find_identifiers(data, forbidden)]
    if not findings:
        return []
    kinds = ", ".join(sorted({finding.kind for finding in findings}))
    safe = name if not find_identifiers(name, forbidden) else "…" + Path(name).suffix
    return [Fault("E-DISC-15", file=safe, kinds=kinds, line=findings[0].line)]


def _misplaced(name: str) -> list[Fault]:
    path = PurePosixPath(name)
    strange = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or path.name.startswith(".")
    return [_not_published(name)] if strange or path.suffix not in SUFFIXES or name == CATALOGUE else []


def _not_published(name: str) -> Fault:
    return Fault("E-DISC-16", file=name, kinds=" ".join(SUFFIXES))


def _only_ours(destination: Path, before: dict) -> None:
    """Refuses a destination with files that no release put there, so that nothing of somebody else is lost."""
    files = (file.relative_to(destination).as_posix() for file in sorted(destination.rglob("*")) if not file.is_dir())
    strange = next((name for name in files if name not in before and name != CATALOGUE), None)
    if strange or (destination.exists() and not destination.is_dir()):
        raise Fault("E-DISC-17", folder=str(destination), file=strange or destination.name)


def _replace_folder(staging: Path, destination: Path, records: dict) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{destination.name}.new-", dir=destination.parent))
    try:
        for path in records:
            write_whole(made / path, (staging / path).read_bytes())
        write_whole(made / CATALOGUE, _catalogue_text(records))
        made.chmod(0o755)
        old = _aside(destination)
        if destination.exists():
            os.replace(destination, old)
        os.replace(made, destination)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _replace_each(staging: Path, destination: Path, records: dict) -> None:
    new = [path for path in records if (staging / path).is_file()]
    for path in new:
        write_whole(destination / path, (staging / path).read_bytes())
    write_whole(destination / CATALOGUE, _catalogue_text(records))


def mend(destination: Path | str) -> None:
    """Puts an earlier release back if a kill fell between the two renames, and clears away what else was left."""
    destination = Path(destination)
    old = _aside(destination)
    if old.is_dir() and not destination.exists():
        os.replace(old, destination)
    shutil.rmtree(old, ignore_errors=True)
    for half in destination.parent.glob(f".{destination.name}.new-*") if destination.parent.is_dir() else ():
        shutil.rmtree(half, ignore_errors=True)


def _aside(destination: Path) -> Path:
    return destination.with_name(f".{destination.name}.old")


def _catalogue_text(records: dict) -> bytes:
    files = [records[path] for path in sorted(records)]
    return (json.dumps({"files": files}, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def _hash(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
