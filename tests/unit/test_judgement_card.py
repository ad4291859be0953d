"""The points card and its order: labels, capacity, reasons, unknown items, ties, too few events."""

import numpy as np
import pandas as pd
import pytest
from judgement_town import DAYS, ITEMS, item_register, simulated, town

from kosodachi.judgement import MIN_EVENTS, compare, judge, labels, train
from kosodachi.judgement.weights import map_logistic
from kosodachi.tables import checked


@pytest.fixture(scope="module")
def made():
    values, need = simulated(3000, seed=1)
    card = train(values, need, item_register(), town())
    return values, need, card, judge(card.table, values, need, town())


def test_labels_leave_out_outreach_children_known_before_and_cases_outside_the_window():
    need = pd.DataFrame(
        [
            ("in", "2023-04-01", "school"),
            ("end", "2024-04-01", "school"),
            ("before", "2023-03-31", None),
            ("before", "2023-06-01", "school"),
            ("reached", "2023-06-01", "outreach"),
            ("both", "2023-06-01", "outreach"),
            ("both", "2023-09-01", None),
        ],
        columns=["research_id", "opened", "route"],
    )
    ids = pd.Series(["in", "end", "before", "reached", "both", "none"])
    found = labels(need.assign(opened=pd.to_datetime(need["opened"])), ids, as_of="2023-04-01", months=12)
    assert found.fillna(-1).to_dict() == {"in": 1, "end": 0, "before": -1, "reached": 0, "both": 1, "none": 0}


def test_the_tables_keep_their_contracts(made):
    _, _, card, judgement = made
    assert checked("points_card", card.table)["item_id"].to_list() == list(ITEMS)
    assert len(checked("judgement", judgement)) == 3000
    assert card.summary["weights_from"] == "both"
    assert 10 <= card.table["points"].sum() <= 20


def test_points_reasons_and_unknown_items_are_those_of_the_child(made):
    values, _, card, judgement = made
    points = card.table.set_index("item_id")["points"]
    wide = values[values["as_of"] == DAYS[1]].pivot(index="research_id", columns="item_id", values="value")
    for line in judgement.sample(50, random_state=1).itertuples():
        child = wide.loc[line.research_id]
        assert line.points == sum(points[i] for i in ITEMS if child[i] == 1)
        reasons = (line.reasons or "").split(";") if line.reasons else []
        assert set(reasons) == {i for i in ITEMS if child[i] == 1 and points[i] > 0}
        assert list(points[reasons]) == sorted(points[reasons], reverse=True)
        assert set((line.unknown or "").split(";")) - {""} == {i for i in ITEMS if np.isnan(child[i])}


def test_capacity_goes_to_children_without_a_case_in_order_of_points(made):
    _, need, _, judgement = made
    before = need.loc[need["opened"] < DAYS[1], "research_id"]
    assert judgement["known_before"].sum() == judgement["research_id"].isin(before).sum()
    inside = judgement[judgement["within_capacity"]]
    assert len(inside) == 200
    assert not inside["known_before"].any()
    left = judgement[~judgement["within_capacity"] & ~judgement["known_before"]]
    assert inside["points"].min() >= left["points"].max()
    assert judgement["rank"].to_list() == list(range(1, 3001))


def test_known_children_come_after_and_take_no_capacity():
    values, need = simulated(300, seed=2)
    child = values.loc[
        (values["as_of"] == DAYS[1]) & (values["item_id"] == "a") & (values["value"] == 1), "research_id"
    ].iloc[0]
    known = pd.concat(
        [need, pd.DataFrame({"research_id": [child], "opened": [pd.Timestamp("2021-01-01")], "route": ["police"]})]
    )
    judgement = judge(train(values, known, item_register(), town(400)).table, values, known, town(400)).set_index(
        "research_id"
    )
    assert judgement.loc[child, "rank"] == 300
    assert not judgement.loc[child, "within_capacity"]
    assert judgement["within_capacity"].sum() == 299


