"""The limits of what leaving an item out costs, on towns of known truth; many more towns: benchmarks/items_left_out.py."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import items_left_out as study


@pytest.fixture(scope="module")
def towns():
    whole = study.population(40_000)
    return [study.one_town(whole, 600, seed, draws=40) for seed in range(14)]


def test_limits_that_learn_anew_hold_the_cost_and_those_that_keep_the_scores_too_seldom(towns):
    expected = np.mean([town["own"] for town in towns], axis=0)
    share = {way: np.mean([study.holds(town[way], expected) for town in towns]) for way in ("anew", "kept")}
    assert share["anew"] > 0.9
    assert share["kept"] < share["anew"] - 0.05


def test_the_cost_of_the_heaviest_item_is_found_and_that_of_noise_is_not(towns):
    point = np.mean([town["point"] for town in towns], axis=0)
    noise = [at for at, weight in enumerate(study.WEIGHTS) if weight == 0]
    assert point[1, 0] > 0.03
    assert np.abs(point[1, noise]).max() < 0.02


def test_limits_for_all_items_at_once_are_the_wider_ones(towns):
    for town in towns:
        assert (np.diff(town["anew_all"]) >= np.diff(town["anew"]) - 1e-12).all()
