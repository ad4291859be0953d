"""The benchmark of 63's designs on a few towns: its short way from the generator gives what the extracts give, each
analysis runs behind its gate, and what is kept of a withheld estimate is what would have been shown.

The table over 200 towns a world is made by benchmarks/effect_by_design.py; these are other towns.
"""

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def bench():
    added = [str(TESTS.parent / "benchmarks"), str(TESTS / "spec")]
    sys.path[:0] = added
    import effect_by_design

    yield effect_by_design
    for path in added:
        sys.path.remove(path)


@pytest.mark.parametrize("design", ["lottery", "stepped_wedge"])
def test_the_short_way_gives_the_roll_out_that_extracts_give(bench, design):
    from effect_true_town import true_town

    whole, short = true_town(design, seed=45_001).found, bench.made(design, "holds", 45_001).found
    assert len(whole.people) == pytest.approx(len(short.people), rel=0.01)
    same = ["outcome", "before", "early"]
    for name in same:
        assert whole.people[name].mean() == pytest.approx(short.people[name].mean(), rel=0.02)
    lots = [found.people["lot"].value_counts() for found in (whole, short)]
    assert lots[0].sub(lots[1], fill_value=0).abs().sum() <= 3
    months = [found.people["offered_on"].dt.to_period("M").value_counts() for found in (whole, short)]
    apart = months[0].sub(months[1], fill_value=0).abs()  # some few children are in no register
    assert apart.max() <= 3 and months[0].index.size == months[1].index.size
    assert whole.people["school"].nunique() == short.people["school"].nunique()
    assert np.nanmean(whole.days.to_numpy()) == pytest.approx(np.nanmean(short.days.to_numpy()), rel=0.01)


@pytest.mark.parametrize("design", ["lottery", "stepped_wedge", "surrogate", "discontinuity"])
def test_every_design_is_tried_and_the_shown_estimate_is_the_one_kept(bench, design):
    from kosodachi.effect import Bounds, by_design

    lines = bench.one_town((design, "holds", 45_002))
    assert {line["design"] for line in lines} >= {design}
    for line in lines:
        assert line["low"] < line["value"] < line["high"] and line["truth"] < 0
        failed = [name for name, (_, _, met) in line["tests"].items() if met is False]
        assert (line["state"] == "passed") == (not failed and line["because"] == "nothing")
    if design == "lottery":
        shown = by_design.drawn(bench.made(design, "holds", 45_002).found, bounds=Bounds(), seed=45_002)[0]
        assert shown.found.value == lines[0]["value"] and shown.verdict == lines[0]["state"]


def test_points_raised_above_the_cut_turn_the_estimate_about(bench):
    """How seldom the gate sees it is in the benchmark's table."""
    lines = [bench.one_town(("discontinuity", "manipulated", 45_010 + seed))[0] for seed in range(4)]
    assert np.mean([line["value"] - line["truth"] for line in lines]) > 0.1


def test_months_before_withholds_about_one_in_twenty_panels_of_schools_that_moved_in_parallel():
    waves = importlib.import_module("kosodachi.effect.by_design.waves")
    rng, withheld, runs = np.random.default_rng(17), 0, 200
    site, period = (at.ravel() for at in np.meshgrid(np.arange(9), np.arange(6), indexing="ij"))
    start = np.array([2, 4, 6])[site // 3]
    for _ in range(runs):
        y = rng.normal(0, 1, 9)[site] + rng.normal(0, 1, 6)[period] + rng.normal(0, 0.4, len(site))
        finding, _ = waves._staggered(
            pd.DataFrame({"site": site, "pupil": site, "period": period, "start": start, "y": y})
        )
        withheld += finding.because == "months_before"
    assert 0.01 <= withheld / runs <= 0.095  # three standard errors about 5 %, from below as far as Holm's rule may go


def test_the_summary_counts_shown_and_all_apart(bench):
    line = {"rollout": "lottery", "design": "lottery", "world": "holds", "value": -0.1, "low": -0.2, "high": 0.05, "p": 0.2,
            "truth": -0.15, "tests": {}}  # fmt: skip
    shown = line | {"seed": 1, "state": "passed", "because": "nothing"}
    hidden = line | {"seed": 2, "state": "withheld", "because": "last_year", "low": -0.12, "high": -0.08}
    one = bench.summary(pd.DataFrame([shown, hidden]))
    assert (one["shown"], one["coverage_shown"], one["coverage_all"], one["found_all"]) == (0.5, 1.0, 0.5, 0.5)
    assert one["because"] == {"last_year": 1} and one["bias_shown"] == pytest.approx(0.05)
