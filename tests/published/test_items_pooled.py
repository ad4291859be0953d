"""Pooled effects against figures that others printed: REML, Hartung-Knapp, prediction interval, three levels.

Data: metadat (dat.bcg, dat.raudenbush1985, dat.konstantopoulos2011). Figures: README and tests of the R package metafor,
which name the pages of the papers that print them.
"""

import io

import numpy as np
import pandas as pd
import pytest

from kosodachi.items.meta import random_effects, three_levels

BCG = np.array(
    [(4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
     (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
     (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825)], float,
)  # fmt: skip


def bcg() -> tuple[np.ndarray, np.ndarray]:
    """Log risk ratios of the thirteen trials and their standard errors."""
    a, b, c, d = BCG.T
    return np.log(a / (a + b)) - np.log(c / (c + d)), np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_bcg_by_reml_and_knapp_hartung_as_metafor_prints_it():
    """README of metafor, rma(yi, vi, test = "knha"): -0.7145 (se 0.1808), t -3.9522, 95 % -1.1084 to -0.3206; the risk
    ratio is 0.49 (0.33 to 0.73), that of a further trial is expected between 0.14 and 1.76."""
    fit = random_effects(*bcg(), never_below=False)
    assert [round(x, 4) for x in (fit.log_odds, fit.se, fit.low, fit.high)] == [-0.7145, 0.1808, -1.1084, -0.3206]
    assert round(fit.log_odds / fit.se, 4) == -3.9522
    ratios = np.exp([fit.log_odds, fit.low, fit.high, fit.expected_low, fit.expected_high])
    assert [round(float(x), 2) for x in ratios] == [0.49, 0.33, 0.73, 0.14, 1.76]
    assert round(fit.tau, 4) == 0.5597


def test_bcg_by_reml_as_metafor_prints_it_and_statsmodels_has_its_error():
    """metafor: -0.7145 (se 0.1798), tau^2 0.3132, I^2 92.22 %, Q 152.2330. statsmodels has no REML; given the same tau^2
    its Hartung-Knapp error must be ours."""
    from statsmodels.stats.meta_analysis import combine_effects

    y, se = bcg()
    fit, plain = random_effects(y, se), random_effects(y, se, never_below=False)
    usual = float((1 / (se**2 + fit.tau**2)).sum() ** -0.5)
    assert (round(fit.log_odds, 4), round(usual, 4), round(fit.tau**2, 4)) == (-0.7145, 0.1798, 0.3132)
    assert (fit.k, round(fit.i2, 2), round(fit.q, 4)) == (13, 92.22, 152.2330)
    same = combine_effects(y, se**2 + fit.tau**2)
    assert same.sd_eff_w_fe_hksj == pytest.approx(plain.se)
    assert same.mean_effect_fe == pytest.approx(plain.log_odds)


# dat.raudenbush1985: effect of what teachers expect on pupils' IQ, standardised mean differences and variances.
RAUDENBUSH = [
    (0.03, 0.0156), (0.12, 0.0216), (-0.14, 0.0279), (1.18, 0.1391), (0.26, 0.1362), (-0.06, 0.0106), (-0.02, 0.0106),
    (-0.32, 0.0484), (0.27, 0.0269), (0.80, 0.0630), (0.54, 0.0912), (0.18, 0.0497), (-0.02, 0.0835), (0.23, 0.0841),
    (-0.18, 0.0253), (-0.06, 0.0279), (0.30, 0.0193), (0.07, 0.0088), (-0.07, 0.0303),
]  # fmt: skip


def test_nineteen_experiments_of_raudenbush_as_metafor_prints_them():
    """tau^2 0.0188, mean 0.0837, Q 35.8295, z 1.6208."""
    y, variance = np.array(RAUDENBUSH).T
    fit = random_effects(y, np.sqrt(variance))
    usual = float((1 / (variance + fit.tau**2)).sum() ** -0.5)
    assert [round(x, 4) for x in (fit.tau**2, fit.log_odds, fit.q)] == [0.0188, 0.0837, 35.8295]
    assert round(fit.log_odds / usual, 4) == 1.6208


# dat.konstantopoulos2011: 56 schools in 11 districts; district, effect, variance.
KONSTANTOPOULOS = """
11 -0.18 .118;11 -0.22 .118;11 0.23 .144;11 -0.30 .144;12 0.13 .014;12 -0.26 .014;12 0.19 .015;12 0.32 .024
18 0.45 .023;18 0.38 .043;18 0.29 .012;27 0.16 .020;27 0.65 .004;27 0.36 .004;27 0.60 .007;56 0.08 .019
56 0.04 .007;56 0.19 .005;56 -0.06 .004;58 -0.18 .020;58 0.00 .018;58 0.00 .019;58 -0.28 .022;58 -0.04 .020
58 -0.30 .021;58 0.07 .006;58 0.00 .007;58 0.05 .007;58 -0.08 .007;58 -0.09 .007;71 0.30 .015;71 0.98 .011
71 1.19 .010;86 -0.07 .001;86 -0.05 .001;86 -0.01 .001;86 0.02 .001;86 -0.03 .001;86 0.00 .001;86 0.01 .001
86 -0.10 .001;91 0.50 .010;91 0.66 .011;91 0.20 .010;91 0.00 .009;91 0.05 .013;91 0.07 .013;108 -0.52 .031
108 0.70 .031;108 -0.03 .030;108 0.27 .030;108 -0.34 .030;644 0.12 .087;644 0.61 .082;644 0.04 .067;644 -0.05 .067
"""


def schools() -> pd.DataFrame:
    text = KONSTANTOPOULOS.strip().replace(";", "\n")
    return pd.read_csv(io.StringIO(text), sep=" ", names=["district", "y", "variance"])


def test_schools_without_districts_as_konstantopoulos_2011_prints_them():
    """Table 4: mean 0.1279 (se 0.0439), tau^2 0.0884, by REML."""
    table = schools()
    fit = random_effects(table["y"], np.sqrt(table["variance"]))
    usual = float((1 / (table["variance"] + fit.tau**2)).sum() ** -0.5)
    assert [round(x, 4) for x in (fit.log_odds, usual, fit.tau**2)] == [0.1279, 0.0439, 0.0884]


def test_schools_in_districts_as_metafor_prints_them():
    """rma.mv by REML: mean 0.1847 (se 0.0846), variances of 0.0651 and 0.0327 between and within districts."""
    table = schools()
    fit = three_levels(table["y"], np.sqrt(table["variance"]), table["district"])
    assert [round(x, 4) for x in (fit.log_odds, fit.se)] == [0.1847, 0.0846]
    assert fit.tau**2 == pytest.approx(0.0651 + 0.0327, abs=1e-4)
