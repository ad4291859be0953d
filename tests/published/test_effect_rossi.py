"""Cox regression on rossi (Rossi et al. 1980, Fox's appendix) and restricted means on lung, against R survival."""

import warnings

import numpy as np
import pytest

from kosodachi.effect import cox_model, restricted_mean
from kosodachi.effect.hazard import score_residuals

PUBLISHED = {"fin": -0.379, "age": -0.057, "race": 0.314, "wexp": -0.150, "mar": -0.434, "paro": -0.085, "prio": 0.091}


@pytest.fixture(scope="module")
def rossi():
    from lifelines.datasets import load_rossi

    table = load_rossi()
    X = table[list(PUBLISHED)].to_numpy(float)
    return table["week"].to_numpy(float), table["arrest"].to_numpy(bool), X


def test_coefficients_and_likelihood(rossi):
    found = cox_model(*rossi, list(PUBLISHED))
    assert dict(zip(found["name"], found["value"])) == pytest.approx(PUBLISHED, abs=0.001)
    assert found.attrs["log_likelihood"] == pytest.approx(-658.7477, abs=0.001)


def test_sandwich_equals_lifelines_where_no_times_are_tied(rossi):
    from lifelines import CoxPHFitter
    from lifelines.datasets import load_rossi

    week, arrest, X = rossi
    rng = np.random.default_rng(4)
    week, weights, home = week + rng.random(len(week)) / 10, rng.uniform(0.5, 2, len(week)), np.arange(len(week)) // 3
    own = cox_model(week, arrest, X, list(PUBLISHED), weights=weights, cluster=home)
    table = load_rossi().assign(week=week, w=weights, home=home)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = CoxPHFitter().fit(table, "week", "arrest", weights_col="w", cluster_col="home")
    assert own["se"].to_numpy() == pytest.approx(theirs.standard_errors_.to_numpy(), rel=1e-3)


def test_residuals_are_what_leaving_a_child_out_does_under_heavy_ties(rossi):
    from lifelines import CoxPHFitter
    from lifelines.datasets import load_rossi

    week, arrest, X = np.ceil(rossi[0] / 10), rossi[1], rossi[2]
    table = load_rossi().assign(week=week)
    whole = CoxPHFitter().fit(table, "week", "arrest")
    influence = score_residuals(week, arrest, X, whole.params_.to_numpy(), np.ones(len(X)))
    assert np.abs(influence.sum(axis=0)).max() < 1e-3
    influence = influence @ whole.variance_matrix_.to_numpy()
    some = range(0, len(X), 24)
    left_out = [whole.params_ - CoxPHFitter().fit(table.drop(index=i), "week", "arrest").params_ for i in some]
    together = [np.corrcoef(a, b)[0, 1] for a, b in zip(np.array(left_out).T, influence[some].T)]
    assert min(together) > 0.999


@pytest.mark.parametrize(("sex", "mean", "se"), [(1, 241.50, 10.36), (2, 297.47, 10.79)])
def test_restricted_mean_of_lung_equals_r(sex, mean, se):
    from lifelines.datasets import load_lung

    table = load_lung()
    arm = table[table["sex"] == sex]
    found = restricted_mean(arm["time"], arm["status"] == 1, until=365)
    assert found == pytest.approx((mean, se), abs=0.01)
