"""Small samples in the study: penalised rows where events are few, none where they are not; each failed test has words."""

import numpy as np
import pytest
from test_effect_study import made

from kosodachi.effect import Bounds, Gate, gate, gated_estimates, small_sample, why
from kosodachi.effect.negative_controls import Null
from kosodachi.tables import checked

FEW = {"n": 260, "base": -2.2, "unknown": 0.0}  # 29 long absences beside two covariates, so the rule is lowered below


def few(monkeypatch):
    from kosodachi.effect import small

    monkeypatch.setattr(small, "PER_COVARIATE", 20)
    return made(**FEW)


def test_few_events_give_finite_ratios_beside_the_others(monkeypatch):
    cohort = few(monkeypatch)
    rows = small_sample(cohort)
    assert rows["method"].to_list() == ["firth_logistic", "firth_cox"]
    assert (rows["low"] < rows["value"]).all() and (rows["value"] < rows["high"]).all() and (rows["low"] > 0).all()
    assert rows.loc[0, "events"] == int(cohort.table["outcome"].sum())
    loose = Bounds(min_events=5, max_smd=0.5, smallest_effect=0.5)
    shown = checked("estimates", gated_estimates(cohort, gate(cohort, bounds=loose)))
    assert {"firth_logistic", "firth_cox"} <= set(shown["method"])


def test_an_arm_without_any_event_still_has_an_interval(monkeypatch):
    cohort = few(monkeypatch)
    cohort.table["outcome"] = np.where(cohort.table["treated"], 0.0, cohort.table["outcome"])
    row = small_sample(cohort).set_index("method").loc["firth_logistic"]
    assert 0 < row["value"] < 0.5 and np.isfinite(row["high"])


def test_many_events_need_none_of_it_and_a_hidden_estimate_stays_hidden(monkeypatch):
    assert small_sample(made(900)).empty
    cohort = few(monkeypatch)
    decided = gate(cohort, bounds=Bounds(min_events=200))
    assert decided.verdict == "not_assessable" and decided.events_needed >= 200
    assert gated_estimates(cohort, decided).empty


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_test_of_the_gate_has_words_for_its_failure(lang):
    tests = gate(made(900), systematic=Null(0.5, 0.1, 0.9, 12)).table["test"].to_list()
    assert "ease" in tests
    for name in tests:
        assert why(Gate("withheld", None, (name,), 0, None), lang)
