"""A plan filled in from what a municipality's own records show before operation.

The figures are of past years and of other children: a plan made of them is a start for a discussion, no forecast.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.effect.attendance import linked, monthly_absence
from kosodachi.effect.chooser.plan import Plan
from kosodachi.effect.trial import TargetTrial
from kosodachi.municipality import Municipality

COLUMNS = ["quantity", "value", "basis", "children"]
SMALLEST_BASELINE, LARGEST_ICC = 0.01, 0.3


@dataclass(frozen=True)
class Known:
    """The plan (None if it cannot be made), where each figure is from (columns quantity, value, basis, children), and
    what is missing: no_attendance, too_few_years, effect_above_baseline; empty if none."""

    plan: Plan | None
    table: pd.DataFrame
    missing: tuple[str, ...] = ()


def from_town(
    child: pd.DataFrame, judgement: pd.DataFrame, attributes: dict[str, pd.DataFrame], person_link: pd.DataFrame,
    settings: Municipality, *, smallest_effect: float, months: int | None = None, uptake: float = 0.6, order_free: bool = True,
    long_absence_days: int = 20,
) -> Known:  # fmt: skip
    """A plan for the outcome of the target trial (long absence) from the attendance of the two years before.

    Children are ranked by their days absent in the year before last, as a stand-in for points; the baseline is the
    share with a long absence last year among those around the monthly capacity times months, so that values have
    returned to the mean. months None: as many as it takes to reach a quarter of the pupils, at most twelve. icc: likeness of children of a school among the first ones, by moments.
    """
    school = linked(attributes, person_link, settings.of_kind("school_attendance"))
    if school.empty or "school" not in school:
        return Known(None, pd.DataFrame(columns=COLUMNS), ("no_attendance",))
    trial = TargetTrial.of(settings, long_absence_days=long_absence_days)
    past = _past(school, trial)
    if past is None or past.empty:
        return Known(None, pd.DataFrame(columns=COLUMNS), ("too_few_years",))
    resident = child.loc[child["research_id"].isin(judgement["research_id"]), "research_id"]
    pupils = past[past["research_id"].isin(resident)].sort_values(["before", "research_id"], ascending=[False, True])
    capacity = max(1, min(settings.capacity.outreach_per_month, len(pupils) // 2))
    months, said = (
        (months, "chosen") if months else (int(np.clip(len(pupils) // (4 * capacity), 1, 12)), "a_quarter_of_pupils")
    )
    places = min(capacity * months, len(pupils) // 2)
    near = pupils.iloc[places // 2 : places + places // 2]
    first = pupils.iloc[:places]
    homes = child.set_index("research_id")["household_id"].reindex(first["research_id"])
    facts = {
        "children": (len(pupils), "attendance_last_year", len(pupils)),
        "capacity": (capacity, "settings", len(pupils)),
        "months": (months, said, len(pupils)),
        "sites": (pupils["school"].nunique(), "attendance_last_year", len(pupils)),
        "baseline": (max(near["long"].mean(), SMALLEST_BASELINE), "around_the_cut_last_year", len(near)),
        "smallest_effect": (smallest_effect, "chosen", len(pupils)),
        "uptake": (uptake, "chosen", len(pupils)),
        "icc": (likeness(first["long"], first["school"]), "first_children_last_year", len(first)),
        "siblings": (len(homes) / max(homes.nunique(), 1), "resident_register", len(first)),
        "history_years": (1, "attendance_before", len(pupils)),
    }
    table = pd.DataFrame([[name, float(v), basis, n] for name, (v, basis, n) in facts.items()], columns=COLUMNS)
    if smallest_effect >= facts["baseline"][0]:
        return Known(None, table, ("effect_above_baseline",))
    whole = ("children", "capacity", "months", "sites", "history_years")
    fields = {name: (int(value) if name in whole else float(value)) for name, (value, _, _) in facts.items()}
    return Known(Plan(order_free=order_free, **fields), table)


def _past(school: pd.DataFrame, trial: TargetTrial) -> pd.DataFrame | None:
    """Pupils on record in both years before: research_id, school, before (days in the year before last), long (1 with a
    long absence in the outcome months of last year)."""
    days = monthly_absence(school)
    year = trial.fiscal_year
    before, last = (pd.period_range(f"{y}-04", f"{y + 1}-03", freq="M") for y in (year - 2, year - 1))
    window = trial.outcome_months - 12
    if not set(before) <= set(days.columns) or not len(window) or not set(window) <= set(last):
        return None
    both = days.dropna(subset=[*before, *window])
    now = school[school["fiscal_year"] == year - 1].drop_duplicates("research_id", keep="last").set_index("research_id")
    table = pd.DataFrame({
        "research_id": both.index, "school": now["school"].reindex(both.index).to_numpy(),
        "before": both[before].sum(axis=1).to_numpy(),
        "long": (both[window].sum(axis=1) >= trial.long_absence_days).to_numpy(float),
    })  # fmt: skip
    return table.dropna(subset=["school"])


def likeness(y, group) -> float:
    """The correlation of two children of a group (n,), by analysis of variance; kept between 0 and 0.3.

    Ref: Donner & Koval 1980, doi:10.2307/2530358.
    """
    table = pd.DataFrame({"y": np.asarray(y, float), "group": np.asarray(group)})
    size, mean = (table.groupby("group")["y"].agg(kind) for kind in ("size", "mean"))
    k, n = len(size), len(table)
    if k < 2 or n <= k:
        return 0.0
    between = (size * (mean - table["y"].mean()) ** 2).sum() / (k - 1)
    within = ((table["y"] - table["group"].map(mean)) ** 2).sum() / (n - k)
    usual = (n - (size**2).sum() / n) / (k - 1)
    icc = (between - within) / (between + (usual - 1) * within) if between + within > 0 else 0.0
    return float(np.clip(icc, 0.0, LARGEST_ICC))
