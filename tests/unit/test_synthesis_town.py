"""Aoba as it is made: the same bytes each time, layers apart, extracts as declared, truth beside them."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kosodachi.municipality import Municipality
from kosodachi.synthesis import read_scenario, render, simulate, simulate_chunks, synthesise
from kosodachi.synthesis.asking import changed
from kosodachi.synthesis.settings import settings_text

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data"
SCENARIO = read_scenario((TOWNS / "towns" / "aoba.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def town():
    return synthesise(SCENARIO, children=600)


@pytest.fixture(scope="module")
def aoba():
    return synthesise(SCENARIO)


def sheet(town, source: str) -> pd.DataFrame:
    spec = town.settings["sources"][source]
    return pd.read_csv(
        io.BytesIO(town.extracts[spec["file"]]), encoding=spec["encoding"], dtype=str, keep_default_na=False
    )


def redrawn(layer: str):
    return synthesise(SCENARIO.model_copy(update={"redraw": {layer: 1}}), children=600)


def test_the_committed_town_is_what_the_generator_makes(aoba):
    folder = TOWNS / "aoba"
    for name, content in aoba.extracts.items():
        assert (folder / name).read_bytes() == content, name
    assert (folder / "municipality.yaml").read_text(encoding="utf-8") == settings_text(aoba.settings)
    for name, table in aoba.truth.items():
        pd.testing.assert_frame_equal(pd.read_parquet(folder / "truth" / f"{name}.parquet"), table, rtol=1e-12)


def test_the_committed_town_is_small_and_says_that_it_is_synthetic():
    files = [file for file in (TOWNS / "aoba").rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 3_000_000
    for text in (TOWNS / "README.md", TOWNS / "aoba" / "README.md", TOWNS / "aoba" / "municipality.yaml"):
        said = text.read_text(encoding="utf-8")
        assert "合成データ" in said and "Synthetic data" in said


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(town):
    again, other = synthesise(SCENARIO, children=600), synthesise(SCENARIO, children=600, seed=7)
    assert again.extracts == town.extracts
    for name, table in town.truth.items():
        pd.testing.assert_frame_equal(again.truth[name], table)
    assert all(other.extracts[name] != content for name, content in town.extracts.items())


def test_another_programme_leaves_population_and_earlier_years_as_they_were(town):
    other = redrawn("programme")
    for untouched in ("juki.csv", "kenshin.csv"):
        assert other.extracts[untouched] == town.extracts[untouched]
    led_to = [sheet(one, "jidofuyo")["支給開始日"].gt("50605").sum() for one in (town, other)]  # begun after the offers
    kept = [len(sheet(one, "jidofuyo")) - max(led_to) for one in (town, other)]
    pd.testing.assert_frame_equal(sheet(other, "jidofuyo")[: min(kept)], sheet(town, "jidofuyo")[: min(kept)])
    assert other.extracts["shien.csv"] != town.extracts["shien.csv"]
    before, after = (sheet(one, "shukketsu").query("年度 != '2024'") for one in (town, other))
    pd.testing.assert_frame_equal(before, after)
    pd.testing.assert_frame_equal(other.truth["person"], town.truth["person"])


def test_another_rate_of_one_mistake_leaves_the_other_mistakes_as_they_were(town):
    rates = {**SCENARIO.errors["kenshin"], "month_day_swap": 0.5}
    other = synthesise(SCENARIO.model_copy(update={"errors": {**SCENARIO.errors, "kenshin": rates}}), children=600)
    assert other.extracts["juki.csv"] == town.extracts["juki.csv"]
    same = [column for column in sheet(town, "kenshin") if column != "生年月日"]
    pd.testing.assert_frame_equal(sheet(other, "kenshin")[same], sheet(town, "kenshin")[same])


@pytest.mark.parametrize(
    ("layer", "file"), [("systems", "juki.csv"), ("need", "shukketsu.csv"), ("population", "juki.csv")]
)
def test_redrawing_a_layer_changes_what_stands_on_it(town, layer, file):
    assert redrawn(layer).extracts[file] != town.extracts[file]


def test_redrawing_the_systems_leaves_what_is_true(town):
    pd.testing.assert_frame_equal(redrawn("systems").truth["parameters"], town.truth["parameters"])


def test_settings_are_a_valid_municipality_with_every_source_declared(town):
    settings = Municipality.model_validate(town.settings)
    assert settings.synthetic and settings.sources["yobo"].not_collected == "paper_only"
    collected = {name: source for name, source in settings.sources.items() if source.collected}
    assert {source.file for source in collected.values()} == set(town.extracts)
    for name, source in settings.sources.items():
        assert source.purpose and source.department and source.legal_basis, name
    for name, source in collected.items():
        assert list(sheet(town, name).columns) == list(source.columns), name


def test_every_extract_is_in_its_declared_encoding_with_crlf_line_ends(town):
    for source in town.settings["sources"].values():
        if source.get("file"):
            content = town.extracts[source["file"]]
            text = content.decode(source["encoding"])
            assert text.encode(source["encoding"]) == content
            assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    assert town.extracts["shukketsu.csv"].startswith(b"\xef\xbb\xbf")


def test_codes_in_the_extracts_are_the_declared_ones(town):
    for name, source in town.settings["sources"].items():
        headers = {column: header for header, column in source.get("columns", {}).items()}
        for column, codes in source.get("codes", {}).items():
            assert set(sheet(town, name)[headers[column]]) - {""} <= set(codes), (name, column)


def test_no_truth_stands_in_an_extract(town):
    for name, source in town.settings["sources"].items():
        if source.get("file"):
            text = town.extracts[source["file"]].decode(source["encoding"])
            assert "P0000" not in text and "eligible" not in text and "対象候補" not in text, name


def test_numbers_lie_in_the_reserved_range_and_differ_between_systems(town):
    keys = {
        "juki": "宛名番号",
        "jidofuyo": "受給者番号",
        "kenshin": "健診番号",
        "shukketsu": "学籍番号",
        "sodan": "受付番号",
        "shien": "記録番号",
    }
    for source, column in keys.items():
        assert sheet(town, source)[column].str.startswith("99").all(), source
    assert sheet(town, "juki")["宛名番号"].is_unique
    assert set(sheet(town, "juki")["宛名番号"]).isdisjoint(sheet(town, "kenshin")["健診番号"])
    register = sheet(town, "juki")
    assert register.loc[register["支援措置区分"] == "0", "郵便番号"].str.fullmatch(r"999-\d{4}").all()


def test_keys_of_each_kind_are_unique(town):
    keys = {
        "jidofuyo": ["受給者番号", "支給開始日"],
        "kenshin": ["健診番号", "健診種別"],
        "shukketsu": ["学籍番号", "年度"],
    }
    for source, columns in keys.items():
        assert not sheet(town, source).duplicated(columns).any(), source


def test_truth_names_a_person_for_every_row(town):
    record, person = town.truth["record"], town.truth["person"]
    for source in set(record["source"]):
        rows = record[record["source"] == source]
        assert rows["row_no"].tolist() == list(range(1, len(sheet(town, source)) + 1))
    assert set(record["person_id"]) <= set(person["person_id"]) and person["person_id"].is_unique
    held = person[person["in_register"]]
    assert held["register_no"].is_unique and held["register_no"].notna().all()
    assert person.loc[~person["in_register"], "register_no"].isna().all()


def test_register_rows_carry_the_register_number_of_their_person(town):
    rows = town.truth["record"].query("source == 'juki' and error == ''").merge(town.truth["person"], on="person_id")
    numbers = sheet(town, "juki")["宛名番号"].to_numpy()[rows["row_no"] - 1]
    assert (numbers == rows["register_no"]).all()


def test_children_of_a_household_share_number_and_address_but_not_names(town):
    register = sheet(town, "juki")
    homes = register.groupby("世帯番号")
    assert (homes["住所"].nunique() == 1).all()
    assert not register.duplicated(["世帯番号", "氏名カナ"]).any()


@pytest.mark.parametrize("children", [100, 300, 20_000])
def test_it_scales(children):
    person, latent = (synthesise(SCENARIO, children=children).truth[name] for name in ("person", "latent"))
    on = latent[latent["as_of"] == pd.Timestamp("2024-04-01")]
    assert abs(len(on) / children - 1) < 0.04
    assert len(person) > len(on)


def test_capacity_grows_with_the_town():
    assert changed(SCENARIO, children=300).capacity.reviewed == 30
    assert synthesise(SCENARIO, children=300).truth["outcome"]["offered"].sum() <= 16


def test_surnames_are_as_common_as_published():
    from kosodachi.synthesis.names import names

    share = np.sort(names().surname_share)[::-1]
    assert abs(share[:10].sum() - 0.102) < 0.01 and abs(share[:100].sum() - 0.334) < 0.02


def test_codes_of_surnames_can_be_drawn_without_the_book():
    from kosodachi.synthesis.names import SURNAMES, foreign_surnames, names, surname_shares

    assert names().foreign_from == SURNAMES and len(names().surname) == SURNAMES + foreign_surnames()
    assert (names().surname_share == surname_shares()).all()


def test_a_world_is_rendered_to_the_same_town(town):
    assert render(simulate(SCENARIO, children=600)).extracts == town.extracts


def test_one_chunk_is_the_town_and_several_are_apart():
    whole, (alone,) = simulate(SCENARIO, children=600), simulate_chunks(SCENARIO, children=600)
    pd.testing.assert_frame_equal(alone.population.child, whole.population.child)
    parts = list(simulate_chunks(SCENARIO, children=1001, chunk=400))
    assert [part.scenario.children for part in parts] == [334, 334, 333] and [part.part for part in parts] == [0, 1, 2]
    assert not parts[0].population.child["born"].head(50).equals(parts[1].population.child["born"].head(50))


def test_chunks_share_no_number_and_no_person():
    one, two = (render(world) for world in simulate_chunks(SCENARIO, children=800, chunk=400))
    for source in ("juki", "kenshin", "shukketsu", "sodan"):
        column = sheet(one, source).columns[0]
        assert set(sheet(one, source)[column]).isdisjoint(sheet(two, source)[column]), source
    for column in ("person_id", "household"):
        assert set(one.truth["person"][column]).isdisjoint(two.truth["person"][column])
