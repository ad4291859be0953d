"""Sensitivity, negative controls, draws, matching, competing events and few events: known answers."""

import numpy as np
import pytest
from scipy.stats import norm

from kosodachi.effect import (
    calibrated,
    cumulative_incidence,
    curves,
    detectable_hazard_ratio,
    e_value,
    empirical_null,
    events_needed,
    exact_difference,
    firth_cox,
    firth_logistic,
    g_formula,
    imputed,
    imputed_outcome,
    lee,
    manski,
    matched,
    matched_balance,
    naive,
    over_draws,
    rubin,
    tipping_share,
)
from kosodachi.effect.negative_controls import expected_absolute_error


@pytest.mark.parametrize(("ratio", "published"), [(3.9, 7.26), (1.8, 3.00), (1 / 1.8, 3.00), (1.0, 1.0)])
def test_e_values_of_vanderweele_and_ding(ratio, published):
    assert e_value(ratio)[0] == pytest.approx(published, abs=0.01)


def test_e_value_of_the_interval():
    assert e_value(3.9, 1.8, 8.7)[1] == pytest.approx(3.0, abs=0.01)
    assert e_value(0.8, 0.5, 1.1)[1] == 1.0


def test_worst_case_bounds_are_as_wide_as_both_missing_shares():
    y = np.r_[np.ones(40), np.zeros(50), [np.nan] * 10, np.ones(30), np.zeros(50), [np.nan] * 20]
    found = manski(y, np.repeat([1, 0], 100))
    assert (found.lower, found.upper) == pytest.approx((0.40 - 0.50, 0.50 - 0.30))
    assert found.upper - found.lower == pytest.approx(0.10 + 0.20)
    assert found.low < found.lower and found.high > found.upper


def test_without_gaps_the_bounds_are_the_difference_with_its_usual_interval():
    y, a = np.r_[np.ones(40), np.zeros(60), np.ones(20), np.zeros(80)], np.repeat([1, 0], 100)
    found, se = manski(y, a), np.sqrt(0.4 * 0.6 / 99 + 0.2 * 0.8 / 99)
    assert found.lower == found.upper == pytest.approx(0.2)
    assert found.high - 0.2 == pytest.approx(norm.ppf(0.975) * se, rel=1e-6)


def test_lee_bounds_by_hand():
    offered, others = np.arange(1.0, 11), np.r_[2.0, 4, 6, 8, np.nan, np.nan, np.nan, np.nan]
    y, a = np.r_[offered, others], np.r_[np.ones(10), np.zeros(8)]
    found = lee(y, a)
    assert (found.lower, found.upper) == pytest.approx((3.0 - 5.0, 8.0 - 5.0))


def test_lee_bounds_hold_the_effect_on_those_always_seen():
    covered = 0
    for seed in range(200):
        rng = np.random.default_rng([81, seed])
        a, u = np.repeat([1, 0], 400), rng.normal(size=800)
        y = u + 0.3 * a + rng.normal(size=800)
        seen = u < np.where(a == 1, 1.2, 0.6)
        found = lee(np.where(seen, y, np.nan), a)
        covered += found.low <= 0.3 <= found.high
    assert covered >= 186


def test_the_tipping_share_is_where_the_adjusted_interval_first_holds_nought():
    """Those at risk are offered support: the plain contrast shows no gain, the adjusted one does, and it is what tips."""
    rng = np.random.default_rng(86)
    x, gone = np.repeat([0.0, 1, 1], 400), rng.random(1200) < 0.3
    a = (rng.random(1200) < np.where(x == 1, 0.8, 0.2)) * 1.0
    full = (rng.random(1200) < 0.15 + 0.5 * x - 0.12 * a) * 1.0
    y = np.where((a == 1) & gone, np.nan, full)
    copies = imputed_outcome(y, a, x[:, None], m=4)

    def adjusted(outcome):
        return g_formula(outcome, a, x[:, None])

    share = tipping_share(y, a, copies, adjusted, rounds=6)
    lost, drawn = np.isnan(y), np.random.default_rng(1).random((4, int(np.isnan(y).sum())))
    filled = [[np.where(lost, 0, y) for _ in copies] for _ in range(2)]
    for outcomes, at in zip(filled, (share, share - 1 / 32), strict=True):
        for one, chance in zip(outcomes, drawn, strict=True):
            one[lost] = chance < at
    over, under = (over_draws(outcomes, adjusted) for outcomes in filled)
    assert over.high >= 0 > under.high
    assert copies[0][lost].mean() < share < 1
    seen = ~lost
    assert naive(y[seen], a[seen]).value > 0  # a tipping share of the plain contrast would say nothing here


