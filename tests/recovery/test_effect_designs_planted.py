"""Each design finds what was planted: bias, coverage and false positives over seeds."""

import numpy as np
import pytest

from kosodachi.effect import jump, lottery, stepped_wedge

SEEDS = 200


def rates(runs):
    """Mean of the estimates, coverage of the planted effect, share of p below 5 %."""
    value, covers, found = np.array(runs, float).T
    return value.mean(), covers.mean(), found.mean()


@pytest.mark.parametrize("effect", [0.0, -0.12])
def test_lottery(effect):
    runs = []
    for seed in range(2 * SEEDS):
        rng = np.random.default_rng([71, seed])
        month = rng.integers(0, 6, 600)
        risk = 0.2 + 0.03 * month
        a = np.zeros(600)
        for m in range(6):
            here = np.flatnonzero(month == m)
            a[rng.permutation(here)[: len(here) // 2]] = 1
        y = (rng.random(600) < risk + effect * a) * 1.0
        one = lottery(y, a, block=month, draws=500, seed=seed)
        runs.append((one.value, one.low <= effect <= one.high, one.p < 0.05))
    value, coverage, found = rates(runs)
    assert value == pytest.approx(effect, abs=0.008)
    assert 0.925 <= coverage <= 0.975
    assert (0.025 <= found <= 0.075) if effect == 0 else found > 0.75


@pytest.mark.parametrize("effect", [0.0, -0.3])
def test_fuzzy_discontinuity_in_points_with_ties(effect):
    runs = []
    for seed in range(SEEDS):
        rng = np.random.default_rng([72, seed])
        x = rng.normal(0, 6, 4_000).round() + 0.5
        t = (rng.random(4_000) < np.where(x >= 0, 0.85, 0.1)) * 1.0
        y = (rng.random(4_000) < np.clip(0.45 + 0.012 * x + effect * t, 0, 1)) * 1.0
        one = jump(y, x, treated=t, h=9.0, b=9.0)
        runs.append((one.value, one.low <= effect <= one.high, one.p < 0.05))
    value, coverage, found = rates(runs)
    assert value == pytest.approx(effect, abs=0.02)
    assert 0.91 <= coverage <= 0.98
    assert (found <= 0.09) if effect == 0 else found > 0.5


@pytest.mark.parametrize("effect", [0.0, -0.1])
def test_stepped_wedge_with_twelve_schools(effect):
    runs = []
    for seed in range(SEEDS):
        rng = np.random.default_rng([73, seed])
        site, period = np.repeat(np.arange(12), 5 * 40), np.tile(np.repeat(np.arange(5), 40), 12)
        start = dict(enumerate(rng.permutation(np.repeat([1, 2, 3, 4], 3)).tolist()))
        on = period >= np.array([start[s] for s in range(12)])[site]
        risk = 0.35 + rng.normal(0, 0.06, 12)[site] + 0.01 * period + effect * on
        y = (rng.random(len(site)) < risk) * 1.0
        one = stepped_wedge(y, site, period, start, draws=300, seed=seed)
        runs.append((one.value, one.low <= effect <= one.high, one.p < 0.05))
    value, coverage, found = rates(runs)
    assert value == pytest.approx(effect, abs=0.012)
    assert 0.92 <= coverage <= 0.99
    assert (0.02 <= found <= 0.085) if effect == 0 else found > 0.5
