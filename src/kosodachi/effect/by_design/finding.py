"""What one design finds in a town, behind its own gate: tests first, and an estimate only if all that were run are met.

Tests that are met do not prove a design's assumptions; they are what the data could have refuted and did not.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

LEVEL = 0.05
ENOUGH_DATA = ("point_values", "first_stage", "long_absences", "smaller_arm", "schools")
TESTS = ["design", "test", "bound", "result", "children", "measured"]
ROWS = ["design", "state", "because", "outcome", "value", "low", "high", "p", "n", "events", "others"]
LONG = "long_absence_share"
NOTHING = "nothing"  # no reason to name: the estimate is shown


@dataclass(frozen=True)
class Test:
    """One test: children it rests on, what was measured against which bound, and whether it is met (None: not run)."""

    __test__ = False  # no test of pytest

    name: str
    children: int
    measured: float
    bound: float
    met: bool | None


@dataclass(frozen=True)
class Found:
    """An estimate: value with 95 % interval, p, children, those with a long absence and without (missing if not counted)."""

    value: float
    low: float
    high: float
    p: float
    n: int
    events: float = np.nan

    @property
    def known(self) -> bool:
        return bool(np.isfinite([self.value, self.low, self.high]).all())


@dataclass(frozen=True)
class Finding:
    """One design here: verdict (passed, withheld, not_assessable), the first reason if not passed, tests, estimate."""

    design: str
    outcome: str
    verdict: str
    because: str
    tests: tuple[Test, ...] = ()
    found: Found | None = None


def without(design: str, because: str, *, outcome: str = LONG) -> Finding:
    """A design that this town's roll-out or data do not permit."""
    return Finding(design, outcome, "not_assessable", because)


def behind(design: str, tests: list[Test], estimate: Callable[[], Found], *, outcome: str = LONG) -> Finding:
    """The design's estimate if every test that could be run is met; it is not even made otherwise."""
    failed = [test.name for test in tests if test.met is False]
    short = [name for name in failed if name in ENOUGH_DATA]
    if failed:
        verdict = "not_assessable" if short else "withheld"
        return Finding(design, outcome, verdict, (short or failed)[0], tuple(tests))
    found = estimate()
    if not found.known:
        return Finding(design, outcome, "not_assessable", "no_estimate", tuple(tests))
    return Finding(design, outcome, "passed", NOTHING, tuple(tests), found)


def at_least(name: str, children, measured, bound) -> Test:
    """A test that something is large enough."""
    return Test(name, int(children), float(measured), float(bound), bool(measured >= bound))


def enough(name: str, count, bound) -> Test:
    """A test of a number of children, which is itself what it rests on: it is released as a count, not as a figure."""
    return Test(name, int(count), np.nan, float(bound), bool(count >= bound))


def nulls(*tests: tuple) -> list[Test]:
    """Tests that something is null, each (name, children, p): 5 % shared among those that could be run (p not missing), so
    that a design whose assumptions hold is withheld in at most one town of twenty."""
    bound = LEVEL / max(sum(not np.isnan(p) for _, _, p in tests), 1)
    return [Test(name, int(n), float(p), bound, None if np.isnan(p) else bool(p >= bound)) for name, n, p in tests]


def table_of(findings: list[Finding]) -> pd.DataFrame:
    """One row a design: design, state, because, outcome, value, low, high, p, n, events, others (without a
    long absence). Where an outcome is not counted in children, events and others are those of the estimate's children."""
    rows = []
    for one in findings:
        found = one.found or Found(*(np.nan,) * 4, 0, 0)
        counted = not np.isnan(found.events)
        events = int(found.events) if counted else found.n
        others = found.n - events if counted else found.n
        rows.append([one.design, one.verdict, one.because, one.outcome, found.value, found.low, found.high, found.p,
                     found.n, events, others])  # fmt: skip
    return pd.DataFrame(rows, columns=ROWS)


def tests_of(findings: list[Finding]) -> pd.DataFrame:
    """One row a design and test: design, test, bound, result (met, not_met, not_run), children, measured."""
    said = {True: "met", False: "not_met", None: "not_run"}
    rows = [
        [one.design, test.name, test.bound, said[test.met], test.children, test.measured]
        for one in findings
        for test in one.tests
    ]
    table = pd.DataFrame(rows, columns=TESTS)
    return table.astype({"bound": float, "children": int, "measured": float})
