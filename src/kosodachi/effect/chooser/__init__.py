"""The design chooser: before operation, which design could show an effect here, and how long it would take."""

from kosodachi.effect.chooser.choose import best, compare, words
from kosodachi.effect.chooser.plan import Plan
from kosodachi.effect.chooser.trials import simulated_power

__all__ = ["Plan", "best", "compare", "simulated_power", "words"]
