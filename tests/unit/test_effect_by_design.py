"""The designs' page-level parts on small hand-made tables: gates, starts of schools, moving cuts, exact rows, words."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.stats import boschloo_exact

from kosodachi.effect import Bounds, TargetTrial, by_design, jump
from kosodachi.effect.by_design import Found, Rollout, finding
from kosodachi.effect.by_design.drawn import exact
from kosodachi.effect.by_design.said import ASSUMES, BECAUSE, NAMES
from kosodachi.effect.by_design.waves import in_waves, panel

TRIAL = TargetTrial(judged_as_of="2024-04-01", index_date="2024-05-01", follow_up_until="2025-03-31")
MONTHS = pd.period_range("2023-04", "2025-03", freq="M")


def rollout(people: pd.DataFrame, *, design="capacity_cut", places=3, days=1.0) -> Rollout:
    n = len(people)
    usual = {"research_id": [f"r{i:03}" for i in range(n)], "household_id": [f"h{i:03}" for i in range(n)], "outcome": 0.0,
             "points": 1.0, "offered_on": pd.NaT, "lot": None, "school": "A", "before": 0.0, "early": 0.0}  # fmt: skip
    whole = pd.DataFrame(usual).assign(**{name: people[name].to_numpy() for name in people})
    whole["offered_on"] = pd.to_datetime(whole["offered_on"])
    return Rollout(whole, pd.DataFrame(days, index=whole["research_id"], columns=MONTHS), TRIAL, design, places)


def test_an_estimate_is_made_only_behind_its_tests():
    def never():
        raise AssertionError("made all the same")

    one = Found(0.1, 0.0, 0.2, 0.04, 50, 20)
    good, few = finding.at_least("schools", 50, 9, 6), finding.at_least("schools", 50, 5, 6)
    told = finding.nulls(("density", 40, 0.01), ("placebo_cuts", 40, 0.9))
    assert finding.behind("lottery", [good], lambda: one).found == one
    assert finding.behind("lottery", [good, *told], never).verdict == "withheld"
    short = finding.behind("lottery", [*told, few], never)
    assert (short.verdict, short.because) == ("not_assessable", "schools")
    lost = finding.behind("lottery", [], lambda: Found(np.nan, np.nan, np.nan, np.nan, 0))
    assert (lost.verdict, lost.because) == ("not_assessable", "no_estimate")


def test_five_percent_is_shared_among_the_tests_that_could_be_run():
    tests = finding.nulls(("density", 40, 0.03), ("placebo_cuts", 40, np.nan), ("before_offer", 40, 0.02))
    assert [test.bound for test in tests] == [0.025] * 3
    assert [test.met for test in tests] == [True, None, False]
    table = by_design.tests_of(
        [finding.Finding("discontinuity", "long_absence_share", "withheld", "before_offer", tuple(tests))]
    )
    assert table["result"].to_list() == ["met", "not_run", "not_met"]


def test_few_events_have_newcombes_interval_and_boschloos_p():
    y = np.r_[np.ones(56), np.zeros(14), np.ones(48), np.zeros(32)]
    found = exact(y, np.r_[np.ones(70), np.zeros(80)])
    assert (found.low, found.value, found.high) == pytest.approx((0.0524, 0.2, 0.3339), abs=0.00005)  # Newcombe 1998
    assert found.p == pytest.approx(boschloo_exact([[56, 48], [14, 32]]).pvalue) and (found.n, found.events) == (
        150,
        104,
    )


def test_the_cut_moves_with_the_offers_of_each_month():
    day = [f"2024-05-{i + 1:02}" for i in range(12)] + [f"2024-06-{i + 1:02}" for i in range(11)] + [None] * 20
    found = rollout(pd.DataFrame({"points": np.arange(43)[::-1] * 1.0, "offered_on": day}), places=12)
    data = by_design.at_cut(found)
    assert data.groupby("month").size().to_list() == [43, 31] and data.groupby("month")["treated"].sum().to_list() == [
        12,
        11,
    ]
    assert ((data["x"] >= 0) == (data["treated"] == 1)).all()
    assert sorted(data.loc[data["x"].abs() == 0.5, "treated"]) == [0, 0, 1, 1]
    fewer = by_design.at_cut(dataclasses.replace(found, places=5))
    assert fewer.groupby("month")["x"].agg(lambda x: (x >= 0).sum()).to_list() == [5, 5]


def test_without_many_values_of_points_the_cut_is_not_looked_at_further():
    day = ["2024-05-02"] * 12 + [None] * 20
    one = by_design.capacity_cut(
        rollout(pd.DataFrame({"points": [2.0] * 12 + [1.0] * 20, "offered_on": day})), bounds=Bounds()
    )
    assert (one.verdict, one.because, [test.name for test in one.tests]) == (
        "not_assessable",
        "point_values",
        ["point_values", "first_stage", "density"],
    )
    assert one.tests[1].measured == 1 and np.isfinite(one.tests[2].measured)
    none = by_design.capacity_cut(rollout(pd.DataFrame({"points": np.arange(9.0)})), bounds=Bounds())
    assert none.because == "no_offer"


def test_the_first_stage_is_looked_at_in_the_bandwidth_of_the_estimate():
    rng = np.random.default_rng(3)
    points, n = np.repeat(np.arange(40.0), 60), 2_400
    inside = (points > 30) | ((points == 30) & (np.arange(n) % 60 < 15))
    offered = np.where(rng.random(n) < 0.05, ~inside, inside)
    y = (rng.random(n) < 0.05 + 0.01 * points - 0.1 * offered) * 1.0
    day = pd.Series(pd.NaT, index=range(n)).where(~offered, pd.Timestamp("2024-05-10"))
    found = rollout(pd.DataFrame({"points": points, "offered_on": day, "outcome": y}), places=int(inside.sum()))
    data = by_design.at_cut(found)
    x, t = data["x"].to_numpy(), data["treated"].to_numpy()
    whole = jump(data["y"].to_numpy(), x, treated=t, cluster=data["cluster"].to_numpy())
    tests = {test.name: test for test in by_design.capacity_cut(found, bounds=Bounds()).tests}
    assert tests["first_stage"].measured == pytest.approx(whole.first_stage) and tests["first_stage"].met


def test_a_school_begins_by_the_tenth_part_of_its_offers_and_months_without_school_are_left_out():
    day = ["2024-05-03"] + ["2024-07-01"] * 19 + ["2024-09-10"] * 10 + [None]
    found = rollout(pd.DataFrame({"offered_on": day, "school": ["A"] * 20 + ["B"] * 11}))
    found.days[pd.Period("2024-08", "M")] = 0.0
    data = panel(found)
    start = data.groupby("site")["start"].first()
    assert [str(pd.Period(ordinal=at, freq="M")) for at in start] == ["2024-08", "2024-10"]
    assert data["pupil"].nunique() == 30 and data["period"].nunique() == 5 and not in_waves(data)


def test_lots_are_compared_and_those_lost_to_follow_up_counted():
    lot = ["drawn"] * 40 + ["not_drawn"] * 40 + [None] * 5
    y = np.r_[np.tile([1.0, 0, 0, 0], 10), np.tile([1.0, 0], 20), np.ones(5)]
    people = pd.DataFrame({"lot": lot, "outcome": y, "before": np.arange(85) % 2 * 1.0})
    bounds = Bounds(min_events=20)
    (one,) = by_design.drawn(rollout(people), bounds=bounds)
    assert (
        one.verdict == "passed"
        and one.found.value == pytest.approx(-0.25)
        and (one.found.n, one.found.events) == (80, 30)
    )
    people.loc[:3, "outcome"] = np.nan
    (lost,) = by_design.drawn(rollout(people), bounds=bounds)
    assert (lost.verdict, lost.because) == ("withheld", "followed_alike")


def test_every_reason_design_and_assumption_has_words_in_both_languages():
    from kosodachi.report import words

    codes = {*BECAUSE, *NAMES, *ASSUMES, "nothing", "withheld", "passed", "not_run"}
    assert words.unknown(codes, "design_found") == []
    assert set(NAMES) == set(ASSUMES)
    assert all(len(both) == 2 and all(both) for table in (NAMES, ASSUMES, BECAUSE) for both in table.values())


def row(design, because="nothing", value=-0.1, **more):
    verdict = "passed" if because == "nothing" else "withheld"
    return {"design": design, "state": verdict, "because": because, "outcome": "long_absence_share", "value": value,
            "low": value - 0.05, "high": value + 0.05} | more  # fmt: skip


def test_the_answer_takes_the_design_of_the_roll_out_first():
    table = pd.DataFrame([row("discontinuity", value=0.01), row("lottery"), row("stepped_wedge", "one_start", np.nan),
                          row("staggered", "one_start", np.nan), row("surrogate", "surrogacy", np.nan), row("observational")])  # fmt: skip
    said = by_design.answer(table, "lottery")
    assert said["en"][0].startswith("2 of 4") and "-10.0 points" in said["en"][1] and "0 lies outside" in said["en"][1]
    assert "-10.0ポイント" in said["ja"][1] and len(said["ja"]) == 3
    assert "0 lies inside" in by_design.answer(table[table["design"] != "lottery"], "lottery")["en"][1]
    assert len(by_design.reasons(table)["ja"]) == 2
    days = pd.DataFrame([row("staggered", value=-0.6, outcome="days_absent")])
    assert "-0.60 days absent a month" in by_design.answer(days, "staggered")["en"][1]


def test_where_nothing_can_be_read_the_answer_says_so():
    table = pd.DataFrame([row("discontinuity", "first_stage", np.nan), row("observational")])
    said = by_design.answer(table, "capacity_cut")
    assert said["en"][0].startswith("None of 1") and "hardly jumps" in said["en"][1] and len(said["ja"]) == 3
    assert "as staff chose" in said["en"][2]
    assert "no sign" in by_design.answer(table.head(1), "capacity_cut")["en"][2]
