"""Cross-fitting of all folds at once gives what fitting each fold by itself gives, also where fits run away."""

import numpy as np
import pytest

from kosodachi.effect import crossfit, nuisance


def children(n=900, seed=1, rare=0.0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    a = (rng.random(n) < 1 / (1 + np.exp(0.5 - X[:, 0]))) * 1.0
    y = (rng.random(n) < 1 / (1 + np.exp(1 + rare - X[:, 1] + 0.5 * a))) * 1.0
    return y, a, X, nuisance.folds(np.arange(n) // 2, 5, rng)


def fold_by_fold(y, a, X, fold, k, ridge, interact):
    e, m1, m0 = (np.empty(len(y)) for _ in range(3))
    for j in range(k):
        test, train = fold == j, fold != j
        e[test] = nuisance.predict(nuisance.fit(X[train], a[train], ridge=ridge), X[test], binary=True)
        m1[test], m0[test] = nuisance.outcomes(y, a, X, train=train, test=test, ridge=ridge, interact=interact)
    return e, m1, m0


@pytest.mark.parametrize("ridge", [0.0, 1.0])
@pytest.mark.parametrize("interact", [(), (0, 2)])
@pytest.mark.parametrize("continuous", [False, True])
def test_all_folds_at_once_equal_fold_by_fold(ridge, interact, continuous):
    y, a, X, fold = children()
    y = y + X[:, 2] if continuous else y
    found = crossfit.cross_fitted(y, a, X, fold, 5, ridge=ridge, interact=interact)
    for one, other in zip(found, fold_by_fold(y, a, X, fold, 5, ridge, interact), strict=True):
        assert one == pytest.approx(other, abs=1e-7)
    assert np.ptp(found[1] - found[2]) > 0.01


def test_a_fold_without_its_like_is_fitted_by_itself():
    """All events lie in one fold: the others' fit sees none of them, and gives a share drawn towards one half."""
    y, a, X, fold = children(n=200)
    y[:] = fold == 2
    _, m1, m0 = crossfit.cross_fitted(y, a, X, fold, 5, ridge=1.0)
    without = int((fold != 2).sum())
    assert m1[fold == 2] == pytest.approx(0.5 / (without + 1))
    assert m0 == pytest.approx(fold_by_fold(y, a, X, fold, 5, 1.0, ())[2], abs=1e-7)


def test_no_covariates_and_one_fold():
    y, a, X, fold = children()
    e, _, _ = crossfit.cross_fitted(y, a, X[:, :0], fold, 5)
    assert np.unique(e).size <= 5
    whole = crossfit.cross_fitted(y, a, X, np.zeros(len(y), int), 1)
    assert whole[0] == pytest.approx(nuisance.predict(nuisance.fit(X, a), X, binary=True))


def test_blocks_do_not_change_the_figures(monkeypatch):
    y, a, X, fold = children()
    whole = crossfit.cross_fitted(y, a, X, fold, 5)
    monkeypatch.setattr(crossfit, "BLOCK", 64)
    for one, other in zip(whole, crossfit.cross_fitted(y, a, X, fold, 5), strict=True):
        assert one == pytest.approx(other, abs=1e-10)


def test_separated_children_end_in_a_figure_not_in_an_error():
    """The offer follows one covariate exactly: no finite fit exists, with or without folds."""
    y, _, X, fold = children(n=120)
    a = (X[:, 0] > 0) * 1.0
    found = crossfit.cross_fitted(y, a, X, fold, 5)
    assert all(np.isfinite(part).all() for part in found)
