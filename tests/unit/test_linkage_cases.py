"""Known cases: who must be linked, who must be left to people, and who to nobody."""

import pandas as pd
import pyarrow as pa
import pytest
from linkage_town import changed, filed, further, register, school

from kosodachi.linkage import link
from kosodachi.linkage.prepare import person_keys

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


STRANGE = {"surname": "鶴亀", "surname_code": "zyzx", "given": "松竹", "given_code": "qwqv"}


@pytest.mark.parametrize("kind", ["former", "alias", "alphabet"])
def test_a_further_name_of_the_register_is_as_good_as_the_present_one(kind):
    """Nothing but date of birth and sex agrees with the name in the register's own row."""
    people = REGISTER.iloc[:400].copy()
    for column, value in {**STRANGE, "town": None, "chome": None, "address": None}.items():
        people.loc[7, column] = value
    records, known = school(people), further(REGISTER, 7, kind=kind, **STRANGE)
    assert outcome(records, 7)[1] != "link"
    assert outcome(records, 7, names=known)[:2] == (REGISTER.loc[7, "person_no"], "link")


def test_a_present_name_in_the_table_of_names_changes_nothing():
    records, known = school(REGISTER.iloc[:300]), further(REGISTER, 7, kind="current", **STRANGE)
    pd.testing.assert_frame_equal(link(REGISTER, records, names=known).pairs, link(REGISTER, records).pairs)


def foreign() -> pd.DataFrame:
    """The register with a child whose name is written by sound."""
    name = {"surname": "ペレイラ", "given": "ガブリエル", "surname_code": "pbrai", "given_code": "gcdbl"}
    return changed(filed(REGISTER.assign(**{c: REGISTER[c].where(REGISTER.index != 7, v) for c, v in name.items()}), "juki"),
                   7, kana="ペレイラガブリエル")  # fmt: skip


def test_a_foreign_name_is_known_by_its_sound():
    of = foreign()
    heard = {"surname": "ペレーラ", "given": "ガブリエウ", "surname_code": "pe-ra", "given_code": "gabrieu"}
    people = of.iloc[:400].assign(**{c: of.loc[:399, c].where(of.index[:400] != 7, v) for c, v in heard.items()})
    records = changed(school(people), 7, kana="ペレーラガブリエウ")
    assert outcome(records, 7, of=of)[:2] == ("R00007", "link")
    unlike = {"surname": "シュレスタ", "given": "アンジャリ", "surname_code": "xures", "given_code": "anzyari"}
    whole = {"name": "シュレスタアンジャリ", "kana": "シュレスタアンジャリ", "kana_code": "xuresanzyari"}
    other = changed(records, 7, **unlike, **whole)
    assert outcome(other, 7, of=of)[1] != "link"


def test_frames_keep_the_consonants_in_rows():
    from kosodachi.linkage.sounds import frames

    written = [
        "シルバラリッサ",
        "シルヴァラリサ",
        "ペレイラガブリエル",
        "ペレーラガブリエウ",
        "アイ",
        None,
        "シル\nバ",
        "Aシ",
    ]
    heard = ["srhrrs", "srhrrs", "hrrkhrr", "hrrkhr", None, None, "srh", "s"]
    assert frames(pa.chunked_array([written[:3], [], written[3:]])).to_pylist() == heard
    assert frames(pa.chunked_array([], type=pa.string())).to_pylist() == []


@pytest.mark.parametrize("with_twin, band", [(False, "link"), (True, "review")])
def test_an_infant_without_a_given_name_is_linked_unless_it_has_a_twin(with_twin, band):
    of, _ = twins() if with_twin else (REGISTER, None)
    people = of.iloc[:400].copy()
    people.loc[0, ["given", "given_code"]] = ["ベビー", "bb"]
    records = school(people)
    number, found, _ = outcome(records, 0, of=of)
    assert found == band and (with_twin or number == "R00000")


def test_two_children_under_one_number_are_told_apart():
    records = school(REGISTER.iloc[:300])
    records.loc[5, "person_no"] = records.loc[4, "person_no"]
    pairs = link(REGISTER, records).pairs.set_index("person")
    number = records.loc[4, "person_no"]
    of_number = pairs[pairs.index.str.startswith(number)]
    assert sorted(of_number["register_no"]) == ["R00004", "R00005"] and (of_number["band"] == "link").all()
    typing_error = changed(records.drop(5).reset_index(drop=True), 4)
    typing_error = pd.concat([typing_error, typing_error.loc[[4]].assign(birth_date="2011-11-11", record_id="x")])
    assert set(person_keys(typing_error)) == set(typing_error["person_no"])


def test_numbers_of_twins_are_counted():
    """One twin stands twice in the list and the other not at all: one of the two numbers may be the other's."""
    of, people = twins()
    records = school(pd.concat([people.drop(1), people.loc[[0]]], ignore_index=True))
    assert outcome(records, 0, of=of)[1:] == outcome(records, 399, of=of)[1:] == ("review", "twin")
    both = school(pd.concat([people, people.loc[[0]]], ignore_index=True))
    assert outcome(both, 0, of=of)[1:] == ("link", "best")


def test_a_child_born_on_another_day_is_left_to_people_however_alike():
    of = changed(REGISTER, 7, birth_date="2009-05-04")
    records = changed(school(of.iloc[:400]), 7, birth_date="2013-11-28")
    assert outcome(records, 7, of=of) == ("R00007", "review", "held")


def test_what_one_source_knows_of_a_family_helps_in_another():
    """A list by kana alone has former surname and old address; so has a sibling's record elsewhere that was linked."""
    old = {"surname": "鶴亀", "surname_code": "zyzx", "town": "town77", "chome": "town77-1", "address": "town77-1-1"}
    elsewhere = REGISTER.iloc[:400].copy()
    elsewhere["guardian_name"] = REGISTER["surname"] + REGISTER["household_no"]
    of = REGISTER.assign(guardian_name=REGISTER["surname"] + REGISTER["household_no"])
    for column in old:
        elsewhere.loc[6, column] = old[column]
    by_kana = REGISTER.iloc[:400].assign(surname=None, given=None, sex=None)
    for column in ("surname_code", "town", "chome", "address"):
        by_kana.loc[7, column] = old[column]
    lists = filed(by_kana, "checkups", keep_numbers=False)
    alone = link(of, lists).pairs.set_index("person").loc[lists.loc[7, "person_no"]]
    allowance = filed(elsewhere, "allowance", keep_numbers=False).assign(guardian_name=elsewhere["guardian_name"])
    together = link(of, pd.concat([allowance, lists], ignore_index=True)).pairs
    there = together[together["source"] == "checkups"].set_index("person").loc[lists.loc[7, "person_no"]]
    assert there["match_weight"] > alone["match_weight"] + 10
    assert (there["register_no"], there["band"]) == ("R00007", "link")
