"""Synthesis: a synthetic municipality whose truth is known.

Layers stand on each other: places, population, events, need, lives, programme, systems, missing. Each draws from its
own named stream, so a change in one leaves the draws of the others as they were (`Scenario.redraw` gives a layer
another draw).
It is made from published margins and assumptions, not from real children: it shows whether a method recovers a known
truth, not what is true anywhere.

`simulate` gives the world in codes and dates, `render` writes it down as a town's files; `synthesise` does both.

Primary outcome, for those who score an effect: long absence = `long_absence_days` (20, in truth/parameters) or more
days absent from the fourth month after the index month to the end of follow-up (September to March after an index date
in May), summed over the months of the attendance extract. The estimand is the offer, taken up or not, among eligible
pupils.
"""

from kosodachi.synthesis.asking import read_scenario
from kosodachi.synthesis.describe import describe
from kosodachi.synthesis.gaps import gaps
from kosodachi.synthesis.planted import calibration, families, mistakes, planted
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.simulate import simulate, simulate_chunks
from kosodachi.synthesis.systems import World
from kosodachi.synthesis.town import Town, render, synthesise
from kosodachi.synthesis.write import write_town
from kosodachi.synthesis.write_chunks import write_chunks

__all__ = [
    "Scenario",
    "Town",
    "World",
    "calibration",
    "describe",
    "families",
    "gaps",
    "mistakes",
    "planted",
    "read_scenario",
    "render",
    "simulate",
    "simulate_chunks",
    "synthesise",
    "write_chunks",
    "write_town",
]
