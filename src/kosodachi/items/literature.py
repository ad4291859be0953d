"""The published evidence as it was collected: rows, sources, and how each source's figures are to be read.

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
    """Every row of the evidence catalogue as text: item_id, outcome, age_band, source_id, measure, value, ci_low,
    ci_high, n_or_k, direction, note, verified (yes or recall). An empty value means that no number was seen."""
    return _table("evidence.csv").copy()


def sources() -> pd.DataFrame:
    """Every source: source_id, type, authors, year, title, journal_issuer, doi_or_url, country, population, verified,
    where_seen, bibliographic_fields_from_memory."""
    return _table("sources.csv").copy()


def readings() -> pd.DataFrame:
    """How a source's figures are read where that is not the usual way: source_id, cohort, ci_level, ci_scale (same or
    fisher_z), polarity (-1: the outcome is coded the other way round), why. Sources not named: own cohort, 95 %,
    same, 1."""
    table = _table("readings.csv").copy()
    return table.astype({"ci_level": float, "polarity": int})


def outcomes() -> pd.DataFrame:
    """Which kind of outcome a printed outcome belongs to: outcome, kind, match (same, near or proxy). Others are not
    pooled."""
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
