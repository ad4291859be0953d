"""The study cohort at its index date, made from the analysis tables by the rules of the target trial.

Who was offered support is settled in the index month and follow-up starts after it, so no child has to stay well for a
while to count as treated. What staff knew and no source holds is not in here.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.effect.attendance import first_offers, fiscal_years, linked, monthly_absence
from kosodachi.effect.balance import comparable
from kosodachi.effect.nuisance import RIDGE, design_matrix, propensity
from kosodachi.effect.trial import FISCAL_YEAR_STARTS, TargetTrial
from kosodachi.municipality import Municipality

COLUMNS = {
    "research_id": object,
    "household_id": object,
    "treated": bool,
    "outcome": float,
    "months": float,
    "event": bool,
}
ELIGIBLE = "comparable"
DAYS_A_YEAR = 365.25
TINY = 1e-4


@dataclass(frozen=True)
class Cohort:
    """The cohort (contract `cohort` with covariates x_*), who dropped out where, and why no study is possible, if so.

    attrition: columns stage, children, with_offer, without_offer; children left after each stage, in order: judged,
    school_age, resident, not_offered_before, high_points (if the trial has a cut), comparable, outcome_known.
    missing: no_outreach_log, no_attendance, no_judgement, follow_up_too_short, no_offer, all_offered; empty if none.
    """

    table: pd.DataFrame
    attrition: pd.DataFrame
    trial: TargetTrial
    missing: tuple[str, ...] = ()


def cohort(
    child: pd.DataFrame,
    judgement: pd.DataFrame,
    item_value: pd.DataFrame,
    attributes: dict[str, pd.DataFrame],
    person_link: pd.DataFrame,
    settings: Municipality,
    *,
    trial: TargetTrial | None = None,
) -> Cohort:
    """The eligible children at the index date, with treatment, outcome, months to event and covariates.

    outcome: 1 long absence, 0 none, missing if a month of the outcome window is not on record. months: whole months
    from the end of the index month to the event or the last month on record. Covariates: x_<item>, x_points, x_age
    (years), x_female, x_absent_before (days in the fiscal year before) and its log(1 + days), x_known_before. An
    impossible study is no fault: the cohort is then empty and `missing` says why.
    """
    trial = trial or TargetTrial.of(settings)
    judged = judgement[pd.to_datetime(judgement["as_of"]) == pd.Timestamp(trial.judged_as_of)]
    if missing := _missing(judged, attributes, settings, trial):
        return Cohort(_empty(), _attrition({}), trial, missing)
    school = linked(attributes, person_link, settings.of_kind("school_attendance"))
    offers = first_offers(linked(attributes, person_link, settings.of_kind("outreach_log")))
    people = judged.merge(child, on="research_id").sort_values("research_id", ignore_index=True)
    people["offered_on"] = people["research_id"].map(offers)
    people["treated"] = people["offered_on"].between(pd.Timestamp(trial.index_date), trial.offered_until)
    eligible, stages = _eligible(people, fiscal_years(school), trial)
    absence = monthly_absence(school).reindex(eligible["research_id"])
    table = pd.concat([_followed(eligible, absence, trial), _covariates(eligible, absence, item_value, trial)], axis=1)
    table = table[_comparable(table, trial)].reset_index(drop=True)
    stages |= {ELIGIBLE: table, "outcome_known": table[table["outcome"].notna()]}
    return Cohort(table, _attrition(stages), trial, _one_armed(table))


def _missing(judged, attributes, settings, trial) -> tuple[str, ...]:
    def held(kind):
        return any(len(attributes.get(source, ())) for source in settings.of_kind(kind))

    found = {
        "no_outreach_log": not held("outreach_log"),
        "no_attendance": not held("school_attendance"),
        "no_judgement": judged.empty,
        "follow_up_too_short": not len(trial.outcome_months),
    }
    return tuple(reason for reason, is_so in found.items() if is_so)


def _one_armed(table: pd.DataFrame) -> tuple[str, ...]:
    if not table["treated"].any():
        return ("no_offer",)
    return ("all_offered",) if table["treated"].all() else ()


def _eligible(people: pd.DataFrame, years: dict[int, pd.Index], trial: TargetTrial):
    """The children whom offers are compared among, and the tables left after each step that led there."""
    none, index_date = pd.Index([]), pd.Timestamp(trial.index_date)
    both = years.get(trial.fiscal_year, none).intersection(years.get(trial.fiscal_year - 1, none))
    rules = {
        "school_age": lambda t: t["research_id"].isin(both),
        "resident": lambda t: ~(t["moved_in"] > index_date) & ~(t["moved_out"] < index_date),
        "not_offered_before": lambda t: ~(t["offered_on"] < index_date),
        "high_points": lambda t: t["points"] >= t["points"].nlargest(trial.top).astype(float).min(),
    }
    stages = {"judged": people}
    for step, keeps in rules.items():
        if trial.top or step != "high_points":
            people = people[keeps(people)]
            stages[step] = people
    return people.reset_index(drop=True), stages


def _comparable(table: pd.DataFrame, trial: TargetTrial) -> np.ndarray:
    """Which children are kept for their chance of an offer; all if one arm is empty or the trial asks for all."""
    if not trial.comparable_only or _one_armed(table):
        return np.ones(len(table), dtype=bool)
    X, _ = design_matrix(table, [c for c in table if c.startswith("x_")])
    return comparable(propensity(table["treated"].to_numpy(float), X, ridge=RIDGE, clip=TINY))


def _followed(people: pd.DataFrame, absence: pd.DataFrame, trial: TargetTrial) -> pd.DataFrame:
    """Who is in the cohort, with treatment, outcome and time to event."""
    months = trial.follow_up
    days = absence.reindex(columns=months).to_numpy(float)
    left = people["moved_out"].dt.to_period("M").to_numpy()
    gone = np.column_stack([np.asarray(people["moved_out"].notna() & (left <= month), bool) for month in months])
    days = np.where(gone, np.nan, days)
    length = days.shape[1]
    unseen = _first(np.isnan(days), length)
    hit = _first(np.nan_to_num(days) >= trial.month_absence_days, length)
    event = hit < unseen
    total = days[:, months.isin(trial.outcome_months)].sum(axis=1)
    return pd.DataFrame({
        "research_id": people["research_id"], "household_id": people["household_id"], "treated": people["treated"],
        "outcome": np.where(np.isnan(total), np.nan, (total >= trial.long_absence_days) * 1.0),
        "months": np.where(event, hit + 1, unseen) * 1.0, "event": event,
    })  # fmt: skip


def _first(flags: np.ndarray, otherwise: int) -> np.ndarray:
    """The position of the first true value a row."""
    return np.where(flags.any(axis=1), flags.argmax(axis=1), otherwise)


def _covariates(people, absence, item_value, trial) -> pd.DataFrame:
    """What was known before outreach: item values, points, age, sex, absence of the year before, known need."""
    at = item_value[pd.to_datetime(item_value["as_of"]) == pd.Timestamp(trial.judged_as_of)]
    items = at.pivot(index="research_id", columns="item_id", values="value").add_prefix("x_").astype(float)
    start = pd.Period(year=trial.fiscal_year - 1, month=FISCAL_YEAR_STARTS, freq="M")
    before = absence.reindex(columns=pd.period_range(start, periods=12, freq="M"))
    days = (before.mean(axis=1) * before.shape[1]).to_numpy()
    born = pd.to_datetime(people["birth_month"])
    return pd.concat([
        items.reindex(people["research_id"]).reset_index(drop=True).sort_index(axis=1),
        pd.DataFrame({
            "x_points": people["points"].astype(float),
            "x_age": (pd.Timestamp(trial.index_date) - born).dt.days / DAYS_A_YEAR,
            "x_female": (people["sex"] == "female").where(people["sex"].notna()).astype(float),
            "x_absent_before": days, "x_absent_before_log": np.log1p(days),
            "x_known_before": people["known_before"].astype(float),
        }),
    ], axis=1)  # fmt: skip


def _attrition(stages: dict[str, pd.DataFrame]) -> pd.DataFrame:
    counts = [(step, len(t), int(t["treated"].sum())) for step, t in stages.items()]
    table = pd.DataFrame(counts, columns=["stage", "children", "with_offer"])
    table = table.astype({"children": int, "with_offer": int})
    return table.assign(without_offer=table["children"] - table["with_offer"])


def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
