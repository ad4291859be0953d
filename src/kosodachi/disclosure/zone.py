"""Looks at the analysis zone as it lies on disk: no column of an identifier may be in it.

It goes by the names of columns and the days of birth. What a free-text cell holds is for `scan` to find.
"""

from pathlib import Path

import pandas as pd

from kosodachi.disclosure.rules import PER_PERSON

ALLOWED = frozenset({"research_id", "record_id", "household_id"})


def identifier_columns(folder: Path | str) -> dict[str, list[str]]:
    """Parquet file below the folder -> its columns that belong in the identifier zone; files without any are left out.

    Such are the identifier columns of `tables.COLUMNS` and of identifier_records under any spelling of case, and a
    `birth_month` that holds days other than the first.
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
        months = pd.to_datetime(pd.read_parquet(file, columns=["birth_month"])["birth_month"], errors="coerce")
        wrong += ["birth_month"] if months.dt.day.dropna().ne(1).any() else []
    return wrong
