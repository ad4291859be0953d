"""The first look at extracts: counts that agree with the extracts, with and without sources."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kosodachi.municipality import Municipality
from kosodachi.report.words import unknown
from kosodachi.synthesis import (
    calibration,
    describe,
    families,
    gaps,
    mistakes,
    planted,
    read_scenario,
    synthesise,
    write_chunks,
)
from kosodachi.synthesis.describe import persons_of

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


def test_a_person_with_two_numbers_or_two_scripts_counts_once():
    born = pd.to_datetime(["2012-05-01"] * 3 + ["2012-05-02", None])
    sheet = pd.DataFrame({"person_no": list("11234"), "kana": ["さとう　はな", "サトウ ハナ", "ｻﾄｳ ﾊﾅ", "サトウ ハナ", ""],
                          "birth_date": born})  # fmt: skip
    assert persons_of(sheet)["person_no"].tolist() == ["1", "3", "4"], "the last has no name: its number stands for it"


def test_nearly_every_child_of_school_age_is_in_the_attendance_once(held):
    table = held["coverage"].set_index(["source", "age"])
    assert (table.loc["juki", "persons"] == table.loc["juki", "children"]).all()
    share = table["persons"] / table["children"]
    assert 0.85 < share["shukketsu", "age_09_11"] < 1.15 and 0.85 < share["shukketsu", "age_12_14"] < 1.15


def test_households_of_the_truth_are_those_of_the_register(town, held, settings):
    truth = {name: table.rename(columns={"register_no": "research_id"}) for name, table in town.truth.items()}
    homes = families(truth["person"], truth["latent"], settings)
    sizes = homes.groupby("size", sort=False)["households"].sum()
    assert (sizes - held["households"].set_index("size")["households"]).abs().max() <= 2
    single = homes.groupby("parents")["households"].sum()["single_parent"] / homes["households"].sum()
    parameters = truth["parameters"].set_index("name")["value"]
    assert single == pytest.approx(parameters["achieved_margin_single_parent_households"], abs=0.005)


def test_gaps_name_their_reason_and_year(town, settings, held):
    truth = gaps(held, town.truth["missing"], settings).set_index(["source", "reason", "year"])
    assert (truth["missing"] <= truth["of"]).all() and truth.index.is_unique
    assert truth.loc[("sodan", "blank", "2023"), "missing"] > 0
    children = held["children"]["children"].sum()
    real = gaps(held, None, settings).set_index(["source", "reason", "year"])
    paper = real.xs(("yobo", "paper_only"), level=("source", "reason"))
    assert (paper["missing"] == children).all() and paper.index.tolist() == ["2021", "2022", "2023", "2024"]


def test_who_came_later_is_counted_by_year_from_the_register(town, settings, held):
    """The truth names the children; no year can have more of them, and the years before have more than those after."""
    late = held["arrivals"].set_index(["source", "year"])["missing"]
    truth = town.truth["missing"].query("reason == 'moved_in_later'").groupby("source").size()
    for source in ("kenshin", "shukketsu"):
        assert 0 < late[source].max() <= truth[source]
        assert late[source].is_monotonic_decreasing and "2024" not in late[source].index


def test_what_no_extract_shows_is_told_from_the_truth_alone():
    text = (TOWNS / "aoba.yaml").read_text(encoding="utf-8") + "missing: {no_consent: 0.2, opted_out: 0.1}"
    made = synthesise(read_scenario(text), children=400)
    settings = Municipality.model_validate(made.settings)
    held = describe({n: made.extracts[s.file] for n, s in settings.sources.items() if s.collected}, settings)
    known, unknown = (set(gaps(held, missing, settings)["reason"]) for missing in (made.truth["missing"], None))
    assert known - unknown == {"no_consent", "opted_out"}


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
    counts = mistakes(town.truth["record"])
    by_type = counts.groupby("mistake", sort=False)["records"].sum()
    assert by_type["unreadable"] == 12 and by_type.is_monotonic_decreasing
    here = counts.set_index(["mistake", "source"])["records"]
    assert here["unreadable", "sodan"] == 3 and (counts["records"] > 0).all()
    sodan = town.truth["record"].query("source == 'sodan'")["error"].str.contains("missing_kana")
    assert here["missing_kana", "sodan"] == sodan.sum()


def test_every_source_of_a_published_margin_has_a_name_in_both_languages(town):
    table = calibration(town.truth["parameters"], to_published=True)
    assert unknown([*table["margin"], *table["citation"], *table["verified"], *table["within"]], "town_margins") == []


def test_a_town_written_by_parts_is_calibrated_as_a_whole(tmp_path):
    asked = read_scenario((TOWNS / "aoba.yaml").read_text(encoding="utf-8"))
    folder = write_chunks(asked, tmp_path / "parts", children=900, chunk=300)
    parameters = pd.read_parquet(folder / "truth" / "parameters.parquet")
    table = calibration(parameters).set_index("setting")
    assert table.index.is_unique and table.loc["resident_children", "asked"] == 900
    per_part = parameters.pivot(index="part", columns="name", values="value")
    mean = np.average(per_part["achieved_need_rate"], weights=per_part["achieved_resident_children"])
    assert table.loc["need_rate", "achieved"] == pytest.approx(mean)
    margins = calibration(parameters, to_published=True)
    assert margins["margin"].is_unique and margins["achieved"].between(0, 2).all()
