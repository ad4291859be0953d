"""What a table must be before any number of it may leave: every column in a role, cells of groups, no child's row.

The checks know names, shapes and kinds of columns. They cannot know what a number means: a column called `value` that
holds a maximum passes, so whoever releases a table still says what each column is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from kosodachi.faults import Fault, refuse
from kosodachi.tables import COLUMNS, CONTRACTS

MOST_ROWS = 500
PER_PERSON = frozenset(
    {"research_id", "record_id", "household_id", "person_id", "register_no", "birth_date", "raw"}
    | {name for name, column in COLUMNS.items() if column.zone == "identifier"}
    | (set(CONTRACTS["identifier_records"].columns) - {"source", "sex", "town"})
)
EXTREME = re.compile(
    r"(?:^|_)(?:min|max|minimum|maximum|smallest|oldest|youngest|median|quantile|percentile|quartile|iqr|q[0-9]+|p[0-9]+"
    r"|[0-9]+(?:st|nd|rd|th)?_?pct)(?:_|$)|最小|最大|最高|最低|中央値|四分位|分位"
)
PSEUDONYM = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Roles:
    """What each column of a table is. `behind` names, a value, the counts that must reach the threshold."""

    by: tuple[str, ...]
    counts: tuple[str, ...] = ()
    shares: dict[str, tuple[str, str]] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    behind: dict[str, tuple[str, ...]] = field(default_factory=dict)
    zeros: tuple[str, ...] = ()

    @property
    def guards(self) -> tuple[str, ...]:
        """The count columns behind any value, each once."""
        return tuple(dict.fromkeys(column for columns in self.behind.values() for column in columns))

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that must be in the table."""
        return tuple(dict.fromkeys((*self.by, *self.counts, *self.values, *self.guards)))


def roles_of(by, counts, shares, values, behind, zeros) -> Roles:
    """The roles as given, each as a tuple. `behind` None stands for all counts; a mapping gives them value by value."""
    counts, values = _names(counts), _names(values)
    if not isinstance(behind, Mapping):
        behind = dict.fromkeys(values, counts if behind is None else _names(behind))
    behind = {value: _names(behind.get(value, counts)) for value in values}
    shares = {name: tuple(pair) for name, pair in (shares or {}).items()}
    zeros = counts if zeros is True else _names(zeros or ())
    return Roles(_names(by), counts, shares, values, behind, zeros)


def _names(columns) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)


def check(table: pd.DataFrame, name: str, roles: Roles, *, said_behind: bool, most_rows: int) -> None:
    """Raises all faults of a table at once: E-DISC-01 to E-DISC-10 (see faults/disclosure.yaml)."""
    found = [*_of_names(table, name, roles), *_of_shape(table, name, roles, most_rows)]
    if roles.values and not roles.guards and not said_behind:
        found.append(Fault("E-DISC-06", table=name, columns=", ".join(roles.values)))
    loose = [c for pair in roles.shares.values() for c in pair if c not in roles.counts]
    if loose:
        found.append(Fault("E-DISC-07", table=name, columns=", ".join(dict.fromkeys(loose))))
    refuse(found or _of_kinds(table, name, roles))


def _of_names(table, name: str, roles: Roles):
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,60}", name):
        yield Fault("E-DISC-10", table=name[:60])
    columns = list(map(str, table.columns))
    if missing := [column for column in roles.read if column not in columns]:
        yield Fault("E-DISC-02", table=name, columns=", ".join(missing), there=", ".join(columns))
    known = {*roles.read, *roles.shares}
    if unnamed := [column for column in columns if column not in known]:
        yield Fault("E-DISC-01", table=name, columns=", ".join(unnamed))
    if ids := [column for column in dict.fromkeys((*columns, *roles.shares)) if column in PER_PERSON]:
        yield Fault("E-DISC-03", table=name, columns=", ".join(ids))
    if extremes := [c for c in (*roles.counts, *roles.values, *roles.shares) if EXTREME.search(c.lower())]:
        yield Fault("E-DISC-05", table=name, columns=", ".join(extremes))
    roles_each = [*roles.by, *roles.counts, *roles.shares, *roles.values]
    if twice := sorted(
        {column for column in (*columns, *roles_each) if max(columns.count(column), roles_each.count(column)) > 1}
    ):
        yield Fault("E-DISC-09", table=name, columns=", ".join(twice))


def _of_shape(table, name: str, roles: Roles, most_rows: int):
    by = [column for column in roles.by if column in table]
    if len(table) > most_rows:
        yield Fault("E-DISC-04", table=name, rows=len(table), most=most_rows)
    elif table.duplicated(by).any() if by else len(table) > 1:
        yield Fault("E-DISC-11", table=name, by=", ".join(by) or "-")
    texts = [column for column in by if table[column].dtype == object]
    if ids := [
        c for c in texts if table[c].map(lambda cell: isinstance(cell, str) and bool(PSEUDONYM.fullmatch(cell))).any()
    ]:
        yield Fault("E-DISC-03", table=name, columns=", ".join(ids))


def _of_kinds(table, name: str, roles: Roles) -> list[Fault]:
    wrong = [c for c in dict.fromkeys((*roles.counts, *roles.guards)) if not _counts_people(table[c])]
    found = [Fault("E-DISC-08", table=name, columns=", ".join(wrong))] if wrong else []
    texts = [c for c in roles.values if not is_numeric_dtype(table[c])]
    return [*found, *([Fault("E-DISC-12", table=name, columns=", ".join(texts))] if texts else [])]


def _counts_people(column: pd.Series) -> bool:
    """Whole numbers from 0 on; missing is allowed where nothing was counted."""
    if column.isna().all():
        return True
    if not is_numeric_dtype(column) or is_bool_dtype(column):
        return False
    known = column.dropna().astype(float)
    return bool((known.ge(0) & known.eq(known.round())).all())
