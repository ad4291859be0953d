"""Capture and recapture of links against tables counted by hand and planted misses."""

import numpy as np
import pandas as pd
import pytest
from linkage_town import changed, filed, register, school

from kosodachi.linkage import Links, captures, four_pass, missed_links, wrongly_captured


def example(both: int, name: int, birth: int, neither: int, linked: int, *, odds: float = 1.0) -> pd.DataFrame:
    """One source: persons found by both keys, by one, by none, and the first `linked` of them linked."""
    kinds = [(True, True)] * both + [(True, False)] * name + [(False, True)] * birth + [(False, False)] * neither
    rows = [("s", f"p{i}", f"r{i}" if n else None, f"r{i}" if b else None) for i, (n, b) in enumerate(kinds)]
    found = pd.DataFrame(rows, columns=["source", "person", "by_name", "by_birth"])
    found["fold"] = np.arange(len(found)) % 20
    pairs = found.iloc[:linked][["source", "person"]].assign(band="link", register_no="r")
    wrongly = pd.DataFrame({"source": ["s"], "decoys": [1000], "by_name": [0], "by_birth": [0]})
    false = pd.DataFrame({"source": ["s", "all"], "value": [0.0, 0.0]})
    return missed_links(Links(pairs, {}), found, wrongly, false, odds=odds).set_index("source")


def test_the_unseen_are_estimated_as_by_hand():
    """m = 799, only name 200, only birth 120: unseen 200 * 120 / 800 = 30, so 1,149 have a child; 1,100 are linked."""
    row = example(799, 200, 120, 100, 1100).loc["s"]
    assert row["matches"] == pytest.approx(1149)
    assert row["value"] == pytest.approx(49 / 1149)
    assert row["low"] < 49 / 1149 < row["high"] < 0.06


def test_dependent_keys_mean_more_missed():
    rows = [example(799, 200, 120, 100, 1100, odds=odds).loc["s"] for odds in (1.0, 2.0)]
    assert rows[1]["matches"] == pytest.approx(1179) and rows[1]["value"] > rows[0]["value"]


def test_a_source_in_which_the_keys_never_meet_has_no_estimate():
    row = example(0, 20, 20, 5, 30).loc["s"]
    assert np.isnan(row["matches"]) and np.isnan(row["value"])


def test_keys_find_a_child_by_name_or_by_birth_and_never_one_of_two():
    of = register(300)
    people = school(of.iloc[:60])
    people = changed(people, 0, name="他人", kana_code="zzzz")
    people = changed(people, 1, birth_date="1999-01-01")
    found = captures(of, people).set_index("person")
    first, second, third = (people["person_no"].iloc[i] for i in range(3))
    assert found["by_name"].isna()[first] and found.loc[first, "by_birth"] == of["person_no"].iloc[0]
    assert found["by_birth"].isna()[second] and found.loc[second, "by_name"] == of["person_no"].iloc[1]
    assert found.loc[third, "by_name"] == found.loc[third, "by_birth"] == of["person_no"].iloc[2]
    double = pd.concat([of, of.iloc[[2]].assign(person_no="R99999")], ignore_index=True)
    assert captures(double, people).set_index("person").loc[third].isna()[["by_name", "by_birth"]].all()


def test_a_child_is_known_by_any_of_its_names():
    of = register(60)
    people = changed(school(of.iloc[:10]), 0, name="former", kana_code="qqqq")
    names = pd.DataFrame(
        {"record_id": of["record_id"].iloc[[0]], "kind": "former", "name": "former", "kana_code": None}
    )
    person = people["person_no"].iloc[0]
    assert captures(of, people).set_index("person")["by_name"].isna()[person]
    assert captures(of, people, names).set_index("person").loc[person, "by_name"] == of["person_no"].iloc[0]


def test_a_source_without_places_is_known_by_date_and_sex():
    of = register(300)
    people = school(of.iloc[:60]).assign(address=None, chome=None, town=None)
    found = captures(of, people)
    assert (found["by_birth"].notna()).sum() > 50


def test_what_keys_find_for_children_held_out_is_wrong():
    of = register(300)
    people = school(of)
    twice = changed(of, 1, name=of["name"].iloc[0], kana_code=of["kana_code"].iloc[0])
    errors = wrongly_captured(twice, people, four_pass(of, people)).set_index("source").loc["school"]
    linked = len(four_pass(twice, people).pairs)
    assert errors["decoys"] == linked and 2 <= errors["by_name"] <= 4, "the two of one name find each other"


def test_planted_misses_are_recovered():
    """2,000 children in two lists; name and date fail independently for 8 and 10 %, so 16 show in neither key."""
    rng = np.random.default_rng(7)
    of = register(2000)
    people = filed(of, "school", keep_numbers=False)
    name, birth = rng.random(2000) < 0.08, rng.random(2000) < 0.10
    people.loc[name, ["name", "kana_code"]] = None
    people.loc[birth, "birth_date"] = None
    kept = ~(name & birth) & (rng.random(2000) > 0.02)
    pairs = pd.DataFrame({"source": "school", "person": people["person_no"], "register_no": of["person_no"]})
    links = Links(pairs[kept.tolist()].assign(band="link"), {})
    false = pd.DataFrame({"source": ["all"], "value": [0.0]})
    row = missed_links(links, captures(of, people), wrongly_captured(of, people, links), false).set_index("source")
    assert row.loc["school", "low"] <= 1 - kept.mean() <= row.loc["school", "high"]
    assert row.loc["school", "value"] == pytest.approx(1 - kept.mean(), abs=0.01)
