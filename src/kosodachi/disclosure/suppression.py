"""Hides small numbers, rounds the others, and hides what would give a hidden one back.

Covered: a cell below the threshold; shares and statistics of it; a sum of shown columns or rows that leaves only a few
values for it; a proportion that is a small number over a shown one; a curve that steps with one child's event.
Not covered: another table of nearly the same children (the difference of two rounded counts tells a change in about one
of five cells, and leaves four or more possible values of a hidden one), systems of many overlapping tables, and what a
reader knows of a family already.
"""

from itertools import combinations

import numpy as np
import pandas as pd

TOTALS = ("total", "all", "overall", "合計", "全体", "総数", "計")
CUMULATIVE = ("survival", "cumulative_incidence", "free_of_event")
NARROWEST = 3


def rounded(numbers: pd.Series, step: int) -> pd.Series:
    """Counts as multiples of `step`, halves up, as Int64; missing stays missing."""
    known = numbers.notna()
    whole = np.floor(numbers.where(known, 0).astype(float) / step + 0.5) * step
    return whole.astype("int64").astype("Int64").where(known)


def reaches(numbers: pd.Series, threshold: int) -> pd.Series:
    """Where counts reach the threshold; a missing count does not."""
    return numbers.ge(threshold).fillna(False).astype(bool)


def shown_counts(numbers: pd.Series, rule, *, zeros: bool = False) -> pd.Series:
    """Counts as they may be shown: missing below the threshold (0 too, unless `zeros`), else rounded; Int64."""
    enough = reaches(numbers, rule.threshold)
    if zeros:
        enough |= numbers.eq(0).fillna(False).astype(bool)
    return rounded(numbers.where(enough), rule.rounding)


def shares_of(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Shares of shown counts, 4 decimals; missing where either is hidden or there is nothing to divide by."""
    top, base = (column.astype("Float64").to_numpy(float, na_value=np.nan) for column in (part, whole))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(base > 0, top / base, np.nan)
    return pd.Series(np.round(share, 4), index=part.index)


def hide_complements(true: pd.DataFrame, shown: pd.DataFrame, by, rule) -> pd.DataFrame:
    """Shown counts without those that would leave fewer than three possible values for a hidden one.

    Sums are looked for in the table itself: a count column that is the sum of two or three others, a row labelled as
    total (`TOTALS`) that is the sum of its group. With rounding to 5 nothing more is hidden; with 1 much is.
    """
    cells = {(row, column): shown.at[row, column] for row in shown.index for column in shown.columns}
    numbers = {cell: true.at[cell] for cell in cells if pd.notna(true.at[cell])}
    sums = [*_column_sums(true), *_row_sums(true, shown.columns, by)]
    first_hidden = {cell for cell, value in cells.items() if pd.isna(value) and cell in numbers}
    changed = bool(first_hidden)
    while changed:
        changed = False
        for members in sums:
            if _gives_back(members, cells, first_hidden, rule) and (partner := _smallest(members, cells, numbers)):
                cells[partner], changed = pd.NA, True
    out = shown.copy()
    for (row, column), value in cells.items():
        out.at[row, column] = value
    return out


def _column_sums(true: pd.DataFrame):
    """Cells (total, parts...) for count columns that are the sum of two or three others in every row."""
    columns = {column: true[column].astype("Float64").to_numpy(float, na_value=np.nan) for column in true.columns}
    for total, numbers in columns.items():
        others = [column for column in columns if column != total]
        for size in (1, 2, 3):
            for parts in combinations(others, size):
                if size > 1 and np.array_equal(numbers, sum(columns[part] for part in parts), equal_nan=True):
                    yield from ([(row, column) for column in (total, *parts)] for row in true.index)


def _row_sums(true: pd.DataFrame, columns, by: pd.DataFrame):
    """Cells (total, parts...) for rows labelled as total that are the sum of the others in their group."""
    for label in by.columns:
        is_total = by[label].isin(TOTALS)
        if not is_total.any() or is_total.all():
            continue
        rest = [column for column in by.columns if column != label]
        groups = by.groupby(rest, dropna=False, sort=False).groups.values() if rest else [by.index]
        for rows in groups:
            totals, parts = [r for r in rows if is_total[r]], [r for r in rows if not is_total[r]]
            if len(totals) == 1 and parts:
                for column in columns:
                    if true.loc[parts, column].sum() == true.at[totals[0], column]:
                        yield [(row, column) for row in (*totals, *parts)]


def _gives_back(members, cells, hidden, rule) -> bool:
    """Whether the shown members of a sum leave fewer than three values for a hidden one."""
    low, high = zip(*(_bounds(cells[cell], cell in hidden, rule) for cell in members))
    for place, cell in enumerate(members):
        if cell in hidden:
            if place == 0:
                least, most = sum(low[1:]), sum(high[1:])
            else:
                others = [i for i in range(1, len(members)) if i != place]
                least, most = low[0] - sum(high[i] for i in others), high[0] - sum(low[i] for i in others)
            if min(most, high[place]) - max(least, low[place]) + 1 < NARROWEST:
                return True
    return False


def _bounds(shown, small: bool, rule) -> tuple[float, float]:
    """The whole numbers a reader must think possible for a cell."""
    if pd.isna(shown):
        return (0, rule.threshold - 1) if small else (0, np.inf)
    low, high = np.ceil(shown - rule.rounding / 2), np.ceil(shown + rule.rounding / 2) - 1
    return (0, 0) if shown == 0 else (max(low, rule.threshold), high)


def _smallest(members, cells, numbers):
    """The shown member with the smallest number above 0; ties go to the first."""
    shown = [cell for cell in members if pd.notna(cells[cell]) and cells[cell] > 0]
    return min(shown, key=lambda cell: numbers[cell]) if shown else None


def small_parts(value: pd.Series, people: pd.Series, threshold: int) -> pd.Series:
    """Where a statistic is a proportion with a small numerator, or a small rest: 0.03 of 100 is 3 children.

    It is taken for one if value times people is a whole number, as near as the decimals of the value tell.
    """
    v = value.astype("Float64").to_numpy(float, na_value=np.nan)
    n = people.astype("Float64").to_numpy(float, na_value=np.nan)
    part = v * n
    blunt = np.where(v == np.round(v, 4), np.minimum(n * 5e-5, 0.01), 0.0)
    with np.errstate(invalid="ignore"):
        whole = (np.abs(part - np.round(part)) <= blunt + 1e-6) & (v > 0) & (v < 1)
        small = (np.round(part) < threshold) | (n - np.round(part) < threshold)
    return pd.Series(whole & small, index=value.index)
