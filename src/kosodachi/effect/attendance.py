"""Days absent a child and month, and first offers of outreach, from the linked source records.

A record whose link is not sure is left out, so a child whose offer did not link looks as if not offered.
"""

import pandas as pd

from kosodachi.tables import MONTHS


def linked(attributes: dict[str, pd.DataFrame], person_link: pd.DataFrame, sources: list[str]) -> pd.DataFrame:
    """The attribute rows of some sources with their research_id; only records of the band `link`."""
    links = person_link.loc[person_link["band"] == "link", ["record_id", "research_id"]]
    held = [attributes[source] for source in sources if source in attributes]
    rows = pd.concat(held, ignore_index=True) if held else pd.DataFrame({"record_id": []}, dtype=object)
    return rows.merge(links.dropna(), on="record_id", how="inner")


def fiscal_years(rows: pd.DataFrame) -> dict[int, pd.Index]:
    """Research ids with an attendance record, by fiscal year."""
    years = rows["fiscal_year"].astype("Int64")
    return {int(year): pd.Index(rows.loc[years == year, "research_id"].unique()) for year in years.dropna().unique()}


def monthly_absence(rows: pd.DataFrame) -> pd.DataFrame:
    """Days absent, one row a child and one column a month (Period); missing where no record says.

    Two records of one child and month (a duplicate, a change of school) count once, with the larger figure.
    A month that no child has a figure for is no school month and counts as 0 days for those with a record.
    """
    days = rows.melt(["research_id", "fiscal_year"], [f"absent_{m}" for m in MONTHS], "month", "days")
    days = days.dropna(subset=["fiscal_year"])
    number = days["month"].str.slice(-2).astype(int)
    year = days["fiscal_year"].astype(int) + (number < int(MONTHS[0]))
    days["month"] = pd.PeriodIndex.from_fields(year=year, month=number, freq="M")
    days["days"] = pd.to_numeric(days["days"], errors="coerce").astype(float)
    by_month = days.groupby("month")["days"]
    days["days"] = days["days"].where(by_month.transform("count") > 0, 0.0)
    return days.groupby(["research_id", "month"])["days"].max().unstack("month").sort_index(axis=1)


def first_offers(rows: pd.DataFrame) -> pd.Series:
    """The day of the first recorded offer of outreach, by research id."""
    if rows.empty:
        return pd.Series(dtype="datetime64[ns]", name="offered")
    return pd.to_datetime(rows["offered"]).groupby(rows["research_id"]).min().dropna()
