"""How the choice of items changes with the thresholds and assumptions of the rule, one at a time.

A choice that stands everywhere rests on its grounds; one that turns with a threshold rests on whoever set it. Every number
of the rule, of `municipality.Belief` and of `effects.Assumptions` is varied: none of them has a source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import pandas as pd

from kosodachi.items.design import Design
from kosodachi.items.effects import ASSUMED, Assumptions
from kosodachi.items.grounds import grounds
from kosodachi.items.pooling import pooled as pool
from kosodachi.items.selection import register
from kosodachi.items.specification import Item
from kosodachi.items.town import probabilities
from kosodachi.municipality import Municipality

VARIANTS: dict[str, tuple] = {
    "relevant_odds": (1.0, 1.25, 1.5),
    "least_probability": (0.3, 0.4, 0.6, 0.7),
    "least_probability_sensitive": (0.5, 0.8),
    "refuted_below": (0.0, 0.4),
    "known_share": (0.3, 1.0),
    "least_known": (0.0, 0.5),
    "least_stability": (0.3, 0.7),
    "least_events": (5, 30),
    "most_alike": (0.3, 0.5),
    "least_certainty": ("low",),
    "belief": (0.5, 1.0),
    "wide_share": (0.25, 0.75),
    "wide_sd": (0.4, 1.0),
    "joint_factor": (0.3, 1.0),
    "transport_japan": (0.1, 0.4),
    "transport_same": (0.2, 0.7),
    "transport_proxy": (0.4, 1.0),
    "no_effect_sd": (0.25, 1.0),
    "outside_tau": (0.2, 0.6),
    "assumed_se": (0.2, 0.8),
    "sparse_se": (0.5, 1.1),
    "sparse_prior_sd": (0.5, 2.0),
}
OF_ASSUMPTIONS = {field.name for field in fields(Assumptions)}
OF_POOLING = {"outside_tau", "assumed_se", "sparse_se", "sparse_prior_sd"}
OF_BELIEF = {"wide_share", "wide_sd"}
ASSUMED_SETTINGS = OF_ASSUMPTIONS | OF_BELIEF | {"belief", "known_share"}
GRADES_OF_BELIEF = ("high", "moderate", "low", "very_low")


def sensitivity(
    catalogue: Sequence[Item],
    pooled: pd.DataFrame,
    settings: Municipality,
    *,
    town: pd.DataFrame | None = None,
    data: Design | None = None,
    alike: pd.DataFrame | None = None,
    evidence: pd.DataFrame | None = None,
    variants: Mapping[str, tuple] = VARIANTS,
) -> pd.DataFrame:
    """One row a variant and item whose decision turns: setting, set_to (text), items_used (number in use then), item_id,
    change (added or dropped). A variant that turns nothing has one row with item_id `no_item` and change `unchanged`.

    Probabilities are learnt anew from `data` (the design that `town` was learnt from); stability and gain of items on
    this town's data alone stay as they are in `town`. Variants name fields of `municipality.Selection`, of its `Belief`
    (`belief`: every share of it at once) or of `Assumptions`; those that act on pooling need the `evidence` that was pooled
    and are left out without it.
    """
    given = {"town": town, "alike": alike}
    base = _used(register(catalogue, pooled, settings, **given))
    rows = []
    asked = {name: v for name, v in variants.items() if evidence is not None or name not in OF_POOLING}
    for name, values in asked.items():
        for value in values:
            changed, assume = _changed(settings, name, value)
            anew_pooled = pool(evidence, assume=assume) if name in OF_POOLING else pooled
            lines = grounds(catalogue, anew_pooled, changed, assume=assume)
            anew = _learnt_anew(town, data, lines, changed)
            used = _used(register(catalogue, anew_pooled, changed, town=anew, alike=alike, assume=assume))
            rows += _turned(base, used, setting=name, set_to=_told(name, value), items_used=len(used))
    return pd.DataFrame(rows, columns=["setting", "set_to", "items_used", "item_id", "change"])


def _changed(settings: Municipality, name: str, value) -> tuple[Municipality, Assumptions]:
    if name in OF_ASSUMPTIONS:
        return settings, replace(ASSUMED, **{name: value})
    shares = dict.fromkeys(GRADES_OF_BELIEF, value) if name == "belief" else {name: value}
    if name == "belief" or name in OF_BELIEF:
        name, value = "belief", settings.items.belief.model_copy(update=shares)
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
