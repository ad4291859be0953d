"""Decoys and mix-ups against towns in which the false links were counted by hand."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from linkage_town import changed, register, school

from kosodachi.linkage import Links, Thresholds, false_links, held_out, kin, link, mix_ups, recombine, recombined


def made(pairs) -> Links:
    """Links as a table says: source, person, register_no, match_weight, band."""
    table = pd.DataFrame(pairs, columns=["source", "person", "register_no", "match_weight", "band"])
    return Links(table.assign(match_probability=0.999, reason="best"), {})


def test_held_out_children_are_decoys_each_once_and_only_links_to_others_count():
    of = register(200)
    people = school(of.iloc[:120])
    linking = partial(link, thresholds=Thresholds())
    links = linking(of, people)
    decoys = held_out(of, people, links, linking=linking, rounds=4, share=0.25, seed=2)
    assert len(decoys) == (links.pairs["band"] == "link").sum()
    assert not decoys.duplicated(["source", "person"]).any()
    assert decoys["linked"].sum() == 0, "no name of this town is written twice"


def test_a_rule_that_links_siblings_is_found_out_by_held_out_children():
    """Linking by household alone: a child held out is always linked to its sibling."""
    of = register(200)
    people = school(of).assign(household_no=of["household_no"])

    def by_household(left, right):
        found = right[["source", "person_no", "household_no"]].merge(
            left[["household_no", "person_no"]].drop_duplicates("household_no"), on="household_no", suffixes=("", "_of")
        )
        return made([(*row, 9.0, "link") for row in found[["source", "person_no", "person_no_of"]].to_numpy()])

    own = made([("school", p, r, 9.0, "link") for p, r in zip(people["person_no"], of["person_no"])])
    decoys = held_out(of, people, own, linking=by_household, rounds=5, share=0.1)
    both_out = of.groupby("household_no")["person_no"].size().eq(2).sum()
    assert decoys["linked"].mean() > 0.85 and both_out == 100
    assert decoys.loc[~decoys["linked"], "kin"].eq(False).all(), "not linked only where the sibling is out as well"


def test_more_than_everybody_cannot_be_held_out():
    of = register(50)
    with pytest.raises(ValueError, match="held out twice"):
        held_out(of, school(of), made([]), linking=link, rounds=6, share=0.2)


def test_recombined_records_are_nobody_and_keep_families_dates_and_sex_together():
    of = register(400)
    people = school(of)
    decoys = recombine(of, people, share=0.5, seed=5)
    assert len(decoys) > 190
    real = set(zip(of["given_code"], of["birth_date"]))
    assert not set(zip(decoys["given_code"], decoys["birth_date"])) & real
    for together in (["surname", "address"], ["birth_date", "sex"], ["given", "sex"]):
        there = pd.MultiIndex.from_frame(of[together])
        assert pd.MultiIndex.from_frame(decoys[together]).isin(there).all(), together
    assert (decoys["name"] == decoys["surname"] + decoys["given"]).all()
    assert decoys["record_id"].is_unique and not decoys["person_no"].isin(people["person_no"]).any()


def test_recombined_decoys_are_linked_with_the_others_and_counted():
    of = register(300)
    seen = recombined(of, school(of), linking=link, share=0.3, seed=5)
    assert len(seen) > 80 and seen["kind"].eq("recombined").all()
    assert seen["linked"].mean() < 0.03


def counted(linked: int, unlinked: int, decoys: int, decoys_linked: int, **options) -> pd.Series:
    """The row of all sources of a made-up source with these numbers."""
    persons = [f"p{i}" for i in range(linked + unlinked)]
    people = pd.DataFrame({"source": "s", "person_no": persons, "record_id": persons})
    links = made([("s", p, p, 9.0, "link") for p in persons[:linked]])
    seen = pd.DataFrame({"source": "s", "kin": False, "linked": np.arange(decoys) < decoys_linked})
    of_kin = people[["source"]].assign(person=persons, kin=False)
    return false_links(links, people, seen, of_kin, **options).set_index("source").loc["all"]


def test_false_links_are_unlinked_times_the_odds_of_a_decoy():
    """Of 1,100 persons 200 have no child; one in ten of such is linked: 20 false links, 180 unlinked. By hand:
    180 * 0.1 / 0.9 = 20 of 920 links."""
    row = counted(920, 180, 1000, 100)
    assert row["by_decoys"] == pytest.approx(20)
    assert row["value"] == pytest.approx(20 / 920)
    assert row["low"] < 20 / 920 < row["high"] and row["claim"] == pytest.approx(0.001)


def test_no_decoy_linked_leaves_room_for_some_false_links():
    row = counted(900, 300, 100, 0)
    assert row["value"] == 0 and row["low"] == 0 and 0.001 < row["high"] < 0.02


def test_the_interval_narrows_with_more_decoys_and_is_the_same_twice():
    few, many, again = (counted(900, 300, n, n // 10) for n in (50, 5000, 5000))
    assert many["high"] - many["low"] < few["high"] - few["low"]
    assert many["high"] == again["high"]


def twins(pairs: int) -> pd.DataFrame:
    """Households of two children born the same day."""
    of = register(2 * pairs)
    first = of.groupby("household_no")["birth_date"].transform("first")
    return of.assign(birth_date=first)


def test_a_number_filed_under_the_other_twin_is_counted_and_a_number_too_many_is_not():
    of = twins(100)
    numbers = of["person_no"].to_numpy()
    held = list(numbers)
    held[1] = held[0]  # filed under the other twin
    held[5] = held[4]
    extra = [(f"x{i}", numbers[20 + i]) for i in range(3)]  # a duplicate of one twin
    absent = set(range(60, 63))  # a twin whom the source does not hold
    rows = [(f"p{i}", no) for i, no in enumerate(held) if i not in absent] + extra
    links = made([("school", person, no, 9.0, "link") for person, no in rows])
    found = mix_ups(links, of).iloc[0]
    apart = 3 + 2  # 60, 61 are one pair: both absent; 62 is without the other; 20 and 21 both have one too many
    assert found["mixed"] == pytest.approx(2, abs=apart**2 / 100)
    assert found["numbers"] == len(rows) and 0.005 < found["rate"] < 0.015
    assert found["expected"] == pytest.approx(found["mixed"], abs=0.1)


def test_mix_ups_sent_to_review_are_no_false_links_but_tell_the_rate_of_those_that_cannot_be_told():
    """Ten pairs with four numbers, one of which is mixed up and in review; 30 pairs of whom one twin has a number."""
    of = twins(40)
    numbers = of["person_no"].to_numpy()
    rows = [(f"p{i}{turn}", numbers[i]) for i in range(20) for turn in "ab"]
    rows[1] = (rows[1][0], numbers[1])
    rows += [(f"q{i}", numbers[i]) for i in range(20, 80, 2)]
    pairs = [("school", person, no, 9.0, "review" if no in numbers[:2] else "link") for person, no in rows]
    links = made(pairs)
    links.pairs.loc[links.pairs["band"] == "review", "reason"] = "twin"
    found = mix_ups(links, of).iloc[0]
    assert found["mixed"] == pytest.approx(1) and found["rate"] == pytest.approx(1 / 40)
    assert found["expected"] == pytest.approx(30 / 40)


def test_kin_knows_a_sibling_in_the_register_but_not_the_child_itself():
    of = register(40)
    people = school(of.iloc[:4])
    assert kin(of, people)["kin"].tolist() == [True] * 4
    without = of[~of["person_no"].isin(["R00001"])]
    assert kin(without, people)["kin"].tolist() == [False, True, True, True]
    elsewhere = changed(people, 2, address="elsewhere")
    assert not kin(of, elsewhere)["kin"].iloc[2]
