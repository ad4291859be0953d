"""Conversions and pooling against figures that others printed."""

import numpy as np
import pytest

from kosodachi.items import evidence, scales
from kosodachi.items.meta import random_effects
from kosodachi.items.scales import r_to_log_odds, rr_to_or, se_of_interval


def test_the_odds_ratio_that_assink_2018_prints_for_its_correlation():
    assert np.exp(r_to_log_odds(0.289)) == pytest.approx(2.990, abs=1e-3)


def test_the_examples_that_the_package_effectsize_prints():
    """Documentation of effectsize, d_to_r: r_to_d(0.5), d_to_oddsratio(1.154701), d_to_r(1), r_to_oddsratio(0.4472136,
    log = TRUE), oddsratio_to_d(1.813799, log = TRUE); each example takes the figure that the one before gives."""
    assert scales.r_to_d(0.5) == pytest.approx(1.154701, abs=5e-7)
    assert np.exp(scales.d_to_log_odds(1.154701)) == pytest.approx(8.120534, abs=5e-6)
    assert scales.d_to_r(1) == pytest.approx(0.4472136, abs=5e-8)
    assert r_to_log_odds(0.4472136) == pytest.approx(1.813799, abs=5e-7)
    assert scales.log_odds_to_d(1.813799) == pytest.approx(1, abs=5e-7)


# Mean z and mean r as table 2 of Gubbels et al. 2019 prints them (open access, PMC6732159).
GUBBELS = [
    (0.553, 0.503), (0.457, 0.428), (0.418, 0.395), (0.350, 0.336), (0.340, 0.327), (0.322, 0.311), (0.317, 0.307),
    (0.313, 0.303), (0.280, 0.273), (0.258, 0.252), (0.242, 0.237), (0.236, 0.232), (0.233, 0.229), (0.230, 0.226),
    (0.180, 0.178), (0.159, 0.158),
]  # fmt: skip


@pytest.mark.parametrize(("z", "r"), GUBBELS)
def test_fisher_z_of_gubbels_2019_gives_the_printed_correlation(z, r):
    assert scales.z_to_r(z) == pytest.approx(r, abs=1e-3)  # z itself is rounded to three digits
    assert scales.r_to_z(scales.z_to_r(z)) == pytest.approx(z)


def test_intervals_of_gubbels_2019_are_centred_on_the_printed_z():
    rows = evidence().query("source_id == 'gubbels2019' and ci_low != ''")
    centre = rows["ci_low"].astype(float).add(rows["ci_high"].astype(float)) / 2
    assert len(rows) >= 11
    assert np.allclose(centre, scales.r_to_z(rows["value"].astype(float)), atol=2.5e-3)


def test_the_two_hospitals_of_zhang_and_yu_1998():
    """18 % and 24 % of the newborns died: a risk ratio of 0.75."""
    odds_ratio = (0.18 / 0.82) / (0.24 / 0.76)
    assert scales.or_to_rr(odds_ratio, 0.24) == pytest.approx(0.75)
    assert rr_to_or(0.75, 0.24) == pytest.approx(odds_ratio)
    assert np.isnan(rr_to_or(60, 0.05))


def test_the_children_of_young_mothers_in_stier_1993():
    """12.8 % and 6.4 % were maltreated; the paper prints a risk ratio of 2.00."""
    assert round(0.128 / 0.064, 2) == 2.00
    assert rr_to_or(2.0, 0.064) == pytest.approx((0.128 / 0.872) / (0.064 / 0.936))


def test_a_hazard_ratio_and_an_odds_ratio_agree_where_the_outcome_is_rare_and_at_no_effect():
    assert scales.hr_to_or(2.64, 1e-4) == pytest.approx(2.64, rel=1e-3)
    assert scales.hr_to_or(1.0, 0.4) == pytest.approx(1.0)
    # half of the unexposed and three quarters of the exposed: HR 2, odds 1 and 3
    assert scales.hr_to_or(2.0, 0.5) == pytest.approx(3.0)


def test_standard_error_of_a_95_and_a_99_percent_interval():
    assert se_of_interval(np.log(2.7), np.log(3.1), np.log(3.5), 0.99) == pytest.approx(0.0504, abs=5e-4)
    assert se_of_interval(np.log(2.5), np.log(2.64), np.log(2.8)) == pytest.approx(0.0289, abs=5e-4)
    assert se_of_interval(np.log(2.9), np.log(21.4), np.nan) == pytest.approx(np.log(21.4 / 2.9) / 1.96, abs=1e-3)


def test_a_risk_ratio_is_close_to_an_odds_ratio_only_where_the_outcome_is_rare():
    assert rr_to_or(2.0, 0.0085) == pytest.approx(2.017, abs=1e-3)
    assert rr_to_or(2.0, 0.354) == pytest.approx(4.425, abs=1e-3)


def test_bcg_vaccine_trials_as_metafor_prints_them():
    """REML on the thirteen BCG trials (Colditz 1994), log risk ratios computed from the printed 2x2 tables.

    The R package metafor prints -0.7145 (se 0.1798) by REML with tau^2 0.3132, I^2 92.22 % and Q 152.2330."""
    tables = np.array(
        [
            (4, 119, 11, 128),
            (6, 300, 29, 274),
            (3, 228, 11, 209),
            (62, 13536, 248, 12619),
            (33, 5036, 47, 5761),
            (180, 1361, 372, 1079),
            (8, 2537, 10, 619),
            (505, 87886, 499, 87892),
            (29, 7470, 45, 7232),
            (17, 1699, 65, 1600),
            (186, 50448, 141, 27197),
            (5, 2493, 3, 2338),
            (27, 16886, 29, 17825),
        ],
        float,
    )
    a, b, c, d = tables.T
    y = np.log(a / (a + b)) - np.log(c / (c + d))
    se = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    fit = random_effects(y, se)
    usual = float((1 / (se**2 + fit.tau**2)).sum() ** -0.5)
    assert fit.k == 13
    assert (round(fit.log_odds, 4), round(usual, 4), round(fit.tau**2, 4)) == (-0.7145, 0.1798, 0.3132)
    assert (round(fit.i2, 2), round(fit.q, 4)) == (92.22, 152.2330)
    by_statsmodels(y, se, fit)


def by_statsmodels(y, se, fit):
    """statsmodels has no REML; given the same tau^2 its Hartung-Knapp error must be ours."""
    from statsmodels.stats.meta_analysis import combine_effects

    same = combine_effects(y, se**2 + fit.tau**2)
    plain = random_effects(y, se, never_below=False)
    assert same.sd_eff_w_fe_hksj == pytest.approx(plain.se)
    assert same.mean_effect_fe == pytest.approx(plain.log_odds)
