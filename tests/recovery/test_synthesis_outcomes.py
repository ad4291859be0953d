"""Effects on several outcomes, for whom they are stronger, and worlds in which a plain or an adjusted look goes wrong."""

from pathlib import Path

import numpy as np
import pytest

from kosodachi.synthesis import read_scenario, simulate, synthesise
from kosodachi.synthesis.asked_programme import Programme
from kosodachi.synthesis.further import further_outcomes, modifiers
from kosodachi.synthesis.true_effects import effects

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns"
SCENARIO = read_scenario((TOWNS / "aoba.yaml").read_text(encoding="utf-8"))


def world_of(children: int = 20_000, seed: int = 4, **programme):
    asked = Programme(**(SCENARIO.programme.model_dump() | programme))
    return simulate(SCENARIO.model_copy(update={"programme": asked}), children=children, seed=seed)


@pytest.fixture(scope="module")
def world():
    return world_of(40_000)


def test_both_potential_outcomes_come_from_one_draw_and_what_is_seen_is_one_of_them(world):
    table, further = world.outcomes.child, further_outcomes(world)
    here = table["y0"].notna() & table["eligible"]
    at_once = here & (table["offered"] | (table["offer_month"] < 0))
    for name in ("case", "benefit"):
        without, given, seen = (further[f"{name}_{arm}"] for arm in ("0", "1", "seen"))
        assert (given[here] >= without[here]).all(), "an offer never prevents it"
        agree = (seen == given.where(table["offered"], without))[at_once]
        # a case counts from its opening, which a late start may put after follow-up; siblings take up together
        assert agree.mean() > 0.985, name


def test_cases_and_allowances_begin_as_often_as_asked_and_more_often_where_need_is_higher(world):
    import statsmodels.api as sm

    table, asked = world.outcomes.child, world.scenario.programme
    starts = table[table["would_start"] & table["eligible"]]
    stronger = modifiers(starts, world.need, world.school, world.scenario)
    for name, share in (("would_open", asked.case_after_start), ("would_take_up", asked.benefit_after_start)):
        assert starts[name].mean() == pytest.approx(share, abs=0.025)
        fit = sm.Logit(starts[name].astype(float), sm.add_constant(stronger)).fit(disp=False)
        assert fit.params.iloc[1] == pytest.approx(1, abs=3 * fit.bse.iloc[1])
    assert stronger.std() > 0.1 and not table.loc[~table["would_start"], ["would_open", "would_take_up"]].any(axis=None)


def test_only_who_is_entitled_and_without_it_takes_an_allowance_up(world):
    after, before = world.allowances_after, world.lives.allowance
    home = world.population.child["household"].to_numpy()
    assert len(after) > 5 and not np.isin(home[after["child"]], home[before.loc[before["end"].isna(), "child"]]).any()
    assert (after["start"] > np.datetime64(world.scenario.schedule.index_date)).all()
    assert not np.isnat(world.lives.single_since[home[after["child"]]]).any()


def test_the_effect_is_stronger_where_it_was_asked_to_be():
    true = {ask: effects(world_of(40_000, **ask_of)) for ask, ask_of in {
        "need": {"effect_by_need": 0.4, "effect_at_junior": 0.0}, "level": {"effect_by_need": 0.0, "effect_at_junior": -0.6},
        "none": {"effect_by_need": 0.0, "effect_at_junior": 0.0, "heterogeneity": 0.0}}.items()}  # fmt: skip
    assert all(one["ate_eligible"] == pytest.approx(-0.10, abs=0.002) for one in true.values())

    def gap(ask: str, more: str, less: str) -> float:
        return true[ask][f"ate_eligible_{more}"] - true[ask][f"ate_eligible_{less}"]

    assert gap("need", "higher_need", "lower_need") < gap("none", "higher_need", "lower_need") - 0.015
    assert gap("level", "junior_high", "elementary") > gap("none", "junior_high", "elementary") + 0.03


