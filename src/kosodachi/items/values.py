"""Item values as of a date, from what was recorded before that date; each missing value with its reason.

A value is 1 if the item holds and 0 if it is known not to hold; the measured quantity (days, teeth, grams) stays
behind, since nothing later needs it. Not a statement about a child's life: a system that holds no record knows
nothing.
The household is the one in the extract of the register, which keeps no history of households.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kosodachi.items import measures
from kosodachi.items.grounds import source_missing
from kosodachi.items.specification import Item, catalogue
from kosodachi.municipality import Municipality

REGISTRY = {
    function.__name__: function
    for function in (
        measures.absence_rise,
        measures.born_together,
        measures.checkups_missed,
        measures.days_absent,
        measures.doses_late,
        measures.earlier_cases,
        measures.findings,
        measures.latest_count,
        measures.moved_in_lately,
        measures.receives,
        measures.siblings,
    )
}


def values(
    children: pd.DataFrame,
    attributes: Mapping[str, pd.DataFrame],
    person_link: pd.DataFrame,
    settings: Municipality,
    *,
    as_of,
    items: Sequence[Item] | None = None,
) -> pd.DataFrame:
    """The item_value table as of a day: research_id, as_of, item_id, value (1, 0 or missing), missing (its reason, a
    code of tables.MISSING, or None), for every resident child under 18 and every item that can be computed.

    Only records dated before `as_of` and linked without review (band `link`) are used. Event registers (consultation,
    benefits) count no record as a known 0; check-ups and attendance do not.
    """
    day = pd.Timestamp(as_of)
    residents = residents_as_of(children, day)
    computed = [item for item in items or catalogue() if item.computed]
    kinds = sorted({item.source_kind for item in computed if not source_missing(settings, item.source_kind)})
    records = {kind: linked(attributes, person_link, settings, kind) for kind in kinds}
    parts = [_of_item(item, residents, records, settings, day) for item in computed]
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["research_id", "item_id"], ignore_index=True)[
        ["research_id", "as_of", "item_id", "value", "missing"]
    ]


def residents_as_of(children: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Children who lived in the municipality on the eve of a day, were born and under 18, with their age (full
    years), by research id. A child without a birth month cannot be placed and is left out."""
    born = pd.to_datetime(children["birth_month"])
    inside = (pd.to_datetime(children["moved_in"]).fillna(born) < day) & ~(pd.to_datetime(children["moved_out"]) < day)
    months = _months(born, day)
    table = children.assign(birth_month=born, age_months=months, age=months // 12)
    return table[inside & (born < day) & (months < 18 * 12)].sort_values("research_id", ignore_index=True)


def linked(
    attributes: Mapping[str, pd.DataFrame], person_link: pd.DataFrame, settings: Municipality, kind: str
) -> pd.DataFrame:
    """Records of all sources of a kind with the research id of the child they are linked to (band `link` alone)."""
    sure = person_link.loc[
        person_link["band"].eq("link") & person_link["research_id"].notna(), ["record_id", "research_id"]
    ]
    tables = [attributes[source] for source in settings.of_kind(kind) if source in attributes]
    if not tables:
        return pd.DataFrame({"record_id": pd.Series(dtype=object), "research_id": pd.Series(dtype=object)})
    return pd.concat(tables, ignore_index=True).drop(columns="research_id", errors="ignore").merge(sure, on="record_id")


def _of_item(item: Item, residents, records: dict, settings: Municipality, day: pd.Timestamp) -> pd.DataFrame:
    why = pd.Series(None, index=residents["research_id"], dtype=object)
    value = pd.Series(np.nan, index=why.index)
    absent = source_missing(settings, item.source_kind)
    if absent:
        why[:] = absent
    else:
        measure = REGISTRY[item.compute.function]
        measured = measure(records[item.source_kind], residents, day, **item.compute.parameters)
        value, why = _held(item, measured, residents, day)
    outside = ~residents["age"].between(*item.age_band).to_numpy()
    value[outside], why[outside] = np.nan, "not_applicable"
    columns = {
        "research_id": why.index,
        "as_of": day,
        "item_id": item.item_id,
        "value": value.to_numpy(),
        "missing": why.to_numpy(),
    }
    return pd.DataFrame(columns)


def _held(item: Item, measured: pd.Series, residents: pd.DataFrame, day: pd.Timestamp) -> tuple[pd.Series, pd.Series]:
    ids = pd.Index(residents["research_id"])
    recorded, came_later = ids.isin(measured.index), _moved_in_later(item, residents, day)
    measured = measured.astype(float).reindex(ids, fill_value=np.nan if item.without_record == "unknown" else 0.0)
    limit = item.present
    holds = measured >= limit.at_least if limit.at_least is not None else measured < limit.below
    half_a_window = came_later & (not item.recorded_at_months)
    reason = np.select(
        [half_a_window, recorded, came_later], ["moved_in_later", "blank", "moved_in_later"], "no_record"
    )
    return holds.astype(float).where(measured.notna()), pd.Series(reason, index=ids, dtype=object).where(
        measured.isna(), None
    )


def _moved_in_later(item: Item, residents: pd.DataFrame, day: pd.Timestamp) -> np.ndarray:
    """Whether a child moved in after the record would have arisen elsewhere: the last check-up due, or the look-back
    window."""
    moved_in = pd.to_datetime(residents["moved_in"])
    if not item.recorded_at_months:
        return (moved_in > day - pd.DateOffset(months=item.compute.parameters.get("months", 0))).to_numpy()
    due = np.array((0, *sorted(item.recorded_at_months)))
    passed = np.searchsorted(due, residents["age_months"] - measures.GRACE_MONTHS, side="right") - 1
    in_months = (
        (moved_in.dt.year - residents["birth_month"].dt.year) * 12
        + moved_in.dt.month
        - residents["birth_month"].dt.month
    )
    return (in_months > due[np.maximum(passed, 0)]).to_numpy()


def _months(earlier: pd.Series, day: pd.Timestamp) -> pd.Series:
    return (day.year - earlier.dt.year) * 12 + day.month - earlier.dt.month
