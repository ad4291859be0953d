"""The towns that come with the workspace: each can be made, says what is sourced, and hits what it is fitted to."""

import re
from pathlib import Path

import pandas as pd
import pytest

from kosodachi.ingest import ingest
from kosodachi.municipality import Municipality
from kosodachi.synthesis import calibration, read_scenario, simulate, synthesise
from kosodachi.synthesis.basis import asked as asked_numbers
from kosodachi.synthesis.basis import basis_of
from kosodachi.synthesis.parameters import parameters

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns"
NAMES = sorted(file.stem for file in TOWNS.glob("*.yaml"))
PILOTS = {"toda", "akishima", "kaga", "aichi", "amagasaki", "hiroshima_fuchu", "fukuoka"}


def scenario(name: str):
    return read_scenario((TOWNS / f"{name}.yaml").read_text(encoding="utf-8"))


def test_all_towns_are_there():
    assert set(NAMES) == PILOTS | {"aoba", "large", "minoh_like", "yamagata_like", "cohort_893"}


@pytest.mark.parametrize("name", NAMES)
def test_each_town_can_be_made_small(name):
    asked = scenario(name)
    assert asked.key == name
    made = synthesise(asked, children=500)
    settings = Municipality.model_validate(made.settings)
    assert {source.file for source in settings.sources.values() if source.collected} == set(made.extracts)
    assert settings.synthetic and settings.hypothetical == (name in PILOTS)
    eligible = made.truth["outcome"].query("eligible").dropna(subset=["y0"])
    one = 1.1 / len(eligible)  # a small town cannot come nearer than one pupil
    assert (eligible["y1"] - eligible["y0"]).mean() == pytest.approx(asked.programme.effect, abs=max(0.03, one))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_a_real_body_has_its_source(name):
    asked = scenario(name)
    assert bool(asked.facts) == (name not in ("aoba", "large"))
    for fact in asked.facts:
        assert re.fullmatch(r"S\d+(-S\d+)?", fact.source) and fact.says.ja and fact.says.en
        held = asked
        for part in (fact.setting or "").split("."):
            held = getattr(held, part) if part else held


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_sourced_is_called_hypothetical_or_made_up(name):
    """A town with a real body's name says so in its name and its first lines; the others bear a name that was made up."""
    head = "".join((TOWNS / f"{name}.yaml").read_text(encoding="utf-8").splitlines(keepends=True)[:2])
    asked = scenario(name)
    if name in PILOTS:
        assert asked.hypothetical and "仮定設定" in asked.name.ja and "hypothetical" in asked.name.en
        assert "ALL ELSE IS ASSUMED" in head and "他はすべて仮定" in head
    else:
        assert not asked.hypothetical and "made" in head and "架空" in head
    sourced = {fact.setting for fact in asked.facts if fact.setting}
    basis = {path: basis_of(path, value, asked) for path, value in asked_numbers(asked).items()}
    assert {path for path, ground in basis.items() if ground == "fact"} <= sourced
    assert {"assumed", "published"} <= set(basis.values()), "no number goes without a ground"


@pytest.mark.parametrize("name", ["toda", "kaga"])
def test_a_town_with_sources_lacking_can_be_ingested(name):
    made = synthesise(scenario(name), children=400)
    settings = Municipality.model_validate(made.settings)
    files = {key: made.extracts[s.file] for key, s in settings.sources.items() if s.collected}
    got = ingest(settings, files, key=b"0" * 32)
    assert set(got.identifier_records["source"]) == set(files)
    assert len(got.rejects) < 0.02 * len(made.truth["record"])


def test_the_small_cohort_has_its_children_and_its_events():
    latent = synthesise(scenario("cohort_893")).truth["latent"]
    on = latent[latent["as_of"] == pd.Timestamp("2024-04-01")]
    assert len(on) == 893 and on["known"].sum() == 11


def test_the_large_town_meets_the_margins_it_is_fitted_to():
    table = calibration(parameters(simulate(scenario("large"), children=40_000)), to_published=True)
    assert (table["within"] == "inside").all(), table.loc[
        table["within"] == "outside", ["margin", "target", "achieved"]
    ]
    assert len(table) >= 12 and table["verified"].nunique() == 2 and table["vintage"].notna().all()


def test_aoba_does_not_pretend_to_be_average():
    table = calibration(parameters(simulate(scenario("aoba"), children=20_000)), to_published=True).set_index("margin")
    assert table.loc["non_attendance", "within"] == "outside" and table.loc["surnames_top_10", "within"] == "inside"
