"""The tables and sentences of the link errors, the groups that a register shows, and towns with nothing to link."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from linkage_town import KEY, changed, register, school

from kosodachi import linkage


def assessed(of: pd.DataFrame, people: pd.DataFrame) -> dict:
    """Everything that 31_link_quality computes without truth."""
    linking = partial(linkage.link, seed=1)
    links = linking(of, people)
    decoys = linkage.held_out(of, people, links, linking=linking, rounds=2, share=0.2)
    mixed = linkage.mix_ups(links, of)
    false = linkage.false_links(links, people, decoys, linkage.kin(of, people), mixed)
    found = linkage.captures(of, people)
    missed = linkage.missed_links(links, found, linkage.wrongly_captured(of, people, links), false)
    groups = linkage.by_group(linkage.groups_of(of), links, found, decoys, missed)
    weights = linkage.best_weights(links, people)["match_weight"]
    calibration = linkage.from_decoys(weights, decoys["match_weight"], linked_from=3.17)
    return {"links": links, "decoys": decoys, "mixed": mixed, "false": false, "missed": missed, "groups": groups,
            "calibration": calibration}  # fmt: skip


@pytest.fixture(scope="module")
def town() -> dict:
    of = changed(register(300), 3, given=None, given_code=None)
    return assessed(of, school(of.iloc[:150])) | {"register": of}


def test_both_errors_stand_by_how_they_are_known(town):
    table = linkage.errors(town["false"], town["missed"], town["missed"], None)
    assert table[["error", "known_by"]].apply(tuple, axis=1).tolist() == [
        ("false_links", "estimate"), ("false_links", "claim"), ("missed_links", "estimate"), ("missed_links", "dependent")
    ]  # fmt: skip
    assert (table["low"].dropna() <= table["value"].dropna()[table["low"].notna()]).all()


def test_the_truth_stands_beside_the_estimate_and_changes_none(town):
    scores = pd.DataFrame({"by": ["all", "source"], "group": ["all", "school"], "linked": [100, 100], "correct": [90, 95],
                           "matches": [120, 100]})  # fmt: skip
    shown = linkage.errors(town["false"], town["missed"], town["missed"], scores).set_index(["error", "known_by"])
    assert shown.loc[("false_links", "truth"), "value"] == pytest.approx(0.1)
    assert shown.loc[("missed_links", "truth"), "value"] == pytest.approx(0.25)
    alone = linkage.errors(town["false"], town["missed"], town["missed"], None).set_index(["error", "known_by"])
    pd.testing.assert_frame_equal(shown.loc[alone.index], alone)
    of_source = linkage.errors_by_source(town["false"], town["missed"], scores).set_index("source")
    assert of_source.loc["school", "false_true"] == pytest.approx(0.05) and "all" not in of_source.index


def test_groups_are_read_from_the_register_alone():
    of = register(20).assign(previous_town=None, address_protected="no")
    of = changed(of, 0, name="グエンアン")
    of = changed(of, 1, given=None, given_code=None)
    of = changed(of, 2, previous_town="old", address_protected="yes")
    of = changed(of, 5, birth_date=of["birth_date"].iloc[4])
    names = pd.DataFrame({"record_id": of["record_id"].iloc[[6, 7, 8]], "kind": ["former", "alias", "current"]})
    found = linkage.groups_of(of, names)
    of_group = found.groupby("group")["register_no"].apply(sorted).to_dict()
    numbers = of["person_no"]
    expected = {"foreign_name": [0], "unnamed_infant": [1], "moved": [2], "address_protected": [2], "twin": [4, 5],
                "surname_changed": [6], "alias_or_alphabet": [7]}  # fmt: skip
    assert {group: sorted(numbers.iloc[rows]) for group, rows in expected.items()} == {
        group: rows for group, rows in of_group.items() if group != "none_of_these"
    }
    assert set(of_group["none_of_these"]) == set(numbers) - set(numbers.iloc[[0, 1, 2, 4, 5, 6, 7]])


def test_a_group_whose_records_are_not_linked_has_more_missed(town):
    """40 of 150 children are written without kanji; the links of half of them are taken away."""
    of = register(300)
    for row in range(40):
        of = changed(of, row, name=f"グエン{chr(0x30A2 + row)}")
    people = school(of.iloc[:150])
    links = linkage.link(of, people)
    lost = links.pairs["register_no"].isin(of["person_no"].iloc[:20])
    links = linkage.Links(links.pairs[~lost], links.summary, links.model)
    found, false = linkage.captures(of, people), pd.DataFrame({"source": ["all"], "value": [0.0]})
    missed = linkage.missed_links(links, found, linkage.wrongly_captured(of, people, links), false)
    table = linkage.by_group(linkage.groups_of(of), links, found, town["decoys"], missed).set_index("group")
    assert table.loc["foreign_name", "missed"] == pytest.approx(0.5, abs=0.05)
    assert table.loc["none_of_these", "missed"] < 0.05


def test_rates_of_a_few_persons_are_left_out():
    table = pd.DataFrame({"wrong": [0.1, 0.2], "wrong_low": [0.0, 0.1], "wrong_high": [0.3, 0.4], "persons": [9, 10]})
    shown = linkage.enough(table, 10, wrong="persons")
    assert shown.iloc[0, :3].isna().all() and shown.iloc[1, :3].notna().all()


def test_twins_are_a_stratum_of_their_own_and_the_guess_knows_mix_ups(town):
    of = town["register"]
    twin = changed(of, 1, birth_date=of["birth_date"].iloc[0])
    mixed = pd.DataFrame({"source": ["school"], "numbers": [50], "expected": [5.0]})
    people = linkage.to_look_at(town["links"], twin, mixed, lambda weights: np.full(len(weights), 0.99)).set_index(
        "stratum"
    )
    assert people.loc[["twin"], "guess"].tolist() == pytest.approx([1 - 0.99 * 0.9] * 2)
    assert people.drop(index="twin")["guess"].eq(1 - 0.99).all()


def test_more_looks_for_a_narrower_interval(town):
    persons = linkage.to_look_at(town["links"], town["register"], town["mixed"], town["calibration"])
    table = linkage.looks(persons, town["false"])
    assert table["look_at"].is_monotonic_increasing and table["half_width"].is_monotonic_decreasing


def test_the_answer_has_three_sentences_a_language_with_the_numbers_shown():
    shown = pd.DataFrame(
        [("false_links", "estimate", 0.0017, 0.0005, 0.0036), ("false_links", "claim", 0.0001, None, None),
         ("missed_links", "estimate", 0.021, 0.018, 0.025)], columns=["error", "known_by", "value", "low", "high"]
    )  # fmt: skip
    worst = pd.DataFrame({"group": ["twin", "moved"], "known_by": "estimate", "value": [0.08, 0.03]})
    looks = pd.DataFrame({"width_share": [1.0, 0.5], "look_at": [400.0, 857.0]})
    said = linkage.error_answer(shown, worst, looks, lambda group, lang: f"<{group}>")
    assert all(len(sentences) == 3 for sentences in said.values())
    assert "0.17%" in said["en"][0] and "0.01%" in said["ja"][0] and "truth" not in said["en"][0]
    assert "<twin>" in said["en"][1] and "8.0%" in said["ja"][1] and "857" in said["ja"][2]
    hidden = linkage.error_answer(shown.assign(value=np.nan), worst.iloc[:0], looks.iloc[:0], lambda *_: "")
    assert all("nan" not in sentence for sentences in hidden.values() for sentence in sentences)


def test_a_municipality_with_the_register_alone_has_nothing_to_assess():
    of = register(60)
    found = assessed(of, school(of).iloc[:0])
    assert found["false"]["linked"].tolist() == [0] and found["false"]["value"].isna().all()
    assert linkage.errors(found["false"], found["missed"], found["missed"], None)["value"].isna().all()
    assert found["calibration"]([5.0])[0] == 0
    people = linkage.to_look_at(found["links"], of, found["mixed"], found["calibration"])
    assert linkage.looks(people, found["false"])["look_at"].eq(0).all()


def test_the_right_child_of_each_pair_is_known_from_the_truth():
    of = register(60)
    people = school(of.iloc[:10])
    links = linkage.link(of, people)
    truth = people[["source", "row_no"]].assign(person_id=people["person_no"], error="")
    ids = linkage.person_map(links, of, people, key=KEY).set_index("record_id")["research_id"]
    person = pd.DataFrame(
        {"person_id": people["person_no"], "research_id": of["record_id"].iloc[:10].map(ids).to_numpy()}
    )
    assert linkage.rightly(links, people, truth, person, key=KEY).all()
    person.loc[0, "research_id"] = "other"
    assert linkage.rightly(links, people, truth, person, key=KEY).sum() == len(links.pairs) - 1
