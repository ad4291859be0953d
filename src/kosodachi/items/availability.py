"""How many item values are known, and why the others are not. A known value is not yet a right one."""

import pandas as pd

from kosodachi.items.specification import catalogue

KNOWN = "known"
OF_THE_SOURCE = ("no_consent", "no_system", "not_collected", "paper_only")
OF_THE_RECORD = ("blank", "moved_in_later", "no_record")
EVERY_AGE = (0, 17)


def availability(item_values: pd.DataFrame) -> pd.DataFrame:
    """Children by item and reason: item_id, reason (`known` or a code of tables.MISSING), children, of (all children of
    that item), share (children / of).

    Pairs that cannot occur are left out: a source that is missing leaves nothing else unknown, registers of events are
    known for everyone, and items of every age apply to all. A pair with 0 children that could occur has its row.
    """
    reason = item_values["missing"].fillna(KNOWN).rename("reason")
    counts = pd.crosstab(item_values["item_id"], reason)
    order = [KNOWN, *(r for r in (*OF_THE_RECORD, *OF_THE_SOURCE, "not_applicable") if r in counts)]
    long = counts.reindex(columns=order, fill_value=0).stack().rename("children").reset_index()
    long["of"] = long["item_id"].map(counts.sum(axis=1))
    return long[_possible(long)].assign(share=long["children"] / long["of"]).reset_index(drop=True)


def _possible(long: pd.DataFrame) -> pd.Series:
    """Whether an item can be unknown for a reason at all; a pair that occurred always can."""
    items = {item.item_id: item for item in catalogue()}
    recorded = (
        long["item_id"].map({name: item.without_record == "unknown" for name, item in items.items()}).fillna(True)
    )
    every_age = long["item_id"].map({name: item.age_band == EVERY_AGE for name, item in items.items()}).fillna(False)
    lacking = long["item_id"].isin(long.loc[long["reason"].isin(OF_THE_SOURCE) & long["children"].gt(0), "item_id"])
    known = long["reason"].eq(KNOWN) & ~lacking
    of_record = long["reason"].isin(OF_THE_RECORD) & ~lacking & recorded.astype(bool)
    of_age = long["reason"].eq("not_applicable") & ~every_age.astype(bool)
    return known | of_record | of_age | long["children"].gt(0)
