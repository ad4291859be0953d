"""The power that the chooser predicts is the power that comes about, within three points, for every design."""

import numpy as np
import pytest

from kosodachi.effect import chooser
from kosodachi.effect.chooser import closed
from kosodachi.effect.chooser.trials import simulated_power

PLAN = chooser.Plan(children=4_000, capacity=200, months=4, baseline=0.35, smallest_effect=0.12, uptake=0.7, sites=20,
                    siblings=1.2, history_years=1)  # fmt: skip
REFERENCE = {3_000: (300, 0.29, 0.14), 10_000: (1_000, 0.73, 0.31), 50_000: (5_000, 1.00, 0.87)}


@pytest.mark.parametrize("children", list(REFERENCE))
def test_closed_forms_give_the_reference_figures(children):
    """Effect -6 points at the cut, base 19 %: lottery, and stepped wedge of 12 sites, 5 periods, ICC .02."""
    capacity, lottery, wedge = REFERENCE[children]
    plan = chooser.Plan(children=children, capacity=capacity, months=1, baseline=0.19, smallest_effect=0.06)
    assert closed.lottery(plan) == pytest.approx(lottery, abs=0.015)
    assert closed.stepped_wedge(plan, freedom=plan.sites - 2) == pytest.approx(wedge, abs=0.03)


def test_hussey_and_hughes_closed_form():
    """Their example worked in the reference: 15 clusters, 6 periods, 22 children a cell, effect .2: .81 and .699."""
    on = (np.arange(6) > np.repeat(np.arange(5), 3)[:, None]) * 1.0
    U, W, V = on.sum(), (on.sum(axis=0) ** 2).sum(), (on.sum(axis=1) ** 2).sum()
    cell, site = 1 / 22, 0.01
    free = cell * 15 * 6 / (15 * (6 * U - V) - 6 * W + U**2)
    tied = 15 * cell * (cell + 6 * site) / ((15 * U - W) * cell + (U**2 + 90 * U - 6 * W - 15 * V) * site)
    assert closed.power_of(0.2, free**0.5) == pytest.approx(0.699, abs=0.005)
    assert closed.power_of(0.2, tied**0.5) == pytest.approx(0.81, abs=0.005)


@pytest.mark.parametrize("design", ["lottery", "history", "stepped_wedge", "staggered"])
def test_predicted_power_is_realised(design):
    predicted = simulated_power(PLAN, design, trials=1_000, seed=1)
    realised = simulated_power(PLAN, design, trials=1_000, seed=2)
    assert predicted == pytest.approx(realised, abs=0.06)
    assert getattr(closed, design)(PLAN) == pytest.approx(predicted, abs=0.08)


@pytest.mark.parametrize("design", ["lottery", "history", "stepped_wedge", "staggered", "discontinuity"])
def test_without_an_effect_the_level_is_kept(design):
    nothing = PLAN.model_copy(update={"smallest_effect": 1e-9})
    trials = 150 if design == "discontinuity" else 600
    assert simulated_power(nothing, design, trials=trials, seed=3) <= 0.05 + 4 * (0.05 * 0.95 / trials) ** 0.5


def test_the_months_and_municipalities_needed_reach_the_target_and_one_less_does_not():
    table = chooser.compare(PLAN.model_copy(update={"smallest_effect": 0.08}), trials=100).set_index("design")
    towns = int(table.loc["lottery", "municipalities_needed"])
    plan = PLAN.model_copy(update={"smallest_effect": 0.08})
    assert (
        closed.lottery(plan.times(municipalities=towns)) >= 0.8 > closed.lottery(plan.times(municipalities=towns - 1))
    )
    assert table.loc["stepped_wedge", "possible"] and chooser.best(table.reset_index()) in (None, "lottery", "history")


def test_a_fixed_order_has_no_stepped_wedge_and_a_new_town_no_history():
    plan = PLAN.model_copy(update={"order_free": False, "history_years": 0})
    verdicts = chooser.compare(plan, trials=20).set_index("design")["verdict"]
    assert verdicts[["stepped_wedge", "history"]].to_list() == ["impossible", "impossible"]


def test_impossible_plans_are_refused():
    with pytest.raises(ValueError, match="smaller than the baseline"):
        chooser.Plan(children=1_000, capacity=10, baseline=0.1, smallest_effect=0.2)
    with pytest.raises(ValueError, match="more places"):
        chooser.Plan(children=100, capacity=200, baseline=0.3, smallest_effect=0.1)


def test_children_of_a_group_are_as_alike_as_planted():
    rng = np.random.default_rng(4)
    group = np.repeat(np.arange(400), 25)
    y = rng.random(len(group)) < np.clip(0.3 + rng.normal(0, np.sqrt(0.05 * 0.21), 400), 0, 1)[group]
    assert chooser.likeness(y, group) == pytest.approx(0.05, abs=0.012)