def test_in_the_null_world_nothing_has_an_effect_whatever_else_is_asked():
    true = effects(world_of(null_world=True, effect=-0.2, case_after_start=0.9))
    assert [true[name] for name in ("ate_eligible", "ate_days", "ate_case", "ate_benefit")] == [0, 0, 0, 0]
    assert true["naive_contrast_eligible"] > 0.05 and true["offered"] > 0


def test_the_plain_look_is_wrong_about_absence_while_the_truth_is_known(world):
    true = effects(world)
    assert true["ate_eligible"] == pytest.approx(-0.10, abs=0.002) and true["naive_contrast_eligible"] > 0
    assert true["ate_case"] > 0.1 and true["ate_benefit"] > 0


def test_staff_override_the_record_as_often_as_asked_and_the_propensity_knows():
    world = world_of(40_000, overrides=0.4, selection=1.5)
    table = world.outcomes.child[world.outcomes.child["eligible"]]
    assert table["overridden"].mean() == pytest.approx(0.4, abs=0.015)
    overridden, others = table[table["overridden"]], table[~table["overridden"]]
    lean = [part.groupby("offered")["visible"].mean().diff().iloc[-1] for part in (overridden, others)]
    chance = 2 * overridden["visible"].std() / np.sqrt(len(overridden))
    assert abs(lean[0]) < 4 * chance and lean[1] > 0.3, "overridden places do not follow the record"
    thirds = table.groupby(np.digitize(table["propensity"], np.quantile(table["propensity"], [1 / 3, 2 / 3])))
    assert (thirds["offered"].mean() - thirds["propensity"].mean()).abs().max() < 0.03


def test_what_staff_know_besides_the_record_cannot_be_adjusted_for():
    """Weights by the chance given the record alone miss the truth when staff choose by need that no record shows."""
    off = {}
    for know in (0.0, 1.2):
        world = world_of(60_000, staff_know=know, overrides=0.0)
        table = world.outcomes.child.query("eligible and y0 == y0")
        x = np.column_stack([np.ones(len(table)), table["visible"], table["visible"] ** 2, table["offered"]]).astype(
            float
        )
        adjusted = np.linalg.lstsq(x, table["y_seen"].to_numpy(float), rcond=None)[0][-1]
        off[know] = adjusted - (table["y1"] - table["y0"]).mean()
    assert abs(off[0.0]) < 0.025 and off[1.2] > off[0.0] + 0.03


def test_an_effect_that_is_anticipated_shows_before_the_offer():
    from kosodachi.synthesis.attendance import attendance

    better = {}
    for share in (0.0, 0.8):
        world = world_of(design="staggered", anticipation=share)
        table = world.outcomes.child.query("offer_month >= 4 and would_start")
        plain = attendance(world.population, world.need, world.scenario, world.streams)
        saved = np.maximum(plain.days, 0) - np.maximum(world.school.days, 0)
        month = table["offer_month"].to_numpy() - 1
        better[share] = saved[table["row"].to_numpy(), month].mean()
    assert better[0.0] == 0 < better[0.8]


def test_what_was_planted_stands_in_the_parameters_with_its_basis():
    table = synthesise(SCENARIO, children=1500).truth["parameters"].set_index("name")
    named = ("asked_programme_staff_know", "asked_programme_anticipation", "asked_programme_fading", "ate_case",
             "asked_programme_spill_over", "asked_programme_overrides", "asked_need_shares_economic_household",
             "asked_need_correlation_economic_caregiving", "asked_lives_ascertainment_girl", "makes_young_carer_economic",
             "loading_absence", "achieved_known_given_need_foreign_name", "achieved_known_without_need")  # fmt: skip
    assert set(named) <= set(table.index) and table["value"].notna().mean() > 0.95
    assert table.loc["asked_need_kinds_hardship", "basis"] == "published"
    assert table.loc["asked_need_kinds_isolation", "basis"] == "assumed"
    assert table.loc["ate_eligible", "basis"] == "planted" and set(table["basis"]) == {
        "planted",
        "published",
        "assumed",
        "drawn",
    }
