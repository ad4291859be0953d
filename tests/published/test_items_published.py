"""Conversions and pooling against figures that others printed."""

import numpy as np
import pytest

from kosodachi.items.pooling import combine
from kosodachi.items.scales import r_to_log_odds, rr_to_or, se_of_interval


def test_the_odds_ratio_that_assink_2018_prints_for_its_correlation():
    assert np.exp(r_to_log_odds(0.289)) == pytest.approx(2.990, abs=1e-3)


def test_standard_error_of_a_95_and_a_99_percent_interval():
    assert se_of_interval(np.log(2.7), np.log(3.1), np.log(3.5), 0.99) == pytest.approx(0.0504, abs=5e-4)
    assert se_of_interval(np.log(2.5), np.log(2.64), np.log(2.8)) == pytest.approx(0.0289, abs=5e-4)
    assert se_of_interval(np.log(2.9), np.log(21.4), np.nan) == pytest.approx(np.log(21.4 / 2.9) / 1.96, abs=1e-3)


def test_a_risk_ratio_is_close_to_an_odds_ratio_only_where_the_outcome_is_rare():
    assert rr_to_or(2.0, 0.0085) == pytest.approx(2.017, abs=1e-3)
    assert rr_to_or(2.0, 0.354) == pytest.approx(4.425, abs=1e-3)


def test_bcg_vaccine_trials_as_metafor_prints_them():
    """Paule-Mandel on the thirteen BCG trials (Colditz 1994), log risk ratios computed from the printed 2x2 tables.

    The R package metafor gives -0.7145 (se 0.1798) by REML with tau^2 0.3132; by Paule-Mandel the estimate is the
    same to two decimals, and Hartung-Knapp keeps the standard error near it."""
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
    pooled = combine(y, se)
    assert pooled["k"] == 13
    assert pooled["log_odds"] == pytest.approx(-0.7145, abs=0.01)
    assert pooled["se"] == pytest.approx(0.1798, abs=0.01)
    assert pooled["tau"] ** 2 == pytest.approx(0.3132, abs=0.02)
