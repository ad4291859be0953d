"""The first look at extracts: counts that agree with the extracts, with and without sources."""

from pathlib import Path

import pandas as pd
import pytest

from kosodachi.municipality import Municipality
from kosodachi.synthesis import calibration, describe, gaps, mistakes, planted, read_scenario, synthesise

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns"


@pytest.fixture(scope="module")
def town():
    return synthesise(read_scenario((TOWNS / "aoba.yaml").read_text(encoding="utf-8")), children=500)


@pytest.fixture(scope="module")
def settings(town):
    return Municipality.model_validate(town.settings)


@pytest.fixture(scope="module")
def held(town, settings):
    files = {name: town.extracts[source.file] for name, source in settings.sources.items() if source.collected}
    return describe(files, settings)


def test_children_are_those_in_the_register_on_the_day(town, held):
    on = town.truth["latent"].query("as_of == '2024-04-01'")
    assert held["children"]["children"].sum() == len(on)
    assert len(held["children"]) == 36 and held["children"]["age"].max() == 17


def test_each_source_is_seen_where_it_reaches(held):
    table = held["coverage"].pivot(index="age", columns="source", values="persons")
    assert (table["juki"] > 0).all() and table["shukketsu"].isna().tolist() == [True, True, False, False, False, False]
    assert pd.isna(table.loc["age_15_17", "kenshin"]) and table.loc["age_00_02", "kenshin"] > 0


def test_households_are_counted_by_their_children(held):
    sizes = held["households"].set_index("size")["households"]
    assert sizes["one"] > sizes["three"] > sizes["four_or_more"] > 0
    at_least = sizes @ [1, 2, 3, 4]
    assert 0.97 * held["children"]["children"].sum() < at_least <= held["children"]["children"].sum()


def test_gaps_name_their_reason(town, settings, held):
    truth = gaps(held, town.truth["missing"], settings).set_index(["source", "reason"])
    assert truth.loc[("yobo", "paper_only"), "missing"] > 0 and truth.loc[("sodan", "blank"), "missing"] > 0
    assert (truth["missing"] <= truth["of"]).all()
    real = gaps(held, None, settings).set_index(["source", "reason"])
    assert real.loc[("yobo", "paper_only"), "missing"] == held["children"]["children"].sum()
    assert ("shukketsu", "moved_in_later") not in real.index, "without truth nobody knows"


def test_a_town_with_the_register_alone_can_be_described(town, settings):
    found = describe({"juki": town.extracts["juki.csv"]}, settings)
    assert set(found["coverage"]["source"]) == {"juki"}


def test_a_file_that_is_no_extract_gives_no_counts(settings):
    found = describe({"juki": b"\x00\x81", "sodan": b""}, settings)
    assert found["children"]["children"].sum() == 0 and found["coverage"]["persons"].sum() == 0


def test_what_was_planted_is_told_in_numbers(town, settings):
    truth = {name: table.rename(columns={"register_no": "research_id"}) for name, table in town.truth.items()}
    groups = planted(truth["person"], truth["latent"], settings).set_index("group")
    assert groups.loc["all", "children"] == len(town.truth["latent"].query("as_of == '2024-04-01'"))
    assert (groups["in_need"] <= groups["children"]).all() and 0 < groups.loc["twin", "children"] < 60
    table = calibration(town.truth["parameters"]).set_index("setting")
    assert table.loc["programme_effect", "asked"] == -0.10 and pd.isna(table.loc["naive_contrast_eligible", "asked"])
    counts = mistakes(town.truth["record"]).set_index("mistake")["records"]
    assert counts["unreadable"] == 12 and counts.is_monotonic_decreasing
