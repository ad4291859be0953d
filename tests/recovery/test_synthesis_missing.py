"""What is missing is missing for the reason given, and not at random where consent depends on need."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kosodachi.faults import Fault
from kosodachi.municipality import Municipality
from kosodachi.synthesis import read_scenario, synthesise
from kosodachi.synthesis.scenario import Missing

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns"
TEXT = (TOWNS / "aoba.yaml").read_text(encoding="utf-8")
SCENARIO = read_scenario(TEXT)
CHILDREN = 4000


def town(**asked):
    return synthesise(SCENARIO.model_copy(update={"missing": Missing(**asked)}), children=CHILDREN)


@pytest.fixture(scope="module")
def whole():
    return town()


@pytest.fixture(scope="module")
def partial():
    return town(not_collected={"sodan": "paper_only"}, no_consent=0.2, consent_by_need=0.9, opted_out=0.05)


def people_in(made, source: str) -> set:
    record = made.truth["record"].query("source == @source")
    return set(record.merge(made.truth["person"], on="person_id")["register_no"].dropna())


def reasons(made, source: str, reason: str) -> set:
    table = made.truth["missing"]
    return set(table.loc[(table["source"] == source) & (table["reason"] == reason), "register_no"])


def test_a_system_on_paper_has_no_extract_and_says_so(partial):
    settings = Municipality.model_validate(partial.settings)
    assert "sodan.csv" not in partial.extracts and settings.sources["sodan"].not_collected == "paper_only"
    assert "sodan" not in set(partial.truth["record"]["source"])


def test_children_of_a_system_on_paper_are_those_it_would_have_held(whole, partial):
    assert reasons(partial, "sodan", "paper_only") == people_in(whole, "sodan")
    assert reasons(whole, "yobo", "paper_only") == set(whole.truth["person"]["register_no"].dropna())


@pytest.mark.parametrize("source", ["jidofuyo", "kenshin", "shukketsu"])
def test_rows_without_consent_or_after_an_opt_out_are_gone_and_no_others(whole, partial, source):
    gone = reasons(partial, source, "no_consent") | reasons(partial, source, "opted_out")
    assert people_in(partial, source) == people_in(whole, source) - gone and len(gone) > 20
    assert not reasons(partial, source, "no_consent") & reasons(partial, source, "opted_out")


def test_the_register_and_what_is_true_stay_as_they_were(whole, partial):
    assert partial.extracts["juki.csv"] == whole.extracts["juki.csv"]
    assert partial.extracts["shien.csv"] == whole.extracts["shien.csv"]
    for name in ("person", "latent", "outcome"):
        pd.testing.assert_frame_equal(partial.truth[name], whole.truth[name])


def test_consent_is_given_less_often_in_need(partial):
    latent = partial.truth["latent"].query("as_of == '2024-04-01'").copy()
    refused = set(partial.truth["missing"].query("reason == 'no_consent'")["register_no"])
    latent["refused"] = latent["register_no"].isin(refused)
    rates = latent.groupby("need")["refused"].mean()
    assert rates[True] > 1.5 * rates[False] and latent["refused"].mean() == pytest.approx(0.2, abs=0.04)


def test_children_who_came_later_lack_their_earlier_rows(whole):
    late = reasons(whole, "kenshin", "moved_in_later")
    person = whole.truth["person"].set_index("register_no")
    assert 0.05 < len(late) / person["in_register"].sum() < 0.35
    rows = whole.truth["record"].query("source == 'kenshin'").merge(whole.truth["person"], on="person_id")
    counts = rows.groupby("register_no").size().reindex(list(person.index.dropna()), fill_value=0)
    assert counts[counts.index.isin(late)].mean() < counts[~counts.index.isin(late)].mean()


def test_a_town_without_a_programme_has_no_outreach_log():
    none = SCENARIO.model_copy(update={"programme": SCENARIO.programme.model_copy(update={"design": "none"})})
    made = synthesise(none, children=500)
    assert "shien.csv" not in made.extracts
    assert Municipality.model_validate(made.settings).sources["shien"].not_collected == "no_system"
    assert np.isnan(made.truth["parameters"].set_index("name")["value"]["naive_contrast_eligible"])


def test_the_register_cannot_be_left_out():
    with pytest.raises(Fault) as told:
        read_scenario(TEXT + "\nmissing: {not_collected: {juki: paper_only}}\n")
    assert told.value.code == "E-TOWN-22" and "juki" in str(told.value)
    with pytest.raises(Fault) as told:
        read_scenario(TEXT + "\nmissing: {not_collected: {zeimu: paper_only}}\n")
    assert told.value.code == "E-TOWN-26"


def test_another_draw_of_who_consents_leaves_everything_else():
    asked = {"missing": Missing(not_collected={"sodan": "paper_only"}, no_consent=0.2, consent_by_need=0.9)}
    one, two = (
        synthesise(SCENARIO.model_copy(update=asked | {"redraw": {"missing": draw}}), children=CHILDREN)
        for draw in (0, 1)
    )
    assert one.extracts["juki.csv"] == two.extracts["juki.csv"]
    assert reasons(one, "kenshin", "no_consent") != reasons(two, "kenshin", "no_consent")
    for name in ("person", "latent", "outcome", "parameters"):
        pd.testing.assert_frame_equal(one.truth[name], two.truth[name])
