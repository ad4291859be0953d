"""The target trial: the experiment that the observed data are asked to stand in for, written down before any number.

It fixes who is eligible, time zero, the two strategies, the outcome and the estimand. It does not make an observed
comparison into a trial: nobody drew lots, so causes of outreach that no source holds stay uncontrolled.
Ref: Hernan & Robins 2016, doi:10.1093/aje/kwv254, table 1.
"""

from datetime import date

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from kosodachi.municipality import Municipality

FISCAL_YEAR_STARTS = 4


class TargetTrial(BaseModel):
    """Eligibility, time zero, treatment window, outcome and follow-up of the study.

    `top` children by points are eligible, ties at the cut kept together; None sets no cut. `comparable_only` leaves out
    children whose chance of an offer, given what was known before, is too near 0 or 1 to compare.
    `outcome_after_months` counts from the index month: 4 after May is September.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    judged_as_of: date
    index_date: date
    follow_up_until: date
    top: int | None = Field(None, ge=1)
    comparable_only: bool = True
    long_absence_days: int = Field(20, ge=1)
    month_absence_days: int = Field(7, ge=1)
    outcome_after_months: int = Field(4, ge=1)

    @classmethod
    def of(cls, settings: Municipality, **chosen) -> "TargetTrial":
        """The trial at a municipality's own dates; further fields can be chosen."""
        days = settings.schedule
        return cls(
            judged_as_of=days.judge_as_of, index_date=days.index_date, follow_up_until=days.follow_up_until, **chosen
        )

    @property
    def index_month(self) -> pd.Period:
        """The month in which outreach was offered or not."""
        return pd.Period(self.index_date, "M")

    @property
    def offered_until(self) -> pd.Timestamp:
        """The last day of the index month: a first offer after it does not make a child treated (no immortal time)."""
        return self.index_month.end_time.normalize()

    @property
    def fiscal_year(self) -> int:
        """The fiscal year (April to March) of the index date."""
        return self.index_date.year - (self.index_date.month < FISCAL_YEAR_STARTS)

    @property
    def follow_up(self) -> pd.PeriodIndex:
        """The whole months after the index month up to the end of follow-up; the first is month 1."""
        last = (pd.Timestamp(self.follow_up_until) + pd.Timedelta(days=1)).to_period("M") - 1
        return pd.period_range(self.index_month + 1, last, freq="M")

    @property
    def outcome_months(self) -> pd.PeriodIndex:
        """The months over which days absent are summed for the outcome."""
        return self.follow_up[self.follow_up >= self.index_month + self.outcome_after_months]

    def facts(self) -> pd.DataFrame:
        """What another municipality must have alike before estimates are pooled: columns aspect, setting (text).

        Dates and the number of places may differ; outcome, eligibility and lengths may not.
        """
        months = self.outcome_months
        told = {
            "outcome": "long_absence",
            "long_absence_days": self.long_absence_days,
            "month_absence_days": self.month_absence_days,
            "outcome_after_months": self.outcome_after_months,
            "outcome_months": len(months),
            "follow_up_months": len(self.follow_up),
            "eligible": ("comparable" if self.comparable_only else "school_age") + ("_high_points" if self.top else ""),
            "index_month": str(self.index_month),
        }
        return pd.DataFrame({"aspect": list(told), "setting": [str(value) for value in told.values()]})
