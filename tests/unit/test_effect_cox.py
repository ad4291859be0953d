"""Cox's model: the same as lifelines with ties, weights and clusters; linear sums; no figure where none exists."""

import numpy as np
import pandas as pd
import pytest

from kosodachi.effect import cox_model
from kosodachi.effect.risk_sets import NoFiniteMaximum, RiskSets, information, sums

NAMES = ["a", "b", "c"]


def children(n=400, *, seed=4, ties=True):
    rng = np.random.default_rng(seed)
    X = rng.normal([0, 5, 0], 1, size=(n, 3))
    waits = rng.exponential(size=n) * np.exp(-0.6 * X[:, 0] + 0.2 * X[:, 2])
    months = np.ceil(6 * waits) if ties else waits
    last = 10.0 if ties else 1.5
    return np.minimum(months, last), months <= last, X, rng.uniform(0.3, 3, n), rng.integers(0, n // 3, n)


@pytest.mark.parametrize("ties", [True, False])
def test_it_is_lifelines_fit_with_weights_and_clusters(ties):
    from lifelines import CoxPHFitter

    months, event, X, w, home = children(ties=ties)
    table = pd.DataFrame(X, columns=NAMES).assign(months=months, event=event, w=w, home=home)
    theirs = CoxPHFitter().fit(table, "months", "event", weights_col="w", robust=True, cluster_col="home")
    ours = cox_model(months, event, X, NAMES, weights=w, cluster=home)
    assert ours["value"].to_numpy() == pytest.approx(theirs.params_.to_numpy(), abs=2e-5)
    if not ties:  # theirs do not follow Efron at ties; with ties the comparison is with R (tests/published)
        assert ours["se"].to_numpy() == pytest.approx(theirs.standard_errors_.to_numpy(), rel=1e-4)
    assert ours.attrs["log_likelihood"] == pytest.approx(theirs.log_likelihood_, rel=1e-8)
    plain = CoxPHFitter().fit(table.drop(columns=["w", "home"]), "months", "event")
    assert cox_model(months, event, X, NAMES)["se"].to_numpy() == pytest.approx(
        plain.standard_errors_.to_numpy(), rel=1e-5
    )


def test_score_and_information_are_the_derivatives_of_the_likelihood():
    months, event, X, w, _ = children()
    sets, beta, h = RiskSets.of(months, event, X, w), np.array([0.3, -0.1, 0.2]), 1e-5
    now = sums(sets, beta)
    either = [(sums(sets, beta + h * one), sums(sets, beta - h * one)) for one in np.eye(3)]
    assert now.score == pytest.approx([(up.likelihood - down.likelihood) / (2 * h) for up, down in either], rel=1e-4)
    slopes = np.array([(up.score - down.score) / (2 * h) for up, down in either])
    assert information(sets, now) == pytest.approx(-slopes, rel=1e-4, abs=1e-5)


def test_rows_in_any_order_and_blocks_of_any_size_give_the_same(monkeypatch):
    from kosodachi.effect import risk_sets

    months, event, X, w, home = children(n=900)
    first = cox_model(months, event, X, NAMES, weights=w, cluster=home)
    monkeypatch.setattr(risk_sets, "BLOCK", 37)
    mixed = np.random.default_rng(1).permutation(900)
    again = cox_model(months[mixed], event[mixed], X[mixed], NAMES, weights=w[mixed], cluster=home[mixed])
    pd.testing.assert_frame_equal(first, again, rtol=1e-9)


def test_no_figure_where_the_likelihood_only_rises_or_columns_repeat():
    months, event, X, _, _ = children(n=60)
    never = (~event).astype(float)  # only children without an event have it: the ratio runs to 0
    with pytest.raises(NoFiniteMaximum):
        cox_model(months, event, never[:, None], ["a"])
    with pytest.raises(NoFiniteMaximum):
        cox_model(months, np.zeros(60, bool), X, NAMES)
    with pytest.raises(NoFiniteMaximum):
        cox_model(months, event, np.column_stack([X[:, 0], X[:, 0]]), ["a", "b"])
