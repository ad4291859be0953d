"""Conversions and pooling against figures that others printed."""

import numpy as np
import pytest

from kosodachi.items import evidence, scales
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
