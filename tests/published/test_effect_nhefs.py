"""NHEFS, as in Hernan & Robins, Causal Inference: What If, chapters 12-17, through the functions the notebooks call."""

import numpy as np
import pandas as pd
import pytest

from kosodachi.effect import (
    aipw,
    curves,
    g_estimation,
    g_formula,
    iptw,
    log_rank,
    manski,
    naive,
    nuisance,
    propensity,
    stabilised_weights,
)

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


def test_g_estimation_program_14_2(weight_gain):
    y, a, X, _ = weight_gain
    found = g_estimation(y, a, X)
    assert found.value == pytest.approx(3.45, abs=0.1)
    # the program inverts a test that takes the propensity score as known: a little wider, and printed to one decimal
    assert (found.low, found.high) == pytest.approx((2.5, 4.5), abs=0.15)


def test_outcome_model_with_product_program_15_1(weight_gain):
    """The coefficient of quitting is the effect at no cigarettes a day; the product's lies beside it."""
    from causaldata import nhefs_complete

    y, a, X, intensity = weight_gain
    cigarettes = nhefs_complete.load_pandas().data["smokeintensity"].to_numpy(float)
    D = X.copy()
    D[:, intensity] = cigarettes
    coefficients = nuisance.fit(np.column_stack([a, D, a * cigarettes]), y)
    assert coefficients[1] == pytest.approx(2.5596, abs=0.005)
    assert coefficients[-1] == pytest.approx(0.0467, abs=0.0005)


def test_bounds_of_a_gain_that_was_not_weighed():
    """The reference's example: who gained at all; complete cases .091, at worst .037 to .127, width the missing shares."""
    from causaldata import nhefs

    table = nhefs.load_pandas().data
    gain, a = table["wt82_71"], table["qsmk"].to_numpy(float)
    y = np.where(gain.isna(), np.nan, gain > 0)
    known = ~np.isnan(y)
    bounds = manski(y, a)
    assert naive(y[known], a[known]).value == pytest.approx(0.091, abs=0.0005)
    assert (bounds.lower, bounds.upper) == pytest.approx((0.037, 0.127), abs=0.0005)
    missing = sum(np.isnan(y[a == arm]).mean() for arm in (0, 1))
    assert bounds.upper - bounds.lower == pytest.approx(missing)
    assert missing == pytest.approx(0.0901, abs=5e-5)


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


def test_standardised_survival_program_17_4():
    """Person-months with all that the program has, smkintensity82_71 among it, and quitting by time."""
    from causaldata import nhefs

    table = nhefs.load_pandas().data
    X = np.column_stack([design(table).to_numpy(), table["smkintensity82_71"]])
    a, event = table["qsmk"].to_numpy(float), (table["death"] == 1).to_numpy()
    months = np.where(event, (table["yrdth"] - 83) * 12 + table["modth"], 120).astype(int)
    person, month = np.repeat(np.arange(len(a)), months), np.concatenate([np.arange(n) for n in months])

    def rows(who, offered, time):
        t = time / 120
        return np.column_stack([offered, offered * t, offered * t**2, t, t**2, X[who]])

    died = event[person] & (month == months[person] - 1)
    coefficients = nuisance.fit(rows(person, a[person], month), died * 1.0)
    at_end = []
    for level in (0.0, 1.0):
        everyone, time = np.repeat(np.arange(len(a)), 120), np.tile(np.arange(120), len(a))
        chance = nuisance.predict(coefficients, rows(everyone, np.full(len(time), level), time), binary=True)
        at_end.append((1 - chance).reshape(-1, 120).prod(axis=1).mean())
    assert at_end == pytest.approx([0.8065, 0.8039], abs=0.001)
