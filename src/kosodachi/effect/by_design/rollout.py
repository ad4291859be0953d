"""How support was rolled out in a town, as its settings and its outreach log tell: what the designs' analyses start from.

It says what was written down. Whether lots were really drawn, or an order really by lot, no log can show.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.effect.attendance import first_offers, linked, monthly_absence
from kosodachi.effect.cohort import cohort
from kosodachi.effect.trial import FISCAL_YEAR_STARTS, TargetTrial
from kosodachi.municipality import Municipality

ONE_ARMED = ("no_offer", "all_offered")  # no bar here: another month or school may hold the comparison
COLUMNS = ["research_id", "household_id", "outcome", "points", "offered_on", "lot", "school", "before", "early"]


@dataclass(frozen=True)
class Rollout:
    """The pupils of a study and how outreach reached them.

    people: one row a pupil on record in both years, resident and not offered support before the index date: research_id,
    household_id, outcome (1 long absence, missing if not on record), points, offered_on (day, missing if never), lot
    (drawn, not_drawn, missing), school, before (1 with a long absence in the same months a year before), early (days
    absent in the fiscal year before the index month). days: absent by research_id and month. design: as the settings state it; places: offers a month. missing: why there is no study.
    """

    people: pd.DataFrame
    days: pd.DataFrame
    trial: TargetTrial
    design: str
    places: int
    missing: tuple[str, ...] = ()


def rollout(
    child: pd.DataFrame, judgement: pd.DataFrame, item_value: pd.DataFrame, attributes: dict[str, pd.DataFrame],
    person_link: pd.DataFrame, settings: Municipality, *, trial: TargetTrial | None = None,
) -> Rollout:  # fmt: skip
    """The roll-out of a town; an impossible study is no fault: `missing` then says why, in the words of `cohort`."""
    trial = (trial or TargetTrial.of(settings)).model_copy(update={"comparable_only": False, "top": None})
    made = cohort(child, judgement, item_value, attributes, person_link, settings, trial=trial)
    missing = tuple(reason for reason in made.missing if reason not in ONE_ARMED)
    design, places = settings.outreach.design, settings.capacity.outreach_per_month
    if missing or made.table.empty:
        return Rollout(
            pd.DataFrame(columns=COLUMNS), pd.DataFrame(), trial, design, places, missing or ("no_judgement",)
        )
    log, school = (
        linked(attributes, person_link, settings.of_kind(kind)) for kind in ("outreach_log", "school_attendance")
    )
    days = monthly_absence(school)
    people = made.table.rename(columns={"x_points": "points"}).sort_values("research_id", ignore_index=True)
    ids = people["research_id"]
    people = people.assign(
        offered_on=pd.to_datetime(ids.map(first_offers(log))), lot=ids.map(_lots(log)), school=ids.map(_schools(school, trial)),
        before=_long_before(days.reindex(ids), trial), early=_early(days.reindex(ids), trial),
    )  # fmt: skip
    return Rollout(people[COLUMNS], days, trial, design, places)


def _lots(log: pd.DataFrame) -> pd.Series:
    """The lot of each child; drawn where two rows say different things."""
    if "lot" not in log:
        return pd.Series(dtype=object)
    return log.dropna(subset=["lot"]).sort_values("lot").drop_duplicates("research_id").set_index("research_id")["lot"]


def _schools(school: pd.DataFrame, trial: TargetTrial) -> pd.Series:
    """The school of each child in the fiscal year of the index date; the last on file where there are two."""
    if "school" not in school:
        return pd.Series(dtype=object)
    now = school[school["fiscal_year"] == trial.fiscal_year].sort_values("record_id")
    return now.drop_duplicates("research_id", keep="last").set_index("research_id")["school"]


def _long_before(days: pd.DataFrame, trial: TargetTrial) -> np.ndarray:
    """Long absence in the outcome months of the year before; missing where a month is not on record."""
    total = days.reindex(columns=trial.outcome_months - 12).sum(axis=1, skipna=False).to_numpy(float)
    return np.where(np.isnan(total), np.nan, (total >= trial.long_absence_days) * 1.0)


def _early(days: pd.DataFrame, trial: TargetTrial) -> np.ndarray:
    """Days absent from the start of the fiscal year to the index month; missing if that is its first month."""
    months = pd.period_range(f"{trial.fiscal_year}-{FISCAL_YEAR_STARTS:02}", trial.index_month - 1, freq="M")
    return days.reindex(columns=months).sum(axis=1, skipna=False, min_count=1).to_numpy(float)
