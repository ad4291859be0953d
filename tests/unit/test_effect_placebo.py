"""The density at the cut and placebos, against figures worked out by hand."""

import numpy as np
import pytest
from scipy.stats import binom

from kosodachi.effect import density_at_cut, jump, placebo_cuts, placebo_dates, stepped_wedge
from kosodachi.effect.placebo import smallest_p


def points(**counts) -> np.ndarray:
    """Children at half-steps about the cut."""
    at = {"two_below": -1.5, "below": -0.5, "inside": 0.5, "above": 1.5, "two_above": 2.5}
    return np.concatenate([np.full(n, at[name]) for name, n in counts.items()])


def test_three_even_bins_give_a_third_and_no_doubt():
    found = density_at_cut(points(two_below=40, below=30, inside=30, above=30, two_above=5), width=1, curvature=0)
    assert (found.below, found.inside, found.above, found.share) == (30, 30, 30, pytest.approx(1 / 3))
    assert found.low == found.high == pytest.approx(1 / 3) and found.p == 1


def test_a_heap_just_inside_has_the_binomial_tail_doubled():
    found = density_at_cut(points(below=10, inside=20, above=10), width=1, curvature=0)
    assert found.p == pytest.approx(2 * binom.sf(19, 40, 1 / 3))
    bent = density_at_cut(points(below=10, inside=20, above=10), width=1, curvature=0.5)
    assert (bent.low, bent.high) == pytest.approx((0.5 / 2.5, 1.5 / 3.5))
    assert bent.p == pytest.approx(2 * binom.sf(19, 40, 1.5 / 3.5)) and bent.p > found.p


def test_a_dip_just_inside_is_found_as_well():
    found = density_at_cut(points(below=30, inside=5, above=30), width=1, curvature=0)
    assert found.p == pytest.approx(2 * binom.cdf(5, 65, 1 / 3)) and found.p < 0.001


def test_points_are_binned_in_whole_steps_and_the_tied_belong_inside():
    x = np.r_[np.repeat([-3.0, -2, -1, 0, 1, 2], 40), np.full(10, 9.0)]
    found = density_at_cut(x)
    assert found.width == 1 and (found.below, found.inside, found.above) == (40, 40, 40)


def test_without_children_about_the_cut_nothing_is_said():
    assert np.isnan(density_at_cut(np.array([])).p)
    assert np.isnan(density_at_cut(np.full(9, -40.0), width=1, curvature=0).p)


def test_placebo_cuts_are_the_same_jump_on_one_side_alone():
    rng = np.random.default_rng(5)
    x = rng.uniform(-4, 4, 900)
    y = 0.1 * x + 2.0 * (x >= 0) + rng.normal(size=900)
    found = placebo_cuts(y, x, cuts=[-2.0, 2.0]).set_index("side")
    own = jump(y[x < 0], x[x < 0] + 2)
    assert found.loc["below", ["value", "low", "high", "p", "n"]].to_list() == pytest.approx(
        [own.value, own.low, own.high, own.p, own.n]
    )
    assert (found["value"].abs() < 1).all() and jump(y, x).value > 1.5


def test_placebo_cuts_of_few_values_are_looked_at_in_the_bandwidth_of_the_estimate():
    rng = np.random.default_rng(8)
    x = rng.integers(-16, 16, 4_000) + 0.5
    y = (rng.random(4_000) < 0.1 + 0.01 * (x + 16)) * 1.0
    wide = placebo_cuts(y, x, h=6.0, b=9.0)
    whole = jump(y[x < 0], x[x < 0] - wide.loc[0, "cut"], h=6.0, b=9.0)
    assert wide.loc[0, ["value", "p", "n"]].to_list() == pytest.approx([whole.value, whole.p, whole.n])
    assert (placebo_cuts(y, x)["n"].min() < wide["n"]).all()


def test_a_placebo_cut_where_something_jumps_is_seen():
    rng = np.random.default_rng(6)
    x = rng.uniform(-4, 4, 2_000)
    y = 1.5 * (x >= -2) + rng.normal(size=2_000)
    found = placebo_cuts(y, x, cuts=[-2.0, 2.0]).set_index("side")["p"]
    assert found["below"] < 0.001 < found["inside"]
    assert placebo_cuts(y[:20], x[:20]).empty


def wedge_data(anticipated: float):
    rng = np.random.default_rng(11)
    site, period = np.repeat(np.arange(9), 8 * 30), np.tile(np.repeat(np.arange(8), 30), 9)
    start = dict(enumerate([2, 2, 2, 4, 4, 4, 6, 6, 6]))
    first = np.array(list(start.values()))[site]
    y = 0.3 * rng.normal(size=9)[site] - 1.0 * (period >= first) - anticipated * (period == first - 1)
    return y + rng.normal(size=len(site)), site, period, start


def test_placebo_dates_leave_the_true_start_out_and_see_what_came_before_it():
    y, site, period, start = wedge_data(0.0)
    calm = placebo_dates(y, site, period, start)
    before = period < np.array(list(start.values()))[site]
    moved = {s: at - 1 for s, at in start.items()}
    assert calm == stepped_wedge(y[before], site[before], period[before], moved)
    assert calm.low < 0 < calm.high and calm.n == before.sum()
    early = placebo_dates(*wedge_data(0.8))
    assert early.high < 0


def test_the_smallest_p_pays_for_the_number_of_tests():
    assert smallest_p([0.02, 0.5, np.nan, 0.04]) == pytest.approx(0.06)
    assert smallest_p([0.9, 0.8]) == 1 and np.isnan(smallest_p([]))
