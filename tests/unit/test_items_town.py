"""What a town's data add: posteriors against other implementations, stability, and the cost of leaving an item out."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from kosodachi.items import cost_of_leaving_out, design, in_town, weights
from kosodachi.items.design import Design
from kosodachi.items.left_out import _out_of_fold, costs
from kosodachi.items.posterior import Mixture, counts, normal_weights, relevance
from kosodachi.items.stability import stability
from kosodachi.items.town import learn
from kosodachi.judgement import auc, map_logistic
from kosodachi.municipality import Selection

LOADINGS = np.array([1.5, 0.8, 0.0, 0.0])


def drawn(n=4000, *, seed=1, start=-3.0, known=1.0):
    rng = np.random.default_rng(seed)
    x = (rng.random((n, 4)) < 0.25).astype(float)
    need = rng.random(n) < expit(start + x @ LOADINGS)
    return x, (need & (rng.random(n) < known)).astype(float)


def of(x, y, homes=None) -> Design:
    return Design(tuple("abcd"[: x.shape[1]]), x, y, np.arange(len(y)) if homes is None else homes)


def test_weights_and_errors_are_those_of_logistic_regression():
    import statsmodels.api as sm

    x, y = drawn()
    peer = sm.Logit(y, sm.add_constant(x)).fit(disp=0)
    weights, spread, start = normal_weights(counts(x, y), np.zeros(4), np.full(4, 1e3))
    assert np.append(start, weights) == pytest.approx(peer.params, abs=1e-4)
    assert np.sqrt(np.diag(spread)) == pytest.approx(peer.bse[1:], rel=1e-3)


def test_weights_under_a_prior_are_those_of_the_points_card():
    x, y = drawn(600)
    prior = {"mean": np.array([0.2, 0.9, -0.3, 0.5]), "sd": np.array([0.3, 0.5, 0.7, 0.2])}
    weights, spread, _ = normal_weights(counts(x, y), **prior)
    _, card, se = map_logistic(x, y, prior_mean=prior["mean"], prior_sd=prior["sd"])
    assert weights == pytest.approx(card, abs=2e-3)
    assert np.sqrt(np.diag(spread)) == pytest.approx(se, rel=1e-2)


def test_unlabelled_is_not_negative_where_need_is_frequent():
    """Half of the needs become known: read as negatives, the others pull the weights towards 0."""
    x, y = drawn(60_000, start=-0.5, known=0.5)
    wide = np.zeros(4), np.full(4, 10.0)
    read, naive = (normal_weights(counts(x, y), *wide, known_share=share)[0] for share in (0.5, 1.0))
    assert read == pytest.approx(LOADINGS, abs=0.12)
    assert naive[0] < 1.0


def test_counting_patterns_changes_nothing_and_weights_count_children():
    x, y = drawn(500)
    folded = counts(x, y)
    assert len(folded.n) <= 16
    assert [folded.n.sum(), folded.events] == [500, y.sum()]
    twice = counts(np.vstack([x, x]), np.append(y, y))
    weighed = counts(x, y, np.full(500, 2.0))
    assert weighed.n.tolist() == twice.n.tolist()


def test_the_probability_that_a_weight_matters_is_that_of_numerical_integration():
    """One item: the posterior of the mixture by quadrature over weight and intercept."""
    x, y = drawn(400, seed=3)
    data, least = counts(x[:, :1], y), np.log(1.1)
    prior = Mixture(np.array([[0.6, 0.2]]), np.array([[0.5, 0.0]]), np.array([[0.6, 0.7]]))
    found, mean = relevance(data, prior, least=least)
    b, a = np.linspace(-4, 5, 1801), np.linspace(-7, 0, 1401)
    line = a[:, None, None] + b[None, :, None] * data.x[:, 0]
    likely = (line * data.y - np.logaddexp(0, line) * data.n).sum(axis=2)
    likely = np.exp(likely - likely.max()).sum(axis=0)
    density = sum(
        s * np.exp(-((b - m) ** 2) / 2 / d**2) / d / np.sqrt(2 * np.pi)
        for s, m, d in zip(prior.share[0], prior.mean[0], prior.sd[0])
    )
    slab, spike = likely * density * (b[1] - b[0]), 0.2 * likely[np.abs(b).argmin()]
    total = slab.sum() + spike
    assert found[0] == pytest.approx(slab[b > least].sum() / total, abs=0.02)
    assert mean[0] == pytest.approx((slab * b).sum() / total, abs=0.05)


def test_without_data_the_prior_stays_and_with_many_children_it_does_not_matter():
    prior = Mixture(np.tile([0.7, 0.15], (4, 1)), np.tile([[0.0, 0.0]], (4, 1)), np.full((4, 2), 0.7))
    wrong = Mixture(prior.share, np.tile([[1.0, 0.0]], (4, 1)), np.tile([[0.3, 0.7]], (4, 1)))
    many = counts(*drawn(60_000))
    for given in (prior, wrong):
        found, mean = relevance(many, given, least=0.1)
        assert (found[:2] > 0.99).all()
        assert (found[2:] < 0.2).all()
        assert mean == pytest.approx(LOADINGS, abs=0.12)


def test_stability_is_the_share_of_half_samples_that_choose():
    homes, label = np.arange(200) // 2, np.tile([0.0, 0.0, 1.0, 0.0], 50)
    seen = []

    def choose(rows):
        seen.append(rows)
        return np.array([True, rows[0], False])

    assert stability(choose, label, homes, seed=1).tolist() == [1.0, 0.5, 0.0]  # child 0 is in one half of each pair
    assert all((a ^ b).all() and a.sum() == 100 for a, b in zip(seen[::2], seen[1::2]))
    assert all((rows[::2] == rows[1::2]).all() for rows in seen)  # households stay together
    assert stability(choose, np.zeros(200), homes, seed=1) == 0


def test_what_matters_is_steady_and_noise_is_not():
    x, y = drawn(3000, seed=2)
    found = learn(of(x, y, np.arange(3000) // 2), lines(), Selection(), seed=1)["stability"]
    assert found[["a", "b"]].tolist() == [1.0, 1.0]
    assert found[["c", "d"]].max() < 0.6


def test_leaving_an_item_out_is_what_learning_without_it_gives():
    x, y = drawn(2000, seed=4)
    data, wide = of(x, y), (np.zeros(4), np.full(4, 2.0))
    score = _out_of_fold(data, *wide, 1.0, np.random.default_rng(9))
    for j in range(4):
        rest = [k for k in range(4) if k != j]
        refit = _out_of_fold(of(x[:, rest], y), np.zeros(3), np.full(3, 2.0), 1.0, np.random.default_rng(9))[0]
        assert np.corrcoef(refit, score[1 + j])[0, 1] > 0.999


def test_the_cost_of_leaving_out_finds_what_carries_the_score():
    x, y = drawn(3000, seed=5)
    table = costs(of(x, y), np.zeros(4), np.full(4, 2.0), capacity=300, known_share=1.0, seed=1, draws=200)
    area = table[table["metric"].eq("auc")].set_index("item_id")
    assert area.loc["a", "low_all"] > 0
    assert area.loc["a", "cost"] > area.loc["b", "cost"] > area["cost"][["c", "d"]].max()
    assert area.loc[["c", "d"], "low"].max() < 0
    assert (table["low_all"] <= table["low"] + 0.01).all()
    assert (table["value"] - table["without"]).to_numpy() == pytest.approx(table["cost"].to_numpy())


def test_measures_are_those_of_the_judgement():
    from kosodachi.items.left_out import _measures

    x, y = drawn(900, seed=6)
    score = x @ LOADINGS
    found = _measures(score[None], y, np.ones((1, 900)), 100)[:, 0, 0]
    assert found[1] == pytest.approx(auc(score, y == 1)[0])
    top = score >= np.sort(score)[-100]
    above = score > np.sort(score)[-100]
    tied = top & ~above
    expected = (y[above].sum() + y[tied].mean() * (100 - above.sum())) / 100
    assert found[0] == pytest.approx(expected)


def town_values(n=800, seed=8):
    x, y = drawn(n, seed=seed, start=-2.5)
    ids = [f"c{i:04d}" for i in range(n)]
    wide = pd.DataFrame(x, index=pd.Index(ids, name="research_id"), columns=list("abcd"))
    wide.iloc[: n // 4, 1] = np.nan
    long = wide.melt(ignore_index=False, var_name="item_id").reset_index()
    long["missing"] = np.where(long["value"].isna(), "no_record", None)
    return long, pd.Series(y, index=ids), pd.Series([f"h{i // 2}" for i in range(n)], index=ids)


def lines() -> pd.DataFrame:
    table = pd.DataFrame({"item_id": list("abcd"), "certainty": ["low_certainty", None, "very_low_certainty", None]})
    return table.assign(
        papers=["p", None, "p", None], log_odds=[0.5, 0.0, 0.5, np.nan], log_odds_se=[0.6, 0.5, 0.7, np.nan]
    )


def test_a_town_table_says_what_is_known_and_learnt():
    values, label, homes = town_values()
    table = in_town(values, label, homes, lines(), Selection(known_share=1.0), seed=1).set_index("item_id")
    assert table.loc["b", ["children", "known", "labelled"]].to_list() == [800, 0.75, 600]
    assert table.loc["a", "present"] == values.loc[values["item_id"].eq("a"), "value"].sum()
    assert table.loc["a", "p_both"] > table.loc["a", "p_literature"]
    assert (table["town_low"] < table["town"]).all()
    assert np.isnan(table.loc["b", "literature"])
    mixed = values.sample(frac=1, random_state=1)
    again = in_town(mixed, label.sample(frac=1, random_state=2), homes, lines(), Selection(known_share=1.0), seed=1)
    pd.testing.assert_frame_equal(again.set_index("item_id"), table)


def test_weights_for_the_forest_plot_leave_out_what_does_not_exist():
    values, label, homes = town_values()
    table = weights(in_town(values, label, homes, lines(), Selection(), seed=1), ["a", "b"])
    assert table.loc[table["estimate_from"].eq("from_literature"), "item_id"].tolist() == ["a"]
    assert table["item_id"].value_counts().to_dict() == {"a": 3, "b": 2}
    resting = table.set_index(["item_id", "estimate_from"])["resting_on"]
    assert resting["a", "from_literature"] == 800
    assert resting["a", "from_town"] == resting["a", "from_both"] < 200


def test_the_cost_of_leaving_out_starts_from_the_grounds_of_the_items_in_use():
    values, label, homes = town_values()
    given = {"used": ["a", "b"], "capacity": 80, "seed": 1, "draws": 50}
    table = cost_of_leaving_out(values, label, homes, lines(), Selection(), **given)
    assert table[["item_id", "metric"]].to_numpy().tolist() == [
        [i, m] for m in ("precision", "auc") for i in ("a", "b")
    ]
    assert (table["k"] == label.sum()).all()
    again = cost_of_leaving_out(values.sample(frac=1, random_state=1), label, homes, lines(), Selection(), **given)
    pd.testing.assert_frame_equal(table, again)


def test_with_too_few_known_needs_the_town_says_nothing():
    values, label, homes = town_values()
    few = label.where(label.cumsum() <= 9, 0.0)
    table = in_town(values, few, homes, lines(), Selection(), seed=1)
    assert table[["town", "both", "p_town", "stability", "gain"]].isna().all(axis=None)
    assert (table["p_both"] == table["p_literature"]).all()
    assert (table["events"] == 9).all()


def test_children_without_label_teach_nothing_and_items_that_nobody_has_are_left_out():
    values, label, homes = town_values()
    values.loc[values["item_id"].eq("d"), "value"] = 0.0
    label.iloc[:100] = np.nan
    found = design(values, label, homes)
    assert found.items == ("a", "b", "c")
    assert [len(found.label), found.gaps] == [700, 1]
