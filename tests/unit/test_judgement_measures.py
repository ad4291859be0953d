"""Exact limits, the area under the curve, ties at the cut, and how many would be enough."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score

from kosodachi.judgement import at_capacity, auc, children_enough, clopper_pearson, looked_at_enough, random_range


@pytest.mark.parametrize(("k", "n"), [(0, 30), (1, 30), (29, 200), (200, 200), (3, 7)])
def test_limits_are_those_of_scipy(k, n):
    exact = binomtest(k, n).proportion_ci(method="exact")
    assert np.array(clopper_pearson(k, n)) == pytest.approx([exact.low, exact.high])


def test_published_limits_of_none_in_thirty_and_in_a_hundred():
    assert np.round(clopper_pearson([0, 0], [30, 100])[1], 3).tolist() == [0.116, 0.036]
    assert np.round(clopper_pearson(30, 200), 3).tolist() == [0.104, 0.207]


def test_the_area_is_sklearns_and_its_interval_covers():
    rng, covered = np.random.default_rng(5), 0
    for _ in range(200):
        case = rng.random(300) < 0.2
        score = rng.normal(case * 1.0)
        value, low, high = auc(score, case)
        assert value == pytest.approx(roc_auc_score(case, score))
        covered += low < 0.76025 < high  # Phi(1 / sqrt 2)
    assert 0.90 <= covered / 200 <= 0.99


def test_an_area_without_cases_is_missing():
    assert np.isnan(auc([1, 2, 3], [0, 0, 0])).all()


def judged(points, case, known=()):
    ids = [f"c{i:02d}" for i in range(len(points))]
    table = pd.DataFrame(
        {"research_id": ids, "points": points, "known_before": [i in known for i in range(len(points))]}
    )
    table = table.sort_values(
        ["known_before", "points", "research_id"], ascending=[True, False, True], ignore_index=True
    )
    return table.assign(rank=range(1, len(table) + 1)), pd.Series(case, index=ids, dtype=float)


def metrics(points, case, capacity, known=()):
    table, outcome = judged(points, case, known)
    return at_capacity(table, outcome, capacity=capacity).set_index("metric")


def test_shares_at_capacity_by_hand():
    table = metrics([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], [1, 1, 0, 1, 0, 0, 0, 0, 0, 1], 4)
    assert table.loc["precision", ["value", "k", "n"]].to_list() == [0.75, 3, 4]
    assert table.loc["recall", ["k", "n"]].to_list() == [3, 4]
    assert table.loc["lift", "value"] == pytest.approx(0.75 / 0.4)
    assert table.loc["looked_at_per_case", "value"] == pytest.approx(4 / 3)
    assert table.loc["looked_at_per_case", "low"] == pytest.approx(1 / clopper_pearson(3, 4)[1])


def test_ties_at_the_cut_have_a_best_and_a_worst_case():
    table = metrics([9, 5, 5, 5, 5, 1], [1, 0, 0, 1, 1, 1], 3)
    assert table.loc[["precision_worst", "precision", "precision_best"], "k"].to_list() == [1, 1, 3]


def test_children_known_before_and_children_without_outcome_do_not_count():
    table = metrics([9, 8, 7, 6], [1, 1, 0, np.nan], 2, known=(0,))
    assert table.loc["precision", ["k", "n"]].to_list() == [1, 2]
    assert table.loc["base_rate", ["k", "n"]].to_list() == [1, 2]


def test_no_hit_gives_a_limit_and_not_an_error():
    table = metrics([3, 2, 1], [0, 0, 1], 2)
    assert table.loc["precision", "high"] == pytest.approx(float(clopper_pearson(0, 2)[1]))
    assert table.loc["looked_at_per_case", "value"] == np.inf
    assert len(metrics([], [], 5)) == 8


def test_children_that_would_be_enough():
    assert children_enough(5, 1000) == 2000
    assert children_enough(10, 1000) == 1000
    assert children_enough(0, 100, wanted=10) == int(np.ceil(10 / (1 - 0.025 ** (1 / 100))))
    assert children_enough(0, 0) == 0


def test_children_to_look_at_before_a_precision_can_be_told_from_the_base_rate():
    enough = looked_at_enough(0.03, 0.10)
    assert clopper_pearson(np.floor(0.10 * enough), enough)[0] > 0.03
    assert 50 < enough < 100
    assert looked_at_enough(0.03, 0.05) > enough
    assert looked_at_enough(0.10, 0.10) is None


def test_random_orders_fall_into_their_range():
    rng, case = np.random.default_rng(1), np.arange(1000) < 60
    low, high = random_range(60, 1000, capacity=100)
    found = np.array([rng.permutation(case)[:100].mean() for _ in range(2000)])
    assert 0.95 <= ((low <= found) & (found <= high)).mean() <= 0.99
    assert low < 0.06 < high
    assert np.isnan(random_range(0, 0, capacity=5)).all()
