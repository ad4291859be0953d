"""Calibration and thresholds against records whose weights were drawn from known distributions."""

import numpy as np
import pandas as pd
import pytest

from kosodachi.linkage import from_decoys, from_labels, reliability, threshold_for
from kosodachi.linkage.calibration import false_by_threshold


def drawn(persons: int = 20_000, *, without: float = 0.3, seed: int = 4):
    """Best weights: right ones Normal(12, 3), wrong ones Normal(-2, 4); which are right; and weights of 5,000 decoys."""
    rng = np.random.default_rng(seed)
    right = rng.random(persons) >= without
    weights = np.where(right, rng.normal(12, 3, persons), rng.normal(-2, 4, persons))
    return weights, right, rng.normal(-2, 4, 5_000)


def truly(weights) -> np.ndarray:
    """The probability of a right link at a weight, by Bayes."""
    right = 0.7 * np.exp(-(((weights - 12) / 3) ** 2) / 2) / 3
    wrong = 0.3 * np.exp(-(((weights + 2) / 4) ** 2) / 2) / 4
    return right / (right + wrong)


def test_decoys_give_back_the_probability_of_a_right_link():
    weights, _, decoys = drawn()
    calibration = from_decoys(weights, decoys, linked_from=6.0)
    grid = np.array([-6.0, 0.0, 3.0, 6.0, 9.0, 14.0])
    assert calibration(grid) == pytest.approx(truly(grid), abs=0.08)
    assert (np.diff(calibration(np.linspace(-10, 20, 200))) >= 0).all()
    assert calibration([np.nan])[0] == 0


@pytest.mark.parametrize("method, within", [("isotonic", 0.12), ("platt", 0.12)])
def test_labels_of_people_give_it_back_too(method, within):
    weights, right, _ = drawn(4_000)
    calibration = from_labels(weights, right, method=method)
    grid = np.array([-4.0, 3.0, 6.0, 14.0])
    assert calibration(grid) == pytest.approx(truly(grid), abs=within)


def test_labels_count_by_the_chance_of_being_looked_at():
    """Wrong pairs looked at four times as often as right ones: unweighted half would be wrong, in truth a fifth."""
    weights = np.zeros(200)
    right = np.arange(200) < 100
    chance = np.where(right, 0.1, 0.4)
    assert from_labels(weights, right, chance=chance)([0.0])[0] == pytest.approx(0.8)


def test_false_links_by_threshold_are_counted_as_by_hand():
    """Threshold 5: 3 of 6 persons linked, 1 of 4 decoys: 3 unlinked * (1/4) / (3/4) = 1 false link of 3."""
    table = false_by_threshold([9, 8, 6, 1, np.nan, 2], [7, 1, 0, np.nan], [5.0, 8.5])
    assert table["linked"].tolist() == [3, 1]
    assert table["false"].tolist() == pytest.approx([1.0, 0.0])
    assert table["rate"].tolist() == pytest.approx([1 / 3, 0.0])


def test_a_threshold_keeps_the_stated_false_link_rate():
    weights, right, decoys = drawn()
    thresholds = [threshold_for(rate, weights, decoys) for rate in (0.02, 0.005)]
    true = [1 - right[weights >= threshold].mean() for threshold in thresholds]
    assert thresholds[0] < thresholds[1]
    assert true == pytest.approx([0.02, 0.005], abs=0.003)


def test_no_threshold_is_high_enough_where_decoys_weigh_as_much_as_any():
    assert threshold_for(0.001, [1, 2, 3, 0], [4, 4]) == float("inf")
    assert threshold_for(0.05, [10, 11], []) == 10


def test_reliability_shows_claims_beside_the_truth_by_band():
    table = reliability([0.2, 0.3, 0.95, 0.96, 1.0], [0.1, 0.1, 0.9, 0.9, 1.0], [False, True, True, True, True])
    assert table["persons"].tolist() == [2, 2, 1]
    assert table.set_index("claim").loc["0.9 .. 0.99", ["claimed", "true"]].tolist() == pytest.approx([0.955, 1.0])
    assert reliability([0.2], [0.1])["true"].isna().all()


def test_nobody_linked_is_no_reason_to_fail():
    none = from_decoys(np.array([np.nan, np.nan]), np.array([]), linked_from=3.0)
    assert none([5.0])[0] == 0 and isinstance(none.knots, pd.DataFrame)
