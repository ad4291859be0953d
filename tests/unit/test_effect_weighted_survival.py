"""Restricted means under weights: equal to the plain ones where weights are constant, with honest errors where not."""

import numpy as np
import pytest

from kosodachi.effect import restricted_mean_difference, restricted_mean_iptw


def study(rng, n=700, effect=0.5):
    """Months until an event, rarer among the offered; children at risk are offered more often. X, a, months, event."""
    X = rng.normal(size=(n, 2))
    a = (rng.random(n) < 1 / (1 + np.exp(-0.8 * X[:, 0]))) * 1.0
    rate = 0.08 * np.exp(0.8 * X[:, 0] + 0.3 * X[:, 1])
    both = rng.exponential(size=n)[:, None] / (rate[:, None] * np.array([1.0, effect]))
    left = rng.uniform(4, 30, n)
    time = np.where(a == 1, both[:, 1], both[:, 0])
    truth = np.minimum(both[:, 1], 10).mean() - np.minimum(both[:, 0], 10).mean()
    return X, a, np.minimum(time, left), time <= left, truth


def test_without_covariates_it_is_the_plain_difference_with_greenwoods_error():
    X, a, months, event, _ = study(np.random.default_rng(1))
    months = np.ceil(months)
    found = restricted_mean_iptw(months, event, a, X[:, :0], until=10)
    value, se = restricted_mean_difference(months, event, a, until=10)
    assert found.value == pytest.approx(value)
    assert found.se == pytest.approx(se, rel=0.002)  # m / (m - 1) of the sandwich


def test_the_derivative_is_that_of_the_area():
    from kosodachi.effect.weighted_survival import _area

    rng = np.random.default_rng(2)
    _, _, months, event, _ = study(rng, n=60)
    months, w = np.ceil(months), rng.uniform(0.5, 2, 60)
    area, pull = _area(months, event, w, 10.0)
    step = np.array([(_area(months, event, w + 1e-6 * unit, 10.0)[0] - area) / 1e-6 for unit in np.eye(60)])
    assert pull == pytest.approx(step, abs=1e-5)
    assert w @ pull == pytest.approx(0, abs=1e-9)


def test_over_seeds_it_is_unbiased_covers_and_knows_its_error_while_the_plain_one_is_fooled():
    runs = []
    truth = study(np.random.default_rng(0), n=400_000)[4]
    for seed in range(200):
        X, a, months, event, _ = study(np.random.default_rng([62, seed]))
        one = restricted_mean_iptw(months, event, a, X, until=10)
        runs.append(
            (one.value, one.se, one.low <= truth <= one.high, restricted_mean_difference(months, event, a, until=10)[0])
        )
    value, se, covers, plain = np.array(runs, float).T
    assert value.mean() == pytest.approx(truth, abs=3 * value.std() / 200**0.5)
    assert se.mean() == pytest.approx(value.std(), rel=0.12)
    assert 0.92 <= covers.mean() <= 0.98
    assert plain.mean() < truth - 0.5


def test_known_weights_are_too_cautious_and_siblings_are_summed():
    X, a, months, event, _ = study(np.random.default_rng(3), n=3_000)
    estimated = restricted_mean_iptw(months, event, a, X, until=10)
    assert restricted_mean_iptw(months, event, a, X, until=10, weights_known=True).se > estimated.se
    twice = [np.repeat(part, 2, axis=0) for part in (months, event, a, X)]
    doubled = restricted_mean_iptw(*twice[:3], twice[3], until=10, cluster=np.repeat(np.arange(3_000), 2))
    assert doubled.se == pytest.approx(estimated.se, rel=1e-3)
