"""The published evidence as it was collected: rows, sources, cohorts, and the kinds of outcome.

`verified` is kept as it is: `recall` rows are from memory and never reach a prior. Most rows come from abstracts; none
of this is a systematic review of its own.
"""

from functools import cache

import pandas as pd

from kosodachi.items.specification import DATA


@cache
def _table(name: str) -> pd.DataFrame:
    with (DATA / name).open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def evidence() -> pd.DataFrame:
    """Every row of the evidence catalogue as text: item_id, outcome, match (same, near, proxy: how close the outcome
    is), age_band, source_id, cohort, measure, value, ci_low, ci_high, ci_level, ci_scale (same or fisher_z), polarity
    (-1: the outcome is coded the other way round), adjusted (yes: for other predictors of the outcome; models of the
    item given the outcome count as no), base_risk (share, where known), n_or_k,
    direction, note, verified (yes or recall), and of the source: design, population.

    An empty value means that no number was seen."""
    named = sources().set_index("source_id")
    rows = _table("evidence.csv")
    return rows.assign(
        design=rows["source_id"].map(named["type"]), population=rows["source_id"].map(named["population"])
    )


def sources() -> pd.DataFrame:
    """Every source: source_id, type, authors, year, title, journal_issuer, doi_or_url, country, population, verified,
    where_seen, bibliographic_fields_from_memory, opened (abstract, full text, table, landing page; excerpt: a part of its
    page; secondhand: a page that quotes it; empty: recall alone), opened_at, opened_on (empty: when it was collected)."""
    return _table("sources.csv").copy()


def cohorts() -> pd.DataFrame:
    """Groups of children that several sources share, or whose figures are read in an unusual way: cohort, why."""
    return _table("cohorts.csv").copy()


def outcomes() -> pd.DataFrame:
    """Which kind of outcome a printed outcome belongs to: outcome, kind. Others are not pooled."""
    return _table("outcomes.csv").copy()


def without_effect(rows: pd.DataFrame) -> pd.DataFrame:
    """Evidence items without any usable effect size: item_id, searched (true if a search found nothing),
    used_by_pilots."""
    from kosodachi.items.effects import effects

    measured = set(effects(rows)["item_id"])
    left = rows[~rows["item_id"].isin(measured)]
    table = left.groupby("item_id")["measure"].agg(
        searched=lambda m: (m == "none found").any(), used_by_pilots=lambda m: (m == "used_in_prior_case").any()
    )
    return table.reset_index().sort_values("item_id", ignore_index=True)