def test_there_is_no_tipping_share_where_nothing_is_missing_or_nothing_was_found():
    y, a = np.tile([1.0, 0, 0, 0], 50), np.tile([1.0, 0], 100)
    assert tipping_share(y, a, [y], lambda outcome: naive(outcome, a)) is None
    gap = np.where(np.arange(200) % 20 == 0, np.nan, np.tile([1.0, 1, 0, 0], 50))
    full = np.nan_to_num(gap, nan=1.0)
    assert tipping_share(gap, a, [full], lambda outcome: naive(outcome, a)) is None


def test_controls_find_the_systematic_error_and_the_interval_covers():
    rng = np.random.default_rng(9)
    se = rng.uniform(0.02, 0.08, 400)
    null = empirical_null(rng.normal(0.1, 0.05, 400) + rng.normal(0, se), se)
    assert (null.mean, null.sd) == pytest.approx((0.1, 0.05), abs=0.01)
    value, low, high, p = calibrated(0.3, 0.04, null)
    assert value == pytest.approx(0.3 - null.mean)
    assert (high - low) / 2 == pytest.approx(1.959964 * np.hypot(null.sd, 0.04), rel=1e-5)
    assert p == pytest.approx(2 * norm.sf(value / np.hypot(null.sd, 0.04)))
    with pytest.raises(ValueError, match="4 controls"):
        empirical_null([0, 0, 0, 0], [1, 1, 1, 1])


def test_expected_absolute_error_of_a_centred_null():
    assert expected_absolute_error(0, 0.2) == pytest.approx(0.2 * np.sqrt(2 / np.pi))
    assert expected_absolute_error(-0.3, 0) == pytest.approx(0.3)


def test_rubins_rules_on_the_example_worked_out():
    """Five imputations, W = 1, B = 0.5: total 1.6, share 0.375, df (m - 1) / share^2."""
    values = np.array([-1.0, -0.5, 0, 0.5, 1.0]) * np.sqrt(0.5 / 0.625)
    found = rubin(values, np.ones(5))
    assert found.se**2 == pytest.approx(1 + 1.2 * 0.5)
    assert found.missing_information == pytest.approx(0.6 / 1.6)
    from scipy.stats import t

    assert found.high == pytest.approx(t.ppf(0.975, 4 / 0.375**2) * np.sqrt(1.6))
    assert rubin([2.0, 2.0], [1.0, 1.0]).high == pytest.approx(2 + 1.959964, rel=1e-6)


def test_imputation_brings_back_what_complete_cases_lose():
    found = []
    for seed in range(60):
        rng = np.random.default_rng([82, seed])
        x = rng.normal(size=(300, 1))
        y = 1 + x[:, 0] + rng.normal(size=300)
        gap = rng.random(300) < 1 / (1 + np.exp(0.6 - 1.2 * x[:, 0]))
        table = np.column_stack([x, np.where(gap, np.nan, y)])
        copies = [c[:, 1] for c in imputed(table, m=10, seed=seed)]
        one = rubin([c.mean() for c in copies], [c.std(ddof=1) / 300**0.5 for c in copies])
        found.append((one.value, one.low <= 1 <= one.high, y[~gap].mean()))
    value, covers, complete = np.mean(found, axis=0)
    assert abs(value - 1) < 0.05 < abs(complete - 1)
    assert 0.88 <= covers <= 1


def test_matching_by_hand_with_ties():
    y, a = np.array([5.0, 7, 1, 2, 4]), np.array([1, 1, 0, 0, 0])
    score = np.array([0.0, 1.0, 0.1, -0.1, 1.05])
    found = matched(y, a, score, neighbours=1, caliper=None)
    assert found.value == pytest.approx(((5 - 1.5) + (7 - 4)) / 2)
    assert found.freedom == pytest.approx((0.25 + 0.25 + 2 * 1 / 16 + 0.25) ** 2 / (3 / 16 + 2 / 256))
    far = matched(y, a, np.array([0.0, 50, 0.1, -0.1, 1.05]))
    assert (far.left_out, far.n) == (1, 1)
    assert far.value == pytest.approx(5 - (1 + 2 + 4) / 3)  # as many as lie within the caliper, not four
    assert np.isnan(matched(y, a, np.array([0.0, 1, 900, 901, 902]), caliper=0.001).value)


