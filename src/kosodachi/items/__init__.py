"""Data items: the catalogue and its evidence, pooled effects, the register of choices, and item values as of a date."""

from kosodachi.items.availability import availability
from kosodachi.items.blocks import block_of, blocks_of_arrow, screened
from kosodachi.items.checks import lint
from kosodachi.items.coverage import availability_by_year, coverage, staleness
from kosodachi.items.design import design
from kosodachi.items.effects import ASSUMED, Assumptions
from kosodachi.items.grounds import grounds
from kosodachi.items.hearings import hearings
from kosodachi.items.literature import evidence, sources, without_effect
from kosodachi.items.need import known_need, observed
from kosodachi.items.pooling import pooled
from kosodachi.items.redundancy import redundancy
from kosodachi.items.selection import register
from kosodachi.items.sensitivity import ASSUMED_SETTINGS, sensitivity
from kosodachi.items.specification import Item, catalogue
from kosodachi.items.town import cost_of_leaving_out, in_town, weights
from kosodachi.items.values import values
from kosodachi.items.versions import compare_registers

__all__ = [
    "ASSUMED", "ASSUMED_SETTINGS", "Assumptions", "Item", "availability", "availability_by_year", "block_of",
    "blocks_of_arrow", "catalogue", "compare_registers", "cost_of_leaving_out", "coverage", "design",
    "evidence", "grounds", "hearings", "in_town", "known_need", "lint", "observed", "pooled", "redundancy",
    "register", "screened", "sensitivity", "sources", "staleness", "values", "weights", "without_effect",
]  # fmt: skip
