"""Availability and univariate screens of many items and children, by blocks of columns.

A value is one byte: 0 known not to hold, 1 holds, from 2 on unknown for a reason (REASONS). A screen looks at one item at a
time: it finds what to look at, and says nothing about what an item adds to others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.items.need import log_odds_of
from kosodachi.tables import MISSING

REASONS = tuple(sorted(MISSING))
CODES = 2 + len(REASONS)
NO_LABEL = 2


@dataclass(frozen=True)
class Block:
    """Items and their codes, uint8 of shape (items, children), in the children's order of all blocks."""

    items: tuple[str, ...]
    codes: np.ndarray


def block_of(item_value: pd.DataFrame) -> Block:
    """The block of an item_value table of one day; children by research id, items by id."""
    reason = item_value["missing"].map({reason: 2 + at for at, reason in enumerate(REASONS)})
    codes = item_value.assign(code=item_value["value"].fillna(reason))
    wide = codes.pivot(index="item_id", columns="research_id", values="code").sort_index().sort_index(axis=1)
    return Block(tuple(wide.index), wide.to_numpy(dtype=np.uint8))


def blocks_of_arrow(table, *, columns: int = 50) -> Iterator[Block]:
    """Blocks of so many columns of a pyarrow table (or memory-mapped file) whose columns are items as uint8 codes."""
    for start in range(0, table.num_columns, columns):
        part = table.select(range(start, min(start + columns, table.num_columns)))
        yield Block(tuple(part.column_names), np.stack([column.to_numpy() for column in part.columns]))


def screened(blocks: Iterable[Block], label: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two tables over all blocks. Availability: item_id, reason (known or a code of tables.MISSING; pairs that occur),
    children, of, share. Screen: item_id, children, present, cases_present, cases, log_odds, low, high (as
    `need.observed`) among children with a label.

    `label` is 0, 1 or NaN by child.
    """
    side = np.where(np.isnan(label), NO_LABEL, np.nan_to_num(label)).astype(np.uint8) * CODES
    names, cells = [], []
    for block in blocks:
        names += block.items
        cells += [np.bincount(codes + side, minlength=3 * CODES).reshape(3, CODES) for codes in block.codes]
    counted = np.array(cells).reshape(-1, 3, CODES)
    return _availability(names, counted.sum(axis=1)), _screen(names, counted)


def _availability(names: list[str], counted: np.ndarray) -> pd.DataFrame:
    by_reason = np.column_stack([counted[:, :2].sum(axis=1), counted[:, 2:]])
    item, reason = np.nonzero(by_reason)
    table = pd.DataFrame(
        {"item_id": np.array(names, dtype=object)[item], "reason": np.array(("known", *REASONS))[reason]}
    )
    table["children"], table["of"] = by_reason[item, reason], by_reason.sum(axis=1)[item]
    return table.assign(share=table["children"] / table["of"])


def _screen(names: list[str], counted: np.ndarray) -> pd.DataFrame:
    present, cases_present = counted[:, :NO_LABEL, 1].sum(axis=1), counted[:, 1, 1]
    cases, children = counted[:, 1, :2].sum(axis=1), counted[:, :NO_LABEL, :2].sum(axis=(1, 2))
    table = pd.DataFrame(
        {"item_id": names, "children": children, "present": present, "cases_present": cases_present, "cases": cases}
    )
    return log_odds_of(table)
