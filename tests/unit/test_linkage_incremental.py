"""A second month: what did not change is not compared again, ids stay, and the links are those of a whole run."""

import importlib

import numpy as np
import pandas as pd
import pytest
from linkage_town import KEY, changed, filed, register, school

from kosodachi.linkage import link, past_of, person_map, tables_of
from kosodachi.linkage.incremental import begin, incremental
from kosodachi.tables import CONTRACTS, checked

months = importlib.import_module("kosodachi.linkage.incremental")
NOTHING = months.nothing().pairs
EVERYBODY = register(700)
NEW, GONE = EVERYBODY.iloc[600:], EVERYBODY.iloc[:15]
LINKS = ["source", "person", "register_no", "match_weight", "match_probability", "reason", "band"]


def allowance(people: pd.DataFrame) -> pd.DataFrame:
    return filed(people.assign(birth_date=None), "allowance", keep_numbers=False)


@pytest.fixture(scope="module")
def first() -> dict:
    of = EVERYBODY.iloc[:600].reset_index(drop=True)
    records = pd.concat([school(of.iloc[:400]), allowance(of.iloc[200:550])], ignore_index=True)
    return {"register": of, "records": records, "month": begin(of, records)}


@pytest.fixture(scope="module")
def second(first) -> dict:
    """15 children and 20 records left, 30 children and 25 records came, of each some are written differently."""
    of = pd.concat([first["register"].iloc[15:], NEW.iloc[:30]], ignore_index=True)
    of = changed(of, 40, address="elsewhere", town="elsewhere", chome="elsewhere")
    of = changed(of, 41, birth_date=of.loc[40, "birth_date"], household_no=of.loc[40, "household_no"])
    came = filed(NEW.iloc[10:35], "school", keep_numbers=False).assign(person_no=[f"new{i}" for i in range(25)])
    came["record_id"] = [f"came{i}" for i in range(25)]
    records = pd.concat([first["records"].iloc[20:], came], ignore_index=True)
    for row in (100, 101, 102, 500):
        records = changed(records, row, kana_code=records.loc[row, "kana_code"] + "x", name=None)
    return {"register": of, "records": records, "month": incremental(first["month"].past, of, records)}


def test_the_first_month_makes_the_links_of_a_plain_run(first):
    plain = link(first["register"], first["records"]).pairs
    pd.testing.assert_frame_equal(first["month"].links.pairs[LINKS], plain[LINKS])


def test_the_second_month_makes_exactly_the_links_that_its_model_makes_of_everything(first, second, monkeypatch):
    monkeypatch.setattr(months, "train", lambda *_, **__: first["month"].past.model)
    whole = begin(second["register"], second["records"], thresholds=first["month"].past.thresholds)
    pd.testing.assert_frame_equal(second["month"].links.pairs[LINKS], whole.links.pairs[LINKS])
    assert whole.compared == second["records"].groupby(["source", "person_no"]).ngroups


def test_with_term_frequencies_the_second_month_is_exact_too(first, monkeypatch):
    of, records = first["register"], first["records"]
    before = begin(of.iloc[20:], records.iloc[30:], term_frequencies=True)
    assert sorted(before.past.frequencies) == ["kana_code", "name"]
    month = incremental(before.past, of, records)
    monkeypatch.setattr(months, "train", lambda *_, **__: before.past.model)
    monkeypatch.setattr(months, "counting", lambda *_: before.past.frequencies)
    whole = begin(of, records, thresholds=before.past.thresholds, term_frequencies=True)
    pd.testing.assert_frame_equal(month.links.pairs[LINKS], whole.links.pairs[LINKS])
    plain = incremental(first["month"].past, of, records).links.pairs
    assert not np.allclose(plain["match_weight"], month.links.pairs["match_weight"])


def test_a_model_trained_anew_links_all_but_one_in_two_hundred_alike(second):
    anew = person_map(link(second["register"], second["records"]), second["register"], second["records"], key=KEY)
    here = person_map(second["month"].links, second["register"], second["records"], key=KEY)
    assert (anew["research_id"].fillna("") == here["research_id"].fillna("")).mean() > 0.995


def test_only_new_and_changed_persons_are_compared_with_the_register(second):
    assert second["month"].compared == 25 + 4


def test_research_ids_stay_and_a_new_child_gets_a_new_one(first, second):
    before = person_map(first["month"].links, first["register"], first["records"], key=KEY).set_index("record_id")
    after = person_map(second["month"].links, second["register"], second["records"], key=KEY).set_index("record_id")
    both = before.index.intersection(after.index)
    stayed = both[before.loc[both, "research_id"].notna() & after.loc[both, "research_id"].notna()]
    assert (before.loc[stayed, "research_id"] == after.loc[stayed, "research_id"]).all()
    assert len(stayed) > 1100
    came = set(after["research_id"].dropna()) - set(before["research_id"].dropna())
    assert came == set(after.loc[NEW.iloc[:30]["record_id"], "research_id"]) and len(came) == 30
    gone = set(before.loc[GONE["record_id"], "research_id"])
    assert not gone & set(after["research_id"].dropna())


def test_a_corrected_record_is_linked_again(first):
    of, records = first["register"], first["records"]
    row = 7
    spoilt = changed(records, row, kana_code="zzzzzz", surname_code=None, given_code=None, name=None, surname=None,
                     given=None, birth_date="1999-01-01", address=None, town=None, chome=None)  # fmt: skip
    month = begin(of, spoilt)
    person = records.loc[row, "person_no"]
    linked = month.links.pairs.set_index(["source", "person"])["band"].eq("link")
    assert not linked.get(("school", person), False)
    again = incremental(month.past, of, records)
    found = again.links.pairs.set_index(["source", "person"]).loc[("school", person)]
    assert found["band"] == "link" and found["register_no"] == of.loc[row, "person_no"]
    assert again.compared == 1


def test_a_month_in_which_nothing_changed_compares_nobody_and_keeps_every_link(first, monkeypatch):
    of, records = (first[name].sample(frac=1, random_state=3) for name in ("register", "records"))
    scored = []
    monkeypatch.setattr(months, "scored", lambda model, left, right, **_: scored.append(len(right)) or NOTHING)
    again = incremental(first["month"].past, of, records)
    assert again.compared == 0 and not np.sum(scored)
    pd.testing.assert_frame_equal(again.links.pairs, first["month"].links.pairs)


@pytest.mark.parametrize("term_frequencies", [False, True])
def test_the_past_is_kept_in_tables_of_the_identifier_zone_and_is_the_same_again(first, second, term_frequencies):
    before = first["month"].past if not term_frequencies else second_hand(first)
    tables = {name: checked(name, table) for name, table in tables_of(before).items()}
    assert {CONTRACTS[name].zone for name in tables} == {"identifier"}
    again = past_of(tables)
    here, there = (incremental(past, second["register"], second["records"]) for past in (before, again))
    assert here.compared == there.compared < 100
    pd.testing.assert_frame_equal(here.links.pairs, there.links.pairs)


def second_hand(first):
    return begin(first["register"], first["records"], term_frequencies=True).past


def test_the_kept_model_holds_no_value_of_a_person(first):
    text = tables_of(first["month"].past)["link_model"]["parameters"].iloc[0]
    people = pd.concat([first["register"], first["records"]])
    values = [
        people[column].dropna().unique() for column in ("person_no", "name", "birth_date", "address", "record_id")
    ]
    assert not [value for value in np.concatenate(values) if value in text]
