"""Data items: the catalogue and its evidence, pooled effects, the register of choices, and item values as of a date."""

from kosodachi.items.availability import availability
from kosodachi.items.checks import lint
from kosodachi.items.effects import ASSUMED, Assumptions
from kosodachi.items.literature import evidence, sources, without_effect
from kosodachi.items.need import known_need, observed
from kosodachi.items.pooling import pooled
from kosodachi.items.selection import register
from kosodachi.items.specification import Item, catalogue
from kosodachi.items.values import values

__all__ = [
    "ASSUMED", "Assumptions", "Item", "availability", "catalogue", "evidence", "known_need", "lint", "observed",
    "pooled", "register", "sources", "values", "without_effect",
]  # fmt: skip