def test_matching_finds_the_effect_with_an_honest_error():
    runs = []
    for seed in range(200):
        rng = np.random.default_rng([83, seed])
        x = rng.normal(size=800)
        a = (rng.random(800) < 1 / (1 + np.exp(1 - x))) * 1
        y = x + a * 0.5 + rng.normal(size=800)
        one = matched(y, a, x, caliper=0.2)
        runs.append((one.value, one.se, one.low <= 0.5 <= one.high))
    value, se, covers = np.array(runs).T
    assert value.mean() == pytest.approx(0.5, abs=0.02)
    assert se.mean() == pytest.approx(value.std(), rel=0.15)
    assert 0.92 <= covers.mean() <= 0.98
    balance = matched_balance(a, np.column_stack([x]), ["x"], x)
    assert abs(balance["smd"].iloc[0]) < 0.1


def test_matching_allows_for_siblings_who_are_offered_support_together():
    runs = []
    for seed in range(200):
        rng = np.random.default_rng([84, seed])
        home = np.repeat(np.arange(200), 3)
        x = 0.5 * rng.normal(size=200)[home] + 0.5 * rng.normal(size=600)
        a = (rng.random(200) < 0.4)[home] * 1
        y = x + 1.0 * rng.normal(size=200)[home] + rng.normal(size=600)
        plain, joined = matched(y, a, x), matched(y, a, x, cluster=home)
        assert plain.value == joined.value
        runs.append([one.low <= 0 <= one.high for one in (plain, joined)])
    plain, joined = np.mean(runs, axis=0)
    assert plain < 0.91
    assert 0.92 <= joined <= 0.98


def test_matching_covers_where_few_controls_stand_in_for_many():
    """Three offered for each not offered, an outcome of 0 and 1: the few controls that stand in often decide."""
    runs = []
    for seed in range(300):
        rng = np.random.default_rng([85, seed])
        x = rng.normal(size=640)
        a = (rng.random(640) < 1 / (1 + np.exp(-1.3 - x))) * 1
        y = (rng.random(640) < 1 / (1 + np.exp(1.4 - 0.6 * x))) * 1.0
        runs.append([one.low <= 0 <= one.high for one in (matched(y, a, x), matched(y, a, x, neighbours=1))])
    four, single = np.mean(runs, axis=0)
    assert 0.92 <= four <= 0.98
    assert 0.92 <= single <= 0.98


def test_one_cause_alone_is_one_minus_kaplan_meier():
    rng = np.random.default_rng(10)
    months, event = rng.integers(1, 12, 300), rng.random(300) < 0.4
    found = cumulative_incidence(months, event.astype(int)).set_index("month")
    curve = curves(months, event, np.zeros(300)).set_index("month")
    assert found["incidence"].to_numpy() == pytest.approx(1 - curve["survival"].to_numpy())
    assert found["at_risk"].to_list() == curve["at_risk"].to_list()


def test_incidences_and_what_is_left_sum_to_one_and_errors_agree_with_the_bootstrap():
    rng = np.random.default_rng(11)
    months, event = rng.integers(1, 10, 500), rng.choice([0, 1, 2], 500, p=[0.5, 0.3, 0.2])
    found = cumulative_incidence(months, event, at=[4, 8])
    shares = [cumulative_incidence(months[i], event[i], at=[4, 8])["incidence"].to_numpy()
              for i in rng.integers(0, 500, (400, 500))]  # fmt: skip
    assert found["se"].to_numpy() == pytest.approx(np.std(shares, axis=0), rel=0.12)
    left = curves(months, event > 0, np.zeros(500), at=[4, 8])["survival"].to_numpy()
    assert found.groupby("month")["incidence"].sum().to_numpy() + left == pytest.approx([1, 1])


def test_firth_is_finite_under_separation():
    y, x = np.r_[np.zeros(4), [1, 1, 1, 0, 0, 0]], np.r_[np.ones(4), np.zeros(6)][:, None]
    found = firth_logistic(y, x, ["offered"]).iloc[0]
    assert found["value"] == pytest.approx(-2.20, abs=0.01)
    assert found["low"] < -3 and np.isfinite(found["high"])
    cox = firth_cox([5, 6, 7, 8, 1, 2, 3, 6, 7, 8], y, x, ["offered"]).iloc[0]
    assert -6 < cox["value"] < 0


def test_exact_test_and_detectable_effect():
    difference, p = exact_difference([1] * 7 + [0] * 3 + [1] * 2 + [0] * 8, [1] * 10 + [0] * 10)
    assert difference == pytest.approx(0.5)
    assert 0.02 < p < 0.07
    published = {20: 0.25, 50: 0.42, 100: 0.54, 200: 0.65, 500: 0.76}
    assert {n: round(detectable_hazard_ratio(n, 0.3), 2) for n in published} == published
    assert 95 <= events_needed(0.54, 0.3) <= 105
