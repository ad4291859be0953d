"""What settings declare of a source, held against the standard columns: unknown, doubled, missing, or outside the folder.

It reads no extract: whether a file holds what was declared is for `header` and `values` to see.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import PurePath

from kosodachi.faults import Fault
from kosodachi.faults.marks import Marked
from kosodachi.municipality import Municipality, Source
from kosodachi.tables import CODES, COLUMNS, KINDS
from kosodachi.tables.columns import PERSON

NAMES = ("name", "kana")
PARTS = {"name": ("name_surname", "name_given"), "kana": ("kana_surname", "kana_given")}


def declared_faults(settings: Municipality, marked: Marked | None = None) -> list[Fault]:
    """The faults E-SET-20..28 of all collected sources, with their place in the settings file where `marked` knows it."""
    found = []
    for name, source in settings.sources.items():
        if source.collected:
            for path, code, values in _of_source(name, source):
                place = marked.where(("sources", name, *path)) if marked else ".".join(("sources", name, *path))
                found.append(Fault(code, where=place, **values))
    return found


def _of_source(name: str, source: Source) -> Iterator[tuple[tuple, str, dict]]:
    yield from _unknown(source)
    yield from _doubled(name, source)
    yield from _missing(name, source)
    yield from _codes(name, source)
    file = PurePath(source.file)
    if file.is_absolute() or ".." in file.parts or PurePath(source.file.replace("\\", "/")).is_absolute():
        yield ("file",), "E-SET-28", {"file": source.file}


def _unknown(source: Source):
    kind = KINDS[source.kind]
    known = [*PERSON, *kind.required, *kind.optional]
    for header, column in source.columns.items():
        if column not in COLUMNS:
            near = get_close_matches(column, COLUMNS, n=1, cutoff=0.7)
            code, more = ("E-SET-20", {"near": near[0]}) if near else ("E-SET-21", {"known": ", ".join(known)})
            yield ("columns", header), code, {"column": column, **more}


def _doubled(name: str, source: Source):
    seen = set()
    for header, column in source.columns.items():
        if column in seen:
            yield ("columns", header), "E-SET-22", {"column": column, "source": name}
        seen.add(column)


def _missing(name: str, source: Source):
    there = set(source.columns.values())
    for column in KINDS[source.kind].required:
        if column not in there:
            yield ("columns",), "E-SET-23", {"column": column, "source": name, "kind": source.kind}
    for surname, given in PARTS.values():
        for part, other in ((surname, given), (given, surname)):
            if part in there and other not in there:
                yield ("columns",), "E-SET-25", {"column": part, "source": name}
    if not any(whole in there or there >= set(PARTS[whole]) for whole in NAMES):
        yield ("columns",), "E-SET-24", {"source": name}


def _codes(name: str, source: Source):
    there = set(source.columns.values())
    for column, codes in source.codes.items():
        if column not in there:
            yield ("codes", column), "E-SET-26", {"column": column, "source": name}
        for code, value in codes.items():
            if column in CODES and value not in CODES[column]:
                yield (
                    ("codes", column, code),
                    "E-SET-27",
                    {"column": column, "value": value, "known": ", ".join(CODES[column])},
                )
