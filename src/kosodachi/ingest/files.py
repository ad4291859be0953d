"""The bytes of a municipality's extracts, after a look at the length of their lines; nothing is parsed here."""

from pathlib import Path

from kosodachi.faults import Fault, refuse
from kosodachi.ingest.lines import chunks_of, refuse_long_line
from kosodachi.municipality import Municipality, Source


def read_files(folder: Path, settings: Municipality) -> dict[str, bytes]:
    """The bytes of every collected source, by its short name.

    Raises Fault(s) E-INGEST-01 (no such file), -04 (a line too long to be one), all sources together.
    """
    files, found = {}, []
    for name, source in settings.sources.items():
        if source.collected:
            try:
                files[name] = read_file(folder, source)
            except Fault as fault:
                found.append(fault)
    refuse(found)
    return files


def read_file(folder: Path, source: Source) -> bytes:
    """The bytes of one source's file, looked through for an endless line before it is held as a whole."""
    file = Path(folder) / source.file
    try:
        refuse_long_line(chunks_of(file), source.encoding, source.file)
        return file.read_bytes()
    except OSError:
        raise Fault("E-INGEST-01", where=source.file) from None
