"""Curves over time that do not step with one child's event.

A Kaplan-Meier curve falls at each event, by events over children at risk: with both known, a fall in a month tells that
one child had the event then. Shown steps must hold enough events. It does not hide that few events happened at all.
"""

import numpy as np
import pandas as pd


def coarsen_steps(
    table: pd.DataFrame, *, by=(), step: str = "month", events: str = "events", threshold: int
) -> pd.DataFrame:
    """The rows of a curve between which at least `threshold` events lie, with the first row of each group.

    `events` of a row kept is the number since the row kept before it, so that numbers still add up. Rows after the last
    full step are dropped: the curve ends there. Rows of each group `by` are taken in the order of `step`.
    """
    groups = [by] if isinstance(by, str) else list(by)
    ordered = table.sort_values([*groups, step], kind="stable")
    parts = [rows for _, rows in ordered.groupby(groups, sort=False)] if groups else [ordered]
    kept = [_full_steps(rows, events, threshold) for rows in parts if len(rows)]
    return pd.concat(kept, ignore_index=True) if kept else table.iloc[:0].copy()


def _full_steps(rows: pd.DataFrame, events: str, threshold: int) -> pd.DataFrame:
    numbers = rows[events].fillna(0).to_numpy(int)
    keep = full_steps(numbers, threshold)
    sums = np.add.reduceat(numbers, np.flatnonzero(np.r_[True, keep[:-1]]))[: keep.sum()]
    return rows[keep].assign(**{events: sums})


def full_steps(events: np.ndarray, threshold: float) -> np.ndarray:
    """Which points of a curve may be shown: the first, and each by which `threshold` more events have happened.

    Events at the first point itself count towards the next one, unless they reach the threshold already.
    """
    keep, since = np.zeros(len(events), bool), 0.0
    for place, number in enumerate(events):
        since = since + number
        if since >= threshold or (place == 0 and since == 0):
            keep[place], since = True, 0.0
    return keep


def steps_to_hide(
    curve: pd.Series, people: pd.Series | None, events: pd.Series | None, by: pd.DataFrame, rule
) -> pd.Series:
    """Where a cumulative curve would tell of too few events since the point shown before; True hides the row's values.

    With the events at hand a shown step holds `threshold` of them. Without, a fall of the curve must be worth
    about `rounding` children of the group (80 % of it, as the curve is rounded too), as in curves drawn in such steps.
    """
    hide = pd.Series(False, index=curve.index)
    groups = (
        by.groupby(list(by.columns[:-1]), sort=False, dropna=False).groups.values() if by.shape[1] > 1 else [by.index]
    )
    for rows in groups:
        rows = by.loc[rows].sort_values(by.columns[-1], kind="stable").index
        if events is not None:
            hide[rows] = ~full_steps(events[rows].fillna(0).to_numpy(float), rule.threshold)
        elif people is not None:
            falls = np.abs(np.diff(curve[rows].to_numpy(float), prepend=curve[rows].iloc[0])) * people[rows].max()
            hide[rows] = (falls > 0.05) & (falls < 0.8 * rule.rounding)
    return hide
