"""What linkage hands on: one child a person, all rows of a person alike, the same answer in any order, small data."""

import numpy as np
import pandas as pd
import pytest
from linkage_town import KEY, changed, filed, register, school

from kosodachi.faults import Fault
from kosodachi.linkage import Thresholds, assign, children, link, link_bands, person_link, person_map
from kosodachi.tables import checked
from kosodachi.tables.pseudonyms import pseudonyms

REGISTER = register()


def three_sources() -> pd.DataFrame:
    """A school with three rows a pupil, check-ups without kanji, an allowance office without birth dates."""
    years = [school(REGISTER.iloc[:200]) for _ in range(3)]
    pupils = filed(pd.concat(years, ignore_index=True), "school").assign(
        person_no=pd.concat(years)["person_no"].to_numpy(), household_no=None
    )
    checkups = filed(REGISTER.iloc[100:400].assign(surname=None, given=None), "checkups", keep_numbers=False)
    allowance = filed(REGISTER.iloc[300:500].assign(birth_date=None), "allowance", keep_numbers=False)
    return pd.concat([pupils, checkups, allowance], ignore_index=True)


RECORDS = three_sources()
LINKS = link(REGISTER, RECORDS)
MAP = person_map(LINKS, REGISTER, RECORDS, key=KEY)


def test_the_person_map_keeps_its_contract_with_one_row_a_record():
    assert len(checked("person_map", MAP)) == len(REGISTER) + len(RECORDS)
    checked("person_link", person_link(MAP))
    checked("link_bands", link_bands(MAP, register="juki"))


def test_the_register_is_linked_to_itself_with_probability_one():
    own = MAP[MAP["source"] == "juki"]
    assert (own["match_probability"] == 1).all() and (own["band"] == "link").all()
    assert set(own["research_id"]) == set(pseudonyms(KEY, "person", REGISTER["person_no"]))


def test_all_rows_of_a_person_share_one_link():
    of_school = MAP[MAP["source"] == "school"].groupby("person_no")
    assert (of_school.size() == 3).all()
    assert (of_school["research_id"].nunique(dropna=False) == 1).all()
    assert (of_school["band"].nunique() == 1).all()


def test_a_child_gets_one_person_number_of_a_source():
    best = LINKS.pairs[LINKS.pairs["reason"] == "best"]
    assert not best.duplicated(["source", "register_no"]).any()
    assert not LINKS.pairs.duplicated(["source", "person"]).any()


@pytest.mark.parametrize("source, share", [("school", 1.0), ("checkups", 0.99), ("allowance", 0.97)])
def test_a_source_without_kanji_or_without_birth_dates_is_linked_all_the_same(source, share):
    rows = MAP[MAP["source"] == source].merge(RECORDS[["record_id", "kana_code", "address"]], on="record_id")
    truth = REGISTER.assign(truly=pseudonyms(KEY, "person", REGISTER["person_no"]))
    truth = truth.drop_duplicates(["kana_code", "address"])[["kana_code", "address", "truly"]]
    rows = rows.merge(truth, on=["kana_code", "address"])
    assert (rows["research_id"] == rows["truly"]).mean() >= share
    assert (rows.dropna(subset="research_id")["research_id"] == rows.dropna(subset="research_id")["truly"]).all()


def test_a_record_that_is_not_linked_has_no_research_id():
    strangers = school(register(30, seed=77))
    mapped = person_map(link(REGISTER, strangers), REGISTER, strangers, key=KEY)
    assert mapped.loc[mapped["band"] != "link", "research_id"].isna().all()
    assert (mapped.loc[mapped["source"] == "school", "band"] == "none").sum() >= 29


