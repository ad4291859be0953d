"""The analysis that belongs to the design by which support was rolled out, on a town's own data, each behind its tests.

The designs answer for different children: those at the cut, those in the lot, those whom the waves reached. Estimates
that differ between them are no contradiction, and none is about a single child.
"""

from collections.abc import Sequence

import pandas as pd

from kosodachi.effect.by_design.cut import about_the_cut, at_cut, capacity_cut
from kosodachi.effect.by_design.drawn import drawn, exact
from kosodachi.effect.by_design.early import early, observational
from kosodachi.effect.by_design.finding import Finding, Found, table_of, tests_of
from kosodachi.effect.by_design.rollout import Rollout, rollout
from kosodachi.effect.by_design.said import answer, assumed, reasons
from kosodachi.effect.by_design.waves import panel, waves
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.gate import Bounds, Gate

__all__ = [
    "Finding",
    "Found",
    "Rollout",
    "about_the_cut",
    "analyse",
    "answer",
    "assumed",
    "at_cut",
    "capacity_cut",
    "drawn",
    "early",
    "exact",
    "observational",
    "panel",
    "reasons",
    "rollout",
    "table_of",
    "tests_of",
    "waves",
]


def analyse(
    found: Rollout, made: Cohort, decided: Gate, estimates: pd.DataFrame, *, bounds: Bounds, seed: int = 1
) -> tuple[Sequence[Finding], pd.DataFrame]:
    """Every design's finding here, those that are not assessable with their reason; and effects by month since the start.

    made, decided, estimates: cohort, gate and estimates of the observational study, whose row stands beside.
    """
    by_school, by_time = waves(found, seed=seed)
    findings = [capacity_cut(found, bounds=bounds), *drawn(found, bounds=bounds, seed=seed), *by_school,
                early(found, made, decided, seed=seed), observational(estimates, decided)]  # fmt: skip
    return findings, by_time
