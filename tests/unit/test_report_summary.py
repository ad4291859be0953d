"""The sentences of the last page: numbers from released tables, and "not assessable" where they are missing."""

import dataclasses

import pandas as pd
from report_samples import released

from kosodachi.report import summary

LINKS = released(
    "links_by_source",
    {"source": ["kenshin", "total"], "persons": [100, 1000], "linked": [90, 925], "linked_today": [50, 480]},
    by=["source"],
    counts=["persons", "linked", "linked_today"],
)
MEASURES = released(
    "judgement_measures",
    {
        "scored_by": ["cases_opened"] * 3,
        "metric": ["precision", "base_rate", "auc"],
        "value": [0.2, 0.05, 0.71],
        "low": [0.147, 0.04, 0.65],
        "high": [0.262, 0.06, 0.77],
    },
    by=["scored_by", "metric"],
    values=["value", "low", "high"],
)


def estimates(low: float, high: float):
    table = {
        "method": ["naive", "aipw", "planted_truth"],
        "estimand": ["difference", "ATE", "ATE"],
        "value": [0.04, -0.1, -0.09],
        "low": [0.0, low, None],
        "high": [0.08, high, None],
    }
    return released("effect_estimates", table, by=["method", "estimand"], values=["value", "low", "high"])


def test_links_are_told_beside_todays_match():
    said = summary.linked(LINKS)
    assert "925 of 1,000" in said["en"] and "92.5%" in said["en"] and "480" in said["en"]
    assert "約1,000人分のうち約925人分(92.5%)" in said["ja"]


def test_a_hidden_total_is_not_told():
    table = LINKS.table.assign(linked=pd.array([90, None], dtype="Int64"))
    assert summary.linked(dataclasses.replace(LINKS, table=table)) == summary.NOT_LINKED
    assert summary.linked(None) == summary.NOT_LINKED


def test_the_judgement_is_told_with_interval_and_base_rate():
    said = summary.judged(MEASURES, capacity=200)
    assert "first 200" in said["en"] and "20.0% (14.7% to 26.2%)" in said["en"] and said["en"].endswith("5.0%.")
    assert summary.judged(None, capacity=200) == summary.NOT_JUDGED


def test_an_effect_whose_interval_holds_0_is_no_difference():
    assert "no difference is shown" in summary.helped(estimates(-0.2, 0.01))["en"]
    clear = summary.helped(estimates(-0.19, -0.01))
    assert "-10.0 points (-19.0 to -1.0); the interval leaves out 0" in clear["en"]
    assert "含みません" in clear["ja"]


def test_no_effect_is_told_where_the_gate_was_not_passed():
    empty = dataclasses.replace(estimates(-1, 1), table=estimates(-1, 1).table.head(0))
    assert summary.helped(empty) == summary.compared(empty) == summary.NO_EFFECT


def test_the_plain_comparison_stands_beside_the_truth():
    assert "+4.0 points" in summary.compared(estimates(-1, 1))["en"]
    assert "planted truth is -9.0" in summary.compared(estimates(-1, 1))["en"]


def test_what_could_not_be_said_is_listed_once():
    assert summary.unsaid(LINKS, MEASURES, estimates(-1, 1), None)["en"] == [summary.NO_TRUTH["en"]]
    nothing = summary.unsaid(None, None, None, None)
    assert len(nothing["en"]) == len(nothing["ja"]) == 4
