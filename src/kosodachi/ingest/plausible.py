"""Whether an extract as a whole can be what it claims: its era digits, its days of birth, any row accepted at all.

It looks for a wrong declaration, which spoils every row at once. A single odd day is told by `check` and stays as it was
written: people may be older, and some records are about parents.
"""

import pandas as pd

from kosodachi.faults import Fault
from kosodachi.ingest.normalise import dates
from kosodachi.ingest.reading import Reading
from kosodachi.municipality import Municipality
from kosodachi.tables import COLUMNS

OLDEST = 20
MOST_UNKNOWN_ERAS = 0.05
MOST_IMPLAUSIBLE = {"resident_register": 0.95}
OTHER_SET = {"12345": "13579", "13579": "12345"}


def blocking_faults(reading: Reading, settings: Municipality) -> list[Fault]:
    """Faults E-INGEST-10 (era digits of the other set), -11 (days of birth of no children), -12 (no row accepted),
    -34 (a number twice in the resident register)."""
    found = [*(_era_set(reading) or _births(reading, settings)), *_register_twice(reading)]
    if not found and reading.accepted.empty:
        most = reading.rejected["code"].value_counts().sort_index().idxmax()
        found = [Fault("E-INGEST-12", where=reading.sheet.file, rows=len(reading.sheet), most=most)]
    return found


def _register_twice(reading: Reading) -> list[Fault]:
    """Every other source is linked to the register, so it must name each person once: which row is right, no one here can say."""
    if reading.source.kind != "resident_register" or reading.first.empty:
        return []
    row = reading.first.index[0]
    first = int(reading.sheet.lines[reading.first[row] - 1])
    where = reading.sheet.where(row, reading.headers["person_no"])
    return [Fault("E-INGEST-34", where=where, first=first, rows=len(reading.first))]


def _era_set(reading: Reading) -> list[Fault]:
    """Digits of the other set in more than one row and in more than a twentieth of a column's days."""
    found, source = [], reading.source
    other = OTHER_SET[source.era_codes]
    for column, read in reading.values.items():
        if COLUMNS[column].form != "date":
            continue
        texts = reading.raw.loc[read.problem.eq(dates.ERA_CODE), column]
        texts = texts[[dates.era_digit(text) in other for text in texts]]
        if len(texts) > max(1, MOST_UNKNOWN_ERAS * reading.raw[column].notna().sum()):
            where = reading.sheet.where(texts.index[0], reading.headers[column])
            more = {"digit": dates.era_digit(texts.iloc[0]), "rows": len(texts)}
            found.append(Fault("E-INGEST-10", where=where, declared=source.era_codes, other=other, **more))
    return found


def _births(reading: Reading, settings: Municipality) -> list[Fault]:
    born = _born(reading)
    odd = implausible_births(reading, settings, adults=True)
    if len(odd) <= MOST_IMPLAUSIBLE.get(reading.source.kind, 0.5) * len(born):
        return []
    where = reading.sheet.where(odd[0], reading.headers["birth_date"])
    return [Fault("E-INGEST-11", where=where, rows=len(odd), read=len(born), declared=reading.source.era_codes)]


def implausible_births(reading: Reading, settings: Municipality, *, adults: bool) -> pd.Index:
    """Rows born after the last day of follow-up, or (`adults`) more than 20 years before the first day that items refer to."""
    born = _born(reading)
    first, last = _child_days(settings)
    return born.index[(born > last) | ((born < first) & adults)]


def births_of_the_other_set(reading: Reading, settings: Municipality) -> pd.Index:
    """Rows whose day of birth is no child's as declared, and a child's if its era digit is read by the other set."""
    odd = implausible_births(reading, settings, adults=True)
    if odd.empty:
        return odd
    other = dates.iso(reading.raw.loc[odd, "birth_date"], era_codes=OTHER_SET[reading.source.era_codes])["day"].dropna()
    first, last = _child_days(settings)
    changed = other.ne(_born(reading).loc[other.index])
    return other.index[changed & other.between(first, last)]


def _child_days(settings: Municipality) -> tuple[str, str]:
    first = settings.schedule.train_as_of
    return f"{first.year - OLDEST}-{first.month:02}-{first.day:02}", settings.schedule.follow_up_until.isoformat()


def _born(reading: Reading) -> pd.Series:
    read = reading.values.get("birth_date")
    return read.value.dropna().astype(str) if read else pd.Series(dtype=str)
