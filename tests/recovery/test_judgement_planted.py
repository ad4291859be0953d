"""The card finds planted loadings, and literature and data have the say that their size gives them."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))

from judgement_town import DAYS, LOADINGS, item_register, simulated, town

from kosodachi.judgement import at_capacity, judge, labels, train


def test_planted_sign_and_order_are_found_in_fifty_towns():
    tables = [train(*simulated(4000, seed=seed), item_register(), town()).table for seed in range(50)]
    weights = np.array([table["log_odds"] for table in tables])
    points = np.array([table["points"] for table in tables])
    assert ((weights[:, 0] > weights[:, 1]) & (weights[:, 1] > weights[:, 2])).mean() >= 0.9
    assert (weights[:, :3] > 0).mean() >= 0.98
    assert (np.argsort(-points.mean(axis=0)) == np.arange(4)).all()
    assert weights.mean(axis=0) == pytest.approx(LOADINGS, abs=0.12)


def test_the_literature_decides_in_thirty_children_and_the_data_in_thirty_thousand():
    prior = (0.0, 0.2, 0.6, 1.2)  # the planted order upside down
    few = train(*simulated(30, seed=7, intercept=-0.5), item_register(prior, sd=0.25), town())
    many = train(*simulated(30_000, seed=7), item_register(prior, sd=0.25), town())
    assert few.summary["weights_from"] == "both"
    assert few.table["log_odds"].to_numpy() == pytest.approx(prior, abs=0.25)
    assert few.table["points"].is_monotonic_increasing
    assert many.table["log_odds"].to_numpy() == pytest.approx(LOADINGS, abs=0.2)
    assert many.table["points"].is_monotonic_decreasing


def test_the_order_beats_chance_at_capacity_and_its_interval_covers():
    hits = []
    for seed in range(20):
        values, need = simulated(3000, seed=seed)
        judgement = judge(train(values, need, item_register(), town()).table, values, need, town())
        outcome = labels(need, judgement["research_id"], as_of=DAYS[1], months=12)
        hits.append(
            at_capacity(judgement, outcome, capacity=200)
            .set_index("metric")
            .loc[["precision", "base_rate", "auc"], "value"]
        )
    precision, base, area = np.array(hits).T
    assert (precision > base).mean() >= 0.95
    assert precision.mean() / base.mean() > 1.8
    assert 0.6 < area.mean() < 0.8
