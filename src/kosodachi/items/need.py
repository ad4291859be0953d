"""Needs that became known at family consultation, and what an item shows beside an outcome.

A case that was opened is not a need, and a need without a case is not seen here: labels made of this table understate.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kosodachi.items.values import linked
from kosodachi.municipality import Municipality


def known_need(
    attributes: Mapping[str, pd.DataFrame], person_link: pd.DataFrame, settings: Municipality
) -> pd.DataFrame:
    """The known_need table: research_id, opened (first case of the child by that route), route (missing if not
    recorded).

    Records that are not linked to a child, or lack the day of opening, are not in it. Empty without a consultation
    source.
    """
    records = linked(attributes, person_link, settings, "family_consultation")
    if records.empty:
        return pd.DataFrame(
            {
                "research_id": pd.Series(dtype=object),
                "opened": pd.Series(dtype="datetime64[ns]"),
                "route": pd.Series(dtype=object),
            }
        )
    records = records.assign(opened=pd.to_datetime(records["opened"]), route=records.get("route"))
    first = (
        records.dropna(subset=["opened"]).groupby(["research_id", "route"], dropna=False)["opened"].min().reset_index()
    )
    return first.sort_values(["research_id", "opened", "route"], ignore_index=True)[["research_id", "opened", "route"]]


def observed(item_value: pd.DataFrame, outcome: pd.Series) -> pd.DataFrame:
    """What each item shows beside an outcome (0 or 1 by research id) among children whose value is known: item_id,
    children, present, cases_present, cases, log_odds, low, high (95 %; half a child added to each cell). One item at
    a time, unadjusted."""
    table = item_value.assign(case=item_value["research_id"].map(outcome)).dropna(subset=["value", "case"])
    counts = table.assign(both=table["value"] * table["case"]).groupby("item_id")
    seen = counts.agg(
        children=("case", "size"), present=("value", "sum"), cases_present=("both", "sum"), cases=("case", "sum")
    )
    return log_odds_of(seen.astype(int)).reset_index()


def log_odds_of(seen: pd.DataFrame) -> pd.DataFrame:
    """Counts children, present, cases_present and cases with log_odds, low and high (95 %), half a child added to each
    cell of the two-by-two table."""
    a, b, c = seen["cases_present"], seen["present"] - seen["cases_present"], seen["cases"] - seen["cases_present"]
    cells = pd.concat([a, b, c, seen["children"] - a - b - c], axis=1).to_numpy(float) + 0.5
    log_odds = np.log(cells[:, 0] * cells[:, 3] / cells[:, 1] / cells[:, 2])
    reach = 1.959964 * np.sqrt((1 / cells).sum(axis=1))
    return seen.assign(log_odds=log_odds, low=log_odds - reach, high=log_odds + reach)
