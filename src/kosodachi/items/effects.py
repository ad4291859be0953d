"""Evidence rows as effects on the log odds scale, one effect a cohort, each with how it was read.

Only rows that were read on a page (`verified` = yes), hold a number and are on a scale that converts. Rows from memory,
prevalence ratios, ranges, shares of deaths and AUCs are left out: they give no odds ratio of an item. Whether a source
was opened itself (`read`: its abstract, a table or the full text) goes with every effect; others never reach a prior.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.items import literature, scales

RISK = {"RR", "aRR", "RR (approx.)"}
HAZARD = {"HR", "aHR"}
ODDS = {"OR", "aOR", "OR (model coded so that >1 is protective)", "OR (model coded so that <1 is risk)"}
MATCHES = ("same", "near", "proxy")
READ = ("abstract", "table", "full text")


@dataclass(frozen=True)
class Assumptions:
    """What the literature does not say and we had to set. Judgement without a source, so every value can be changed.

    outside_tau: spread between settings where few cohorts cannot show it. assumed_se: standard error where no interval
    was seen. transport_*: further spread for a Japanese cohort and the same construct, another country, a proxy.
    joint_factor: what is left of a marginal effect when items are used together. sparse_*: a standard error from
    which an effect counts as sparse, and the prior that shrinks it. no_effect_sd: prior spread of an item that is
    backed by use alone. All on the log odds scale.
    """

    outside_tau: float = 0.4
    assumed_se: float = 0.4
    transport_japan: float = 0.2
    transport_same: float = 0.4
    transport_proxy: float = 0.7
    joint_factor: float = 0.5
    sparse_se: float = 0.76
    sparse_prior_sd: float = 1.0
    no_effect_sd: float = 0.5


ASSUMED = Assumptions()


def transport_sd(closeness: str, match: str, japan: bool, assume: Assumptions = ASSUMED) -> float:
    """The spread that bringing an effect to a Japanese municipality adds, by how close construct and outcome are.

    `closeness` is that of the item to what was measured, `match` that of the outcome: same, near or proxy.
    """
    if "proxy" in (closeness, match):
        return assume.transport_proxy
    return assume.transport_japan if japan and closeness == match == "same" else assume.transport_same


def effects(rows: pd.DataFrame, *, assume: Assumptions = ASSUMED) -> pd.DataFrame:
    """Every usable effect: item_id, kind and match of the outcome, source_id, cohort, japan, measure, design, adjusted,
    read (its source was opened itself), log_odds, se, se_from (interval, one_limit or assumed), rare (a risk or hazard ratio read as an odds ratio, its base
    risk unknown), sparse. Log odds; positive means more need."""
    used = usable(rows)
    named = ["item_id", "kind", "match", "source_id", "cohort", "japan", "measure", "design", "adjusted", "read"]
    table = used[named].copy()
    table["rare"] = used["measure"].isin(RISK | HAZARD) & used["base_risk"].isna()
    scaled = {column: _log_odds(used, column) for column in ("value", "ci_low", "ci_high")}
    table["log_odds"] = scaled["value"] * used["polarity"]
    table["se_from"] = np.select(
        [used["ci_high"].notna(), used["ci_low"].notna()], ["interval", "one_limit"], "assumed"
    )
    level = used["ci_level"].fillna(0.95)
    se = scales.se_of_interval(scaled["ci_low"], scaled["value"], scaled["ci_high"], level)
    table["se"] = np.where(np.isnan(se), assume.assumed_se, se)
    return _tamed(table, assume).reset_index(drop=True)


def _tamed(table: pd.DataFrame, assume: Assumptions) -> pd.DataFrame:
    """Sparse-data effects shrunk towards no effect, the others as they are."""
    table["sparse"] = table["se"] > assume.sparse_se
    less, tighter = scales.shrunk(table["log_odds"], table["se"], assume.sparse_prior_sd)
    table["log_odds"] = table["log_odds"].where(~table["sparse"], less)
    table["se"] = table["se"].where(~table["sparse"], tighter)
    return table


def usable(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that convert, figures as numbers, with the kind of their outcome, design and country, and whether their
    source was opened itself (`read`)."""
    named = literature.sources().set_index("source_id")
    table = numbers(rows).assign(
        kind=rows["outcome"].map(literature.outcomes().set_index("outcome")["kind"]).fillna("other"),
        design=rows["source_id"].map(named["type"]),
        japan=rows["source_id"].map(named["country"].eq("Japan")).fillna(False).astype(bool),
        adjusted=rows["adjusted"].eq("yes"),
        read=rows["source_id"].map(named["opened"].isin(READ) & named["verified"].eq("yes")).fillna(False).astype(bool),
    )
    converts = rows["measure"].isin(ODDS | RISK | HAZARD | {"r", "d"})
    return table[converts & rows["verified"].eq("yes") & table["value"].notna()]


def numbers(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with value, limits, level, polarity and base risk as numbers; what is no number is missing."""
    columns = ("value", "ci_low", "ci_high", "ci_level", "polarity", "base_risk")
    return rows.assign(**{column: pd.to_numeric(rows[column], errors="coerce") for column in columns})


def one_a_cohort(table: pd.DataFrame) -> pd.DataFrame:
    """One effect an item, kind of outcome and cohort: the closest outcome first, then a printed interval, then the
    smaller standard error, then the source id. Effects of one cohort are never counted twice."""
    order = table.assign(closeness=table["match"].map(MATCHES.index), guessed=table["se_from"].eq("assumed"))
    order = order.sort_values(["item_id", "kind", "cohort", "closeness", "guessed", "se", "source_id", "log_odds"])
    return (
        order.drop_duplicates(["item_id", "kind", "cohort"])
        .drop(columns=["closeness", "guessed"])
        .reset_index(drop=True)
    )


def closest(table: pd.DataFrame) -> pd.DataFrame:
    """Effects without the proxies of an outcome, for every item and kind of outcome that has a closer effect."""
    close = table["match"].ne("proxy")
    better = close.groupby([table["item_id"], table["kind"]]).transform("any")
    return table[close | ~better]


def _log_odds(used: pd.DataFrame, column: str) -> pd.Series:
    value, measure, risk = used[column], used["measure"], used["base_risk"]
    limit_on_z = (used["ci_scale"] == "fisher_z") & (column != "value")
    r = value.where(~limit_on_z, scales.z_to_r(value)).where(measure.eq("r"))
    of_risk = np.where(risk.isna(), value, scales.rr_to_or(value, risk))
    of_hazard = np.where(risk.isna(), value, scales.hr_to_or(value, risk))
    with np.errstate(invalid="ignore", divide="ignore"):
        choices = [scales.r_to_log_odds(r), scales.d_to_log_odds(value), np.log(of_risk), np.log(of_hazard)]
        which = [measure.eq("r"), measure.eq("d"), measure.isin(RISK), measure.isin(HAZARD)]
        return pd.Series(np.select(which, choices, np.log(value)), index=used.index)
