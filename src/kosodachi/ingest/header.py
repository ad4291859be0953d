"""The header of an extract held against what the settings map: missing, doubled, and which column means what.

Columns that the settings do not map are not read: what is not needed is not taken.
"""

from difflib import get_close_matches

from kosodachi.faults import Fault
from kosodachi.ingest.decode import header_key
from kosodachi.ingest.rows import Sheet
from kosodachi.municipality import Source
from kosodachi.tables import COLUMNS


def columns_of(source: Source) -> dict[str, str]:
    """Standard column -> header, as the settings declare it; unknown and doubled names left to `declared`."""
    return {column: header for header, column in reversed(source.columns.items()) if column in COLUMNS}


def header_faults(sheet: Sheet, source: Source) -> list[Fault]:
    """Faults E-INGEST-07 (a mapped header is missing) and -08 (it stands twice), with line 1 and the header."""
    there = [header_key(header) for header in sheet.header]
    mapped = {header_key(header) for header in source.columns}
    free = [header for header in dict.fromkeys(there) if header and header not in mapped]
    found = []
    for header, column in source.columns.items():
        times, where = there.count(header_key(header)), f"{sheet.file}:1:{header}"
        if times == 0:
            near = get_close_matches(header_key(header), free, n=3, cutoff=0.4) or free[:12]
            found.append(Fault("E-INGEST-07", where=where, header=header, column=column, there=", ".join(near) or "-"))
        elif times > 1:
            at = [number + 1 for number, name in enumerate(there) if name == header_key(header)]
            found.append(Fault("E-INGEST-08", where=where, header=header, first=at[0], second=at[1]))
    return found


def places_of(sheet: Sheet, source: Source) -> dict[str, int]:
    """Standard column -> its position in a row, in the order of the file."""
    there = [header_key(header) for header in sheet.header]
    places = {column: there.index(header_key(header)) for column, header in columns_of(source).items()}
    return dict(sorted(places.items(), key=lambda item: item[1]))
