"""Negative-control outcomes of a cohort: months before the offer, which it cannot have changed.

Absence in the index year before the offer, and in single months of the year before given that year's total, should not
differ between the arms once they are alike. Where they do, staff knew something that the covariates do not hold.
The controls hang together, so their spread is known less well than their number says.
"""

import numpy as np
import pandas as pd

from kosodachi.effect.attendance import linked, monthly_absence
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.estimators import aipw
from kosodachi.effect.negative_controls import FEWEST, Null, empirical_null
from kosodachi.effect.nuisance import RIDGE
from kosodachi.effect.study import FOLDS, TRUNCATED, analysed, no_rows
from kosodachi.municipality import Municipality

DAYS, RARE = 3, 20
COLUMNS = ["control", "value", "se", "low", "high", "children", "events"]


def control_estimates(
    cohort: Cohort,
    attributes: dict[str, pd.DataFrame],
    person_link: pd.DataFrame,
    settings: Municipality,
    *,
    seed: int = 1,
) -> pd.DataFrame:
    """Adjusted log odds ratios of the offer on each control: columns control (a month), value, se, low, high, children,
    events; 0 is what they should be. A control is three days absent or more in the month.

    The difference of shares by AIPW over p (1 - p), p the control's share. Controls with fewer than twenty events, or
    fewer than twenty without, are left out.
    """
    at = analysed(cohort)
    if cohort.missing or not at.two_armed:
        return no_rows(COLUMNS).astype({"control": object})
    school = linked(attributes, person_link, settings.of_kind("school_attendance"))
    days = monthly_absence(school).reindex(at.table["research_id"])
    rows = [_row(str(month), days[month].to_numpy(float), at, seed) for month in _months(cohort, days)]
    table = pd.DataFrame([row for row in rows if row], columns=COLUMNS)
    return table if len(table) else no_rows(COLUMNS).astype({"control": object})


def _months(cohort: Cohort, days: pd.DataFrame) -> list[pd.Period]:
    """Months of the index year before the index month, and those of the year before."""
    first = pd.Period(f"{cohort.trial.fiscal_year - 1}-04", "M")
    return [month for month in days.columns if first <= month < cohort.trial.index_month]


def _row(month: str, days: np.ndarray, at, seed: int) -> list | None:
    held = ~np.isnan(days)
    y = (days[held] >= DAYS) * 1.0
    events = int(y.sum())
    if min(events, len(y) - events) < RARE:
        return None
    found = aipw(
        y, at.a[held], at.X[held], cluster=at.cluster[held], ridge=RIDGE, seed=seed, repeats=1, k=FOLDS, clip=TRUNCATED
    )
    scale = y.mean() * (1 - y.mean())
    return [month, found.value / scale, found.se / scale, found.low / scale, found.high / scale, len(y), events]


def null_of(controls: pd.DataFrame) -> Null | None:
    """The systematic error that the controls show, on the log odds scale; None with fewer than five controls."""
    return empirical_null(controls["value"], controls["se"]) if len(controls) >= FEWEST else None


def on_difference_scale(null: Null, share: float) -> Null:
    """The systematic error as a difference of shares, at an outcome of this share."""
    scale = share * (1 - share)
    return Null(null.mean * scale, null.sd * scale, null.ease * scale, null.controls)
