"""NHEFS, as in Hernan & Robins, Causal Inference: What If, chapters 12-17, through the functions the notebooks call."""

import numpy as np
import pandas as pd
import pytest

from kosodachi.effect import aipw, curves, g_formula, iptw, log_rank, naive, propensity, stabilised_weights

SQUARED = ["smokeintensity", "smokeyrs", "wt71", "age"]


def design(table: pd.DataFrame) -> pd.DataFrame:
    """The book's covariates, continuous ones with squares, standardised."""
    plain = table[["sex", "race", *SQUARED]].astype(float)
    squares = (plain[SQUARED] ** 2).add_suffix("_squared")
    classes = pd.get_dummies(table[["education", "exercise", "active"]].astype("Int64").astype(str), drop_first=True)
    X = pd.concat([plain, squares, classes.astype(float)], axis=1)
    return (X - X.mean()) / X.std()


@pytest.fixture(scope="module")
def weight_gain():
    from causaldata import nhefs_complete

    table = nhefs_complete.load_pandas().data
    X = design(table)
    return (
        table["wt82_71"].to_numpy(float),
        table["qsmk"].to_numpy(float),
        X.to_numpy(),
        X.columns.get_loc("smokeintensity"),
    )


@pytest.fixture(scope="module")
def survival():
    from causaldata import nhefs

    table = nhefs.load_pandas().data
    event = (table["death"] == 1).to_numpy()
    months = np.where(event, (table["yrdth"] - 83) * 12 + table["modth"], 120.0)
    return months, event, table["qsmk"].to_numpy(float), design(table).to_numpy()


def test_crude_difference(weight_gain):
    y, a, *_ = weight_gain
    assert len(y) == 1566
    assert naive(y, a).value == pytest.approx(2.54, abs=0.05)


def test_weighting_program_12_2(weight_gain):
    y, a, X, _ = weight_gain
    book = iptw(y, a, X, weights_known=True)
    assert book.value == pytest.approx(3.4405, abs=0.005)
    assert (book.low, book.high) == pytest.approx((2.41, 4.47), abs=0.05)
    assert iptw(y, a, X).se < book.se


def test_standardisation_program_13_3(weight_gain):
    y, a, X, intensity = weight_gain
    found = g_formula(y, a, X, interact=[intensity])
    assert found.value == pytest.approx(3.5186, abs=0.01)
    assert (found.low, found.high) == pytest.approx((2.6, 4.5), abs=0.1)


def test_outcome_model_without_product_program_15_1(weight_gain):
    y, a, X, _ = weight_gain
    assert g_formula(y, a, X).value == pytest.approx(3.4626, abs=0.005)


def test_aipw_equals_zepid_without_cross_fitting(weight_gain):
    y, a, X, intensity = weight_gain
    found = aipw(y, a, X, k=1, interact=[intensity])
    assert found.value == pytest.approx(3.457, abs=0.01)
    assert found.se == pytest.approx(0.489, abs=0.005)


def test_cross_fitted_aipw_stays_near(weight_gain):
    y, a, X, intensity = weight_gain
    assert aipw(y, a, X, interact=[intensity], seed=1).value == pytest.approx(3.457, abs=0.35)


def test_survival_program_17_1(survival):
    months, event, a, _ = survival
    at_end = curves(months, event, a, at=[120]).set_index("group")
    assert len(months) == 1629
    assert at_end.loc[0.0, "survival"] == pytest.approx(0.8201, abs=0.0005)
    assert at_end.loc[1.0, "survival"] == pytest.approx(0.7617, abs=0.0005)
    assert log_rank(months, event, a) == pytest.approx(0.0054, abs=0.0005)


def test_weighted_survival_program_17_3(survival):
    months, event, a, X = survival
    weights = stabilised_weights(a, propensity(a, X))
    at_end = curves(months, event, a, weights=weights, at=[120]).set_index("group")
    assert at_end.loc[1.0, "survival"] == pytest.approx(0.8067, abs=0.001)
    assert at_end.loc[0.0, "survival"] == pytest.approx(0.8047, abs=0.001)
    assert at_end["low"].isna().all()
