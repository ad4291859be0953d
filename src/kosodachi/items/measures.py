"""What is measured of a child as of a day: one function a quantity, each on the linked records of one kind of source.

Every function takes the records of all children, the residents, and the day; it returns a Series by research id, with
NaN where a record exists but holds no value. Children without any record are not in it. Records dated on or after the
day are never read; a record without its date is not used.
"""

import numpy as np
import pandas as pd

from kosodachi.tables import MONTHS

CHECKUP_MONTHS = {"4m": 4, "18m": 18, "36m": 36}
GRACE_MONTHS = 3
MONTH_OF = {
    "child_rearing_allowance": "allowance_from", "infant_checkup": "checkup_date", "school_attendance": "month",
    "family_consultation": "opened", "outreach_log": "offered", "vaccination": "vaccinated",
    "school_aid": "benefit_from", "public_assistance": "benefit_from",
}  # fmt: skip


def days_absent(
    records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp, *, months: int, least_months: int
) -> pd.Series:
    """Days absent in the last `months` full months before the day; missing if fewer than `least_months` of them are
    filled."""
    long = _by_month(records)
    window = (long["month"] >= day - pd.DateOffset(months=months)) & (long["month"] + pd.offsets.MonthEnd(0) < day)
    by_child = long[window].groupby("research_id")["days"].agg(["sum", "count"])
    return by_child["sum"].where(by_child["count"] >= least_months)


def absence_rise(
    records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp, *, months: int, least_months: int
) -> pd.Series:
    """Days absent in the last `months` full months less those in the same months a year earlier; missing if fewer than
    `least_months` of either are filled."""
    given = {"months": months, "least_months": least_months}
    now = days_absent(records, residents, day, **given)
    return now.sub(days_absent(records, residents, day - pd.DateOffset(years=1), **given).reindex(now.index))


def _by_month(records: pd.DataFrame) -> pd.DataFrame:
    if records.empty:
        return pd.DataFrame(
            {"research_id": pd.Series(dtype=object), "month": pd.Series(dtype="datetime64[ns]"), "days": []}
        )
    columns = [f"absent_{month}" for month in MONTHS if f"absent_{month}" in records]
    long = records.melt(["record_id", "research_id", "fiscal_year"], columns, "column", "days").dropna(
        subset=["fiscal_year"]
    )
    number = long["column"].str[-2:].astype(int)
    year = long["fiscal_year"].astype(int) + (number < 4)
    long["month"] = pd.to_datetime({"year": year, "month": number, "day": 1})
    long["days"] = pd.to_numeric(long["days"])
    return long.groupby(["research_id", "month"], as_index=False)["days"].max()


def months_held(records: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The months of which records of a kind tell: research_id, month (its first day). Attendance: months with days."""
    if kind == "school_attendance":
        return _by_month(records).dropna(subset=["days"])[["research_id", "month"]]
    month = _date(records, MONTH_OF[kind]).dt.to_period("M").dt.to_timestamp()
    return records[["research_id"]].assign(month=month).dropna(subset=["month"])


def earlier_cases(records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp, *, household: bool) -> pd.Series:
    """Consultation cases opened before the day and not through outreach, of the child or of all children of its
    household."""
    if records.empty:
        return _none()
    before = _date(records, "opened") < day
    brought = records["route"].ne("outreach") if "route" in records else True
    cases = records[before & brought].groupby("research_id").size().astype(float)
    if not household:
        return cases
    own = residents.set_index("research_id")["household_id"]
    return own.map(cases.groupby(own).sum()).dropna()


def receives(records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp, *, start: str, end: str) -> pd.Series:
    """1 for children with a benefit that began before the day and had not ended by then."""
    if records.empty:
        return _none()
    runs = (_date(records, start) < day) & ~(_date(records, end) < day)
    return records[runs].groupby("research_id").size().clip(upper=1).astype(float)


def siblings(records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Other resident children under 18 in the child's household."""
    count = residents.groupby("household_id")["research_id"].transform("size") - 1
    return pd.Series(count.to_numpy(float), index=residents["research_id"])


def born_together(records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Other resident children of the household born in the same month: twins and more, as far as they live together."""
    count = residents.groupby(["household_id", "birth_month"])["research_id"].transform("size") - 1
    return pd.Series(count.to_numpy(float), index=residents["research_id"])


def moved_in_lately(records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp, *, months: int) -> pd.Series:
    """1 for children who became residents within `months` before the day, later than the month of their birth."""
    moved_in = pd.to_datetime(residents["moved_in"])
    came = (moved_in >= day - pd.DateOffset(months=months)) & (
        moved_in >= residents["birth_month"] + pd.DateOffset(months=1)
    )
    return pd.Series(came.to_numpy(float), index=residents["research_id"])


def checkups_missed(records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Check-ups recorded as not attended, of those held (or, without a date, due) before the day."""
    known = _checkups_before(records, residents, day)
    missed = known["attended"].map({"no": 1.0, "yes": 0.0}) if len(known) else pd.Series(dtype=float)
    return missed.groupby(known["research_id"]).sum(min_count=1)


def latest_count(records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp, *, column: str) -> pd.Series:
    """The last value of a count that a check-up before the day recorded; missing if attended and never filled in."""
    known = _checkups_before(records, residents, day)
    known = known[known["attended"].ne("no")] if len(known) else known
    if column not in known:
        return pd.Series(np.nan, index=pd.Index(known["research_id"].unique(), name="research_id"))
    number = pd.to_numeric(known[column]).astype(float)
    return number.groupby(known["research_id"]).last()


def findings(records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp, *, values: list[str]) -> pd.Series:
    """Check-ups before the day whose finding is one of `values`; missing if attended and the finding was never filled
    in."""
    known = _checkups_before(records, residents, day)
    known = known[known["attended"].ne("no")] if len(known) else known
    if "finding" not in known:
        return pd.Series(np.nan, index=pd.Index(known["research_id"].unique(), name="research_id"))
    found = known["finding"].isin(values).astype(float).where(known["finding"].notna())
    return found.groupby(known["research_id"]).sum(min_count=1)


def doses_late(records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp, *, days: int) -> pd.Series:
    """Vaccinations whose due date plus `days` passed before the day without the dose being given by then."""
    if records.empty:
        return _none()
    limit = _date(records, "vaccine_due") + pd.Timedelta(days=days)
    late = (limit < day) & ~(_date(records, "vaccinated") <= limit)
    return late[_date(records, "vaccine_due") < day].groupby(records["research_id"]).sum().astype(float)


def _checkups_before(records: pd.DataFrame, residents: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Check-up records in order of their date (or the month they were due, with grace, if not attended) before the
    day."""
    if records.empty:
        return pd.DataFrame({"research_id": pd.Series(dtype=object), "attended": pd.Series(dtype=object)})
    born = records["research_id"].map(residents.set_index("research_id")["birth_month"])
    months = records["checkup_kind"].map(CHECKUP_MONTHS)
    due = born.dt.to_period("M").dt.to_timestamp() + months.fillna(0).mul(30.44).add(GRACE_MONTHS * 30.44).pipe(
        pd.to_timedelta, unit="D"
    )
    held = _date(records, "checkup_date").fillna(due.where(records["attended"].eq("no")))
    known = records.assign(held=held)[held < day]
    return known.sort_values(["research_id", "held", "checkup_kind", "record_id"])


def _date(records: pd.DataFrame, column: str) -> pd.Series:
    return pd.to_datetime(records[column]) if column in records else pd.Series(pd.NaT, index=records.index)


def _none() -> pd.Series:
    return pd.Series(dtype=float, index=pd.Index([], name="research_id", dtype=object))
