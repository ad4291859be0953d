"""Looks for what names a person in text, tables and files that are about to leave.

It knows the municipality's own identifiers and looks for just these, so clean prose raises no alarm. It finds slips; it
is no proof of absence: a nickname, a story that only one family fits, or text drawn in a picture is not seen.

A date alone is no finding, because a birthday may well be the index date. A birth date counts next to the surname,
given name or kana of a child born that day, or if a text holds birth dates by the dozen (`MANY_DATES`), as a list does.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

from kosodachi.disclosure.folding import BARRIER, JAPANESE, blocks, dates, decoded, katakana, tight, views
from kosodachi.disclosure.forbidden import HAS_JAPANESE, WORD, Forbidden

MANY_DATES = 20
SHORT_KANA = 5
RUN = re.compile(f"[{JAPANESE}]{{3,}}")
TOKEN = re.compile(r"(?<![0-9A-Za-z])(?<!\d\.)[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*(?!\.\d*[1-9])(?![0-9A-Za-z])")
MOBILE = re.compile(r"(?<![0-9A-Za-z.-])0[5789]0-?\d{4}-?\d{4}(?![0-9A-Za-z])")
APART = re.compile(f'(?<![{JAPANESE}])([{JAPANESE}])[ \\t,;|"]{{1,3}}(?=([{JAPANESE}])(?![{JAPANESE}]))')
ROW_EDGE = re.compile(f"[\n{BARRIER}]")
KANA_ONLY = re.compile("[ァ-ヿ]+")


@dataclass(frozen=True)
class Finding:
    """One finding: its kind (name, kana, address, number, telephone, birth_date) and line. Never the text itself."""

    kind: str
    line: int


def find_identifiers(content: str | bytes, forbidden: Forbidden) -> list[Finding]:
    """What of the forbidden is in a text or the bytes of a text file, each kind and line once, in order."""
    text = decoded(content) if isinstance(content, bytes) else content
    found = {finding for view in views(text) for finding in _in_view(view, forbidden)}
    return sorted(found, key=lambda finding: (finding.line, finding.kind))


def _in_view(view: str, forbidden: Forbidden):
    close = tight(view)
    line = _lines(close)
    yield from (Finding(kind, line(place)) for place, kind in _names(close, forbidden))
    yield from (Finding("address", line(place)) for place in _at_home(close, forbidden))
    line = _lines(view)
    yield from (Finding("name", line(place)) for place in _short_names(view, forbidden))
    yield from (Finding("name", line(place)) for place in _latin_names(view, forbidden))
    yield from (Finding("number", line(place)) for place in _numbers(view, forbidden))
    yield from (Finding("telephone", line(found.start())) for found in MOBILE.finditer(view))
    yield from (Finding("birth_date", line(place)) for place in _birth_dates(view, forbidden))


def _lines(text: str):
    ends = [found.start() for found in re.finditer("\n", text)]
    return lambda place: bisect_left(ends, place) + 1


def _names(text: str, forbidden: Forbidden):
    """Places and kinds of names: windows over runs of Japanese, by their first two characters."""
    for run in RUN.finditer(text):
        seen, read = run[0], katakana(run[0])
        for start in range(len(read) - 2):
            for length in forbidden.lengths.get(read[start : start + 2], ()):
                name = read[start : start + length]
                if name in forbidden.names and len(name) == length:
                    if not KANA_ONLY.fullmatch(name):
                        yield run.start() + start, "name"
                    elif length >= SHORT_KANA or _stands_alone(seen, start, length):
                        yield run.start() + start, "kana"


def _short_names(text: str, forbidden: Forbidden):
    for found in APART.finditer(text) if forbidden.short else ():
        if katakana(found[1] + found[2]) in forbidden.short:
            yield found.start()


def _stands_alone(seen: str, start: int, length: int) -> bool:
    """Whether a short kana name is no part of a longer word in the same script."""
    before, after = seen[start - 1 : start], seen[start + length : start + length + 1]
    return _script(before) != _script(seen[start]) and _script(after) != _script(seen[start + length - 1])


def _script(character: str) -> str:
    if "ァ" <= character <= "ヿ":
        return "katakana"
    return "hiragana" if "ぁ" <= character <= "ゟ" else "other"


def _at_home(text: str, forbidden: Forbidden):
    for place, before, numbers in blocks(text) if forbidden.places else ():
        parts = numbers.split("-")
        written = {"-".join(parts[:size]) for size in range(1, len(parts) + 1)}
        towns = {before[-length:] for length in forbidden.place_lengths if length <= len(before)}
        if any((town, part) in forbidden.places for town in towns for part in written):
            yield place


def _latin_names(text: str, forbidden: Forbidden):
    if not forbidden.latin:
        return
    words = [(found.start(), found[0].lower()) for found in WORD.finditer(text) if not HAS_JAPANESE.search(found[0])]
    firsts: dict[str, set[int]] = {}
    for name in forbidden.latin:
        firsts.setdefault(name[0], set()).add(len(name))
    for place, (start, word) in enumerate(words):
        for size in firsts.get(word, ()):
            if tuple(following for _, following in words[place : place + size]) in forbidden.latin:
                yield start


def _numbers(text: str, forbidden: Forbidden):
    for found in TOKEN.finditer(text) if forbidden.numbers else ():
        token = found[0].lower()
        if len(token) >= 6 and ({token.replace("-", ""), token, *token.split("-")} & forbidden.numbers):
            yield found.start()


def _birth_dates(text: str, forbidden: Forbidden):
    if not forbidden.born:
        return
    known = [(place, day) for place, day in dates(text) if day in forbidden.born]
    listed = len({day for _, day in known if not day.endswith("-01")}) >= MANY_DATES
    edges = [-1, *(found.start() for found in ROW_EDGE.finditer(text)), len(text)]
    for place, day in known:
        after = bisect_left(edges, place)
        row = katakana(text[edges[after - 1] + 1 : edges[after]])
        if listed or any(part in row for part in forbidden.born[day]):
            yield place


def find_in_file(file: Path, forbidden: Forbidden) -> list[Finding]:
    """What of the forbidden is in a file: Parquet with its metadata, notebooks, anything else as text."""
    if file.suffix == ".parquet":
        return find_identifiers(_parquet_text(file), forbidden)
    return find_identifiers(file.read_bytes(), forbidden)


def find_in_folder(folder: Path, forbidden: Forbidden) -> dict[str, list[Finding]]:
    """Findings by file, for all files below a folder in which something was found; names of files are looked at too."""
    found = {}
    for file in sorted(file for file in Path(folder).rglob("*") if file.is_file()):
        name = file.relative_to(folder).as_posix()
        if here := [*find_identifiers(name, forbidden), *find_in_file(file, forbidden)]:
            found[name] = here
    return found


def _parquet_text(file: Path) -> str:
    import pyarrow.parquet as pq

    table = pq.read_table(file)
    metadata = b"\n".join(part for pair in (table.schema.metadata or {}).items() for part in pair)
    return metadata.decode("utf-8", errors="ignore").replace("\n", " ") + "\n" + table.to_pandas().to_csv(index=False)
