"""Draws of link sets: how often each candidate is drawn, what stays, and what is written."""

import numpy as np
import pandas as pd
import pytest
from linkage_town import KEY, changed, register, school

from kosodachi.linkage import (
    Links,
    candidates,
    chances,
    draw_links,
    link,
    link_draws,
    person_link,
    person_map,
    with_draw,
)
from kosodachi.tables import checked

PAIRS = pd.DataFrame(
    [("s", "sure", "R1", 20.0), ("s", "torn", "R2", 1.0), ("s", "torn", "R3", 0.0), ("s", "weak", "R4", -3.0)],
    columns=["source", "person", "register_no", "match_weight"],
)
LINKS = Links(
    PAIRS.iloc[[0, 1]].assign(match_probability=0.9, reason="best", band="link"),
    {},
)


def by_odds(weights) -> np.ndarray:
    return 1 / (1 + np.exp2(-np.asarray(weights, dtype=float)))


def test_chances_of_a_person_leave_room_for_none():
    """torn: its best has 2/3 by calibration; the third left is shared by R3 (odds 1) and none (1)."""
    table = chances(PAIRS, by_odds).set_index(["person", "register_no"])["chance"]
    assert table[("torn", "R2")] == pytest.approx(2 / 3)
    assert table[("torn", "R3")] == pytest.approx(1 / 6)
    assert table[("weak", "R4")] == pytest.approx(1 / 9)


def test_each_outcome_is_drawn_as_often_as_its_chance_and_only_differences_are_kept():
    drawn = draw_links(LINKS, chances(PAIRS, by_odds), draws=4000, seed=2)
    assert "sure" not in set(drawn["person"])
    torn = drawn[drawn["person"] == "torn"]
    assert "R2" not in set(torn["register_no"].dropna())
    assert torn["register_no"].eq("R3").sum() / 4000 == pytest.approx(1 / 6, abs=0.02)
    assert torn["register_no"].isna().sum() / 4000 == pytest.approx(1 / 6, abs=0.02)
    assert drawn["person"].eq("weak").sum() / 4000 == pytest.approx(1 / 9, abs=0.02)


def test_a_child_is_not_drawn_for_two_persons_of_a_source():
    rivals = pd.DataFrame({"source": "s", "person": ["a", "b"], "register_no": "R1", "chance": [0.5, 0.4]})
    drawn = draw_links(Links(PAIRS.iloc[:0].assign(band="link"), {}), rivals, draws=500)
    together = drawn.groupby("draw")["register_no"].apply(lambda found: found.dropna().duplicated().any())
    assert not together.any() and drawn["person"].nunique() == 2


def test_a_child_who_is_linked_surely_is_not_drawn_again():
    again = pd.concat([PAIRS, pd.DataFrame([("s", "other", "R1", 0.0)], columns=PAIRS.columns)])
    drawn = draw_links(LINKS, chances(again, by_odds), draws=200)
    assert "other" not in set(drawn["person"])


def test_seeds_give_the_same_draws_and_other_seeds_others():
    table = chances(PAIRS, by_odds)
    one, two, other = (draw_links(LINKS, table, draws=50, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(other)


def test_nothing_in_doubt_gives_an_empty_table_of_the_contract():
    drawn = draw_links(LINKS, chances(PAIRS.iloc[:1], by_odds), draws=5)
    records = school(register(20))
    assert len(checked("link_draws", link_draws(drawn, records, key=KEY))) == 0


def test_draws_are_written_by_record_and_can_be_put_in_place_of_the_links():
    of = register(300)
    people = changed(school(of.iloc[:100]), 0, name=None, kana_code=None, surname=None, given=None,
                     surname_code=None, given_code=None, address=None, chome=None, town=None)  # fmt: skip
    links = link(of, people)
    found = candidates(links, of, people)
    assert found.groupby("person").size().max() >= 1 and not found.duplicated(["person", "register_no"]).any()
    halved = chances(found, lambda weights: np.full(len(weights), 0.5))
    drawn = link_draws(draw_links(links, halved, draws=3), people, key=KEY)
    table = checked("link_draws", drawn)
    mapped = person_link(person_map(links, of, people, key=KEY))
    first = with_draw(mapped, table, 0)
    here = table[table["draw"] == 0].set_index("record_id")["research_id"]
    assert len(here) > 20
    moved = first.set_index("record_id").loc[here.index, "research_id"]
    assert moved.fillna("").tolist() == here.fillna("").tolist()
    assert first.set_index("record_id").loc[here.index[here.isna()], "band"].eq("none").all()
    same = ~first["record_id"].isin(here.index)
    pd.testing.assert_frame_equal(first[same], mapped[same])
