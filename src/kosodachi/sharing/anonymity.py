"""k-anonymity: how many children share what an outsider could know of each, and how to coarsen until enough do.

k says nothing of what is learnt about all children of a cell alike, nor of an outsider who knows more than the columns
counted here. It is a floor, not a guarantee.
"""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Generalised:
    """A table in which every cell of the quasi-identifiers holds k rows or more, and what that took.

    level: place of the step of the ladder taken; blanked: rows with a quasi-identifier removed; dropped: rows removed.
    """

    table: pd.DataFrame
    quasi: tuple[str, ...]
    level: int
    blanked: int
    dropped: int


def cell_sizes(table: pd.DataFrame, quasi) -> pd.Series:
    """Rows that share a row's quasi-identifiers, itself included; a missing value is a value of its own."""
    quasi = list(quasi)
    if not quasi:
        return pd.Series(len(table), index=table.index)
    return table.groupby(quasi, dropna=False, sort=False, observed=True)[quasi[0]].transform("size").astype("int64")


def k_anonymity(table: pd.DataFrame, quasi, *, k: int) -> dict[str, int]:
    """Sizes of cells: children, cells, k (the smallest), unique (children alone in one), below_k (in cells under k).

    Ref: Sweeney 2002, doi:10.1142/S0218488502001648.
    """
    sizes = cell_sizes(table, quasi)
    return {
        "children": len(table),
        "cells": int((1 / sizes).sum().round()) if len(table) else 0,
        "k": int(sizes.min()) if len(table) else 0,
        "unique": int((sizes == 1).sum()),
        "below_k": int((sizes < k).sum()),
    }


def generalised(steps: list[pd.DataFrame], rest: pd.DataFrame, *, k: int, most_blanked: float) -> Generalised:
    """The first step of a ladder of ever coarser quasi-identifiers that is good enough, joined with the other columns.

    steps: tables of quasi-identifiers, finest first, rows as in `rest`; their column order is the order of blanking. A
    step is good enough if at most the share `most_blanked` of rows lies in cells under k; those rows lose one
    quasi-identifier after the other until their cell holds k, and are dropped if none does. The last step
    is taken anyway.
    """
    for level, quasi in enumerate(steps):
        small = cell_sizes(quasi, quasi.columns).lt(k)
        if small.mean() <= most_blanked or level == len(steps) - 1:
            break
    blank, keep = _blanked(quasi, k)
    table = pd.concat([blank, rest], axis=1)[keep].reset_index(drop=True)
    return Generalised(table, tuple(quasi.columns), level, int((small & keep).sum()), int((~keep).sum()))


def _blanked(quasi: pd.DataFrame, k: int) -> tuple[pd.DataFrame, pd.Series]:
    """Quasi-identifiers with those of small cells removed, and which rows may stay."""
    out = quasi.astype(object).where(quasi.notna(), None)
    for column in quasi.columns:
        small = cell_sizes(out, quasi.columns).lt(k)
        if not small.any():
            break
        out.loc[small, column] = None
    return out, cell_sizes(out, quasi.columns).ge(k)
