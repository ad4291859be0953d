"""Known cases: who must be linked, who must be left to people, and who to nobody."""

import pandas as pd
import pytest
from linkage_town import changed, filed, register, school

from kosodachi.linkage import link

REGISTER = register()


def outcome(records: pd.DataFrame, row: int, *, of: pd.DataFrame = REGISTER, **options):
    """(register number, band, reason) of the record in a row."""
    pairs = link(of, records, **options).pairs.set_index(["source", "person"])
    key = (records.loc[row, "source"], records.loc[row, "person_no"])
    if key not in pairs.index:
        return None, "none", "no candidate"
    return tuple(pairs.loc[key, ["register_no", "band", "reason"]])


def test_unchanged_children_are_linked_to_themselves():
    records = school(REGISTER.sample(300, random_state=1))
    pairs = link(REGISTER, records).pairs.merge(records, left_on="person", right_on="person_no")
    right = pairs.merge(REGISTER[["person_no", "name", "birth_date"]], left_on="register_no", right_on="person_no")
    assert (right["band"] == "link").all() and len(right) == 300
    assert (right["name_x"] == right["name_y"]).all() and (right["birth_date_x"] == right["birth_date_y"]).all()


OTHER = REGISTER.loc[REGISTER["surname"] != REGISTER.loc[7, "surname"]].iloc[0]
CASES = {
    "surname changed": {"surname": OTHER["surname"], "surname_code": OTHER["surname_code"]},
    "order swapped": {"surname_code": REGISTER.loc[7, "given_code"], "given_code": REGISTER.loc[7, "surname_code"],
                      "surname": REGISTER.loc[7, "given"], "given": REGISTER.loc[7, "surname"]},
    "birth date missing": {"birth_date": None},
    "month and day of birth swapped": {"birth_date": "2011-05-02"},
    "moved": {"town": "town99", "chome": "town99-1", "address": "town99-1-1"},
    "no sex": {"sex": None},
    "kana missing": {"surname_code": None, "given_code": None},
    "kanji missing": {"surname": None, "given": None},
    "not split": {"surname": None, "given": None, "surname_code": None, "given_code": None},
    "one kana heard differently": {"given_code": REGISTER.loc[7, "given_code"][:-1] + "0"},
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_record_written_differently_is_linked(case):
    of = changed(REGISTER, 7, birth_date="2011-02-05")
    people = of.iloc[:400].copy()
    for column, value in CASES[case].items():
        people.loc[7, column] = value
    records = school(people)
    if case == "not split":
        whole = {c: REGISTER.loc[7, c] for c in ("name", "kana_code")}
        records = changed(records, 7, **whole)
    assert outcome(records, 7, of=of)[:2] == (REGISTER.loc[7, "person_no"], "link")


def twins() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A register with one pair of twins in rows 0 and 1, and 400 of its people; given names differ by one kana."""
    twin = {c: REGISTER.loc[0, c] for c in ("birth_date", "sex")}
    of = changed(REGISTER, 1, **twin, given_code=REGISTER.loc[0, "given_code"][:-1] + "0")
    of = changed(filed(of, "juki"), 1)
    return of, of.iloc[:400]


def test_both_twins_are_linked_each_to_its_own():
    of, people = twins()
    records = school(people)
    assert outcome(records, 0, of=of)[:2] == ("R00000", "link")
    assert outcome(records, 1, of=of)[:2] == ("R00001", "link")


@pytest.mark.parametrize("missing", [{}, {"surname": None, "given": None}])
def test_a_twin_absent_from_the_register_is_not_linked_to_its_sibling(missing):
    """Three of one birth, the third of which the register does not hold."""
    of, people = twins()
    third = people.loc[[0]].assign(**{"given": "鬱鬱", "given_code": people.loc[0, "given_code"][:-1] + "1", **missing})
    records = school(pd.concat([people, third], ignore_index=True))
    assert outcome(records, 400, of=of)[1] == "review"


@pytest.mark.parametrize("code", ["zzzz", REGISTER.loc[4, "given_code"][:-1] + "1"])
def test_a_twin_whom_the_register_never_had_is_left_to_people(code):
    """The register shows no twin here, so only the given name tells them apart, be it by one kana."""
    people = REGISTER.iloc[:400]
    other = people.loc[[4]].assign(given="鬱鬱", given_code=code)
    records = school(pd.concat([people.drop(4), other], ignore_index=True))
    assert outcome(records, 399)[1:] == ("review", "held")


def test_a_child_of_another_town_is_linked_to_nobody():
    records = school(pd.concat([REGISTER.iloc[:300], register(5, seed=99)], ignore_index=True))
    pairs = link(REGISTER, records).pairs.set_index("person")
    strangers = records.loc[300:, "person_no"]
    assert (pairs.reindex(strangers)["band"].fillna("none") == "none").all()


def test_two_children_who_are_written_alike_are_a_tie_for_people():
    """Same name, same day, same address twice in the register: no rule should choose."""
    double = REGISTER.loc[[9]].assign(person_no="R99999", household_no="H99999", row_no=601)
    of = pd.concat([REGISTER, double], ignore_index=True)
    assert outcome(school(REGISTER.iloc[:400]), 9, of=of)[1:] == ("review", "tie")
