"""The study on a cohort: estimates, balance, curves and Cox rows as tables, from the estimators on arrays.

Estimates hold for this municipality, these months and the children eligible there. They do not say what outreach does
for a single child, nor what it would do elsewhere.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from kosodachi.effect import estimators, hazard, matching, nuisance, survival
from kosodachi.effect.balance import differences
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.nuisance import RIDGE
from kosodachi.effect.risk_sets import NoFiniteMaximum

FOLDS = 10
TRUNCATED = 0.05  # cross-fitted propensities are kept within 0.05 and 0.95: in small cohorts one child would decide
OUTCOME, TIME = "long_absence", "months_to_absence"
COLUMNS = ["estimand", "outcome", "method", "value", "se", "low", "high", "n", "events"]


@dataclass(frozen=True)
class Arrays:
    """A cohort as arrays: children with a known outcome (or all followed), X standardised, clusters = households."""

    y: np.ndarray
    a: np.ndarray
    X: np.ndarray
    names: list[str]
    cluster: np.ndarray
    table: pd.DataFrame

    @property
    def two_armed(self) -> bool:
        return 0 < self.a.sum() < len(self.a)


TEXT = ("estimand", "outcome", "method", "covariate", "weighting")
WHOLE = ("n", "events", "children")


def no_rows(columns: Sequence[str]) -> pd.DataFrame:
    """An empty table with the types that its rows would have."""
    kinds = {c: object if c in TEXT else int if c in WHOLE else float for c in columns}
    return pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in kinds.items()})


def covariates_of(cohort: Cohort) -> list[str]:
    """The names of the cohort's covariates, x_*."""
    return [c for c in cohort.table if c.startswith("x_")]


def analysed(cohort: Cohort, covariates: Sequence[str] | None = None) -> Arrays:
    """The children whose outcome is known, as arrays; missing covariates get an indicator."""
    return _arrays(cohort.table[cohort.table["outcome"].notna()], covariates or covariates_of(cohort))


def followed(cohort: Cohort, covariates: Sequence[str] | None = None) -> Arrays:
    """All children of the cohort as arrays, for what is counted in months; y may be missing."""
    return _arrays(cohort.table, covariates or covariates_of(cohort))


def _arrays(table: pd.DataFrame, covariates) -> Arrays:
    table = table.sort_values("research_id", ignore_index=True)
    X, names = nuisance.design_matrix(table, covariates)
    y, a = table["outcome"].to_numpy(float), table["treated"].to_numpy(float)
    return Arrays(y, a, X, names, table["household_id"].to_numpy(), table)


def estimate(
    cohort: Cohort, *, covariates: Sequence[str] | None = None, seed: int = 1, ridge: float = RIDGE
) -> pd.DataFrame:
    """Risk differences in long absence (contract `estimates`): naive, IPTW, overlap, g-formula, AIPW and matching.

    value is a difference of shares, offered minus not offered: below 0 means fewer long absences. n children and events
    are those analysed. Standard errors take siblings as one cluster. No row if an arm is empty.
    """
    at = analysed(cohort, covariates)
    if not at.two_armed or at.y.min() == at.y.max():
        return no_rows(COLUMNS)
    y, a, X, shared = at.y, at.a, at.X, {"cluster": at.cluster}
    found = [
        estimators.naive(y, a, **shared),
        *(estimators.iptw(y, a, X, estimand=of, ridge=ridge, **shared) for of in ("ATE", "ATT", "ATO")),
        *(estimators.g_formula(y, a, X, estimand=of, ridge=ridge, **shared) for of in ("ATE", "ATT")),
        *(
            estimators.aipw(y, a, X, estimand=of, ridge=ridge, k=FOLDS, seed=seed, clip=TRUNCATED, **shared)
            for of in ("ATE", "ATT")
        ),
    ]
    found += _matched(at, ridge)
    return pd.DataFrame([asdict(one) for one in found]).assign(outcome=OUTCOME)[COLUMNS]


def _matched(at: Arrays, ridge: float) -> list[estimators.Estimate]:
    """The effect on the treated who found a match on the logit of the propensity; none if nobody did."""
    e = nuisance.propensity(at.a, at.X, ridge=ridge)
    one = matching.matched(at.y, at.a, np.log(e / (1 - e)), cluster=at.cluster)
    if not one.n:
        return []
    n, events = len(at.y), int(at.y.sum())
    return [estimators.Estimate("ATT", "matched", one.value, one.se, one.low, one.high, n, events)]


def balance(cohort: Cohort, *, covariates: Sequence[str] | None = None, ridge: float = RIDGE) -> pd.DataFrame:
    """Balance before and after weighting: columns covariate, weighting (unweighted, iptw, overlap), smd, children.

    children: how many have the rarer value of a two-valued covariate, else how many were analysed.
    """
    at = analysed(cohort, covariates)
    if not at.two_armed:
        return no_rows(["covariate", "weighting", "smd", "children"])
    e = nuisance.propensity(at.a, at.X, ridge=ridge)
    weights = {"unweighted": None, "iptw": _weights(at.a, e), "overlap": _weights(at.a, e, "ATO")}
    children = pd.Series(_carriers(at.X), index=at.names)
    table = differences(at.a, at.X, at.names, weights)
    return table.assign(children=table["covariate"].map(children).astype(int))


