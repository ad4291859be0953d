"""Checks of the items themselves: the functions, columns and evidence they name must exist.

What an item means, and whether its definition is fair to families, is for people to check.
"""

import inspect

import pandas as pd

from kosodachi.faults import Fault
from kosodachi.items.specification import Item, catalogue, item_texts
from kosodachi.items.values import REGISTRY
from kosodachi.tables import KINDS


def item_faults(rows: pd.DataFrame, items=None) -> list[Fault]:
    """Faults of the items: unknown function, parameters that do not fit it, column that the source kind lacks, evidence
    item without a row."""
    items = catalogue() if items is None else items
    known = set(rows["item_id"])
    drawn = [(item.item_id, draws.item_id) for item in items for draws in item.evidence]
    return [
        *(fault for item in items if item.computed for fault in _computation(item)),
        *(
            Fault("E-ITEM-08", where=_at(item, f"item_id: {draws},"), item=item, drawn=draws)
            for item, draws in drawn
            if draws not in known
        ),
    ]


def _computation(item: Item) -> list[Fault]:
    name, given = item.compute.function, item.compute.parameters
    if name not in REGISTRY:
        return [Fault("E-ITEM-07", where=_at(item.item_id, "compute:"), item=item.item_id, function=name)]
    taken = inspect.signature(REGISTRY[name]).parameters.values()
    wanted = {parameter.name for parameter in taken if parameter.kind is parameter.KEYWORD_ONLY}
    held = KINDS[item.source_kind].required + KINDS[item.source_kind].optional
    strange = sorted(set(given) ^ wanted) + [v for v in given.values() if isinstance(v, str) and v not in held]
    return [Fault("E-ITEM-12", where=_at(item.item_id, "compute:"), item=item.item_id, name=name) for name in strange]


def _at(item: str, text: str) -> str:
    """File and line of an item's YAML on which a text stands, its first line if there is none."""
    name = f"{item}.yaml"
    lines = item_texts().get(name, "").splitlines()
    return f"{name}:{next((at for at, line in enumerate(lines, start=1) if text in line), 1)}"
