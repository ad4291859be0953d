"""The bootstrap over clusters: the estimators' own values, refits' draws, and the influence function's error."""

import numpy as np
import pytest

from kosodachi.effect import aipw, cluster_bootstrap, g_formula, iptw, nuisance
from kosodachi.effect.estimators import arm_weights


def study(seed, homes=700):
    rng = np.random.default_rng([63, seed])
    home = np.repeat(np.arange(homes), rng.integers(1, 4, homes))
    own = rng.normal(size=homes)[home]
    X = np.column_stack([own + rng.normal(size=len(home)), rng.normal(size=len(home))])
    a = (rng.random(len(home)) < 1 / (1 + np.exp(-0.7 * X[:, 0] - 0.5 * own))) * 1.0
    y = (rng.random(len(home)) < 1 / (1 + np.exp(0.8 - 0.6 * X[:, 0] - 0.8 * own + 0.6 * a))) * 1.0
    return y, a, X, home


PLAIN = {"aipw": lambda *at, **o: aipw(*at, k=1, **o), "iptw": iptw, "g_formula": g_formula}


@pytest.mark.parametrize("method", list(PLAIN))
@pytest.mark.parametrize("estimand", ["ATE", "ATT"])
def test_value_is_the_estimators_and_error_the_influence_functions(method, estimand):
    y, a, X, home = study(1)
    found = cluster_bootstrap(y, a, X, cluster=home, method=method, estimand=estimand, draws=600)
    plain = PLAIN[method](y, a, X, cluster=home, estimand=estimand)
    assert found.value == pytest.approx(plain.value, abs=1e-7)
    assert found.se == pytest.approx(plain.se, rel=0.1)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=0.35 * plain.se)


def test_one_step_is_nearly_a_refit():
    y, a, X, home = study(2, homes=300)
    rng = np.random.default_rng(1)
    m = home.max() + 1
    counts = [np.bincount(rng.integers(0, m, m), minlength=m) for _ in range(40)]
    refits = []
    for drawn in counts:
        rows = np.repeat(np.arange(len(y)), drawn[home])
        e = nuisance.propensity(a[rows], X[rows])
        w1, w0, *_ = arm_weights(a[rows], e)
        refits.append(w1 @ y[rows] / w1.sum() - w0 @ y[rows] / w0.sum())
    found = cluster_bootstrap(y, a, X, cluster=home, method="iptw", draws=40, seed=1)
    off = found.draws - np.array(refits)
    assert (off**2).mean() ** 0.5 < 0.08 * found.se and np.abs(off).max() < 0.2 * found.se
    assert found.se == pytest.approx(np.std(refits, ddof=1), rel=0.05)


def test_a_continuous_outcome_and_rows_as_clusters():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(900, 2))
    a = (rng.random(900) < 1 / (1 + np.exp(-X[:, 0]))) * 1.0
    y = X[:, 0] - 0.5 * a + rng.normal(size=900)
    found = cluster_bootstrap(y, a, X, method="aipw", draws=500)
    assert found.clusters == 900
    assert found.se == pytest.approx(aipw(y, a, X, k=1).se, rel=0.1)
    assert np.array_equal(found.draws, cluster_bootstrap(y, a, X, method="aipw", draws=500).draws)
