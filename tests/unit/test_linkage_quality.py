"""The scoring of links against an example counted by hand, and the two ways of linking that stand beside the model."""

import pandas as pd
import pytest
from linkage_town import KEY, filed, register, school

from kosodachi.linkage import exact, four_pass, person_map, rates, score
from kosodachi.tables.pseudonyms import pseudonyms


def ids(*numbers) -> list:
    return list(pseudonyms(KEY, "person", pd.Series(numbers, dtype="object")))


def example() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Six persons of one source: three right, one wrong, one missed, one who is not in the register but linked.

    The first has two rows, which count once; R1 is a twin, and so is the one absent from the register.
    """
    rows = pd.DataFrame(
        [(1, "s1", "P1", "R1"), (2, "s1", "P1", "R1"), (3, "s2", "P2", "R2"), (4, "s3", "P3", "R3"),
         (5, "s4", "P4", "R9"), (6, "s5", "P5", None), (7, "s6", "P6", "R1")],
        columns=["row_no", "person_no", "person_id", "linked_to"],
    ).assign(source="school", error="")  # fmt: skip
    mapped = pd.DataFrame(
        {"record_id": pseudonyms(KEY, "record", "school|" + rows["row_no"].astype(str)), "source": "school",
         "person_no": rows["person_no"], "research_id": pseudonyms(KEY, "person", rows["linked_to"]),
         "match_weight": 9.0, "match_probability": 0.99, "band": "link"}
    )  # fmt: skip
    own = mapped.iloc[[0]].assign(record_id="own", source="juki", match_weight=float("nan"), match_probability=1.0)
    person = pd.DataFrame(
        {"person_id": ["P1", "P2", "P3", "P4", "P5", "P6"], "research_id": ids("R1", "R2", "R3", "R4", "R5", None),
         "twin": [True, False, False, False, False, True], "moved": [False, True, True, True, True, False]}
    )  # fmt: skip
    return pd.concat([own, mapped], ignore_index=True), rows, person


def test_score_counts_as_by_hand():
    table = score(*example(), key=KEY).set_index(["by", "group"])
    all_ = table.loc[("all", "all")]
    assert all_[["persons", "matches", "linked", "correct"]].tolist() == [6, 5, 5, 3]
    assert all_["precision"] == pytest.approx(3 / 5) and all_["recall"] == pytest.approx(3 / 5)
    assert all_["f1"] == pytest.approx(0.6)
    assert table.loc[("group", "twin"), ["matches", "linked", "correct"]].tolist() == [1, 2, 1]
    assert table.loc[("group", "moved"), ["matches", "linked", "correct"]].tolist() == [4, 3, 2]
    assert table.loc[("group", "absent"), ["persons", "linked", "correct"]].tolist() == [1, 1, 0]
    assert table.loc[("group", "absent"), "wrong_share"] == 1 and table.loc[
        ("all", "all"), "wrong_share"
    ] == pytest.approx(2 / 6)
    assert table.loc[("group", "absent"), ["precision", "recall", "f1"]].isna().all()
    assert table.loc[("source", "school"), "persons"] == 6


def test_intervals_are_wilsons():
    """Of 3 in 5, by hand: centre (3 + 1.9207) / 8.8415, half width 1.95996 sqrt(1.2 + .9604) / 8.8415."""
    found = rates(persons=6, matches=5, linked=5, correct=3)
    assert found["precision_low"] == pytest.approx(0.23072, abs=1e-4)
    assert found["precision_high"] == pytest.approx(0.88238, abs=1e-4)
    low = found["f1_low"] / (2 - found["f1_low"])
    assert low == pytest.approx(rates(persons=7, matches=7, linked=7, correct=3)["recall_low"], abs=1e-9)
    assert found["f1_low"] < found["f1"] < found["f1_high"]


def scored(links, of, records) -> pd.Series:
    truth = records[["source", "row_no"]].assign(person_id=records["household_no"], error="")
    person = pd.DataFrame({"person_id": of["household_no"], "research_id": pseudonyms(KEY, "person", of["person_no"])})
    return score(person_map(links, of, records, key=KEY), truth, person, key=KEY).iloc[0]


def test_exact_links_what_is_written_alike_and_four_passes_link_more():
    of = register().assign(household_no=lambda t: "P" + t["person_no"])
    people = school(of.iloc[:200]).assign(household_no=of["household_no"].iloc[:200].to_numpy())
    people.loc[:49, "kana_raw"] = "as another system writes it"
    people.loc[50:59, ["surname", "surname_code", "name", "kana_code", "kana_raw"]] = "moved on"
    as_delivered, normalised, passes = (
        scored(links, of, people)
        for links in (exact(of, people), exact(of, people, normalised=True), four_pass(of, people))
    )
    assert as_delivered[["linked", "correct"]].tolist() == [140, 140]
    assert normalised[["linked", "correct"]].tolist() == [190, 190]
    assert passes[["linked", "correct"]].tolist() == [200, 200]


def test_a_rule_that_finds_two_children_links_none():
    of = register(50)
    double = pd.concat([of, of.iloc[[3]].assign(person_no="R99999")], ignore_index=True)
    links = exact(double, filed(of, "school", keep_numbers=False))
    assert len(links.pairs) == 49 and "school00004" not in set(links.pairs["person"])
