"""The school calendar of a scenario: fiscal years, and the months of a school year that come after outreach."""

from dataclasses import dataclass

import numpy as np

from kosodachi.municipality import Schedule

SCHOOL_DAYS = np.array([17, 20, 21, 14, 4, 20, 21, 20, 17, 17, 18, 16])  # April to March
OUTCOME_AFTER = 4  # months from the index month to the first month of the outcome
YEARS_HELD = 4


def fiscal_year(day) -> int:
    """Fiscal year (April to March) of a day."""
    return day.year - (day.month < 4)


def month_no(day) -> int:
    """Month within the fiscal year: 0 for April, 11 for March."""
    return (day.month - 4) % 12


def years_of(schedule: Schedule) -> np.ndarray:
    """The fiscal years that the systems hold: three before that of the index date, and it."""
    last = fiscal_year(schedule.index_date)
    return np.arange(last - YEARS_HELD + 1, last + 1)


@dataclass(frozen=True)
class Months:
    """Months of the index date's fiscal year, as positions from April: index, first with an effect, outcome window."""

    index: int
    effect_from: int
    outcome: slice

    @classmethod
    def of(cls, schedule: Schedule) -> "Months":
        """Outcome months run from the fourth after the index month to the end of follow-up, within the fiscal year."""
        index = month_no(schedule.index_date)
        same = fiscal_year(schedule.follow_up_until) == fiscal_year(schedule.index_date)
        end = month_no(schedule.follow_up_until) + 1 if same else 12
        return cls(index, index + 1, slice(index + OUTCOME_AFTER, end))

    @property
    def has_outcome(self) -> bool:
        """Whether any month is left for the outcome."""
        return self.outcome.start < self.outcome.stop
