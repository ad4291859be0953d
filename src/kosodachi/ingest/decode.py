"""Bytes of an extract as text in the declared encoding; a wrong one is told with its line and the one that fits.

A few broken bytes in a file whose encoding is right reject their rows alone: they are marked with U+FFFD, the byte
beside it, and are never guessed. No detection of encodings beyond those a municipality can declare.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterable
from typing import get_args

from kosodachi.faults import Fault
from kosodachi.ingest.lines import newline
from kosodachi.municipality import Encoding

ENCODINGS = get_args(Encoding)
BROKEN = "\ufffd"
DOS_END = "\x1a"
# A byte that could not be read. U+FFFD alone is what an earlier conversion left: a character like others, of unknown look.
MARKED = re.compile(f"{BROKEN}\\\\x[0-9a-f]{{2}}")
# Two and more characters of three bytes as UTF-8 has kana and kanji; hardly ever found in a line of CP932.
_UTF8 = re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}){2}")


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"{BROKEN}\\x{byte:02x}" for byte in error.object[error.start : error.end]), error.end


codecs.register_error("kosodachi_mark", _mark)


def decoded(data: bytes, encoding: str, *, headers: Iterable[str], file: str) -> str:
    """The text without byte order mark and DOS end mark. Raises Fault E-INGEST-02 (another encoding fits), -03 (none does)."""
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        return ""
    headers = [header_key(header) for header in headers]
    text, line = _strict(data, encoding)
    foreign = _foreign_lines(data, encoding)
    if text is not None and not foreign and _fits(data, text, encoding, headers):
        return _bare(text)
    other = _that_fits(data, encoding, headers)
    if other:
        raise Fault("E-INGEST-02", where=f"{file}:{line or _first_foreign(data)}", declared=encoding, other=other)
    if text is not None and not foreign:
        return _bare(text)
    return _bare(_marked(data, encoding, file, line, foreign))


def _marked(data: bytes, encoding: str, file: str, line: int, foreign: list[tuple[int, int]]) -> str:
    """The text with its broken bytes and those of foreign lines marked, if they are few."""
    pieces, at = [], 0
    for start, end in foreign:
        pieces += [data[at:start].decode(encoding, "kosodachi_mark"), data[start:end].decode("ascii", "kosodachi_mark")]
        at = end
    marked = "".join([*pieces, data[at:].decode(encoding, "kosodachi_mark")])
    lines = marked.splitlines()
    broken = [number for number, part in enumerate(lines, start=1) if MARKED.search(part)]
    if len(broken) > max(1, len(lines) // 100) or 1 in broken:
        raise Fault("E-INGEST-03", where=f"{file}:{line or broken[0]}", declared=encoding, lines=len(broken))
    return marked


def _foreign_lines(data: bytes, encoding: str) -> list[tuple[int, int]]:
    """Start and end of the lines of CP932 data that are surely UTF-8, as of a file that was joined from two systems."""
    found, end = [], 0
    for match in _UTF8.finditer(data) if encoding == "cp932" else ():
        if match.start() < end:
            continue
        start = data.rfind(b"\n", 0, match.start()) + 1
        end = data.find(b"\n", match.end()) + 1 or len(data)
        if _strict(data[start:end], "utf-8")[0] is not None:
            found.append((start, end))
    return found


def header_key(header: str) -> str:
    """A header as it is compared: NFKC, without blanks around it."""
    return unicodedata.normalize("NFKC", header).strip().strip("\ufeff").strip()


def _strict(data: bytes, encoding: str) -> tuple[str | None, int]:
    try:
        return data.decode(encoding), 0
    except UnicodeDecodeError as error:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return None, 1
        return None, 1 + data.count(newline(data[:2], encoding), 0, error.start)


def _bare(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return text.rstrip("\r\n" + DOS_END) if text.rstrip("\r\n").endswith(DOS_END) else text


def _fits(data: bytes, text: str, encoding: str, headers: list[str]) -> bool:
    found = _headers_found(text, headers)
    if any(not header.isascii() for header in found):
        return True
    if encoding in ("cp932", "euc_jp") and not data.isascii() and _strict(data, "utf-8")[0] is not None:
        return False
    return bool(found)


def _headers_found(text: str, headers: list[str]) -> list[str]:
    first = header_key(text[: text.find("\n") + 1 or None].split("\r")[0])
    return [header for header in headers if header and header in first]


def _that_fits(data: bytes, declared: str, headers: list[str]) -> str | None:
    for encoding in ENCODINGS:
        text, _ = _strict(data, encoding)
        same = {declared, encoding} <= {"utf-8", "utf-8-sig"}
        if encoding != declared and not same and text is not None and _fits(data, text, encoding, headers):
            return encoding
    return None


def _first_foreign(data: bytes) -> int:
    found = re.search(rb"[\x80-\xff]", data)
    return 1 + data.count(b"\n", 0, found.start() if found else 0)
