"""The recovery table on fewer towns: each design of the benchmark runs on synthetic towns and finds what was planted.

The table over 200 and 400 towns is made by benchmarks/effect_recovery.py; these are its first towns.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def recovery():
    sys.path.insert(0, str(BENCHMARKS))
    import effect_recovery

    yield effect_recovery
    sys.path.remove(str(BENCHMARKS))


def found(recovery, study, world, towns) -> pd.DataFrame:
    """One row a design: bias, its standard error and coverage."""
    lines = recovery.measured(study, world, towns)
    return pd.DataFrame(lines).set_index("design")


@pytest.mark.parametrize(("study", "design"), [("lottery", "lottery"), ("stepped_wedge", "stepped_wedge_order")])
def test_drawn_designs_find_the_truth(recovery, study, design):
    one = found(recovery, study, "holds", 8).loc[design]
    assert abs(one["bias"]) < 4 * one["bias_se"] and one["coverage"] >= 0.7
    assert one["truth"] < -0.02


def test_adjusting_takes_the_wrong_sign_away(recovery):
    table = found(recovery, "observational", "holds", 8)
    plain = found(recovery, "naive", "holds", 8).loc["naive"]
    assert plain["mean"] > 0 > plain["truth"]
    for design in ("iptw_ate", "iptw_ato", "g_formula", "aipw"):
        assert table.loc[design, "mean"] < 0 and table.loc[design, "rmse"] < plain["rmse"]
        assert table.loc[design, "coverage"] >= 0.7
    assert table.loc["rmst_iptw", "mean"] > 0 and table.loc["cox_iptw", "mean"] < 0


def test_adjusted_points_and_anticipation_break_what_rests_on_them(recovery):
    assert found(recovery, "discontinuity", "unmeasured", 8).loc["discontinuity", "bias"] > 0.05
    assert found(recovery, "stepped_wedge", "anticipation", 3).loc["stepped_wedge", "bias"] > 0.015


def test_the_table_marks_what_leaves_its_bounds(recovery):
    one = {"truth": -0.1, "mean": -0.1, "bias": 0.0, "bias_se": 0.001, "rmse": 0.03, "stated_se": 0.03, "coverage": 0.95,
           "found": 0.05, "wrong_sign": 0.0, "towns": 400}  # fmt: skip
    lines = [{"design": "a", "world": world} | one for world in recovery.WORLDS]
    assert "*" not in recovery.markdown(lines)
    lines[0]["coverage"] = np.float64(0.92)
    assert recovery.markdown(lines).count("*") == 1
