"""The form of hearings, what counts of it, and that every number without a source is varied by name."""

from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
import yaml
from items_town import settings

from kosodachi.items import ASSUMED_SETTINGS, Assumptions, catalogue, evidence, grounds, hearings, pooled, register
from kosodachi.items import sensitivity as turned
from kosodachi.items.grounds import mixture
from kosodachi.items.sensitivity import VARIANTS
from kosodachi.municipality import Belief, Selection
from kosodachi.report import words
from kosodachi.workspace.settings import read_settings

AOBA = Path(__file__).resolve().parents[2] / "synthetic_data" / "aoba" / "municipality.yaml"
POOLED = pooled(evidence())


def heard(**changed):
    voice = {
        "item": "absence_change",
        "role": "養護教諭",
        "stance": "for",
        "reason": "家庭の変化が見える",
        "on": "2024-02-14",
    }
    return settings(items={"hearings": [voice | changed]})


def line(**changed) -> pd.Series:
    return register(catalogue(), POOLED, heard(**changed)).set_index("item_id").loc["absence_change"]


def test_a_hearing_counts_for_the_outcome_that_it_names():
    assert line()["basis"] == line(outcome="maltreatment")["basis"] == "hearing"
    assert line(outcome="school_absence")[["basis", "why"]].to_list() == ["none", "no_basis"]
    assert hearings(heard(outcome="school_absence").items)["counted"].to_list() == ["no"]


def test_the_form_keeps_role_day_outcome_and_reason():
    row = hearings(heard().items).iloc[0]
    assert row.to_dict() == {
        "item_id": "absence_change", "stance": "heard_for", "role": "養護教諭", "heard_on": "2024-02-14",
        "heard_outcome": "maltreatment", "counted": "yes", "said": "家庭の変化が見える",
    }  # fmt: skip
    assert hearings(Selection()).empty


def test_the_first_town_shows_a_worked_form_and_a_register_with_the_basis_hearing():
    rule = read_settings(AOBA).items
    form = hearings(rule)
    assert len(form) >= 4
    assert {"heard_for", "heard_against"} == set(form["stance"])
    assert form[["role", "heard_on", "heard_outcome", "said"]].ne("").all().all()
    table = register(catalogue(), POOLED, read_settings(AOBA)).set_index("item_id")
    assert set(table.index[table["basis"].eq("hearing")]) == {"absence_change", "repeated_cases"}
    # consultation records are sensitive: a hearing alone does not suffice, nor does one voice against stop the other
    assert table.loc["repeated_cases", ["decision", "why"]].to_list() == ["not_used", "sensitive_basis"]
    assert table.loc["many_siblings", ["decision", "bases"]].to_list() == ["use", "paper;hearing"]


def test_every_number_of_the_rule_and_of_its_assumptions_is_varied_and_has_words():
    numbers = {name for name, field in Selection.model_fields.items() if field.annotation in (float, int)}
    of_belief = {name for name in Belief.model_fields if name.startswith("wide")} | {"belief"}
    assumed = {field.name for field in fields(Assumptions)}
    assert set(VARIANTS) >= numbers | of_belief | assumed
    assert assumed | of_belief | {"known_share"} == ASSUMED_SETTINGS
    for name in VARIANTS:
        assert words.label(name, "ja") != name
        assert words.label(name, "en") != name


def test_what_the_rest_of_belief_may_weigh_moves_the_prior():
    table = grounds(catalogue(), POOLED, settings())
    share, none = (mixture(table, Selection(belief=Belief(wide_share=w))).share.sum(axis=1) for w in (0.5, 0.0))
    assert (none < share).all()
    unbacked = table["papers"].isna().to_numpy()
    assert share[unbacked] == pytest.approx(0.5)
    assert none[unbacked] == pytest.approx(0)
    spread = mixture(table, Selection(belief=Belief(wide_sd=1.4))).mean[:, 1]
    assert spread == pytest.approx(2 * mixture(table, Selection()).mean[:, 1])


def test_assumptions_of_pooling_are_varied_with_the_evidence_alone():
    asked = {"outside_tau": (0.2, 1.5), "belief": (0.0,), "least_probability": (0.3,)}
    without = turned(catalogue(), POOLED, settings(), variants=asked)
    table = turned(catalogue(), POOLED, settings(), evidence=evidence(), variants=asked)
    assert set(without["setting"]) == {"belief", "least_probability"}
    assert set(table["setting"]) == set(asked)
    none_believed = table[table["setting"].eq("belief")]
    assert none_believed["items_used"].eq(0).all()  # nothing is more likely than not where no paper is believed
    assert (
        len(table[table["setting"].eq("outside_tau") & table["set_to"].eq("1.5") & table["change"].ne("unchanged")]) > 0
    )


def test_the_template_shows_what_a_hearing_looks_like():
    from kosodachi.workspace.template import template_text

    text = template_text("midori")
    assert "on: 2024-02-14" in text
    assert yaml.safe_load(text)["items"]["belief"]["wide_share"] == 0.5