def _weights(a, e, estimand="ATE"):
    return estimators.stabilised_weights(a, e, estimand)


def _carriers(X: np.ndarray) -> list[int]:
    """How many children have the rarer value of each two-valued column; all for the others."""
    counts = [np.unique(x, return_counts=True)[1] for x in X.T]
    return [int(c.min()) if len(c) == 2 else int(c.sum()) for c in counts]


def kaplan_meier(cohort: Cohort, *, weighted: bool = False, covariates: Sequence[str] | None = None) -> pd.DataFrame:
    """Share without a month of long absence by arm and month: group, month, survival, low, high, at_risk, events.

    weighted: under stabilised propensity weights; intervals are then missing.
    """
    table = cohort.table.sort_values("research_id", ignore_index=True)
    weights = None
    if weighted:
        at = _arrays(table, covariates or covariates_of(cohort))
        weights = _weights(at.a, nuisance.propensity(at.a, at.X, ridge=RIDGE)) if at.two_armed else None
    group = np.where(table["treated"], "with_offer", "without_offer")
    last = range(len(cohort.trial.follow_up) + 1)
    return survival.curves(table["months"], table["event"], group, weights=weights, at=last)


def cox(cohort: Cohort, covariates: Sequence[str] | None = None, *, ridge: float = RIDGE) -> pd.DataFrame:
    """Hazard ratios, offered against not offered (contract `estimates`): cox_adjusted and cox_iptw, clustered.

    value, low and high are ratios (below 1: long absence comes later); se is the log scale's times value. cox_adjusted
    holds all covariates, or with fewer than ten events for each the logit of the propensity score in their place. A
    model without finite maximum gives no row.
    """
    at = followed(cohort, covariates)
    months, event = at.table["months"].to_numpy(float), at.table["event"].to_numpy(bool)
    rows = []
    if at.two_armed and event.any():
        e = nuisance.propensity(at.a, at.X, ridge=ridge)
        carried = at.X if event.sum() >= 10 * at.X.shape[1] else np.log(e / (1 - e))[:, None]
        for method, X, w in (("cox_adjusted", carried, None), ("cox_iptw", at.X[:, :0], _weights(at.a, e))):
            try:
                rows.append(_hazard_row(method, months, event, np.column_stack([at.a, X]), w, at.cluster))
            except NoFiniteMaximum:
                continue
    return pd.DataFrame(rows, columns=COLUMNS) if rows else no_rows(COLUMNS)


def _hazard_row(method, months, event, X, weights, cluster):
    names = [f"c{i}" for i in range(X.shape[1])]
    one = hazard.cox_model(months, event, X, names, weights=weights, cluster=cluster).iloc[0]
    ratio, low, high = np.exp([one["value"], one["low"], one["high"]])
    return ["hazard_ratio", TIME, method, ratio, ratio * one["se"], low, high, len(months), int(event.sum())]


def planted_truth(cohort: Cohort, outcome: pd.DataFrame | None) -> pd.DataFrame:
    """The true effects among the analysed children (contract `estimates`, method planted_truth); no row without truth.

    outcome: the truth of a synthetic town, research_id, y0 and y1. For scoring only.
    """
    at = analysed(cohort)
    if outcome is None or not at.two_armed:
        return no_rows(COLUMNS)
    gain = at.table["research_id"].map((outcome["y1"] - outcome["y0"]).set_axis(outcome["research_id"])).astype(float)
    rows = [
        [
            estimand,
            OUTCOME,
            "planted_truth",
            gain[who].mean(),
            np.nan,
            np.nan,
            np.nan,
            int(gain[who].count()),
            int(at.y[who].sum()),
        ]
        for estimand, who in (("ATE", at.a >= 0), ("ATT", at.a == 1))
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def largest_differences(balance: pd.DataFrame, *, most: int = 12) -> pd.DataFrame:
    """Absolute differences before and after IPTW of the `most` covariates that differ most before, largest first."""
    table = balance[balance["weighting"].isin(["unweighted", "iptw"])].assign(smd=lambda t: t["smd"].abs())
    before = table[table["weighting"] == "unweighted"].set_index("covariate")["smd"]
    order = before.sort_values(ascending=False, kind="stable").index[:most]
    rank = table["covariate"].map({name: place for place, name in enumerate(order)})
    return table.assign(rank=rank).dropna(subset=["rank"]).sort_values("rank", kind="stable").drop(columns="rank")


def beside_truth(estimates: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """The estimates with the planted truth below them; nothing where nothing was estimated."""
    return pd.concat([estimates, truth], ignore_index=True) if len(estimates) and len(truth) else estimates
