"""Someone's own municipality: other encodings, headers, codes and dates, read after writing municipality.yaml alone."""

from pathlib import Path

import pandas as pd
import pytest

from kosodachi.ingest import ingest, read_files
from kosodachi.workspace.settings import check_town, read_settings

MINORI = Path(__file__).parent / "towns" / "minori"


@pytest.fixture(scope="module")
def settings():
    return read_settings(MINORI / "municipality.yaml")


@pytest.fixture(scope="module")
def made(settings):
    return ingest(settings, read_files(MINORI, settings), key=b"k" * 32)


def test_it_holds_settings_and_extracts_alone():
    assert {file.suffix for file in MINORI.iterdir()} == {".yaml", ".csv", ".tsv"}


def test_check_finds_nothing_wrong():
    assert [fault.told("en") for fault in check_town(MINORI)] == []


def test_every_row_is_read(made):
    assert made.ingest_counts["rejected"].sum() == 0
    assert made.ingest_counts.set_index("source")["read"].to_dict() == {
        "jumin": 351,
        "teate": 50,
        "boshi": 611,
        "gakko": 421,
        "soudan": 23,
    }


def test_every_value_is_read(made):
    coverage = made.field_coverage.set_index(["source", "column"])
    assert coverage["unreadable"].sum() == 0
    for source, column in (
        ("jumin", "birth_date"),
        ("jumin", "sex"),
        ("boshi", "attended"),
        ("gakko", "fiscal_year"),
        ("soudan", "opened"),
    ):
        assert coverage.loc[(source, column), "filled"] == coverage.loc[(source, column), "rows"]


def test_names_of_two_columns_and_of_one_meet(made):
    people = made.identifier_records
    register = people[people["source"] == "jumin"]
    assert register["surname"].notna().all() and register["surname_code"].notna().all()
    assert (register["name"] == register["surname"] + register["given"]).all()
    key = ["name", "birth_date"]
    known = set(map(tuple, register[key].to_numpy()))
    school = people[people["source"] == "gakko"].drop_duplicates("person_no")
    assert sum(tuple(row) in known for row in school[key].to_numpy()) / len(school) > 0.8


def test_values_are_standard_values(made):
    assert set(made.attributes["jumin"]["sex"]) == {"male", "female"}
    assert set(made.attributes["boshi"]["checkup_kind"]) == {"4m", "18m", "36m"}
    assert set(made.attributes["gakko"]["fiscal_year"]) == {2022, 2023, 2024}
    weights = made.attributes["boshi"]["birth_weight"].dropna()
    assert weights.between(500, 6000).all()
    assert (
        made.attributes["teate"]["allowance_from"].between(pd.Timestamp("2000-01-01"), pd.Timestamp("2025-12-31")).all()
    )


def test_the_day_of_becoming_a_resident_is_kept_by_the_month(made):
    """It is the birthday of every child born here."""
    assert made.attributes["jumin"]["moved_in"].dropna().dt.day.eq(1).all()
