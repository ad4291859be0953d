"""Clerical samples: the allocation against Cochran's formula, and the estimate against a population that is known."""

import numpy as np
import pandas as pd
import pytest

from kosodachi.linkage import clerical


def persons(*strata: tuple[str, int, float], seed: int = 1) -> pd.DataFrame:
    """Persons by (stratum, number, chance of being wrong)."""
    rng = np.random.default_rng(seed)
    rows = [(name, guess) for name, n, guess in strata for _ in range(n)]
    table = pd.DataFrame(rows, columns=["stratum", "guess"])
    numbers = [f"p{i:05d}" for i in range(len(table))]
    return table.assign(source="s", person=numbers, wrong=rng.random(len(table)) < table["guess"])


def test_neymans_allocation_as_by_hand():
    """N = 1,000 and 1,000, S = 0.5 and 0.3: with d = 0.05 and z^2 = 3.8415, n = 800^2 / (2000^2 * 0.00065077 + 340)."""
    people = persons(("a", 1000, 0.5), ("b", 1000, 0.1))
    designed = clerical.design(people, half_width=0.05).set_index("stratum")
    wanted = 800**2 / (2000**2 * (0.05 / 1.959964) ** 2 + 1000 * 0.25 + 1000 * 0.09)
    assert designed.loc["a", "look_at"] == np.ceil(wanted * 5 / 8)
    assert designed.loc["b", "look_at"] == np.ceil(wanted * 3 / 8)


def test_a_stratum_without_a_doubt_is_looked_at_a_little_and_a_small_one_whole():
    designed = clerical.design(persons(("sure", 5000, 0.0), ("few", 3, 0.5)), half_width=0.02).set_index("stratum")
    assert designed.loc["sure", "look_at"] >= clerical.LEAST and designed.loc["few", "look_at"] == 3


def test_half_the_width_asks_for_nearly_four_times_the_looks():
    people = persons(("a", 200_000, 0.02), ("b", 20_000, 0.3))
    wide, narrow = clerical.needed(people, [0.01, 0.005])["look_at"]
    assert 3.5 < narrow / wide <= 4.1


def test_the_estimate_is_horvitz_thompsons():
    """1 of 10 in a stratum of 900 and 5 of 10 in one of 100: 0.9 * 0.1 + 0.1 * 0.5."""
    designed = pd.DataFrame({"stratum": ["a", "b"], "persons": [900, 100], "guess": [0.1, 0.5], "look_at": [10, 10]})
    seen = pd.DataFrame({"stratum": ["a"] * 10 + ["b"] * 10, "wrong": [True] + [False] * 9 + [True] * 5 + [False] * 5})
    found = clerical.estimate(seen, designed)
    assert found["value"] == pytest.approx(0.14) and found["low"] < 0.14 < found["high"]
    assert (found["looked_at"], found["wrong"]) == (20, 6)


def test_everybody_looked_at_leaves_no_doubt():
    people = persons(("a", 50, 0.2))
    designed = clerical.design(people, half_width=0.0001)
    found = clerical.estimate(clerical.sample(people, designed), designed)
    assert found["low"] == found["value"] == found["high"] == people["wrong"].mean()


def test_a_sample_is_drawn_by_stratum_and_does_not_depend_on_the_order_of_rows():
    people = persons(("a", 300, 0.3), ("b", 40, 0.1))
    designed = clerical.design(people, half_width=0.05)
    drawn = clerical.sample(people, designed, seed=3)
    assert drawn["stratum"].value_counts().to_dict() == designed.set_index("stratum")["look_at"].to_dict()
    again = clerical.sample(people.sample(frac=1, random_state=1), designed, seed=3)
    assert drawn["person"].tolist() == again["person"].tolist()


def test_the_interval_holds_the_truth_and_keeps_the_width_asked_for():
    held, widths = [], []
    for seed in range(60):
        people = persons(("sure", 3000, 0.002), ("likely", 300, 0.05), ("doubt", 100, 0.4), seed=seed)
        designed = clerical.design(people, half_width=0.01)
        found = clerical.estimate(clerical.sample(people, designed, seed=1000 + seed), designed)
        held.append(found["low"] <= people["wrong"].mean() <= found["high"])
        widths.append((found["high"] - found["low"]) / 2)
    assert np.mean(held) >= 0.9 and np.mean(widths) < 0.013


def test_strata_are_bands_and_steps_of_weight():
    people = pd.DataFrame({"band": ["link", "review", "none"], "match_weight": [12.0, -7.0, np.nan]})
    assert clerical.strata(people).tolist() == ["link from +10", "review below -5", "none none"]
