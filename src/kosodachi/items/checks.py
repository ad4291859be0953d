"""Checks of the catalogue and its evidence when it is loaded or changed: every fault at once, none repaired in silence.

They find what a machine can find. Whether a row says what its paper says is for a reader with the paper open.
"""

import numpy as np
import pandas as pd

from kosodachi.faults import Fault
from kosodachi.items import literature, scales
from kosodachi.items.effects import effects, one_a_cohort, usable
from kosodachi.items.item_checks import item_faults
from kosodachi.items.schema_checks import catalogue_faults, row_faults

ADDRESS = r"10\.\d{4,}/|https?://|arXiv:|PMID "
CODED_AGAINST = r"reversed|coded so that|OR<1|OR of ATTAINING"


def lint(
    rows: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
    *,
    pool: pd.DataFrame | None = None,
    items=None,
) -> list[Fault]:
    """All faults of evidence, sources and items (default: the package's own), each with its file and line: form, unknown
    source, row from memory in the pool, interval that does not fit its value or scale, 99 % interval read as 95 %,
    inverted outcome, one cohort twice, unknown outcome or flag, source that cannot be found again, unknown function,
    column or item. Items whose files are not in form are not looked at further."""
    form = catalogue_faults() if items is None else []
    rows = literature.evidence() if rows is None else rows
    sources = literature.sources() if sources is None else sources
    pool = one_a_cohort(effects(rows)) if pool is None else pool
    return [
        *form,
        *row_faults(rows, sources),
        *_unknown_sources(rows, sources),
        *_from_memory(rows, sources, pool),
        *_intervals(rows),
        *_levels(rows),
        *_inverted(rows),
        *_cohorts(rows, pool),
        *_citations(sources),
        *([] if form else item_faults(rows, items)),
    ]


def _at(row: pd.Series, file: str = "evidence.csv") -> str:
    return f"{file}:{row.name + 2}"


def _first(rows: pd.DataFrame, effect: pd.Series) -> str:
    """Where the row of an effect stands; the first of several."""
    key = ["item_id", "source_id", "measure"]
    found = rows.index[rows[key].eq(effect[key]).all(axis=1)]
    return f"evidence.csv:{found[0] + 2}" if len(found) else "evidence.csv"


def _unknown_sources(rows: pd.DataFrame, sources: pd.DataFrame) -> list[Fault]:
    unknown = rows[~rows["source_id"].isin(sources["source_id"])]
    return [Fault("E-ITEM-01", where=_at(row), source=row["source_id"]) for _, row in unknown.iterrows()]


def _from_memory(rows: pd.DataFrame, sources: pd.DataFrame, pool: pd.DataFrame) -> list[Fault]:
    """An effect in the pool whose item, source and measure have no row that was read on a page, or one of an outcome that
    is pooled whose source was not opened itself (it is then left out of the prior)."""
    key = ["item_id", "source_id", "measure"]
    read = pd.MultiIndex.from_frame(rows.loc[rows["verified"].eq("yes"), key])
    unopened = ~pool["read"] & pool["kind"].ne("other") & pool["source_id"].isin(sources["source_id"])
    unread = pool[~pd.MultiIndex.from_frame(pool[key]).isin(read) | unopened]
    return [Fault("E-ITEM-02", where=_first(rows, row), item=row["item_id"], source=row["source_id"])
            for _, row in unread.iterrows()]  # fmt: skip


def _intervals(rows: pd.DataFrame) -> list[Fault]:
    """An interval that does not hold its value, or that is centred on Fisher z and read as one of r."""
    read = usable(rows)
    value, low, high = read["value"], read["ci_low"], read["ci_high"]
    on_z = read["measure"].eq("r") & read["ci_scale"].eq("fisher_z")
    z = scales.r_to_z(value.where(read["measure"].eq("r")).clip(-0.999, 0.999))
    printed = value.where(~on_z, z)
    outside = ((low > printed) | (high < printed)) & (low.notna() | high.notna())
    centre = (low + high) / 2
    as_r = read["measure"].eq("r") & ~on_z & centre.notna()
    unsaid = as_r & ((z - centre).abs() + 0.002 < (value - centre).abs())
    faults = [
        Fault("E-ITEM-03", where=_at(row), item=row["item_id"], source=row["source_id"])
        for _, row in read[outside].iterrows()
    ]
    return faults + [Fault("E-ITEM-04", where=_at(row), source=row["source_id"]) for _, row in read[unsaid].iterrows()]


def _levels(rows: pd.DataFrame) -> list[Fault]:
    read = usable(rows)
    wrong = read[read["note"].str.contains("99% CI", regex=False) & ~np.isclose(read["ci_level"], 0.99)]
    return [Fault("E-ITEM-05", where=_at(row), source=row["source_id"]) for _, row in wrong.iterrows()]


def _inverted(rows: pd.DataFrame) -> list[Fault]:
    """An effect whose sign, as it would be used, goes against its direction in words, or whose row says that its outcome
    is coded the other way round while its polarity does not."""
    read = usable(rows)
    against = read["value"].where(read["measure"].isin(["r", "d"]), read["value"] - 1) * read["polarity"]
    word = read["direction"].str.split().str[0]
    sign = (word.eq("risk") & against.lt(0)) | (word.eq("protective") & against.gt(0))
    said = (read["outcome"] + " " + read["measure"] + " " + read["direction"]).str.contains(CODED_AGAINST)
    wrong = read[sign | (said & read["polarity"].ne(-1))]
    return [
        Fault("E-ITEM-09", where=_at(row), item=row["item_id"], source=row["source_id"]) for _, row in wrong.iterrows()
    ]


def _cohorts(rows: pd.DataFrame, pool: pd.DataFrame) -> list[Fault]:
    twice = pool[pool.duplicated(["item_id", "kind", "cohort"])]
    faults = [Fault("E-ITEM-06", where=_first(rows, row), item=row["item_id"], cohort=row["cohort"])
              for _, row in twice.iterrows()]  # fmt: skip
    read = usable(rows).assign(size=lambda t: t["n_or_k"].str.extract(r"(\d{1,3}(?:,\d{3})+|\d{4,})", expand=False))
    shared = read.dropna(subset=["size"]).groupby(["item_id", "kind", "size"])["cohort"].agg(["nunique", "count"])
    last = read.drop_duplicates(["item_id", "kind", "size"], keep="last").set_index(["item_id", "kind", "size"])
    place = dict(zip(last.index, read.drop_duplicates(["item_id", "kind", "size"], keep="last").index))
    return faults + [
        Fault("E-ITEM-06", where=f"evidence.csv:{place[key] + 2}", item=key[0], cohort=f"n={key[2]}")
        for key, line in shared.iterrows()
        if line["nunique"] > 1
    ]


def _citations(sources: pd.DataFrame) -> list[Fault]:
    """A source without title, DOI or address, or that does not say what of it was opened, where and when, and that is not
    flagged recall. The day is not asked of what was read when the evidence was first collected."""
    undated = sources["opened_on"].eq("") & ~sources["opened"].isin(["excerpt", "secondhand"])
    half = sources["opened"].eq("") | sources["opened_at"].eq("") | sources["title"].eq("") | undated
    lost = ~sources["doi_or_url"].str.match(ADDRESS)
    return [
        Fault("E-ITEM-11", where=_at(row, "sources.csv"), source=row["source_id"])
        for _, row in sources[(half | lost) & sources["verified"].ne("recall")].iterrows()
    ]
