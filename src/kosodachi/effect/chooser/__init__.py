"""The design chooser: before operation, which design could show an effect here, and how long it would take."""

from kosodachi.effect.chooser import closed
from kosodachi.effect.chooser.choose import best, compare, growth, nothing, words
from kosodachi.effect.chooser.plan import Plan
from kosodachi.effect.chooser.said import answer, assumptions
from kosodachi.effect.chooser.town import Known, from_town, likeness
from kosodachi.effect.chooser.trials import simulated_power

__all__ = [
    "Known",
    "Plan",
    "answer",
    "assumptions",
    "best",
    "closed",
    "compare",
    "from_town",
    "growth",
    "likeness",
    "nothing",
    "simulated_power",
    "words",
]
