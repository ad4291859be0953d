"""Conversions between effect sizes, with their standard errors, against figures that others printed.

Sources that were opened: Chinn 2000 (abstract), the tests of the R package metafor, whose figures for a table of 150 and
50 are those of table 13.4 of the Handbook of Research Synthesis and Meta-Analysis, its data sets in metadat, and the
documentation and tests of the R package effectsize. Chapter 7 of Borenstein et al. 2009 could not be opened: its formulas
are tested as others print them, its worked figures are not.
"""

import numpy as np
import pytest

from kosodachi.items import scales
from kosodachi.items.scales import d_to_log_odds, log_odds_to_d, or_to_rr, r_to_log_odds, rr_to_or, se_of_interval


def test_the_divisor_that_chinn_2000_prints():
    """ "A ln(odds ratio) can be converted to effect size by dividing by 1.81"."""
    assert round(1 / float(log_odds_to_d(1.0)), 2) == 1.81
    assert round(float(d_to_log_odds(1.0)), 2) == 1.81


def test_odds_ratio_and_standard_error_to_d_as_the_handbook_prints_them():
    """135 of 150 against 40 of 50: d = 0.4471 with a standard error of 0.2460 (metafor: escalc, OR2D)."""
    log_odds = np.log(135 * 10 / (15 * 40))
    se = np.sqrt(1 / 135 + 1 / 15 + 1 / 40 + 1 / 10)
    assert round(float(log_odds_to_d(log_odds)), 4) == 0.4471
    assert round(float(log_odds_to_d(se)), 4) == 0.2460


# Mean, standard deviation and n of both groups of the first four trials of metadat's dat.gibson2002, and the log odds
# ratio and variance that metafor prints (escalc, D2ORL).
GIBSON = [
    ((2.20, 12.73, 50), (5.20, 12.50, 54), -0.4315, 0.1276),
    ((17.60, 24.20, 140), (34.10, 38.80, 136), -0.9285, 0.0493),
    ((0.38, 0.56, 23), (0.23, 0.29, 19), 0.5932, 0.3204),
    ((2.09, 5.93, 97), (2.66, 4.95, 94), -0.1890, 0.0690),
]


@pytest.mark.parametrize(("one", "other", "log_odds", "variance"), GIBSON)
def test_d_and_its_variance_to_log_odds_as_metafor_prints_them(one, other, log_odds, variance):
    (m1, s1, n1), (m2, s2, n2) = one, other
    pooled = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2))
    d = (m1 - m2) / pooled
    own = 1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2))
    assert round(float(d_to_log_odds(d)), 4) == log_odds
    assert round(float(d_to_log_odds(np.sqrt(own))) ** 2, 4) == variance


@pytest.mark.parametrize(("odds_ratio", "d"), [(0.2, -0.887), (np.exp(-1.45), -0.7994)])
def test_odds_ratios_to_d_as_effectsize_tests_them(odds_ratio, d):
    assert float(log_odds_to_d(np.log(odds_ratio))) == pytest.approx(d, abs=5e-4)


@pytest.mark.parametrize("r", [0.1, 0.289, 0.5])
def test_the_error_of_a_correlation_goes_by_way_of_d(r):
    """V_d = 4 V_r / (1 - r^2)^3 and V_ln(OR) = V_d pi^2 / 3: the package takes limits across, which is the same where the
    interval is narrow."""
    se_r = 0.001
    low, value, high = (r_to_log_odds(r + step * 1.959964 * se_r) for step in (-1, 0, 1))
    variance = 4 * se_r**2 / (1 - r**2) ** 3 * np.pi**2 / 3
    assert float(se_of_interval(low, value, high)) == pytest.approx(np.sqrt(variance), rel=1e-4)


def test_risk_and_odds_ratios_at_a_base_risk_as_effectsize_gives_them():
    """Risks of 0.4 and 0.7, after the formula of Grant 2014, 10.1136/bmj.f7450: RR 1.75, OR 3.5, and back from the other
    side."""
    assert float(rr_to_or(1.75, 0.4)) == pytest.approx(3.5)
    assert float(or_to_rr(3.5, 0.4)) == pytest.approx(1.75)
    assert float(or_to_rr(1 / 3.5, 0.7)) == pytest.approx(1 / 1.75)


@pytest.mark.parametrize(("hr", "base_risk", "most"), [(1.25, 0.01, 0.002), (2.0, 0.01, 0.007), (3.19, 0.001, 0.002)])
def test_a_hazard_ratio_stands_for_a_risk_ratio_where_the_outcome_is_rare(hr, base_risk, most):
    """1 - (1 - p)^HR is HR p but for the order of p^2: the risk ratio lies below the hazard ratio by (HR - 1) p / 2."""
    risk_ratio = (1 - (1 - base_risk) ** hr) / base_risk
    assert 0 < 1 - risk_ratio / hr <= most
    assert 1 - risk_ratio / hr == pytest.approx((hr - 1) * base_risk / 2, rel=0.02)
    assert float(scales.hr_to_or(hr, base_risk)) == pytest.approx(float(rr_to_or(risk_ratio, base_risk)))


def test_the_interval_of_the_handbooks_table_gives_its_error_back_at_any_level():
    log_odds, se = np.log(2.25), 0.4462
    for level, z in ((0.95, 1.959964), (0.99, 2.575829)):
        assert float(se_of_interval(log_odds - z * se, log_odds, log_odds + z * se, level)) == pytest.approx(
            se, rel=1e-6
        )
