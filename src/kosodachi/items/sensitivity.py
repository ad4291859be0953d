"""How the choice of items changes with the thresholds and assumptions of the rule, one at a time.

A choice that stands everywhere rests on its grounds; one that turns with a threshold rests on whoever set it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from kosodachi.items.design import Design
from kosodachi.items.effects import ASSUMED, Assumptions
from kosodachi.items.grounds import grounds
from kosodachi.items.selection import register
from kosodachi.items.specification import Item
from kosodachi.items.town import probabilities
from kosodachi.municipality import Municipality

VARIANTS: dict[str, tuple] = {
    "relevant_odds": (1.0, 1.25, 1.5),
    "least_probability": (0.3, 0.4, 0.6, 0.7),
    "least_probability_sensitive": (0.5, 0.8),
    "known_share": (0.3, 1.0),
    "least_known": (0.0, 0.5),
    "most_alike": (0.3, 0.5),
    "least_certainty": ("low",),
    "joint_factor": (0.3, 1.0),
    "transport_same": (0.2, 0.7),
}
OF_ASSUMPTIONS = {"joint_factor", "transport_same"}


def sensitivity(
    catalogue: Sequence[Item],
    pooled: pd.DataFrame,
    settings: Municipality,
    *,
    town: pd.DataFrame | None = None,
    data: Design | None = None,
    alike: pd.DataFrame | None = None,
    variants: Mapping[str, tuple] = VARIANTS,
) -> pd.DataFrame:
    """One row a variant and item whose decision turns: setting, set_to (text), items_used (number in use then), item_id,
    change (added or dropped). A variant that turns nothing has one row with item_id `no_item` and change `unchanged`.

    Probabilities are learnt anew from `data` (the design that `town` was learnt from); stability and gain of items on
    this town's data alone stay as they are in `town`. Variants name fields of `municipality.Selection` or `Assumptions`.
    """
    given = {"town": town, "alike": alike}
    base = _used(register(catalogue, pooled, settings, **given))
    rows = []
    for name, values in variants.items():
        for value in values:
            changed, assume = _changed(settings, name, value)
            lines = grounds(catalogue, pooled, changed, assume=assume)
            anew = _learnt_anew(town, data, lines, changed)
            used = _used(register(catalogue, pooled, changed, town=anew, alike=alike, assume=assume))
            rows += _turned(base, used, setting=name, set_to=_told(name, value), items_used=len(used))
    return pd.DataFrame(rows, columns=["setting", "set_to", "items_used", "item_id", "change"])


def _changed(settings: Municipality, name: str, value) -> tuple[Municipality, Assumptions]:
    if name in OF_ASSUMPTIONS:
        return settings, replace(ASSUMED, **{name: value})
    return settings.model_copy(update={"items": settings.items.model_copy(update={name: value})}), ASSUMED


def _learnt_anew(town, data: Design | None, lines: pd.DataFrame, settings: Municipality) -> pd.DataFrame | None:
    """The town's table with the probabilities that the changed rule gives."""
    if town is None:
        return None
    fresh = town.set_index("item_id")
    fresh[["p_town", "p_both"]] = float("nan")
    if data is not None and data.label.sum() >= settings.items.least_events:
        held = lines.set_index("item_id", drop=False).loc[list(data.items)]
        fresh.update(probabilities(data, held, settings.items))
    return fresh.reset_index()


def _told(name: str, value) -> str:
    return f"{value}_certainty" if name == "least_certainty" else str(value)


def _used(table: pd.DataFrame) -> frozenset[str]:
    return frozenset(table.loc[table["decision"].eq("use"), "item_id"])


def _turned(base: frozenset, used: frozenset, **about) -> list[dict]:
    rows = [about | {"item_id": item, "change": "added"} for item in sorted(used - base)]
    rows += [about | {"item_id": item, "change": "dropped"} for item in sorted(base - used)]
    return rows or [about | {"item_id": "no_item", "change": "unchanged"}]
