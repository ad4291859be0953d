"""Checks of the catalogue and its evidence when it is loaded or changed: every fault at once, none repaired in silence.

They find what a machine can find. Whether a row says what its paper says is for a reader with the paper open.
"""

import numpy as np
import pandas as pd

from kosodachi.faults import Fault
from kosodachi.items import literature
from kosodachi.items.effects import effects, one_a_cohort, usable
from kosodachi.items.specification import catalogue
from kosodachi.items.values import REGISTRY


def lint(
    rows: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
    *,
    pool: pd.DataFrame | None = None,
    items=None,
) -> list[Fault]:
    """All faults of evidence, sources and items (default: the package's own): unknown source, row from memory in the
    pool, interval that does not fit its value or scale, 99 % interval read as 95 %, one cohort twice, unknown
    function or item."""
    rows = literature.evidence() if rows is None else rows
    sources = literature.sources() if sources is None else sources
    pool = one_a_cohort(effects(rows)) if pool is None else pool
    items = catalogue() if items is None else items
    return [
        *_unknown_sources(rows, sources),
        *_from_memory(rows, pool),
        *_intervals(rows),
        *_levels(rows),
        *_cohorts(rows, pool),
        *_items(rows, items),
    ]


def _at(row: pd.Series) -> str:
    return f"evidence.csv:{row.name + 2}"


def _unknown_sources(rows: pd.DataFrame, sources: pd.DataFrame) -> list[Fault]:
    unknown = rows[~rows["source_id"].isin(sources["source_id"])]
    return [Fault("E-ITEM-01", where=_at(row), source=row["source_id"]) for _, row in unknown.iterrows()]


def _from_memory(rows: pd.DataFrame, pool: pd.DataFrame) -> list[Fault]:
    """An effect in the pool whose item, source and measure have no row that was read on a page."""
    key = ["item_id", "source_id", "measure"]
    read = pd.MultiIndex.from_frame(rows.loc[rows["verified"].eq("yes"), key])
    unread = pool[~pd.MultiIndex.from_frame(pool[key]).isin(read)]
    return [Fault("E-ITEM-02", item=row["item_id"], source=row["source_id"]) for _, row in unread.iterrows()]


def _intervals(rows: pd.DataFrame) -> list[Fault]:
    read = usable(rows)
    value, low, high = (pd.to_numeric(read[c], errors="coerce") for c in ("value", "ci_low", "ci_high"))
    on_z = read["measure"].eq("r") & read["ci_scale"].eq("fisher_z")
    value = value.where(~on_z, np.arctanh(value.clip(-0.999, 0.999)))
    outside = ((low > value) | (high < value)) & (low.notna() | high.notna())
    centre = (low + high) / 2
    r = read["measure"].eq("r") & read["ci_scale"].ne("fisher_z") & centre.notna()
    on_z_unsaid = r & ((np.arctanh(value.clip(-0.999, 0.999)) - centre).abs() + 0.002 < (value - centre).abs())
    faults = [
        Fault("E-ITEM-03", where=_at(row), item=row["item_id"], source=row["source_id"])
        for _, row in read[outside].iterrows()
    ]
    return faults + [
        Fault("E-ITEM-04", where=_at(row), source=row["source_id"]) for _, row in read[on_z_unsaid].iterrows()
    ]


def _levels(rows: pd.DataFrame) -> list[Fault]:
    read = usable(rows)
    wrong = read[read["note"].str.contains("99% CI", regex=False) & ~np.isclose(read["ci_level"], 0.99)]
    return [Fault("E-ITEM-05", where=_at(row), source=row["source_id"]) for _, row in wrong.iterrows()]


def _cohorts(rows: pd.DataFrame, pool: pd.DataFrame) -> list[Fault]:
    twice = pool[pool.duplicated(["item_id", "kind", "cohort"])]
    faults = [Fault("E-ITEM-06", item=row["item_id"], cohort=row["cohort"]) for _, row in twice.iterrows()]
    read = usable(rows).assign(size=lambda t: t["n_or_k"].str.extract(r"(\d{1,3}(?:,\d{3})+|\d{4,})", expand=False))
    shared = read.dropna(subset=["size"]).groupby(["item_id", "kind", "size"])["cohort"].nunique()
    return faults + [
        Fault("E-ITEM-06", item=item, cohort=f"n={size}") for (item, _, size), n in shared.items() if n > 1
    ]


def _items(rows: pd.DataFrame, items) -> list[Fault]:
    known = set(rows["item_id"])
    faults = [
        Fault("E-ITEM-07", item=i.item_id, function=i.compute.function)
        for i in items
        if i.compute.function not in REGISTRY
    ]
    drawn = [(item.item_id, draws.item_id) for item in items for draws in item.evidence]
    return faults + [Fault("E-ITEM-08", item=item, drawn=draws) for item, draws in drawn if draws not in known]
