"""What a synthetic copy loses: how often something rare occurs in the extract, and how often in the copy.

A copula draws each column from a smooth curve, so the few children with many days of absence may vanish while every
quality score stays high. It compares shares; it does not say which analysis still works.
"""

import numpy as np
import pandas as pd

RARE, TAIL = 0.10, 0.05


def rare_kept(extract: pd.DataFrame, copy: pd.DataFrame, *, most: int = 8) -> pd.DataFrame:
    """Rare things in the extract and the copy: columns phenomenon, kind, at_least, table, cases, children.

    Two rows a phenomenon, one a table. kind: rare (a yes-no column that at most 10 % have) or tail (a number at or above
    `at_least`, the value that about 5 % of children reach). children: rows where it is known. Rarest first, at most
    `most` phenomena.
    """
    found = []
    for column in [c for c in extract if c in copy and pd.api.types.is_numeric_dtype(extract[c])]:
        known = extract[column].dropna().astype(float)
        cut = _cut(known)
        if cut is None:
            continue
        kind = "rare" if known.nunique() <= 2 else "tail"
        name = column.removeprefix("item_")
        parts = {"extract": known, "copy": copy[column].dropna().astype(float)}
        counted = {table: (int((values >= cut).sum()), len(values)) for table, values in parts.items()}
        found.append((counted["extract"][0] / len(known), name, kind, cut, counted))
    found.sort(key=lambda one: one[:2])
    rows = [
        {"phenomenon": name, "kind": kind, "at_least": cut, "table": table, "cases": cases, "children": children}
        for _, name, kind, cut, counted in found[:most]
        for table, (cases, children) in counted.items()
    ]
    return pd.DataFrame(rows, columns=["phenomenon", "kind", "at_least", "table", "cases", "children"])


def _cut(known: pd.Series) -> float | None:
    """The value from which on something is rare; None if it is not rare at all."""
    if known.empty or known.nunique() < 2:
        return None
    if known.nunique() == 2:
        return float(known.max()) if known.eq(known.max()).mean() <= RARE else None
    values, numbers = np.unique(known, return_counts=True)
    reached = numbers[::-1].cumsum()[::-1] / len(known)
    return float(values[reached <= TAIL][0]) if (reached <= TAIL).any() else None


def contradictions(extract: pd.DataFrame, copy: pd.DataFrame) -> pd.DataFrame:
    """Rows that cannot be: columns rule, table, cases, children. Empty where there is no study.

    outside_study: not in the study, yet with an outcome or treatment; study_without_arm: in it, and neither treated nor
    untreated.
    """
    tables = {"extract": extract, "copy": copy}
    if not all({"in_study", "treated", "outcome", "event"} <= set(table.columns) for table in tables.values()):
        return pd.DataFrame(columns=["rule", "table", "cases", "children"])
    rows = [
        {"rule": rule, "table": name, "cases": int(breaks(table).sum()), "children": len(table)}
        for rule, breaks in _RULES.items()
        for name, table in tables.items()
    ]
    return pd.DataFrame(rows)


_RULES = {
    "outside_study": lambda t: t["in_study"].ne("yes") & t[["treated", "outcome"]].notna().any(axis=1),
    "study_without_arm": lambda t: t["in_study"].eq("yes") & t["treated"].isna(),
}
