"""Outcomes missing at random: imputing them brings the effect back with coverage, leaving the children out does not."""

import numpy as np
import pytest

from kosodachi.effect import aipw, imputed_outcome, rubin

CHILDREN, COPIES = 600, 8


def chance(eta):
    return 1 / (1 + np.exp(-eta))


def town(seed):
    """Outcomes with gaps, offers, covariates and the true effect: the offered and those at risk are lost more often."""
    rng = np.random.default_rng([120, seed])
    X = rng.normal(size=(CHILDREN, 4))
    a = (rng.random(CHILDREN) < chance(-0.6 + 0.6 * X[:, 0] + 0.4 * X[:, 1])) * 1.0
    base = -1 + 0.9 * X[:, 0] + 0.6 * X[:, 1]
    on, off = chance(base - 1.0), chance(base)
    y = (rng.random(CHILDREN) < np.where(a == 1, on, off)) * 1.0
    gap = rng.random(CHILDREN) < chance(-1.6 + 1.2 * X[:, 0] + 1.0 * a)
    return np.where(gap, np.nan, y), a, X, (on - off).mean()


def estimated(y, a, X):
    return aipw(y, a, X, ridge=1.0, repeats=1, k=5, clip=0.05)


def runs(towns):
    """Bias and coverage of complete cases and of imputation, and the true and the stated error of the latter."""
    found = []
    for seed in range(towns):
        y, a, X, truth = town(seed)
        seen = ~np.isnan(y)
        plain = estimated(y[seen], a[seen], X[seen])
        one = [estimated(copy, a, X) for copy in imputed_outcome(y, a, X, m=COPIES, seed=seed)]
        pooled = rubin([e.value for e in one], [e.se for e in one])
        found.append((plain.value - truth, pooled.value - truth, pooled.low <= truth <= pooled.high, pooled.se))
    left, bias, covers, se = np.array(found).T
    return left.mean(), bias.mean(), covers.mean(), bias.std(), se.mean()


def test_imputed_outcomes_bring_the_effect_back():
    left, bias, covers, error, stated = runs(60)
    assert abs(bias) < 0.015 < left
    assert covers >= 0.88
    assert stated == pytest.approx(error, rel=0.25)


@pytest.mark.slow
def test_over_two_hundred_towns():
    left, bias, covers, error, stated = runs(200)
    assert abs(bias) < 0.01 < left
    assert 0.92 <= covers <= 0.98
    assert stated == pytest.approx(error, rel=0.15)


def test_siblings_are_drawn_together_and_what_is_on_record_stays():
    y, a, X, _ = town(1)
    copies = imputed_outcome(y, a, X, cluster=np.arange(CHILDREN) // 2, m=3, seed=2)
    seen = ~np.isnan(y)
    assert all((c[seen] == y[seen]).all() and np.isin(c, (0, 1)).all() for c in copies)
    assert not (copies[0] == copies[1]).all()
    plain = imputed_outcome(y, a, X, m=3, seed=2)
    assert any((c != p).any() for c, p in zip(copies, plain, strict=True))
