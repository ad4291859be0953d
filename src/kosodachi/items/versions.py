"""How two versions of a register differ: what was added, dropped or changed, and why. It does not say which is right."""

import pandas as pd

SAID = ("decision", "basis", "bases", "why", "citations", "decided_by")


def compare_registers(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """One row an item that differs: item_id, change (added: now in use; dropped: no longer in use; changed: the rest),
    decision_before, decision_after, why_before, why_after, changed (columns that differ, `;`), version_before,
    version_after. Added first, then dropped, then changed, each by item id. An item that one version lacks has the
    decision `not_there`. Released registers, which lack some columns, are compared by what both have."""
    said = [column for column in SAID if column in before and column in after]
    old, new = (table.set_index("item_id")[said].fillna("-") for table in (before, after))
    items = old.index.union(new.index)
    old, new = (table.reindex(items).fillna("not_there") for table in (old, new))
    differs = pd.DataFrame({column: old[column] != new[column] for column in said})
    lines = pd.DataFrame({"item_id": items, "change": "changed"}, index=items)
    lines.loc[new["decision"].eq("use") & old["decision"].ne("use"), "change"] = "added"
    lines.loc[old["decision"].eq("use") & new["decision"].ne("use"), "change"] = "dropped"
    for column in ("decision", "why"):
        lines[f"{column}_before"], lines[f"{column}_after"] = old[column], new[column]
    lines["changed"] = [";".join(differs.columns[row]) for row in differs.to_numpy()]
    lines["version_before"], lines["version_after"] = _version(before), _version(after)
    lines = lines[differs.any(axis=1)]
    order = lines["change"].map({"added": 0, "dropped": 1, "changed": 2})
    return (
        lines.assign(order=order)
        .reset_index(drop=True)
        .sort_values(["order", "item_id"], ignore_index=True)
        .drop(columns="order")
    )


def _version(table: pd.DataFrame) -> str:
    return ";".join(sorted(set(table["version"].astype(str))))
