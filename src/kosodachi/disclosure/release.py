"""Tables as they may leave: every column in a role, small numbers hidden, the rest rounded, totals of what is shown.

What is released is safe against reading one table, with the limits told in `suppression`. It says nothing about whether
the numbers are right, and a statistic that rests on enough children can still be wrong or unfair to use.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype

from kosodachi.disclosure.curves import steps_to_hide
from kosodachi.disclosure.rules import MOST_ROWS, Roles, check, roles_of
from kosodachi.disclosure.suppression import (
    CUMULATIVE,
    TOTALS,
    hide_complements,
    reaches,
    shares_of,
    shown_counts,
    small_parts,
)

DECIMALS = 4
TOTAL = TOTALS[0]


@dataclass(frozen=True)
class Released:
    """A table after the disclosure rule: what each column is, the rule, and how many numbers it hid.

    roles: by, counts, shares, values, behind, zeros, each a tuple of column names.
    """

    name: str
    table: pd.DataFrame
    roles: dict[str, tuple[str, ...]]
    rule: object
    suppressed: int


def release(
    table: pd.DataFrame,
    *,
    name: str,
    by,
    counts=(),
    shares: Mapping[str, tuple[str, str]] | None = None,
    values=(),
    behind=None,
    totals: bool | str = False,
    rule,
    zeros=(),
    most_rows: int = MOST_ROWS,
) -> Released:
    """The table as it may leave, columns in the order by, counts, shares, values.

    by: label columns; together they name each row once. Text that is a result (a verdict, a citation) belongs here too.
    counts: numbers of children, households or records. Below `rule.threshold` missing, 0 included; the rest is rounded
        to `rule.rounding` (Int64). `zeros` names counts whose 0 may show because the reason is the structure and not
        the children (a source that was not collected), True for all.
    shares: new column -> (numerator, denominator), both in counts; from the rounded numbers, 4 decimals.
    values: statistics (means, estimates, intervals), 4 decimals, only where the counts `behind` reach the threshold.
        `behind`: a column, several, or value -> column(s); None means all counts; () says that they rest on no children
        (published figures, settings, synthetic truth). A column behind need not be in counts; it is then not shown.
    totals: True sums the rounded, shown counts over the last label within the others, as rows `total`; a label's name
        sums over that one. Rows already called total are replaced. A total share is missing where a cell of it is
        hidden. Values have no totals.
    Raises Faults E-DISC-01..12: a column without a role or not there, ids or names, more than `most_rows` rows,
    extremes and percentiles, a share of a number not released, counts that are not whole, rows that their labels do
    not tell apart.
    """
    roles = roles_of(by, counts, shares, values, behind, zeros)
    check(table, name, roles, said_behind=behind is not None, most_rows=most_rows)
    true = table.reset_index(drop=True)
    over = (roles.by[-1] if totals is True else totals) if totals and roles.by else None
    if over:
        true = true[~true[over].isin(TOTALS)].reset_index(drop=True)
    shown = _counts(true, roles, rule)
    kept = _values(true, shown, roles, rule)
    suppressed = int(shown.isna().sum().sum() + (kept.isna() & true[list(roles.values)].notna()).sum().sum())
    out = pd.concat([true[list(roles.by)], shown, kept], axis=1)
    for column, (part, whole) in roles.shares.items():
        out[column] = shares_of(out[part], out[whole])
    out = _with_totals(out, roles, over) if over else out
    out = out[[*roles.by, *roles.counts, *roles.shares, *roles.values]]
    return Released(name, out, _told(roles), rule, suppressed)


def _counts(true: pd.DataFrame, roles: Roles, rule) -> pd.DataFrame:
    """The counts as they may be shown, none of which gives back a hidden one."""
    columns = list(roles.counts)
    shown = {column: shown_counts(true[column], rule, zeros=column in roles.zeros) for column in columns}
    return hide_complements(true[columns], pd.DataFrame(shown, index=true.index), true[list(roles.by)], rule)


def _values(true: pd.DataFrame, shown: pd.DataFrame, roles: Roles, rule) -> pd.DataFrame:
    """The statistics, 4 decimals, where nothing behind them is small or hidden."""
    hidden = pd.Series(False, index=true.index)
    for value in roles.values:
        for people in roles.behind[value]:
            hidden |= small_parts(true[value], true[people], rule.threshold)
        if value in CUMULATIVE and roles.by:
            hidden |= _small_steps(true, value, roles, rule)
    out = {}
    for value in roles.values:
        enough = ~hidden
        for people in roles.behind[value]:
            enough &= reaches(true[people], rule.threshold)
            if people in shown:
                enough &= shown[people].notna()
        numbers = true[value].astype("boolean" if is_bool_dtype(true[value]) else float)
        out[value] = (numbers if is_bool_dtype(true[value]) else numbers.round(DECIMALS) + 0.0).where(enough)
    return pd.DataFrame(out, index=true.index, columns=list(roles.values))


def _small_steps(true: pd.DataFrame, curve: str, roles: Roles, rule) -> pd.Series:
    people = next((true[column] for column in roles.behind[curve]), None)
    events = true["events"] if "events" in (*roles.counts, *roles.guards) else None
    return steps_to_hide(true[curve], people, events, true[list(roles.by)], rule)


def _with_totals(out: pd.DataFrame, roles: Roles, over: str) -> pd.DataFrame:
    """The rows of each group followed by their total over the label `over`."""
    rest = [column for column in roles.by if column != over]
    groups = [rows for _, rows in out.groupby(rest, sort=False, dropna=False)] if rest else [out]
    parts = [part for rows in groups if len(rows) for part in (rows, _total_row(rows, roles, over))]
    joined = pd.concat(parts, ignore_index=True) if parts else out
    return joined.astype({column: kind for column, kind in out.dtypes.items() if column != over})


def _total_row(rows: pd.DataFrame, roles: Roles, over: str) -> pd.DataFrame:
    """One row: shown counts summed, missing if none is shown; a share only where no cell behind it is hidden."""
    total = rows.head(1).copy()
    total[over] = TOTAL
    for column in roles.counts:
        total[column] = pd.array([rows[column].sum(min_count=1)], dtype="Int64")
    for column, (part, whole) in roles.shares.items():
        whole_group = rows[[part, whole]].notna().all(axis=None)
        total[column] = shares_of(total[part], total[whole]) if whole_group else np.nan
    for column in roles.values:
        total[column] = pd.array([pd.NA], dtype="boolean") if is_bool_dtype(rows[column]) else np.nan
    return total


def _told(roles: Roles) -> dict[str, tuple[str, ...]]:
    told = {"by": roles.by, "counts": roles.counts, "shares": tuple(roles.shares), "values": roles.values}
    return told | {"behind": roles.guards, "zeros": roles.zeros}
