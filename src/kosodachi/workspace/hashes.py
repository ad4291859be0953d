"""Hashes of files and texts, by which a run knows what changed. Not a signature: anyone can compute them."""

import json
from hashlib import sha256
from pathlib import Path


def of_text(text: str) -> str:
    """SHA-256 of a text, in hex."""
    return sha256(text.encode("utf-8")).hexdigest()


def of_json(value) -> str:
    """SHA-256 of a value as JSON with sorted keys."""
    return of_text(json.dumps(value, sort_keys=True, ensure_ascii=False))


def of_file(file: Path) -> str:
    """SHA-256 of a file, or `absent`."""
    if not file.is_file():
        return "absent"
    digest = sha256()
    with file.open("rb") as source:
        while block := source.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def of_folder(folder: Path, *, but=()) -> str:
    """One hash over the names and contents of all files below a folder; files whose name matches `but` do not count."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not _ignored(file, but))
    return of_json([[file.relative_to(folder).as_posix(), of_file(file)] for file in files]) if files else "absent"


def _ignored(file: Path, but) -> bool:
    return "__pycache__" in file.parts or any(file.match(pattern) for pattern in but)
