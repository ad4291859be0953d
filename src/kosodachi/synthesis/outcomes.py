"""Potential outcomes: days absent with and without the offer, from the same draws, and the attendance that was seen.

The effect works on the chance of missing a school day, for those who would start support, from the month after the
index month on. The offer does nothing for others, nor for siblings.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kosodachi.synthesis.attendance import Attendance, days_absent
from kosodachi.synthesis.calendar import Months
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

REACH, STEPS = 8.0, 28  # log-odds within which the shift is sought, and halvings of that span


@dataclass(frozen=True)
class Outcomes:
    """child: the table of `programme.chosen` with days_0, days_1, y0, y1, without and with the offer.

    Outcomes are missing for pupils who left before the end. shift: effect on the log-odds of missing a school day.
    school: attendance as seen.
    """

    child: pd.DataFrame
    shift: float
    school: Attendance


def outcomes(table: pd.DataFrame, school: Attendance, scenario: Scenario, streams: Streams) -> Outcomes:
    """What became of the pupils in either case, and what was seen."""
    months, asked = Months.of(scenario.schedule), scenario.programme
    spread = streams.of("programme.effect").standard_normal(len(table)).clip(-2, 2)
    table = table.assign(own=(1 + asked.heterogeneity * spread) * table["would_start"])
    whole = school.enrolled[table["row"]][:, months.outcome].all(axis=1)
    shift = _shift(table[table["eligible"] & whole], school, months, scenario)
    for arm, effect in ((0, 0.0), (1, shift)):
        days = _days(table, school, months, effect).sum(axis=1)
        table[f"days_{arm}"] = np.where(whole, days, np.nan)
        table[f"y{arm}"] = np.where(whole, days >= asked.long_absence_days, np.nan)
    return Outcomes(table, shift, _seen(table, school, months, shift))


def _days(table: pd.DataFrame, school: Attendance, months: Months, shift: float) -> np.ndarray:
    """Days absent in the outcome months, shape (pupils, months)."""
    rows = table["row"].to_numpy()
    logit = school.logit[rows][:, months.outcome] + shift * table["own"].to_numpy()[:, None]
    return days_absent(logit, school.draw[rows][:, months.outcome], months.outcome)


def _shift(eligible: pd.DataFrame, school: Attendance, months: Months, scenario: Scenario) -> float:
    """The shift that gives the effect asked for among the eligible, as nearly as their number allows (bisection)."""
    asked = scenario.programme
    if asked.effect == 0 or eligible.empty:
        return 0.0

    def absent(table: pd.DataFrame, shift: float) -> np.ndarray:
        return _days(table, school, months, shift).sum(axis=1) >= asked.long_absence_days

    at_ends = [absent(eligible, shift) for shift in (-REACH, REACH)]
    wanted, open_ = absent(eligible, 0.0).mean() + asked.effect, at_ends[0] != at_ends[1]
    return _met(eligible[open_], int(at_ends[0].sum()), wanted, len(eligible), absent)


def _met(undecided: pd.DataFrame, below: int, wanted: float, n: int, absent) -> float:
    """The shift at which the wanted share of n is absent long.

    Days rise with the shift, so a pupil with the same outcome at both ends of the bracket is decided: `below` counts
    those absent long at its lower end, and only the undecided are looked at again.
    """
    low, high, above = -REACH, REACH, below + len(undecided)
    for _ in range(STEPS):
        middle = (low + high) / 2
        now = absent(undecided, middle)
        count = below + int(now.sum())
        if count / n > wanted:
            high, above, undecided = middle, count, undecided[now]
        else:
            low, below, undecided = middle, count, undecided[~now]
    return low if abs(below / n - wanted) <= abs(above / n - wanted) else high


def _seen(table: pd.DataFrame, school: Attendance, months: Months, shift: float) -> Attendance:
    """Attendance with the effect in it, for those who were offered support."""
    helped = table[table["offered"]]
    rows = helped["row"].to_numpy()
    logit = school.logit[rows].copy()
    logit[:, months.effect_from :] += shift * helped["own"].to_numpy()[:, None]
    days = school.days.copy()
    days[rows] = np.where(school.enrolled[rows], days_absent(logit, school.draw[rows]), -1)
    return replace(school, days=days)
