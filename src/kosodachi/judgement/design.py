"""Labels and item columns: what the score learns from, and whom it learns from.

The label is a case that was opened at family consultation, not a need: a need that nobody brought is labelled 0. What
is learnt is therefore who comes to be known, and pages must say so.
"""

import numpy as np
import pandas as pd


def labels(known_need: pd.DataFrame, children: pd.Series, *, as_of, months: int) -> pd.Series:
    """1 if a case was opened within `months` from `as_of` on by a route other than outreach, else 0, by research id.

    Missing for children with any case before `as_of`, open or closed: people look at them already, so they neither
    teach the score nor count in its validation. Cases through outreach are left out since the judgement itself may
    cause them.
    """
    day, ids = pd.Timestamp(as_of), pd.Index(pd.unique(children), name="research_id")
    opened = pd.to_datetime(known_need["opened"])
    inside = (opened >= day) & (opened < day + pd.DateOffset(months=months)) & known_need["route"].ne("outreach")
    label = pd.Series(ids.isin(known_need.loc[inside, "research_id"]).astype(float), index=ids)
    return label.mask(known_before(known_need, ids, day=day))


def known_before(known_need: pd.DataFrame, ids: pd.Index, *, day: pd.Timestamp) -> np.ndarray:
    """Whether any case of a child was opened before the day, by whatever route."""
    return ids.isin(known_need.loc[pd.to_datetime(known_need["opened"]) < day, "research_id"])


def wide(item_value: pd.DataFrame, used: pd.DataFrame, *, as_of, column: str = "value") -> pd.DataFrame:
    """Values (or reasons, column `missing`) of the used items as of a day: one row a child, one column an item, both
    sorted."""
    rows = item_value[pd.to_datetime(item_value["as_of"]).eq(pd.Timestamp(as_of))]
    table = rows.pivot(index="research_id", columns="item_id", values=column)
    return table.reindex(columns=sorted(used["item_id"])).sort_index()


def used_items(item_register: pd.DataFrame) -> pd.DataFrame:
    """The items whose decision is `use`, by item id."""
    return item_register[item_register["decision"].eq("use")].sort_values("item_id", ignore_index=True)


def columns(values: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """The matrix that is learnt from: one column an item (1 if it holds, else 0), then one an item with unknown
    values (1 if unknown), and the items of the latter. The unknown columns keep an item's weight from soaking up what
    it does not hold; they give no points."""
    unknown = values.isna()
    gaps = [item for item in values.columns if 0 < unknown[item].sum() < len(values)]
    return np.column_stack([values.fillna(0).to_numpy(float), unknown[gaps].to_numpy(float)]), gaps
