"""Potential outcomes: days absent with and without the offer, from the same draws, and the attendance that was seen.

The effect works on the chance of missing a school day, for those who would start support, from the month after the
offer on; it may fade, and may reach siblings in part. Both potential outcomes are those of a pupil whose siblings get
no offer: without any offer, and with an offer in the index month. What is seen has siblings and later offers in it.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kosodachi.faults import Fault
from kosodachi.synthesis.attendance import Attendance, days_absent
from kosodachi.synthesis.calendar import Months
from kosodachi.synthesis.scenario import Programme, Scenario

REACH, STEPS = 8.0, 28  # log-odds within which the shift is sought, and halvings of that span
ENOUGH, MISSED = 200, 0.02  # eligible pupils from which an effect missed by more than this is refused


@dataclass(frozen=True)
class Outcomes:
    """child: the table of `programme.chosen` with days_0, days_1, y0, y1, without and with the offer, and days_seen,
    y_seen.

    Outcomes are missing for pupils who left before the end. shift: effect on the log-odds of missing a school day.
    school: attendance as seen.
    """

    child: pd.DataFrame
    shift: float
    school: Attendance


def outcomes(
    table: pd.DataFrame, school: Attendance, household: np.ndarray, stronger: np.ndarray, scenario: Scenario, streams
) -> Outcomes:
    """What became of the pupils in either case, and what was seen. household: of every child, by position; stronger:
    how much stronger the effect on each pupil is (`further.modifiers`)."""
    months, asked = Months.of(scenario.schedule), scenario.programme
    spread = streams.of("programme.effect").standard_normal(len(table)).clip(-2, 2)
    own = (1 + asked.heterogeneity * spread + stronger).clip(0)
    table = table.assign(own=own * table["would_start"])
    whole = school.enrolled[table["row"]][:, months.outcome].all(axis=1)
    shift = _shift(table[table["eligible"] & whole], school, months, scenario)
    seen = _seen(table, school, lasting(table, household[table["child"]], months, asked), shift)
    days = {"0": _days(table, school, months, 0.0, asked), "1": _days(table, school, months, shift, asked),
            "seen": seen.days[table["row"]][:, months.outcome]}  # fmt: skip
    for arm, counted in days.items():
        total = counted.sum(axis=1)
        table[f"days_{arm}"] = np.where(whole, total, np.nan)
        table[f"y{'_' * (arm == 'seen')}{arm}"] = np.where(whole, total >= asked.long_absence_days, np.nan)
    return Outcomes(table, shift, seen)


def _days(table: pd.DataFrame, school: Attendance, months: Months, shift: float, asked: Programme) -> np.ndarray:
    """Days absent in the outcome months if the offer were made in the index month, shape (pupils, months)."""
    rows, since = table["row"].to_numpy(), np.arange(12)[months.outcome] - months.effect_from
    effect = shift * table["own"].to_numpy()[:, None] * (1 - asked.fading) ** since
    logit = school.logit[rows][:, months.outcome] + effect
    return days_absent(logit, school.draw[rows][:, months.outcome], months.outcome)


def _shift(eligible: pd.DataFrame, school: Attendance, months: Months, scenario: Scenario) -> float:
    """The shift that gives the effect asked for among the eligible, as nearly as their number allows (bisection).

    Raises E-TOWN-16 if no shift gives it: too few would be absent long without the offer, or too few would start.
    """
    asked = scenario.programme
    if asked.effect == 0 or eligible.empty:
        return 0.0

    def absent(table: pd.DataFrame, shift: float) -> np.ndarray:
        return _days(table, school, months, shift, asked).sum(axis=1) >= asked.long_absence_days

    at_ends = [absent(eligible, shift) for shift in (-REACH, REACH)]
    wanted, open_ = absent(eligible, 0.0).mean() + asked.effect, at_ends[0] != at_ends[1]
    shift = _met(eligible[open_], int(at_ends[0].sum()), wanted, len(eligible), absent)
    if len(eligible) >= ENOUGH and abs(absent(eligible, shift).mean() - wanted) > MISSED:
        raise Fault("E-TOWN-16", effect=asked.effect, risk=f"{wanted - asked.effect:.3f}", started=asked.started)
    return shift


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


def lasting(table: pd.DataFrame, household: np.ndarray, months: Months, asked: Programme) -> np.ndarray:
    """What of the effect works on each pupil in each month of the year, shape (pupils, 12): own and siblings'."""
    own = _since(table["offer_month"].to_numpy(), asked) * table["own"].to_numpy()[:, None]
    if asked.spill_over == 0:
        return own
    helped = np.flatnonzero((table["offer_month"] >= 0) & (table["own"] > 0))
    pairs = pd.DataFrame({"household": household, "pupil": np.arange(len(table))}).merge(
        pd.DataFrame({"household": household[helped], "helper": helped}), on="household"
    )
    pairs = pairs[pairs["pupil"] != pairs["helper"]].drop_duplicates("pupil")
    spilled = np.zeros_like(own)
    spilled[pairs["pupil"]] = asked.spill_over * own[pairs["helper"]]
    return np.maximum(own, spilled)


def _since(offer_month: np.ndarray, asked: Programme) -> np.ndarray:
    """1 in the month after the offer, less by `fading` in each further one, `anticipation` in the two months before
    and in that of the offer, 0 earlier; shape (pupils, 12)."""
    since = np.arange(12) - offer_month[:, None] - 1
    works = np.where(since >= 0, (1 - asked.fading) ** np.maximum(since, 0), asked.anticipation * (since >= -3))
    return np.where((offer_month >= 0)[:, None], works, 0.0)


def _seen(table: pd.DataFrame, school: Attendance, works: np.ndarray, shift: float) -> Attendance:
    """Attendance with the effect in it, for those on whom it works."""
    reached = works.any(axis=1)
    rows = table["row"].to_numpy()[reached]
    days = school.days.copy()
    logit = school.logit[rows] + shift * works[reached]
    days[rows] = np.where(school.enrolled[rows], days_absent(logit, school.draw[rows]), -1)
    return replace(school, days=days)
