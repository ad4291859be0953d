"""The analysis of each roll-out on small towns: planted effects lie within the intervals, and what is lacking is said."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from effect_true_town import KEY, days_gained, offered_by_points, true_town

from kosodachi import ingest, linkage
from kosodachi.effect import Bounds, by_design
from kosodachi.workspace.settings import read_settings

SEEDS = range(6)
BOUNDS = Bounds()


def covers(found, truth: float) -> bool:
    return found.low <= truth <= found.high


@pytest.fixture(scope="module", params=["lottery", "stepped_wedge", "staggered"])
def towns(request):
    return request.param, [true_town(request.param, seed=300 + seed) for seed in SEEDS]


def of_design(town) -> dict:
    findings = [*by_design.drawn(town.found, bounds=BOUNDS), *by_design.waves(town.found)[0]]
    return {one.design: one for one in findings}


def test_the_planted_effect_lies_within_the_interval_in_most_towns(towns):
    design, made = towns
    held, shown = 0, 0
    for town in made:
        finding = of_design(town)[design]
        if finding.verdict != "passed":
            continue
        if design == "lottery":
            lot = town.outcome[town.outcome["propensity"].between(0, 1, inclusive="neither")].dropna(subset=["y0"])
            truth = (lot["y1"] - lot["y0"]).mean()
        else:
            truth = days_gained(town)
        shown, held = shown + 1, held + covers(finding.found, truth)
        assert truth < -0.05
    assert shown >= 4 and held >= shown - 1


def test_only_the_design_that_the_roll_out_permits_is_shown(towns):
    design, made = towns
    findings = of_design(made[0])
    permitted = {"lottery": {"lottery"}, "stepped_wedge": {"stepped_wedge", "staggered"}, "staggered": {"staggered"}}
    others = {name: one.because for name, one in findings.items() if name not in permitted[design]}
    reason = {"lottery": "no_lots_on_record", "stepped_wedge": "order_not_drawn" if design == "staggered" else "one_start",
              "staggered": "one_start"}  # fmt: skip
    assert others == {name: reason[name] for name in others} and others
    assert {made[0].found.design, made[0].settings.outreach.design} == {design}


def test_the_lots_of_the_log_are_those_that_were_drawn():
    town = true_town("lottery", seed=3)
    people = town.found.people.set_index("research_id")
    true = town.outcome.reindex(people.index)
    by_lot = true["propensity"].between(0, 1, inclusive="neither")
    assert (people["lot"].notna() == by_lot).all() and by_lot.sum() > 150
    assert (people.loc[by_lot, "lot"].eq("drawn") == true.loc[by_lot, "offered"]).all()
    assert people.loc[people["lot"].eq("not_drawn"), "offered_on"].isna().all()


@pytest.fixture(scope="module")
def larger():
    return [true_town("capacity_cut", seed=400 + seed, children=9_000, places=700, effect=-0.14) for seed in range(8)]


def test_at_the_cut_the_planted_effect_is_found_where_staff_went_by_the_points(larger):
    held, shown = 0, 0
    for seed, town in enumerate(larger):
        followed = offered_by_points(town, seed=seed)
        finding = by_design.capacity_cut(followed, bounds=BOUNDS)
        if finding.verdict != "passed":
            continue
        near = by_design.at_cut(followed).query("abs(x) <= 3").index
        gain = (town.outcome["y1"] - town.outcome["y0"]).reindex(followed.people["research_id"])
        shown, held = shown + 1, held + covers(finding.found, gain.iloc[near].mean())
    assert shown >= 4 and held >= shown - 1


def test_where_staff_did_not_go_by_the_points_the_cut_gives_nothing(larger):
    finding = by_design.capacity_cut(larger[0].found, bounds=BOUNDS)
    assert (finding.verdict, finding.because, finding.found) == ("not_assessable", "first_stage", None)


def test_points_raised_above_the_cut_are_found_and_the_estimate_withheld(larger):
    followed = offered_by_points(larger[0], seed=1)
    people, x = followed.people.copy(), by_design.at_cut(followed)["x"].to_numpy()
    just_below = np.flatnonzero((x < 0) & (x > -4))
    raised = just_below[: int(0.7 * len(just_below))]
    people.loc[raised, "points"] += np.ceil(-x[raised].min())
    people.loc[raised, "offered_on"] = followed.trial.index_date
    people["offered_on"] = pd.to_datetime(people["offered_on"])
    moved = by_design.Rollout(people, followed.days, followed.trial, followed.design, followed.places + len(raised))
    finding = by_design.capacity_cut(moved, bounds=BOUNDS)
    failed = {test.name for test in finding.tests if test.met is False}
    assert "density" in failed and finding.found is None and finding.verdict in ("withheld", "not_assessable")


def test_few_events_of_a_lottery_are_told_by_an_exact_test_in_a_row_of_its_own():
    town = true_town("lottery", seed=7)
    lots = np.flatnonzero(town.found.people["lot"].notna())
    people = town.found.people.copy()
    people.loc[lots, "outcome"] = (np.arange(len(lots)) % 12 == 0) * 1.0
    few = by_design.Rollout(people, town.found.days, town.found.trial, "lottery", 160)
    first, small = by_design.drawn(few, bounds=BOUNDS)
    assert (first.because, first.verdict, first.found) == ("long_absences", "not_assessable", None)
    assert small.design == "lottery_exact" and small.verdict == "passed" and small.found.events < BOUNDS.min_events
    assert small.found.low < small.found.value < small.found.high and 0 < small.found.p <= 1


def test_a_town_without_an_outreach_log_is_told_so():
    town = Path(__file__).parent / "towns" / "minori"
    settings = read_settings(town / "municipality.yaml")
    read = ingest.ingest(settings, ingest.read_files(town, settings), key=KEY)
    mine = read.identifier_records["source"].eq(settings.register)
    both = read.identifier_records[mine], read.identifier_records[~mine]
    persons = linkage.person_map(linkage.link(*both, seed=settings.seed), *both, key=KEY)
    child = linkage.children(both[0], read.attributes[settings.register], persons, key=KEY)
    judged = pd.DataFrame({"research_id": child["research_id"], "as_of": pd.Timestamp(settings.schedule.judge_as_of),
                           "points": 1.0, "known_before": False})  # fmt: skip
    values = pd.DataFrame({"research_id": [], "as_of": [], "item_id": [], "value": []})
    found = by_design.rollout(child, judged, values, read.attributes, linkage.person_link(persons), settings)
    assert found.missing == ("no_outreach_log",)
    findings = [
        by_design.capacity_cut(found, bounds=BOUNDS),
        *by_design.drawn(found, bounds=BOUNDS),
        *by_design.waves(found)[0],
    ]
    table = by_design.table_of(findings)
    assert set(table["because"]) == {"no_outreach_log"} and set(table["state"]) == {"not_assessable"}
    said = by_design.answer(table, "capacity_cut")
    assert len(said["en"]) == len(said["ja"]) == 3 and "no outreach log was read" in said["en"][1]
    assert by_design.about_the_cut(found).empty and by_design.tests_of(findings).empty
