"""The links of the default town against its planted truth, through the ingest that the notebooks call."""

from pathlib import Path

import pandas as pd
import pytest

from kosodachi import linkage
from kosodachi.ingest import ingest, read_files
from kosodachi.tables.pseudonyms import pseudonyms
from kosodachi.workspace.settings import read_settings

TOWN = Path(__file__).resolve().parents[2] / "synthetic_data" / "aoba"
KEY = b"k" * 32


@pytest.fixture(scope="module")
def scores() -> dict[str, pd.DataFrame]:
    settings = read_settings(TOWN / "municipality.yaml")
    records = ingest(settings, read_files(TOWN, settings), key=KEY).identifier_records
    of_register = records["source"].eq(settings.register)
    both = records[of_register], records[~of_register]
    ways = {
        "model": linkage.link(*both, seed=settings.seed),
        "four_pass": linkage.four_pass(*both),
        "today": linkage.exact(*both),
    }
    truth, person = (pd.read_parquet(TOWN / "truth" / f"{name}.parquet") for name in ("record", "person"))
    person["research_id"] = pseudonyms(KEY, "person", person.pop("register_no"))
    return {
        way: linkage.score(linkage.person_map(links, *both, key=KEY), truth, person, key=KEY).set_index("group")
        for way, links in ways.items()
    }


def test_links_are_right_and_few_are_missed(scores):
    found = scores["model"].loc["all"]
    assert found["precision"] >= 0.995 and found["recall"] >= 0.97, found


def test_the_model_beats_the_four_pass_rule_and_both_beat_today(scores):
    f1 = {way: table.loc["all", ["f1_low", "f1", "f1_high"]] for way, table in scores.items()}
    assert f1["model"]["f1_low"] > f1["four_pass"]["f1_high"]
    assert f1["four_pass"]["f1_low"] > f1["today"]["f1_high"]


@pytest.mark.parametrize("group", ["surname_changed", "foreign_name", "moved"])
def test_no_group_of_children_is_left_behind_the_four_pass_rule(scores, group):
    assert scores["model"].loc[group, "recall"] > scores["four_pass"].loc[group, "recall"]


def test_children_absent_from_the_register_are_left_alone(scores):
    assert scores["model"].loc["absent", "wrong_share"] < 0.03
