"""Designs of outreach and worlds without effect: what each plants is found again, and a plain look is misled."""

from pathlib import Path

import numpy as np
import pytest

from kosodachi.faults import Fault
from kosodachi.synthesis import read_scenario, simulate

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns"
SCENARIO = read_scenario((TOWNS / "aoba.yaml").read_text(encoding="utf-8"))
LARGE, SEEDS = 20_000, 200


def pupils(children: int = LARGE, seed: int = 3, lives: dict | None = None, **programme):
    """Eligible pupils who stayed, under a programme."""
    asked = {
        "programme": SCENARIO.programme.model_copy(update=programme),
        "lives": SCENARIO.lives.model_copy(update=lives or {}),
    }
    world = simulate(SCENARIO.model_copy(update=asked), children=children, seed=seed)
    table = world.outcomes.child
    return world, table[table["eligible"] & table["y0"].notna()]


def adjusted(table, outcome: str = "y_seen") -> float:
    """z of the offer in a linear regression that adjusts for what is on record, with robust errors."""
    score = (table["visible"] - table["visible"].mean()) / table["visible"].std()
    x = np.column_stack([table["offered"], np.ones(len(table)), score, score**2]).astype(float)
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ table[outcome].to_numpy()
    left = (table[outcome].to_numpy() - x @ beta) * np.sqrt(len(table) / (len(table) - x.shape[1]))
    return beta[0] / np.sqrt((bread @ (x.T * left**2) @ x @ bread)[0, 0])


@pytest.fixture(scope="module")
def null_worlds():
    return [pupils(1500, seed, effect=0.0)[1] for seed in range(SEEDS)]


def test_in_worlds_without_effect_the_adjusted_contrast_is_significant_at_the_nominal_rate(null_worlds):
    false = sum(abs(adjusted(table)) > 1.96 for table in null_worlds)
    assert 3 <= false <= 19  # 5 % of 200, central 99 % and a little


def test_in_worlds_without_effect_a_plain_contrast_finds_harm(null_worlds):
    naive = [t.loc[t["offered"], "y_seen"].mean() - t.loc[~t["offered"], "y_seen"].mean() for t in null_worlds]
    assert np.mean(naive) > 0.08 and np.mean(np.array(naive) > 0) > 0.9
    assert all((table["y0"] == table["y1"]).all() for table in null_worlds)


def test_without_an_effect_the_worst_of_one_year_are_better_in_the_next():
    changes = []
    for spread in (0.0, 1.2):
        world, table = pupils(effect=0.0, lives={"passing_absence": spread})
        pupil = world.school.pupil.assign(days=np.maximum(world.school.days, 0).sum(axis=1))
        days = pupil.pivot(index="child", columns="year", values="days").reindex(table["child"])
        changes.append((days[2024] - days[2023]).mean())
    assert changes[1] < changes[0] - 3 and changes[1] < -3


def test_a_lottery_at_the_margin_shows_the_truth_to_a_plain_look():
    _, table = pupils(60_000, design="lottery", lottery_certain=0.2, lottery_margin=1.8)
    margin = table[table["propensity"].between(0.01, 0.99)]
    assert margin["propensity"].nunique() == 1 and margin["offered"].mean() == pytest.approx(1 / 1.8, abs=0.01)
    plain = margin.loc[margin["offered"], "y_seen"].mean() - margin.loc[~margin["offered"], "y_seen"].mean()
    assert plain == pytest.approx((margin["y1"] - margin["y0"]).mean(), abs=0.035)
    assert (
        table.loc[table["propensity"] == 1, "offered"].all()
        and not table.loc[table["propensity"] == 0, "offered"].any()
    )


@pytest.mark.parametrize("design", ["stepped_wedge", "staggered"])
def test_schools_join_in_waves_and_staff_keep_to_their_capacity(design):
    world, table = pupils(design=design, waves=3, wave_months=2)
    offered = table[table["offer_month"] >= 0]
    assert world.log.groupby(world.log["offered"].dt.month).size().max() <= world.scenario.capacity.outreach_per_month
    first = offered.groupby("school")["offer_month"].min()
    assert set(first[first.index.isin(offered["school"].value_counts().loc[lambda n: n > 5].index)]) <= {
        1,
        2,
        3,
        4,
        5,
        6,
    }
    assert first.nunique() >= 3 and (table["offer_month"] >= 0).mean() > 0.95


def test_waves_in_random_order_are_alike_and_waves_by_need_are_not():
    gaps = {}
    for design in ("stepped_wedge", "staggered"):
        _, table = pupils(design=design)
        gaps[design] = table.loc[table["offered"], "visible"].mean() - table.loc[~table["offered"], "visible"].mean()
    assert abs(gaps["stepped_wedge"]) < 0.12 < gaps["staggered"]


def test_who_gets_the_offer_later_shows_less_of_the_effect():
    _, table = pupils(design="stepped_wedge", wave_months=4, effect=-0.15)
    helped = table[table["would_start"]].assign(gain=lambda t: t["days_0"] - t["days_seen"])
    gain = helped.groupby("offer_month")["gain"].mean()
    assert gain.iloc[0] > 2 * gain.iloc[-1] and (helped["gain"] >= 0).all()


def test_without_a_programme_nobody_is_offered_anything():
    world, table = pupils(design="none")
    assert world.log.empty and (table["offer_month"] == -1).all() and (table["y_seen"] == table["y0"]).all()


def test_potential_outcomes_do_not_depend_on_the_design():
    one, two = (pupils(3000, design=design)[1] for design in ("capacity_cut", "stepped_wedge"))
    assert (one[["child", "days_0", "days_1"]] == two[["child", "days_0", "days_1"]]).all(axis=None)


def test_an_effect_that_fades_is_mostly_gone_by_the_end_of_the_year():
    shares = []
    for fading in (0.0, 0.3):
        world, table = pupils(effect=-0.03, fading=fading)
        rows = table.loc[table["offered"] & table["would_start"], "row"].to_numpy()
        saved = np.maximum(without(world).days[rows], 0) - np.maximum(world.school.days[rows], 0)
        shares.append(saved[:, 9:].sum() / saved.sum())
    assert shares[0] > 0.2 > 0.1 > shares[1]


def without(world):
    from kosodachi.synthesis.attendance import attendance

    return attendance(world.population, world.need, world.scenario, world.streams)


def test_the_effect_reaches_siblings_only_where_asked():
    for spill, reached in ((0.0, False), (0.8, True)):
        world, _ = pupils(spill_over=spill)
        table = world.outcomes.child.dropna(subset=["y0"])
        home = world.population.child["household"].to_numpy()
        helped = home[table.loc[table["offered"] & table["would_start"], "child"]]
        others = table[~table["offered"]]
        sibling = np.isin(home[others["child"]], helped)
        better = (others["days_seen"] < others["days_0"]).to_numpy()
        assert not better[~sibling].any() and better[sibling].any() == reached


def test_an_effect_that_fades_before_the_outcome_cannot_be_asked_for():
    with pytest.raises(Fault) as told:
        pupils(effect=-0.08, fading=0.5)
    assert told.value.code == "E-TOWN-16"
