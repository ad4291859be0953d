"""The length of lines, looked at before anything is read: an endless line is refused with bounded memory.

A line of an extract is a few hundred bytes. It does not say whether the content is right.
"""

import codecs
import re
from collections.abc import Iterable
from pathlib import Path

from kosodachi.faults import Fault

LONGEST_LINE = 100_000
CHUNK = 1 << 20


def newline(start: bytes, encoding: str) -> bytes:
    """The bytes that end a line in a file that begins with `start`."""
    if encoding != "utf-16":
        return b"\n"
    return b"\x00\n" if start.startswith(codecs.BOM_UTF16_BE) else b"\n\x00"


def long_line(chunks: Iterable[bytes], encoding: str) -> int | None:
    """The number of the first line over LONGEST_LINE bytes, or None. Chunks are looked at one by one and not kept."""
    ending, open_length, lines, returns = None, 0, 0, 0
    for chunk in chunks:
        ending = ending or newline(chunk, encoding)
        ends = re.compile(b"[\r\n]" if len(ending) == 1 else re.escape(ending))
        pieces = [len(piece) for piece in ends.split(chunk)]
        pieces[0] += open_length
        if max(pieces) > LONGEST_LINE:
            at = next(number for number, length in enumerate(pieces) if length > LONGEST_LINE)
            before = b"".join(ends.findall(chunk)[:at])
            lines, returns = lines + before.count(ending), returns + before.count(b"\r")
            return 1 + (lines or returns)
        lines, returns, open_length = lines + chunk.count(ending), returns + chunk.count(b"\r"), pieces[-1]
    return None


def chunks_of(file: Path) -> Iterable[bytes]:
    """The bytes of a file, a megabyte at a time."""
    with file.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            yield chunk


def refuse_long_line(chunks: Iterable[bytes], encoding: str, file: str) -> None:
    """Raises Fault E-INGEST-04 if a line is too long to be one of an extract."""
    line = long_line(chunks, encoding)
    if line is not None:
        raise Fault("E-INGEST-04", where=f"{file}:{line}", most=f"{LONGEST_LINE:,}")
