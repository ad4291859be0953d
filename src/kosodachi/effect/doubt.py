"""Would the estimate survive doubt: the same effect under several worries, side by side.

Each row answers one worry and leaves the others open; none can show that no common cause is missing.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from kosodachi.effect import nuisance
from kosodachi.effect.attendance import linked
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.controls import null_of, on_difference_scale
from kosodachi.effect.draws import imputed_outcome, over_draws
from kosodachi.effect.estimators import aipw
from kosodachi.effect.link_error import chances, over_links
from kosodachi.effect.negative_controls import calibrated
from kosodachi.effect.nuisance import RIDGE
from kosodachi.effect.sensitivity import e_value, risk_ratio, tipping_share
from kosodachi.effect.study import FOLDS, TRUNCATED, Arrays, analysed, covariates_of, followed, no_rows
from kosodachi.municipality import Municipality

COLUMNS = ["worry", "value", "low", "high", "n"]
IMPUTATIONS = 20
TIPPING_COPIES = 5


def doubts(
    cohort: Cohort, controls: pd.DataFrame, *, link_chances: tuple[pd.Series, pd.Series] | None = None, seed: int = 1
) -> pd.DataFrame:
    """The risk difference under each worry: columns worry, value, low, high, n.

    as_estimated: AIPW. systematic_error: calibrated by the negative controls (if there are five). missing_outcomes:
    outcomes imputed (`imputed_outcome`), pooled. worst_case: from the estimate with missing
    outcomes 0 among the offered and 1 among the others to the reverse (value is missing). wrong_links: carried over the match probabilities, if
    `link_chances` (chance of an offer, chance that the outcome is the child's own; by research id) are given.
    """
    at = analysed(cohort)
    if cohort.missing or not at.two_armed:
        return no_rows(COLUMNS).astype({"worry": object})
    first = aipw(at.y, at.a, at.X, cluster=at.cluster, ridge=RIDGE, seed=seed, repeats=1, k=FOLDS, clip=TRUNCATED)
    rows = [("as_estimated", first.value, first.low, first.high, first.n)]
    if (null := null_of(controls)) is not None:
        value, low, high, _ = calibrated(first.value, first.se, on_difference_scale(null, float(at.y.mean())))
        rows.append(("systematic_error", value, low, high, first.n))
    whole = cohort.table.sort_values("research_id", ignore_index=True)
    y, a = whole["outcome"].to_numpy(float), whole["treated"].to_numpy(bool)
    X, _ = nuisance.design_matrix(whole, covariates_of(cohort))
    if np.isnan(y).any():
        rows += _missing(y, a, X, whole, seed)
    if link_chances is not None:
        rows.append(_links(y, X, whole, link_chances, seed))
    return pd.DataFrame(rows, columns=COLUMNS)


def _adjusted(a, X, cluster, seed: int) -> Callable:
    """The estimate of every row here, by outcome alone."""
    shared = {"cluster": cluster, "ridge": RIDGE, "seed": seed, "repeats": 1, "k": FOLDS, "clip": TRUNCATED}
    return lambda outcome: aipw(outcome, a * 1.0, X, **shared)


def _missing(y, a, X, whole: pd.DataFrame, seed: int) -> list[tuple]:
    cluster = whole["household_id"].to_numpy()
    estimated = _adjusted(a, X, cluster, seed)
    pooled = over_draws(imputed_outcome(y, a, X, cluster=cluster, m=IMPUTATIONS, seed=seed), estimated)
    gap = np.isnan(y)
    ends = [np.where(gap, np.where(a, on, off), y) for on, off in ((0.0, 1.0), (1.0, 0.0))]
    low, high = (estimated(end) for end in ends)
    return [
        ("missing_outcomes", pooled.value, pooled.low, pooled.high, len(y)),
        ("worst_case", np.nan, low.low, high.high, len(y)),
    ]


def _links(y, X, whole: pd.DataFrame, link_chances, seed: int) -> tuple:
    offered, own = (series.reindex(whole["research_id"]).to_numpy(float) for series in link_chances)
    pooled = over_links(y, offered, own, X, cluster=whole["household_id"].to_numpy(), seed=seed, clip=TRUNCATED)
    return ("wrong_links", pooled.value, pooled.low, pooled.high, len(y))


def link_chances(
    cohort: Cohort, link_draws: pd.DataFrame, attributes: dict[str, pd.DataFrame], person_link: pd.DataFrame,
    settings: Municipality,
) -> tuple[pd.Series, pd.Series]:  # fmt: skip
    """The chance of an offer in the index month, and that the attendance on file is the child's own; by research id.

    link_draws: draw (0, 1, ...), record_id, research_id, of records whose link differs from the main set in the draw.
    """
    children, draws = pd.Index(cohort.table["research_id"]), int(link_draws["draw"].max() + 1) if len(link_draws) else 1
    log = pd.concat([attributes[s] for s in settings.of_kind("outreach_log") if s in attributes], ignore_index=True)
    day = pd.to_datetime(log["offered"])
    inside = log[day.between(pd.Timestamp(cohort.trial.index_date), cohort.trial.offered_until)]
    offered = chances(link_draws, person_link, inside, children, draws=draws)
    school = linked(attributes, person_link, settings.of_kind("school_attendance"))
    lost = link_draws[link_draws["record_id"].isin(school["record_id"])]
    share = lost.groupby("record_id")["draw"].nunique() / draws
    worst = school.assign(lost=school["record_id"].map(share).fillna(0.0)).groupby("research_id")["lost"].max()
    return offered, (1 - worst).reindex(children, fill_value=1.0)


def what_it_takes(cohort: Cohort, estimates: pd.DataFrame, controls: pd.DataFrame, *, seed: int = 1) -> pd.DataFrame:
    """What it would take to explain the estimate away: columns measure, value, n.

    e_value and e_value_interval (risk ratios), ease (expected systematic error, log odds), tipping_share (share of long
    absence among the offered without a record at which the adjusted interval would hold 0; missing if none does).
    """
    at = analysed(cohort)
    rows, whole = [], cohort.table
    main = estimates[(estimates["method"] == "aipw") & (estimates["estimand"] == "ATE")]
    if len(main) and (untreated := _untreated(at)) > 0:
        one = main.iloc[0]
        point, interval = e_value(*risk_ratio(untreated, one["value"], one["low"], one["high"]))
        rows += [("e_value", point, len(at.y)), ("e_value_interval", interval, len(at.y))]
    if (null := null_of(controls)) is not None:
        rows.append(("ease", null.ease, len(at.y)))
    tipping = _tipping(cohort, seed) if at.two_armed else None
    rows.append(("tipping_share", np.nan if tipping is None else tipping, len(whole)))
    return pd.DataFrame(rows, columns=["measure", "value", "n"])


def _tipping(cohort: Cohort, seed: int) -> float | None:
    at = followed(cohort)
    copies = imputed_outcome(at.y, at.a, at.X, cluster=at.cluster, m=TIPPING_COPIES, seed=seed)
    return tipping_share(at.y, at.a, copies, _adjusted(at.a, at.X, at.cluster, seed), seed=seed)


def _untreated(at: Arrays) -> float:
    return float(at.y[at.a == 0].mean()) if (at.a == 0).any() else 0.0