def test_the_order_of_rows_changes_nothing():
    shuffled = link(REGISTER.sample(frac=1, random_state=1), RECORDS.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(LINKS.pairs, shuffled.pairs)
    mixed = person_map(
        shuffled, REGISTER.sample(frac=1, random_state=1), RECORDS.sample(frac=1, random_state=2), key=KEY
    )
    pd.testing.assert_frame_equal(MAP, mixed)


def test_a_second_number_of_one_child_is_linked_and_counted_as_duplicate():
    people = pd.concat([REGISTER.iloc[:300], REGISTER.iloc[[5]]], ignore_index=True)
    links = link(REGISTER, school(people))
    of_child = links.pairs[links.pairs["register_no"] == "R00005"]
    assert sorted(of_child["reason"]) == ["best", "duplicate"] and (of_child["band"] == "link").all()
    assert links.summary["duplicate"] == 1


def test_a_weaker_second_number_goes_to_people():
    pairs = pd.DataFrame(
        [("s", "a", "X", 20.0, 0.999, False), ("s", "b", "X", 5.0, 0.97, False), ("t", "c", "X", 5.0, 0.97, False)],
        columns=["source", "person", "left_id", "match_weight", "match_probability", "held"],
    )
    made = assign(pairs).set_index("person")
    assert made["reason"].to_dict() == {"a": "best", "b": "taken", "c": "best"}
    assert made["band"].to_dict() == {"a": "link", "b": "review", "c": "link"}


def test_a_held_pair_does_not_keep_a_child_from_its_own_record():
    pairs = pd.DataFrame(
        [("s", "a", "X", 9.0, 0.998, True), ("s", "b", "X", 5.0, 0.97, False)],
        columns=["source", "person", "left_id", "match_weight", "match_probability", "held"],
    )
    assert assign(pairs)["band"].tolist() == ["review", "link"]


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_few_records_or_none_are_no_failure(rows):
    records = school(REGISTER.iloc[:rows]) if rows else RECORDS.iloc[:0]
    links = link(REGISTER, records)
    mapped = checked("person_map", person_map(links, REGISTER, records, key=KEY))
    assert len(mapped) == len(REGISTER) + rows
    assert (mapped.loc[mapped["source"] == "school", "band"] == "link").sum() == rows


def test_without_sure_pairs_the_documented_values_stand_and_the_summary_says_so():
    records = school(REGISTER.iloc[:40].assign(birth_date=None))
    links = link(REGISTER, records)
    assert links.summary["untrained"] == [
        "birth_date: no sure pairs",
        "surname_code + given_code + chome: no sure pairs",
    ]
    level = links.model.levels.set_index(["comparison", "level"]).loc[("birth_date", "same day")]
    assert level[["m", "u"]].tolist() == [0.96, 1.5e-4]


def test_a_dummy_birth_date_is_refused_before_anything_is_compared():
    people = REGISTER.assign(birth_date="1900-01-01", chome="town1-1")
    with pytest.raises(Fault) as fault:
        link(
            pd.concat([people] * 15).assign(person_no=lambda t: np.arange(len(t)).astype(str)),
            school(pd.concat([people] * 15)),
        )
    assert fault.value.code == "E-LINK-02" and fault.value.values["rule"] == "birth_date + chome"
    assert "81000000" in str(fault.value)


def test_an_empty_register_and_a_repeated_number_are_refused():
    for of, code in ((REGISTER.iloc[:0], "E-LINK-03"), (changed(REGISTER, 1, person_no="R00000"), "E-LINK-04")):
        with pytest.raises(Fault) as fault:
            link(of, RECORDS)
        assert fault.value.code == code


def test_thresholds_out_of_order_are_refused():
    with pytest.raises(Fault) as fault:
        Thresholds(link=0.4, review=0.5)
    assert fault.value.code == "E-LINK-05"


def test_spark_without_pyspark_is_refused_with_its_remedy(monkeypatch):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "pyspark" else real(name, *a))
    with pytest.raises(Fault) as fault:
        link(REGISTER, RECORDS, engine="spark")
    assert fault.value.code == "E-LINK-01" and "spark" in fault.value.told("en")


def test_bands_are_counted_for_every_source_and_band():
    bands = link_bands(MAP, register="juki")
    assert len(bands) == 9 and bands["records"].sum() == len(RECORDS)
    assert not (bands["source"] == "juki").any()


def test_the_child_table_has_the_month_of_birth_and_no_identifier():
    attributes = pd.DataFrame(
        {"record_id": REGISTER["record_id"], "district": "d1", "moved_in": pd.Timestamp("2020-04-05")}
    )
    table = checked("child", children(REGISTER, attributes, MAP, key=KEY))
    first = table.set_index("research_id").loc[pseudonyms(KEY, "person", REGISTER["person_no"])[0]]
    assert len(table) == len(REGISTER)
    assert first["birth_month"] == pd.Timestamp(REGISTER.loc[0, "birth_date"][:7] + "-01")
    assert (table["birth_month"].dt.day == 1).all()
    assert first["household_id"] == pseudonyms(KEY, "household", REGISTER["household_no"])[0]
    assert first["moved_in"] == pd.Timestamp("2020-04-05") and pd.isna(first["moved_out"])
    assert table["household_id"].nunique() == REGISTER["household_no"].nunique()
