"""The estimators of the designs against independent implementations and figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from kosodachi.effect import complier_effect, jump, lottery, running_variable, staggered, stepped_wedge
from kosodachi.effect.neighbours import residuals


def test_lottery_agrees_with_fishers_exact_test():
    y = np.r_[np.ones(3), np.zeros(17), np.ones(11), np.zeros(9)]
    a = np.r_[np.ones(20), np.zeros(20)]
    found = lottery(y, a, draws=200_000)
    assert found.value == pytest.approx(3 / 20 - 11 / 20)
    assert found.p == pytest.approx(fisher_exact([[3, 17], [11, 9]]).pvalue, abs=0.001)
    assert found.se == pytest.approx(np.sqrt(0.15 * 0.85 / 19 + 0.55 * 0.45 / 19))


def test_lottery_weighs_blocks_by_size_and_leaves_out_those_without_a_comparison():
    y = np.array([1, 0, 0, 0, 1, 1, 1, 0, 0, 1.0])
    a = np.array([1, 1, 0, 0, 1, 0, 0, 0, 1, 1.0])
    month = np.array([1, 1, 1, 1, 2, 2, 2, 2, 3, 3])
    found = lottery(y, a, block=month)
    assert found.value == pytest.approx(0.5 * 0.5 + 0.5 * (1 - 2 / 3))
    assert (found.units, found.blocks) == (8, 2)


def test_siblings_are_drawn_as_one():
    home = np.repeat(np.arange(30), 2)
    rng = np.random.default_rng(1)
    y = rng.normal(size=30)[home]
    a = (rng.random(30) < 0.5)[home] * 1.0
    assert lottery(y, a, cluster=home) == lottery(y[::2], a[::2])


def test_nobody_drawn_is_no_comparison():
    found = lottery(np.ones(5), np.zeros(5))
    assert np.isnan(found.value) and found.units == 0


def test_complier_effect_is_the_wald_ratio():
    a, received = np.repeat([1.0, 0.0], 50), np.r_[np.ones(25), np.zeros(75)]
    y = np.r_[np.zeros(40), np.ones(10), np.zeros(30), np.ones(20)]
    assert complier_effect(y, received, a).value == pytest.approx(-0.2 / 0.5)


def test_nearest_neighbour_residuals_by_hand():
    x, y = np.array([0.0, 1.0, 1.0, 3.0, 7.0]), np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    want = [np.sqrt(2 / 3) * (1 - 3), np.nan, np.nan, np.sqrt(2 / 3) * (8 - 3), np.sqrt(3 / 4) * (16 - 14 / 3)]
    found = residuals(x, y, neighbours=2)
    assert found[[0, 3, 4]] == pytest.approx([want[0], want[3], want[4]])
    assert found[1] == pytest.approx(np.sqrt(2 / 3) * (2 - (1 + 4) / 2))


def test_the_cut_moves_with_the_months_capacity():
    points, month = [9, 7, 5, 3, 8, 6, 6, 2], [4, 4, 4, 4, 5, 5, 5, 5]
    found = running_variable(points, month, capacity=2)
    assert found["cut"].to_list() == [6, 6, 6, 6, 6, 6, 6, 6]
    assert found["tied"].to_list() == [False] * 5 + [True, True] + [False]
    assert found["x"].to_list() == [3, 1, -1, -3, 2, 0, 0, -4]


def test_a_jump_of_straight_lines_is_found_exactly():
    x = np.linspace(-1, 1, 400)
    found = jump(1 + 2 * x + 3 * (x >= 0) + x * (x >= 0), x, h=0.5, b=0.5)
    assert (found.value, found.corrected) == pytest.approx((3, 3))


def test_fuzzy_is_the_ratio_of_two_jumps():
    rng = np.random.default_rng(3)
    x = rng.uniform(-1, 1, 4_000)
    t = (rng.random(4_000) < np.where(x >= 0, 0.8, 0.2)) * 1.0
    y = 0.5 * t + x + rng.normal(size=4_000)
    both = jump(y, x, treated=t, h=0.6, b=0.6)
    assert both.value == pytest.approx(jump(y, x, h=0.6, b=0.6).value / jump(t, x, h=0.6, b=0.6).value)


def wedge(seed, effect=0.2, sites=15, periods=6, children=22, between=0.1):
    rng = np.random.default_rng(seed)
    site = np.repeat(np.arange(sites), periods * children)
    period = np.tile(np.repeat(np.arange(periods), children), sites)
    start = {s: 1 + s // 3 for s in range(sites)}
    on = period >= np.array([start[s] for s in range(sites)])[site]
    y = effect * on + rng.normal(0, between, sites)[site] + 0.1 * period + rng.normal(size=len(site))
    return y, site, period, start, on


def test_stepped_wedge_equals_gee_with_bias_reduced_errors():
    import statsmodels.api as sm

    y, site, period, start, on = wedge(2)
    alike = sm.cov_struct.Exchangeable()
    X = np.column_stack([np.eye(6)[period], on])
    gee = sm.GEE(y, X, groups=site, family=sm.families.Gaussian(), cov_struct=alike).fit(cov_type="bias_reduced")
    found = stepped_wedge(y, site, period, start, errors="mancl_derouen", draws=50)
    assert found.icc == pytest.approx(alike.dep_params, abs=1e-4)
    assert (found.value, found.se) == pytest.approx((gee.params[-1], gee.bse[-1]), rel=1e-4)


def test_the_interval_of_few_sites_keeps_its_level_and_the_older_one_is_too_wide():
    found = []
    for seed in range(400):
        y, site, period, start, _ = wedge(seed, sites=6, effect=0.0)
        pair = [stepped_wedge(y, site, period, start, order_drawn=False, errors=kind)
                for kind in ("kauermann_carroll", "mancl_derouen")]  # fmt: skip
        found.append([pair[0].value, *[one.low > 0 or one.high < 0 for one in pair], *[one.se for one in pair]])
    value, usual, older, se, wider = np.array(found).T
    assert 0.025 <= usual.mean() <= 0.08
    assert older.mean() < usual.mean()
    assert (se**2).mean() ** 0.5 == pytest.approx(value.std(), rel=0.12)
    assert (wider**2).mean() ** 0.5 > 1.1 * value.std()


def test_the_order_interval_holds_what_its_test_does_not_refute():
    y, site, period, start, on = wedge(4)
    found = stepped_wedge(y, site, period, start)
    for effect, refuted in ((found.order_low - 0.02, True), (found.value, False), (found.order_high + 0.02, True)):
        moved = stepped_wedge(y - effect * on, site, period, start, icc=found.icc)
        assert (moved.p <= 0.05) is refuted


def test_a_fixed_order_has_no_order_test():
    y, site, period, start, _ = wedge(5)
    found = stepped_wedge(y, site, period, start, order_drawn=False)
    assert np.isnan([found.p, found.order_low, found.order_high]).all()


def test_staggered_starts_find_the_effect_and_no_trend_before():
    from kosodachi.effect import staggered

    rng = np.random.default_rng(6)
    school, month = np.repeat(np.arange(60), 8), np.tile(np.arange(1, 9), 60)
    first = rng.choice([0, 3, 4, 6], 60)[school]
    on = (first > 0) & (month >= first)
    y = rng.normal(size=60)[school] + 0.1 * month - 0.5 * on + rng.normal(0, 0.3, len(school))
    panel = pd.DataFrame({"y": y, "school": school, "month": month, "first": first})
    overall, by_time = staggered(panel, outcome="y", unit="school", time="month", first="first")
    assert overall["low"].iloc[0] < -0.5 < overall["high"].iloc[0] < -0.2
    before = by_time[by_time["event_time"] < 0]
    assert ((before["low"] < 0) & (before["high"] > 0)).mean() >= 0.75


def test_group_time_effects_in_arrays_are_those_of_the_library_and_keep_the_level():
    from kosodachi.effect.group_time import group_time, site_weights

    rng = np.random.default_rng(21)
    start = np.repeat([1, 2, 3, 4], 5)
    false = []
    for _ in range(400):
        means = rng.normal(size=(20, 1)) + rng.normal(size=5) + 0.5 * rng.normal(size=(20, 5))
        value, se = group_time(means, start)
        false.append(abs(value) > 2.12 * se)
    assert 0.02 <= np.mean(false) <= 0.085
    assert (site_weights(start, 5) * means).sum() == pytest.approx(value)
    panel = pd.DataFrame({"site": np.repeat(np.arange(20), 5), "period": np.tile(np.arange(5), 20), "y": means.ravel(),
                          "start": np.repeat(start, 5)})  # fmt: skip
    theirs = staggered(panel, outcome="y", unit="site", time="period", first="start")[0].iloc[0]
    assert theirs["value"] == pytest.approx(value)
    assert theirs["se"] == pytest.approx(se, rel=0.3)
    assert np.isnan(group_time(means[:5], start[:5])[0])


def test_a_wedge_that_tells_nothing_apart_is_missing_and_one_with_a_lonely_period_is_not():
    rng = np.random.default_rng(5)
    site, period = (each.ravel() for each in np.meshgrid(np.arange(6), np.arange(4), indexing="ij"))
    site, period = np.repeat(site, 8), np.repeat(period, 8)
    y = rng.random(len(site))
    together = stepped_wedge(y, site, period, dict.fromkeys(range(6), 2), order_drawn=False)
    assert np.isnan([together.value, together.se, together.low, together.high]).all()
    start = {s: 1 + s % 3 for s in range(6)}
    whole = stepped_wedge(y, site, period, start, icc=0.02, order_drawn=False)
    alone = stepped_wedge(np.r_[y, 0.5], np.r_[site, 0], np.r_[period, 9], start, icc=0.02, order_drawn=False)
    assert np.isfinite(alone.se) and abs(alone.value - whole.value) < 1e-8 and alone.se > 0


def test_a_jump_with_hardly_anybody_beyond_the_cut_is_missing():
    rng = np.random.default_rng(6)
    x = np.r_[rng.uniform(-1, 0, 500), rng.uniform(0, 1, 19)]
    few = jump(rng.random(519), x)
    assert np.isnan([few.value, few.low, few.high, few.p]).all() and few.n == 0
    assert np.isfinite(jump(rng.random(700), np.r_[x, rng.uniform(0, 1, 181)]).p)
