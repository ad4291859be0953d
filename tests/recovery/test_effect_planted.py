"""Planted effects come back over 200 seeds: bias, coverage, false positives, and what the naive contrast gets wrong."""

import numpy as np
import pytest

from kosodachi.effect import aipw, g_formula, iptw, naive, propensity
from kosodachi.effect.balance import comparable

SEEDS, CHILDREN, EFFECT = 200, 1000, -0.7


def chance(eta):
    return 1 / (1 + np.exp(-eta))


def planted(rng, n, effect):
    """y, a, X and the true risk difference: children at higher risk are offered support more often."""
    X = rng.normal(size=(n, 4))
    a = (rng.random(n) < chance(-0.6 + 0.8 * X[:, 0] + 0.7 * X[:, 1])) * 1.0
    base = -1.0 + 1.0 * X[:, 0] + 0.7 * X[:, 1] + 0.3 * X[:, 2]
    on, off = chance(base + effect), chance(base)
    y = (rng.random(n) < np.where(a == 1, on, off)) * 1.0
    return y, a, X, float((on - off).mean())


def over_seeds(effect, estimator):
    rngs = [np.random.default_rng([611, seed]) for seed in range(SEEDS)]
    found = [(estimator(y, a, X), truth) for y, a, X, truth in (planted(rng, CHILDREN, effect) for rng in rngs)]
    return np.array([(e.value, e.se, e.low, e.high, truth) for e, truth in found]).T


TRUTH = planted(np.random.default_rng(0), 1_000_000, EFFECT)[3]


@pytest.fixture(scope="module")
def aipw_runs():
    return over_seeds(EFFECT, lambda y, a, X: aipw(y, a, X, repeats=1, seed=3))


def test_aipw_is_unbiased_and_its_interval_covers(aipw_runs):
    value, se, low, high, _ = aipw_runs
    assert abs(value.mean() - TRUTH) < 3 * value.std() / SEEDS**0.5
    assert 0.92 <= ((low <= TRUTH) & (high >= TRUTH)).mean() <= 0.98
    assert se.mean() == pytest.approx(value.std(), rel=0.15)


def test_no_effect_is_found_at_the_nominal_rate():
    _, _, low, high, _ = over_seeds(0.0, lambda y, a, X: aipw(y, a, X, repeats=1, seed=3))
    assert 0.02 <= ((low > 0) | (high < 0)).mean() <= 0.08


def test_the_naive_contrast_has_the_wrong_sign():
    value, *_ = over_seeds(EFFECT, lambda y, a, X: naive(y, a))
    assert TRUTH < -0.08
    assert value.mean() > 0.03


@pytest.mark.parametrize("estimator", [iptw, g_formula], ids=["iptw", "g_formula"])
def test_weights_and_standardisation_cover(estimator):
    value, se, low, high, _ = over_seeds(EFFECT, estimator)
    assert abs(value.mean() - TRUTH) < 3 * value.std() / SEEDS**0.5 + 0.002
    assert 0.92 <= ((low <= TRUTH) & (high >= TRUTH)).mean() <= 0.98
    assert se.mean() == pytest.approx(value.std(), rel=0.15)


@pytest.mark.parametrize("estimator", [aipw, iptw, g_formula], ids=["aipw", "iptw", "g_formula"])
def test_the_effect_on_the_treated_differs_and_is_found(estimator):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(60_000, 2))
    a = (rng.random(len(X)) < chance(X[:, 0])) * 1.0
    y = 1.0 * X[:, 1] + a * (-1 - X[:, 0]) + rng.normal(size=len(X))
    on_treated = -1 - X[a == 1, 0].mean()
    options = {} if estimator is iptw else {"interact": [0]}
    options |= {"repeats": 1} if estimator is aipw else {}
    assert estimator(y, a, X, **options).value == pytest.approx(-1, abs=0.05)
    assert on_treated < -1.3
    assert estimator(y, a, X, estimand="ATT", **options).value == pytest.approx(on_treated, abs=0.05)


def test_aipw_survives_a_wrong_outcome_model():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(40_000, 1))
    a = (rng.random(len(x)) < chance(1.2 * x[:, 0])) * 1.0
    y = np.exp(x[:, 0]) - 0.5 * a + rng.normal(size=len(x))
    assert abs(g_formula(y, a, x).value + 0.5) > 0.1
    assert aipw(y, a, x, repeats=1).value == pytest.approx(-0.5, abs=0.08)


def test_aipw_survives_a_wrong_propensity_model():
    rng = np.random.default_rng(9)
    x = rng.normal(size=(40_000, 1))
    a = (rng.random(len(x)) < np.where(x[:, 0] > 0, 0.9, 0.1)) * 1.0
    y = 2 * x[:, 0] - 0.5 * a + rng.normal(size=len(x))
    assert abs(iptw(y, a, x).value + 0.5) > 0.1
    assert aipw(y, a, x, repeats=1).value == pytest.approx(-0.5, abs=0.08)


def test_siblings_need_the_cluster_robust_error():
    """Households are offered support as one and share their risk: the plain error is too small."""
    rng = np.random.default_rng(12)
    runs = []
    for _ in range(SEEDS * 2):
        home = np.repeat(np.arange(250), 4)
        a = (rng.random(250) < 0.4)[home] * 1.0
        y = (rng.random(1000) < chance(-1 + 2.0 * rng.normal(size=250)[home])) * 1.0
        plain, clustered = naive(y, a), naive(y, a, cluster=home)
        runs.append((plain.low <= 0 <= plain.high, clustered.low <= 0 <= clustered.high))
    plain, clustered = np.mean(runs, axis=0)
    assert plain < 0.90
    assert 0.92 <= clustered <= 0.98


def test_comparable_children_save_the_estimate_where_nobody_calm_was_offered():
    """Staff looked only at children above a line: below it nobody is offered support, whatever the other covariates."""
    rng = np.random.default_rng(14)
    X = rng.normal(size=(30_000, 2))
    chance_of_offer = np.where(X[:, 0] > 0.5, chance(-0.4 + 0.5 * X[:, 1]), 0.0)
    a = (rng.random(len(X)) < chance_of_offer) * 1.0
    on, off = chance(-1.5 + X[:, 0] + X[:, 1] - 0.8), chance(-1.5 + X[:, 0] + X[:, 1])
    y = (rng.random(len(X)) < np.where(a == 1, on, off)) * 1.0
    kept = comparable(propensity(a, X, clip=1e-4))
    assert (X[kept, 0] > 0.5).mean() > (X[:, 0] > 0.5).mean() + 0.4
    found = aipw(y[kept], a[kept], X[kept], repeats=1)
    assert found.value == pytest.approx((on - off)[kept].mean(), abs=0.02)
    assert iptw(y, a, X).value > (on - off).mean() + 0.04