def test_neither_the_order_of_rows_nor_the_future_changes_anything(made):
    values, need, card, judgement = made
    mixed = values.sample(frac=1, random_state=4)
    again = train(mixed, need.sample(frac=1, random_state=5), item_register().iloc[::-1], town())
    pd.testing.assert_frame_equal(again.table, card.table)
    later = pd.concat(
        [
            need,
            pd.DataFrame(
                {"research_id": values["research_id"].unique(), "opened": pd.Timestamp("2024-04-01"), "route": "school"}
            ),
        ]
    )
    pd.testing.assert_frame_equal(train(values, later, item_register(), town()).table, card.table)
    pd.testing.assert_frame_equal(judge(again.table, mixed, later, town()), judgement)


def test_below_ten_events_the_literature_alone_gives_the_points():
    values, need = simulated(200, seed=3, intercept=-6)
    first = train(values, need, item_register(prior=(1.0, 0.5, 0.2, 0.0)), town())
    assert first.summary["events"] < MIN_EVENTS
    assert first.summary["weights_from"] == "literature"
    assert first.summary["enough"] > 200
    assert first.table["log_odds"].to_list() == [1.0, 0.5, 0.2, 0.0]
    assert first.table["points"].to_list() == [9, 4, 2, 0]


def test_an_item_below_zero_gives_no_points():
    values, need = simulated(20000, seed=4, loadings=(1.5, -1.5, 0.5, 0.0))
    table = train(values, need, item_register(), town()).table.set_index("item_id")
    assert table.loc["b", "log_odds"] < -0.5
    assert table.loc["b", "points"] == 0


def test_weights_without_prior_are_those_of_statsmodels():
    import statsmodels.api as sm

    rng = np.random.default_rng(0)
    x = rng.random((2000, 3)) < 0.3
    y = (rng.random(2000) < 1 / (1 + np.exp(-(-1 + x @ [1.0, -0.5, 0.2])))).astype(float)
    intercept, weights, se = map_logistic(x, y, prior_mean=np.zeros(3), prior_sd=np.full(3, 1e4))
    fit = sm.Logit(y, sm.add_constant(x.astype(float))).fit(disp=0)
    assert np.append(intercept, weights) == pytest.approx(fit.params, abs=1e-3)
    assert se == pytest.approx(fit.bse[1:], rel=1e-3)


def test_separated_data_stay_finite_under_a_prior():
    x, y = np.repeat([[0.0], [1.0]], 20, axis=0), np.repeat([0.0, 1.0], 20)
    _, weights, se = map_logistic(x, y, prior_mean=[0.5], prior_sd=[0.7])
    assert 0.5 < weights[0] < 6
    assert np.isfinite(se).all()


def test_the_comparison_holds_every_order_with_its_interval(made):
    values, need, _, judgement = made
    outcome = labels(need, judgement["research_id"], as_of=DAYS[1], months=12)
    table = compare(values, need, item_register(), town(), outcome)
    at_cut = table[table["metric"] == "precision"].set_index("ordered_by")
    assert at_cut.index.to_list() == ["card_both", "card_literature", "card_data", "order_random", "order_everyone"]
    assert (at_cut["low"] <= at_cut["value"]).all()
    assert (at_cut["value"] <= at_cut["high"]).all()
    assert at_cut.loc["card_both", "value"] > at_cut.loc["order_random", "value"]
    assert (
        at_cut.loc["order_random", "low"] < at_cut.loc["order_everyone", "value"] < at_cut.loc["order_random", "high"]
    )
    shuffled = compare(values.sample(frac=1, random_state=9), need, item_register(), town(), outcome)
    pd.testing.assert_frame_equal(shuffled, table)


def test_without_any_item_in_use_everyone_has_no_points_and_keyed_order():
    values, need = simulated(50, seed=6)
    none = item_register().assign(decision="cannot")
    card = train(values, need, none, town())
    judgement = judge(card.table, values, need, town())
    assert card.table.empty
    assert (judgement["points"] == 0).all()
    assert judgement["research_id"].is_monotonic_increasing
