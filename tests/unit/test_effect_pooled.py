"""Pooling of municipalities and the surrogate index against published and planted figures."""

import numpy as np
import pytest

from kosodachi.effect import aipw, pool, surrogate_checks, surrogate_effect, surrogate_index

# The thirteen BCG trials (Colditz et al. 1994), as in Viechtbauer 2010, doi:10.18637/jss.v036.i03, section 3.1:
# vaccinated with and without tuberculosis, unvaccinated with and without.
BCG = np.array([
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
])  # fmt: skip


def test_reml_of_the_bcg_trials_as_printed_by_metafor():
    a, b, c, d = BCG.T
    n1, n0 = a + b, c + d
    found = pool(np.log(a / n1) - np.log(c / n0), np.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n0))
    assert found.value == pytest.approx(-0.7145, abs=5e-5)
    assert found.tau2 == pytest.approx(0.3132, abs=5e-5)
    assert found.q == pytest.approx(152.233, abs=5e-4)
    assert found.i2 == pytest.approx(0.9222, abs=5e-5)


def test_equal_effects_have_no_variance_between_and_one_is_no_pool():
    found = pool([0.2, 0.2, 0.2], [0.1, 0.2, 0.1])
    assert (found.value, found.tau2, found.q) == pytest.approx((0.2, 0, 0))
    with pytest.raises(ValueError, match="1 estimates"):
        pool([0.2], [0.1])


def test_the_pooled_interval_covers_with_five_municipalities():
    covered = predicted = 0
    for seed in range(400):
        rng = np.random.default_rng([91, seed])
        se = rng.uniform(0.03, 0.1, 5)
        found = pool(-0.1 + rng.normal(0, 0.05, 5) + rng.normal(0, se), se)
        covered += found.low <= -0.1 <= found.high
        predicted += found.predicted_low <= -0.1 + rng.normal(0, 0.05) <= found.predicted_high
    assert 0.92 <= covered / 400 <= 0.98
    assert 0.85 <= predicted / 400 <= 0.97


def town(seed, n=1_500, direct=0.0):
    """Outreach moves attendance at three months, which moves the outcome of a year; `direct` is what it does besides."""
    rng = np.random.default_rng([92, seed])
    X = rng.normal(size=(n, 1))
    a = (rng.random(n) < 1 / (1 + np.exp(-X[:, 0]))) * 1.0
    S = 0.8 * X - 0.6 * a[:, None] + rng.normal(size=(n, 1))
    return X, a, S, S[:, 0] + 0.5 * X[:, 0] + direct * a + rng.normal(size=n)


def test_the_index_gives_the_effect_before_the_outcome_is_there():
    runs = []
    for seed in range(150):
        X, _, S, y = town(seed)
        index = surrogate_index(y, np.column_stack([S, X]))
        X, a, S, _ = town(1_000 + seed)
        one = surrogate_effect(index, np.column_stack([S, X]), a, X)
        runs.append((one.value, one.se, one.low <= -0.6 <= one.high))
    value, se, covers = np.array(runs).T
    assert value.mean() == pytest.approx(-0.6, abs=0.02)
    assert se.mean() == pytest.approx(value.std(), rel=0.15)
    assert 0.91 <= covers.mean() <= 0.99


def test_back_test_on_a_past_snapshot_agrees_and_the_check_sees_a_direct_effect():
    X, a, S, y = town(7, n=6_000)
    both = np.column_stack([S, X])
    index = surrogate_index(y, both)
    assert surrogate_effect(index, both, a, X).value == pytest.approx(aipw(y, a, X, repeats=1).value, abs=0.1)
    held = surrogate_checks(y, a, X, S, surrogate_index(y, S), S).set_index("check")["holds"]
    assert held.loc["surrogacy"] and held.loc["reach"]
    X, a, S, y = town(7, n=6_000, direct=-0.4)
    broken = surrogate_checks(y, a, X, S, surrogate_index(y, S), S + 9).set_index("check")["holds"]
    assert not broken.loc["surrogacy"] and not broken.loc["reach"]


def test_an_indicator_that_is_a_covariate_as_well_stands_in_the_check_once():
    X, a, S, y = town(9)
    once = surrogate_checks(y, a, X, S, surrogate_index(y, S), S).set_index("check").loc["surrogacy"]
    S = np.column_stack([S, 3 * X + 1])
    twice = surrogate_checks(y, a, X, S, surrogate_index(y, S), S).set_index("check").loc["surrogacy"]
    assert twice["value"] == pytest.approx(once["value"]) and twice["low"] == pytest.approx(once["low"])


def test_comparability_counts_what_is_uncertain_in_the_index_and_siblings_once():
    gaps, stated = [], []
    for seed in range(200):
        X, _, S, y = town(seed, n=150)
        index = surrogate_index(y, np.column_stack([S, X]))
        X, a, S, y = town(2_000 + seed, n=600)
        both = np.column_stack([S, X])
        one = surrogate_checks(y, a, X, both, index, both).set_index("check").loc["comparability"]
        gaps.append(one["value"])
        stated.append((one["high"] - one["low"]) / 2 / 1.96)
    assert np.mean(stated) == pytest.approx(np.std(gaps), rel=0.15)
    twins = [np.concatenate([part, part]) for part in (y, a, X, both)]
    same = np.tile(np.arange(600), 2)
    doubled = surrogate_checks(twins[0], twins[1], twins[2], twins[3], index, twins[3], cluster=same)
    assert doubled.set_index("check").loc["comparability", "high"] == pytest.approx(one["high"], rel=0.01)
