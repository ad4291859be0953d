"""The child table: one row a child of the resident register, for the analysis zone.

It holds the month of birth, not the day. A child absent from the register is not in it, and so in no later count.
"""

import pandas as pd

from kosodachi.tables.pseudonyms import pseudonyms

FROM_ATTRIBUTES = ("district", "moved_in", "moved_out")


def children(
    register: pd.DataFrame, register_attributes: pd.DataFrame, person_map: pd.DataFrame, *, key: bytes
) -> pd.DataFrame:
    """The child table by research id: household_id, sex, birth_month (first day), district, moved_in, moved_out.

    A child without a household number is a household of its own. Columns that the register does not hold are missing.
    """
    ids = person_map.set_index("record_id")["research_id"]
    own = register.drop_duplicates("record_id").copy()
    own["research_id"] = own["record_id"].map(ids)
    held = [column for column in FROM_ATTRIBUTES if column in register_attributes]
    own = own.merge(register_attributes[["record_id", *held]], on="record_id", how="left")
    household = pseudonyms(key, "household", own["household_no"])
    born = pd.to_datetime(own["birth_date"], errors="coerce")
    own = own.assign(
        household_id=household.where(household.notna(), own["research_id"]),
        birth_month=born.dt.to_period("M").dt.to_timestamp(),
        **{column: None for column in FROM_ATTRIBUTES if column not in held},
    )
    for column in ("moved_in", "moved_out"):
        own[column] = pd.to_datetime(own[column])
    columns = ["research_id", "household_id", "sex", "birth_month", *FROM_ATTRIBUTES]
    return own[columns].sort_values("research_id", ignore_index=True)
