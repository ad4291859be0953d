"""Designs on published data of PyPI packages; a package that is not installed leaves its test out.

Cattaneo, Frandsen & Titiunik's U.S. Senate elections (package rdrobust), minimum wages (package moderndid), the National
Supported Work experiment (package causaldata).
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kosodachi.effect import jump, lottery, staggered


def file_of(package: str, *parts: str) -> Path:
    """A data file inside an installed package, which need not be imported."""
    spec = find_spec(package)
    if spec is None:
        pytest.skip(f"{package} is not installed")
    return Path(spec.submodule_search_locations[0]).joinpath(*parts)


def senate() -> pd.DataFrame:
    return pd.read_csv(file_of("rdrobust", "data", "rdrobust_RDsenate.csv"))


def test_senate_as_in_the_stata_journal():
    table = senate().dropna(subset=["vote", "margin"])
    found = jump(table["vote"], table["margin"])
    assert found.value == pytest.approx(7.414, abs=0.001)
    assert found.h == pytest.approx(17.754, abs=0.001)
    assert (found.low, found.high) == pytest.approx((4.094, 10.919), abs=0.02)


def test_senate_as_a_lottery_within_three_quarters_of_a_point():
    """Elections with all covariates known, 14 lost and 18 won."""
    table = senate().dropna()
    vote, margin = table["vote"].to_numpy(float), table["margin"].to_numpy(float)
    near = np.abs(margin) <= 0.75
    assert ((margin[near] < 0).sum(), (margin[near] >= 0).sum()) in {(14, 18), (18, 14)}
    found = lottery(vote[near], (margin[near] >= 0) * 1.0, draws=20_000)
    assert found.value == pytest.approx(8.926, abs=0.001)
    assert found.p < 0.01


def test_minimum_wages_as_in_callaway_and_santanna():
    table = pd.read_pickle(file_of("moderndid", "core", "datasets", "mpdta_long.pkl.gz"))
    if not isinstance(table, pd.DataFrame):
        table = table.to_pandas()
    first = "first.treat" if "first.treat" in table else "first_treat"
    data = table.rename(columns={first: "first"}).astype({"year": int, "first": int})
    overall, by_time = staggered(data, outcome="lemp", unit="countyreal", time="year", first="first")
    assert overall["value"].iloc[0] == pytest.approx(-0.0400, abs=0.0005)
    assert overall["se"].iloc[0] == pytest.approx(0.0118, abs=0.001)
    # three years after, only counties that never raised are left to compare with, as in the published event study
    assert by_time.set_index("event_time")["value"].loc[3] == pytest.approx(-0.1008, abs=0.0005)


def test_supported_work_experiment_as_in_dehejia_and_wahba():
    """Earnings in 1978: 1,794 dollars more among the 185 drawn than among the 260 not drawn (1999, table 3)."""
    from causaldata import nsw_mixtape

    table = nsw_mixtape.load_pandas().data
    found = lottery(table["re78"].to_numpy(float), table["treat"].to_numpy(float), draws=4_000)
    assert found.units == 445
    assert found.value == pytest.approx(1794.34, abs=0.01)
    assert found.se == pytest.approx(671.0, abs=0.5)
    assert found.p < 0.01
