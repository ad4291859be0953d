"""The study on a made cohort: contracts, the gate and its tests, balance, curves, what happens with too little."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from kosodachi.effect import (
    Bounds,
    Cohort,
    Gate,
    TargetTrial,
    analysed,
    answer,
    balance,
    coarsened,
    covariate_words,
    cox,
    estimate,
    gate,
    gated_estimates,
    kaplan_meier,
    planted_truth,
    why,
)
from kosodachi.effect.balance import comparable, differences, effective_size, equipoise, preference_score
from kosodachi.effect.gate import design_effect, detectable_effect
from kosodachi.effect.negative_controls import Null
from kosodachi.effect.nuisance import design_matrix, folds
from kosodachi.tables import checked

TRIAL = TargetTrial(
    judged_as_of=date(2024, 4, 1), index_date=date(2024, 5, 1), follow_up_until=date(2025, 3, 31), top=450
)


def made(n=900, *, confounding=0.8, base=-0.8, effect=-0.8, seed=3, unknown=0.1) -> Cohort:
    """A cohort of n children, two a household, whose outcome and offer depend on x_points."""
    rng = np.random.default_rng(seed)
    points, caries = rng.normal(size=n), (rng.random(n) < 0.3) * 1.0
    treated = rng.random(n) < 1 / (1 + np.exp(0.8 - confounding * points))
    risk = 1 / (1 + np.exp(-(base + 0.8 * points + effect * treated)))
    months = np.minimum(np.ceil(rng.exponential(1 / (0.15 * risk))), 11)
    table = pd.DataFrame({
        "research_id": [f"c{i:04d}" for i in range(n)], "household_id": [f"h{i // 2}" for i in range(n)],
        "treated": treated, "outcome": (rng.random(n) < risk) * 1.0, "months": np.minimum(months, 10.0),
        "event": months <= 10, "x_caries": np.where(rng.random(n) < unknown, np.nan, caries), "x_points": points,
    })  # fmt: skip
    return Cohort(checked("cohort", table), pd.DataFrame(), TRIAL)


def test_estimates_keep_their_contract_and_find_the_effect():
    found = checked("estimates", estimate(made(3000, effect=-1.0)))
    by = found.set_index(["method", "estimand"])
    assert set(found["method"]) == {"naive", "iptw", "overlap", "g_formula", "aipw", "matched"}
    assert by.loc[("matched", "ATT"), "value"] == pytest.approx(by.loc[("aipw", "ATT"), "value"], abs=0.06)
    assert by.loc[("aipw", "ATE"), "high"] < 0
    assert by.loc[("naive", "difference"), "value"] > by.loc[("aipw", "ATE"), "value"] + 0.05
    assert (found["n"] == 3000).all()
    assert (found["events"] == made(3000, effect=-1.0).table["outcome"].sum()).all()
    adjusted = found[found["estimand"] == "ATE"]["value"]
    assert adjusted.max() - adjusted.min() < 0.02


def test_estimates_do_not_depend_on_the_order_of_rows():
    cohort = made()
    mixed = Cohort(cohort.table.sample(frac=1, random_state=1), cohort.attrition, TRIAL)
    pd.testing.assert_frame_equal(estimate(cohort), estimate(mixed))


def test_children_with_an_unknown_outcome_are_left_out_of_the_difference_but_not_of_the_curves():
    cohort = made()
    cohort.table.loc[:99, "outcome"] = np.nan
    assert set(estimate(cohort)["n"]) == {800}
    assert kaplan_meier(cohort).query("month == 0")["at_risk"].sum() == 900


def test_gate_passes_where_the_data_can_carry_it():
    decided = gate(made(2000))
    assert decided.verdict == "passed"
    assert decided.table["passed"].all()
    found = checked("estimates", gated_estimates(made(2000), decided))
    assert len(found) == 11


def test_gate_withholds_where_arms_do_not_overlap():
    decided = gate(made(2000, confounding=6.0))
    assert decided.verdict == "withheld"
    assert set(decided.failed) == {"largest_smd", "equipoise"}
    assert checked("estimates", gated_estimates(made(2000), decided)).empty


def test_gate_says_which_events_would_be_enough():
    few = gate(made(60, base=-2.5))
    assert few.verdict == "not_assessable"
    assert "long_absences" in few.failed
    assert few.events < 30 <= few.events_needed
    many = gate(made(2000), bounds=Bounds(smallest_effect=0.02))
    assert many.failed == ("detectable_effect",)
    value = many.table.set_index("test").loc["detectable_effect", "measured"]
    exact = many.events * (value / 0.02) ** 2
    assert exact <= many.events_needed < exact + 10


@pytest.mark.parametrize("treated", [True, False])
def test_an_empty_arm_gives_no_number(treated):
    cohort = made()
    cohort.table["treated"] = treated
    assert gate(cohort).verdict == "not_assessable"
    assert gate(cohort).failed == ("empty_arm",)
    assert estimate(cohort).empty and cox(cohort).empty and balance(cohort).empty


def test_an_empty_cohort_says_why():
    empty = Cohort(made().table.iloc[:0], pd.DataFrame(), TRIAL, ("no_outreach_log",))
    assert gate(empty).failed == ("no_outreach_log",)
    assert checked("estimates", estimate(empty)).empty
    assert cox(empty).empty and kaplan_meier(empty, weighted=True).empty


def test_no_event_at_all_gives_no_estimate():
    cohort = made()
    cohort.table["outcome"], cohort.table["event"] = 0.0, False
    assert estimate(cohort).empty and cox(cohort).empty
    assert gate(cohort).verdict == "not_assessable"
    assert (kaplan_meier(cohort)["survival"] == 1).all()


def test_weights_balance_what_was_not():
    table = balance(made(2000)).pivot(index="covariate", columns="weighting", values="smd").abs()
    assert table.loc["x_points", "unweighted"] > 0.5
    assert table[["iptw", "overlap"]].to_numpy().max() < 0.1
    assert balance(made(2000)).set_index("covariate")["children"].loc["x_caries_unknown"].iloc[0] < 300


def test_curves_count_children_and_fall():
    curve = kaplan_meier(made())
    assert sorted(curve["group"].unique()) == ["with_offer", "without_offer"]
    assert curve.groupby("group")["survival"].is_monotonic_decreasing.all()
    first = curve[curve["month"] == 1].set_index("group")
    by_hand = 1 - first["events"] / first["at_risk"]
    assert first["survival"].to_numpy() == pytest.approx(by_hand.to_numpy())
    weighted = kaplan_meier(made(), weighted=True)
    assert weighted["low"].isna().all()
    last, flat = (t[t["month"] == 10].set_index("group")["survival"] for t in (curve, weighted))
    assert flat["with_offer"] - flat["without_offer"] > last["with_offer"] - last["without_offer"]


def test_cox_rows_keep_their_contract():
    found = checked("estimates", cox(made(2000))).set_index("method")
    assert list(found.index) == ["cox_adjusted", "cox_iptw"]
    assert (found["high"] < 1).all()
    assert (np.log(found["high"] / found["low"]) / 2 / 1.959964 * found["value"]).to_numpy() == pytest.approx(
        found["se"].to_numpy(), rel=1e-4
    )


def test_standardised_difference_by_hand():
    a, X = np.array([1, 1, 0, 0]), np.array([[1.0], [3.0], [0.0], [2.0]])
    assert differences(a, X, ["x"], {"none": None})["smd"].tolist() == [1.0]
    even = differences(a, X, ["x"], {"w": np.array([1.0, 0.0, 1.0, 1.0])})
    assert even["smd"].tolist() == [0.0]


def test_preference_score_takes_the_share_out():
    a, e = np.array([1, 0, 0, 0]), np.array([0.25, 0.25, 0.9, 0.01])
    score = preference_score(a, e)
    assert score[:2] == pytest.approx([0.5, 0.5])
    assert equipoise(a, e) == 0.5
    assert effective_size(np.array([1.0, 1.0, 1.0, 1.0])) == 4


def test_comparable_children_are_those_of_crump_and_others():
    e = np.r_[np.full(50, 0.5), np.full(50, 0.2), np.full(20, 0.01), 0.995]
    assert comparable(e).tolist() == [True] * 100 + [False] * 21
    assert comparable(np.full(10, 0.03)).all()
    even = np.random.default_rng(1).uniform(0.001, 0.999, 100_000)
    assert even[comparable(even)].min() == pytest.approx(0.1, abs=0.02)


def test_detectable_effect_by_hand():
    y, a = np.repeat([1.0, 0.0], [30, 70]), np.tile([1.0, 0.0], 50)
    plain = 2.8016 * np.sqrt(0.3 * 0.7 * 100 / 99 * 2 / 50)
    assert detectable_effect(y, a, np.empty((100, 0)), np.ones(100)) == pytest.approx(plain, rel=1e-3)
    assert detectable_effect(y, a, y[:, None], np.ones(100)) < plain / 4


def test_siblings_on_one_side_cost_and_twins_count_once():
    rng = np.random.default_rng(31)
    y, a = (rng.random(300) < 0.4) * 1.0, (rng.random(300) < 0.5) * 1.0
    once = detectable_effect(y, a, np.empty((300, 0)), np.ones(300))
    twins = [np.repeat(v, 2) for v in (y, a)]
    shared = detectable_effect(*twins, np.empty((600, 0)), np.ones(600), cluster=np.repeat(np.arange(300), 2))
    assert shared == pytest.approx(once, rel=0.01)
    assert detectable_effect(*twins, np.empty((600, 0)), np.ones(600)) == pytest.approx(once / 2**0.5, rel=0.01)
    apart = design_effect(twins[0] - 0.4, np.tile([1.0, 0.0], 300), np.ones(600), np.repeat(np.arange(300), 2))
    assert apart == 1.0


def test_the_detectable_effect_is_the_true_error_of_alike_siblings():
    rng, home, values = np.random.default_rng(32), np.repeat(np.arange(200), 3), []
    for _ in range(400):
        a = (rng.random(200) < 0.5)[home] * 1.0
        y = (rng.random(600) < np.clip(0.35 + 0.3 * rng.normal(size=200), 0, 1)[home]) * 1.0
        found = detectable_effect(y, a, np.empty((600, 0)), np.ones(600), cluster=home)
        values.append(
            (y[a == 1].mean() - y[a == 0].mean(), found, detectable_effect(y, a, np.empty((600, 0)), np.ones(600)))
        )
    difference, clustered, plain = np.array(values).T
    assert clustered.mean() / 2.8016 == pytest.approx(difference.std(), rel=0.08)
    assert plain.mean() / 2.8016 < 0.9 * difference.std()


def test_with_too_few_controls_systematic_error_is_not_asked_rather_than_passed():
    row = gate(made(2000)).table.set_index("test").loc["ease"]
    assert row["result"] == "not_asked" and np.isnan(row["measured"]) and pd.isna(row["passed"])
    ease = [
        gate(made(2000), systematic=Null(0, 0, size, 6)).table.set_index("test")["result"]["ease"]
        for size in (0.1, 0.3)
    ]
    assert ease == ["met", "not_met"]


def test_design_leaves_out_what_adds_nothing():
    n = 100
    table = pd.DataFrame({"x_a": np.arange(n) * 1.0, "x_same": 3.0, "x_twice": np.arange(n) * 2.0,
                          "x_rare": [1.0] * 4 + [0.0] * (n - 4), "x_gap": [np.nan] * 20 + [0.0, 1.0] * 40,
                          "x_empty": np.nan})  # fmt: skip
    X, names = design_matrix(table, list(table))
    assert names == ["x_a", "x_gap", "x_gap_unknown"]
    assert X.mean(axis=0) == pytest.approx(0, abs=1e-12)
    assert X.std(axis=0) == pytest.approx(1)


def test_a_household_stays_in_one_fold():
    codes = np.repeat(np.arange(50), 3)
    fold = folds(codes, 5, np.random.default_rng(1))
    assert (pd.Series(fold).groupby(codes).nunique() == 1).all()
    assert np.bincount(fold).tolist() == [30] * 5


def test_analysed_keeps_households():
    at = analysed(made(10))
    assert len(set(at.cluster)) == 5


def test_coarsened_curves_move_in_steps_of_several_children():
    curve = kaplan_meier(made())
    coarse = coarsened(curve, rounding=5)
    size = curve.query("month == 0").set_index("group")["at_risk"]
    steps = coarse["survival"] * coarse["group"].map((size / 5).round())
    assert np.abs(steps - steps.round()).max() < 0.02
    assert np.abs(coarse["survival"] - curve["survival"]).max() <= 0.5 * 5 / size.min() + 1e-4
    assert "events" not in coarse


def test_planted_truth_is_that_of_the_same_children():
    cohort = made(400)
    cohort.table.loc[:9, "outcome"] = np.nan
    ids = cohort.table["research_id"]
    truth = pd.DataFrame({"research_id": ids, "y0": 1.0, "y1": np.where(cohort.table["treated"], 0.0, 1.0)})
    truth.loc[:9, "y1"] = -99.0
    rows = checked("estimates", planted_truth(cohort, truth.sample(frac=1, random_state=1))).set_index("estimand")
    share = cohort.table["treated"][10:].mean()
    assert rows.loc["ATE", "value"] == pytest.approx(-share)
    assert rows.loc["ATT", "value"] == -1
    assert planted_truth(cohort, None).empty


def attrition(children=450, offered=150):
    return pd.DataFrame({"stage": ["comparable"], "children": [children], "with_offer": [offered]})


def test_answer_has_three_sentences_whatever_the_verdict():
    cohort = made(2000)
    found = pd.concat([estimate(cohort), planted_truth(cohort, None)])
    empty = Cohort(cohort.table.iloc[:0], pd.DataFrame(), TRIAL, ("no_outreach_log",))
    for decided in (gate(cohort), gate(made(2000, confounding=6.0)), gate(made(60, base=-2.5)), gate(empty)):
        told = answer(decided, attrition(), found)
        assert [len(told[lang]) for lang in ("en", "ja")] == [3, 3]
    assert "no outreach log was read" in told["en"][1]
    assert "プッシュ型支援の記録" in told["ja"][1]


def test_answer_says_the_number_only_behind_the_gate_and_beside_the_truth():
    cohort = made(2000)
    value = estimate(cohort).set_index(["method", "estimand"]).loc[("aipw", "ATE"), "value"]
    truth = pd.DataFrame({"research_id": cohort.table["research_id"], "y0": 1.0, "y1": 0.875})
    both = pd.concat([estimate(cohort), planted_truth(cohort, truth)])
    told = answer(gate(cohort), attrition(), both)
    assert f"{100 * value:+.1f} points" in told["en"][1]
    assert "-12.5" in told["en"][2] and "-12.5" in told["ja"][2]
    withheld = answer(gate(made(2000, confounding=6.0)), attrition(), both)
    assert f"{100 * value:+.1f}" not in " ".join(withheld["en"] + withheld["ja"])


def test_answer_does_not_write_a_hidden_count():
    told = answer(gate(made(60, base=-2.5)), attrition(offered=None), pd.DataFrame())
    assert "450" not in told["en"][0]


def test_every_failure_has_words_in_both_languages():
    for code in (
        "long_absences",
        "smaller_arm",
        "detectable_effect",
        "largest_smd",
        "equipoise",
        "no_attendance",
        "no_offer",
    ):
        one = Gate("withheld", pd.DataFrame(), (code,), 0, None)
        assert why(one, "en").isascii() and not why(one, "ja").isascii()


def test_covariates_take_their_words_from_the_items():
    items = pd.DataFrame({"item_id": ["caries"], "en": ["untreated caries"], "ja": ["未処置歯"]})
    assert covariate_words(items)["x_caries_unknown"] == {"en": "untreated caries: unknown", "ja": "未処置歯(不明)"}
