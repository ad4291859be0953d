"""Estimates of several municipalities: pooled as metafor does, refused where they are not the same thing."""

import numpy as np
import pandas as pd
import pytest

from kosodachi.effect import across, pool
from kosodachi.effect.trial import TargetTrial
from kosodachi.faults import Fault

STUDY = TargetTrial(judged_as_of="2024-04-01", index_date="2024-05-01", follow_up_until="2025-03-31").facts()


def town(name, value, half, *, synthetic=True, study=STUDY, ratio=(0.7, 0.5, 0.98)):
    rows = [
        ("naive", "difference", 400, 0.05, -0.04, 0.14),
        ("aipw", "ATE", 400, value, value - half, value + half),
        ("cox_iptw", "hazard_ratio", 400, *ratio),
        ("planted_truth", "ATE", 400, -0.1, np.nan, np.nan),
    ]
    estimates = pd.DataFrame(rows, columns=["method", "estimand", "n", "value", "low", "high"])
    return across.Town(name, synthetic, estimates, study)


def test_the_mean_is_that_of_pool_and_ratios_are_pooled_as_logarithms():
    towns = [town("a", -0.12, 0.1), town("b", -0.05, 0.06), town("c", -0.2, 0.2, ratio=(0.5, 0.25, 1.0))]
    rows = across.together(towns)
    table = across.pooled_table(rows).set_index("method")
    assert list(table.index) == ["aipw", "cox_iptw"] and (table["children"] == 1200).all()
    plain = pool([-0.12, -0.05, -0.2], np.array([0.1, 0.06, 0.2]) / 1.959963984540054, at_least_plain=True)
    assert table.loc["aipw", ["value", "low", "predicted_high"]].to_list() == pytest.approx(
        [plain.value, plain.low, plain.predicted_high]
    )
    hazard = table.loc["cox_iptw"]
    assert hazard["scale"] == "as_ratio" and hazard["low"] < hazard["value"] < hazard["high"]
    assert 0.5 < hazard["value"] < 0.7
    assert across.weights(rows).groupby(rows["method"]).sum().to_list() == pytest.approx([1, 1])
    drawn = across.forest(rows, across.pooled_table(rows), method="aipw", estimand="ATE")
    assert drawn["town"].to_list() == ["a", "b", "c", "pooled", "a_further_municipality"]


def test_two_that_agree_by_chance_do_not_make_the_interval_vanish():
    assert pool([-0.1, -0.1], [0.05, 0.05]).se == pytest.approx(0)
    assert pool([-0.1, -0.1], [0.05, 0.05], at_least_plain=True).se == pytest.approx(0.05 / 2**0.5)


def test_two_towns_predict_nothing_of_a_third():
    rows = across.together([town("a", -0.12, 0.1), town("b", -0.05, 0.06)])
    pooled = across.pooled_table(rows)
    assert pooled["predicted_low"].isna().all()
    assert across.forest(rows, pooled, method="aipw", estimand="ATE")["town"].to_list() == ["a", "b", "pooled"]


def other(aspect, setting):
    return STUDY.assign(setting=STUDY["setting"].where(STUDY["aspect"] != aspect, setting))


@pytest.mark.parametrize(
    ("second", "code", "said"),
    [
        (town("b", -0.1, 0.1, study=other("long_absence_days", "30")), "E-POOL-06", "a 20, b 30"),
        (town("b", -0.1, 0.1, study=other("follow_up_months", "5")), "E-POOL-06", "follow_up_months"),
        (town("b", -0.1, 0.1, study=STUDY.iloc[1:]), "E-POOL-06", "b -"),
        (town("b", -0.1, np.nan), "E-POOL-08", "b: aipw ATE"),
        (town("b", -0.1, 0.0), "E-POOL-08", "b: aipw ATE"),
        (town("b", -0.1, 0.1, ratio=(0.7, -0.1, 0.9)), "E-POOL-08", "hazard_ratio"),
        (town("b", -0.1, 0.1, synthetic=False), "E-POOL-09", "a"),
    ],
)
def test_what_is_not_alike_is_refused(second, code, said):
    with pytest.raises(Fault) as told:
        across.together([town("a", -0.12, 0.1), second])
    assert told.value.code == code and said in str(told.value)


def test_another_year_and_other_places_are_no_difference():
    rows = across.together([town("a", -0.1, 0.1), town("b", -0.1, 0.2, study=other("index_month", "2025-05"))])
    assert set(rows["town"]) == {"a", "b"}


def test_one_is_no_pool_and_nothing_in_common_is_said():
    with pytest.raises(Fault, match="E-POOL-01"):
        across.together([town("a", -0.1, 0.1)])
    second = town("b", -0.1, 0.1)
    matched = across.Town("b", True, second.estimates.replace({"aipw": "matched", "cox_iptw": "cox_adjusted"}), STUDY)
    with pytest.raises(Fault, match="E-POOL-07") as told:
        across.together([town("a", -0.1, 0.1), matched])
    assert "b: matched ATE" in str(told.value)
    with pytest.raises(Fault, match="E-POOL-07"):
        across.together([town("a", -0.1, 0.1), second], method="aipw", estimand="ATT")


def test_the_weighted_interval_covers_over_many_sets_of_released_tables():
    covered = 0
    for seed in range(300):
        rng = np.random.default_rng([93, seed])
        half = rng.uniform(0.06, 0.2, 4)
        values = -0.1 + rng.normal(0, 0.04, 4) + rng.normal(0, half / 1.96)
        rows = across.together([town(str(i), v, h) for i, (v, h) in enumerate(zip(values, half))], method="aipw")
        one = across.pooled_table(rows).iloc[0]
        covered += one["low"] <= -0.1 <= one["high"]
    assert 0.93 <= covered / 300 <= 0.995
