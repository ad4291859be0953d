"""What a data item is: its words, the system that holds it, how it is computed, when it holds, and which published
evidence it draws on.

One YAML file an item in data/catalogue/, described to editors by item.schema.json. A specification computes nothing,
and being in the catalogue is no reason to use an item: that is decided in `selection`, on its basis.
"""

from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from kosodachi.municipality import Words
from kosodachi.tables import KINDS

DATA = files("kosodachi.items") / "data"
Closeness = Literal["same", "near", "proxy"]


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Compute(_Spec):
    """A function of `values.REGISTRY` and its parameters."""

    function: str
    parameters: dict[str, Any] = {}


class Present(_Spec):
    """When the item holds: the measured quantity reaches `at_least`, or stays under `below`."""

    at_least: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one_of_both(self):
        if (self.at_least is None) == (self.below is None):
            raise ValueError("exactly one of at_least and below")
        return self


class NotComputed(_Spec):
    """Why an item cannot be computed: no kind of source holds its columns (no_system), a kind exists but has no
    standard column for it (no_column), or another item holds the same records already (counted_elsewhere)."""

    reason: Literal["no_system", "no_column", "counted_elsewhere"]
    ja: str
    en: str


class Draws(_Spec):
    """An item of the evidence catalogue, and how close it is to what this item measures."""

    item_id: str
    closeness: Closeness


class Item(_Spec):
    """One data item. `evidence` is in order of preference: the first with an effect is used, effects are never
    added. `compute` is `none` for an item that no source kind can give yet; `not_computed` then says why. `excluded`
    says why an item is never used whatever its evidence."""

    item_id: str
    ja: str
    en: str
    definition: Words
    domain: Literal["household", "school", "health", "welfare", "consultation", "pregnancy"]
    system: Words
    source_kind: Literal[*KINDS, "none"]
    compute: Compute | Literal["none"]
    not_computed: NotComputed | None = None
    present: Present | None = None
    unit: str
    age_band: tuple[int, int]
    without_record: Literal["zero", "unknown"]
    recorded_at_months: tuple[int, ...] = ()
    sensitivity: Literal["ordinary", "statutory", "harmed", "stigma", "unclear"]
    cost: Literal["low", "medium", "high"]
    stigma: Words
    excluded: Words | None = None
    evidence: tuple[Draws, ...] = ()

    @model_validator(mode="after")
    def _computed_or_why_not(self):
        computed = self.compute != "none"
        if computed == (self.not_computed is not None) or computed != (self.present is not None):
            raise ValueError("either compute and present, or compute: none and not_computed")
        return self

    @property
    def computed(self) -> bool:
        """Whether the item can be computed from the standard columns of its source kind."""
        return self.compute != "none"


def item_schema() -> dict:
    """The JSON Schema of an item's YAML file, for editors; committed as item.schema.json beside this module."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Item.model_json_schema()}


def item_texts() -> dict[str, str]:
    """The YAML text of every item's file, by file name."""
    found = (file for file in (DATA / "catalogue").iterdir() if file.name.endswith(".yaml"))
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(found, key=lambda file: file.name)}


@cache
def _items() -> tuple[Item, ...]:
    import yaml

    return tuple(Item.model_validate(yaml.safe_load(text)) for text in item_texts().values())


def catalogue() -> list[Item]:
    """All items of the catalogue, by item id."""
    return list(_items())
