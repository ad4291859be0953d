"""Looks at the analysis zone as it lies on disk: no column of an identifier may be in it.

It goes by the names of columns and the days of birth. What a free-text cell holds is for `scan` to find.
"""

from pathlib import Path

import pandas as pd

from kosodachi.disclosure.rules import PER_PERSON

ALLOWED = frozenset({"research_id", "record_id", "household_id"})


def identifier_columns(folder: Path | str) -> dict[str, list[str]]:
    """Parquet file below the folder -> its columns that belong in the identifier zone; files without any are left out.

    Such are the identifier columns of `tables.COLUMNS` and of identifier_records under any spelling of case, a
    `birth_month` that holds days other than the first, and a `moved_in` beside it that tells the day of birth of those
    born here: their first day as residents is their birthday.
    """
    found = {}
    for file in sorted(Path(folder).rglob("*.parquet")):
        if columns := _of_file(file):
            found[file.relative_to(folder).as_posix()] = columns
    return found


def _of_file(file: Path) -> list[str]:
    import pyarrow.parquet as pq

    names = pq.read_schema(file).names
    wrong = [name for name in names if name.lower() in PER_PERSON - ALLOWED]
    if "birth_month" in names:
        table = pd.read_parquet(file, columns=[name for name in ("birth_month", "moved_in") if name in names])
        wrong += _days_of_birth(table.apply(pd.to_datetime, errors="coerce"))
    return wrong


def _days_of_birth(table: pd.DataFrame) -> list[str]:
    """Columns of months and days that tell days of birth: any day in birth_month, most days of those born here."""
    month = table["birth_month"].dropna()
    wrong = ["birth_month"] if month.dt.day.ne(1).any() else []
    if "moved_in" in table:
        born_here = table.loc[table["moved_in"].dt.to_period("M") == table["birth_month"].dt.to_period("M"), "moved_in"]
        wrong += ["moved_in"] if len(born_here) and born_here.dt.day.ne(1).mean() > 0.5 else []
    return wrong
