"""How many item values are known, and why the others are not. A known value is not yet a right one."""

from collections.abc import Sequence

import pandas as pd

from kosodachi.items.specification import Item, catalogue

KNOWN = "known"
OF_THE_SOURCE = ("no_consent", "no_system", "not_collected", "paper_only")
OF_THE_RECORD = ("blank", "moved_in_later", "no_record")
EVERY_AGE = (0, 17)


def availability(item_values: pd.DataFrame, *, items: Sequence[Item] = ()) -> pd.DataFrame:
    """Children by item and reason: item_id, reason (`known` or a code of tables.MISSING), children, of (all children of
    that item), share (children / of). Of `items`, those that cannot be computed at all are unknown for every child, for
    the reason that their specification gives (no_system, no_column, counted_elsewhere).

    Pairs that cannot occur are left out: a source that is missing leaves nothing else unknown, registers of events are
    known for everyone, and items of every age apply to all. A pair with 0 children that could occur has its row.
    """
    reason = item_values["missing"].fillna(KNOWN).rename("reason")
    counts = pd.crosstab(item_values["item_id"], reason)
    order = [KNOWN, *(r for r in (*OF_THE_RECORD, *OF_THE_SOURCE, "not_applicable") if r in counts)]
    long = counts.reindex(columns=order, fill_value=0).stack().rename("children").reset_index()
    long["of"] = long["item_id"].map(counts.sum(axis=1))
    table = long[_possible(long)].assign(share=long["children"] / long["of"])
    return pd.concat([table, _never(item_values, items)], ignore_index=True)


def _never(item_values: pd.DataFrame, items: Sequence[Item]) -> pd.DataFrame:
    children = item_values["research_id"].nunique()
    lines = [
        {
            "item_id": item.item_id,
            "reason": item.not_computed.reason,
            "children": children,
            "of": children,
            "share": 1.0,
        }
        for item in items
        if not item.computed
    ]
    return pd.DataFrame(lines, columns=["item_id", "reason", "children", "of", "share"]) if lines else None


def _possible(long: pd.DataFrame) -> pd.Series:
    """Whether an item can be unknown for a reason at all; a pair that occurred always can."""
    of_records = {item.item_id for item in catalogue() if item.without_record == "zero"}
    of_every_age = {item.item_id for item in catalogue() if item.age_band == EVERY_AGE}
    recorded, every_age = ~long["item_id"].isin(of_records), long["item_id"].isin(of_every_age)
    lacking = long["item_id"].isin(long.loc[long["reason"].isin(OF_THE_SOURCE) & long["children"].gt(0), "item_id"])
    known = long["reason"].eq(KNOWN) & ~lacking
    of_record = long["reason"].isin(OF_THE_RECORD) & ~lacking & recorded
    of_age = long["reason"].eq("not_applicable") & ~every_age
    return known | of_record | of_age | long["children"].gt(0)
