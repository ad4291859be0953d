"""Evidence rows as effects on the log odds scale, one effect a cohort, each with how it was read.

Only rows that were read on a page (`verified` = yes), hold a number and are on a scale that converts. Rows from memory,
prevalence ratios, ranges, shares of deaths and AUCs are left out: they give no odds ratio of an item.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.items import literature, scales

RATIO = {
    "OR",
    "RR",
    "HR",
    "RR (approx.)",
    "OR (model coded so that >1 is protective)",
    "OR (model coded so that <1 is risk)",
}
ADJUSTED = {"aOR", "aRR", "aHR"}
MATCHES = ("same", "near", "proxy")


@dataclass(frozen=True)
class Assumptions:
    """What the literature does not say and we had to set. Judgement without a source, so every value can be changed.

    outside_tau: spread between settings where one cohort cannot show it. assumed_se: standard error where no interval
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


def effects(rows: pd.DataFrame, *, assume: Assumptions = ASSUMED) -> pd.DataFrame:
    """Every usable effect: item_id, kind and match of the outcome, source_id, cohort, japan, measure, adjusted,
    log_odds, se, se_from (interval, one_limit or assumed), sparse. Log odds; positive means more need."""
    used = usable(rows)
    table = used[["item_id", "kind", "match", "source_id", "cohort", "japan", "measure"]].copy()
    table["adjusted"] = used["measure"].isin(ADJUSTED)
    scaled = {column: _log_odds(used, column) for column in ("value", "ci_low", "ci_high")}
    table["log_odds"] = scaled["value"] * used["polarity"]
    table["se_from"] = np.select(
        [_number(used["ci_high"]).notna(), _number(used["ci_low"]).notna()], ["interval", "one_limit"], "assumed"
    )
    se = scales.se_of_interval(scaled["ci_low"], scaled["value"], scaled["ci_high"], used["ci_level"])
    table["se"] = np.where(np.isnan(se), assume.assumed_se, se)
    table["sparse"] = table["se"] > assume.sparse_se
    less, tighter = scales.shrunk(table["log_odds"], table["se"], assume.sparse_prior_sd)
    table["log_odds"] = table["log_odds"].where(~table["sparse"], less)
    table["se"] = table["se"].where(~table["sparse"], tighter)
    return table.reset_index(drop=True)


def usable(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that may reach a prior, with kind and match of their outcome and how their source is read."""
    read = literature.readings().set_index("source_id")
    known = literature.outcomes().set_index("outcome")
    japan = literature.sources().set_index("source_id")["country"].eq("Japan")
    source = rows["source_id"]
    table = rows.assign(
        kind=rows["outcome"].map(known["kind"]).fillna("other"),
        match=rows["outcome"].map(known["match"]).fillna("proxy"),
        cohort=source.map(read["cohort"]).fillna(source),
        ci_level=source.map(read["ci_level"]).fillna(0.95),
        ci_scale=source.map(read["ci_scale"]).fillna("same"),
        polarity=source.map(read["polarity"]).fillna(1),
        japan=source.map(japan).fillna(False).astype(bool),
    )
    converts = rows["measure"].isin(RATIO | ADJUSTED | {"r", "d"})
    return table[converts & (rows["verified"] == "yes") & _number(rows["value"]).notna()]


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


def _log_odds(used: pd.DataFrame, column: str) -> pd.Series:
    value, measure = _number(used[column]), used["measure"]
    limit_on_z = (used["ci_scale"] == "fisher_z") & (column != "value")
    r = value.where(~limit_on_z, np.tanh(value))
    with np.errstate(invalid="ignore", divide="ignore"):
        choices = [scales.r_to_log_odds(r.where(measure == "r")), scales.d_to_log_odds(value)]
        return pd.Series(np.select([measure == "r", measure == "d"], choices, np.log(value)), index=used.index)


def _number(text: pd.Series) -> pd.Series:
    return pd.to_numeric(text, errors="coerce")
