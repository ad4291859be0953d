"""Traps of characters and encodings that no example of one field can show: what a library, an encoding or an engine does to it."""

import unicodedata

import duckdb
import pandas as pd
import pytest
from ingest_small import JUKI, SETTINGS, csv_bytes, files, settings

from kosodachi.faults import Fault, Faults
from kosodachi.ingest import ingest
from kosodachi.ingest.normalise import addresses, kana, names
from kosodachi.ingest.rows import read_sheet

ROW = "100,93,{name},{kana},4280105,1,990-0001,{address},北小,"
UTF8 = SETTINGS.replace("encoding: cp932", "encoding: utf-8")


def column(*values) -> pd.Series:
    return pd.Series(values, dtype=object)


def person(*, name="佐藤　次郎", reading="ｻﾄｳ ｼﾞﾛｳ", address="緑町1-1", text=SETTINGS, data=None) -> pd.Series:
    """The record of one more child, of an extract of the register in the encoding of `text`."""
    encoding = "utf-8" if text is UTF8 else "cp932"
    data = data or csv_bytes([*JUKI, ROW.format(name=name, kana=reading, address=address)], encoding)
    return ingest(settings(text), files(juki=data), key=b"k").identifier_records.query("person_no == '100'").iloc[0]


@pytest.mark.parametrize("sign", "髙﨑濵栁德黑㈱①")
def test_signs_that_cp932_has_and_shift_jis_lacks_are_read(sign):
    with pytest.raises(UnicodeEncodeError):
        sign.encode("shift_jis")
    assert person(name=f"{sign}田　一")["name_raw"] == f"{sign}田　一"


@pytest.mark.parametrize("name", ["𠮷田　一", "神\U000e0100田　一"])
def test_signs_beyond_both_encodings_stay_as_glyphs_and_meet_in_the_comparison(name):
    for encoding in ("cp932", "shift_jis"):
        with pytest.raises(UnicodeEncodeError):
            name.encode(encoding)
    found = person(name=name, text=UTF8)
    assert found["name_raw"] == name
    assert found["name"] == {"𠮷": "吉田一", "神": "神田一"}[name[0]]


@pytest.mark.parametrize("sign", "髙﨑邊齋𠮷")
def test_variants_that_unicode_does_not_fold_are_folded(sign):
    assert unicodedata.normalize("NFKC", sign) == sign
    assert names.clean(column(sign))[0] != sign


@pytest.mark.parametrize(("pair", "cp932", "shift_jis"), [(b"\x81\x7c", "－", "−"), (b"\x81\x60", "～", "〜")])
def test_a_byte_pair_that_two_encodings_read_differently_is_one_dash(pair, cp932, shift_jis):
    assert (pair.decode("cp932"), pair.decode("shift_jis")) == (cp932, shift_jis)
    places = addresses.parts(column(*(f"緑町1{sign}2{sign}3" for sign in (cp932, shift_jis))))
    assert places["address"].tolist() == ["緑町1-2-3"] * 2
    assert names.clean(column(*(f"マリ{sign}" for sign in (cp932, shift_jis)))).tolist() == ["マリー"] * 2
    raw = csv_bytes([*JUKI, ROW.format(name="佐藤　次郎", kana="", address="緑町1#2#3")]).replace(b"#", pair)
    assert person(data=raw)["block"] == "2-3"


def test_one_sign_is_a_vowel_in_a_name_and_a_dash_in_an_address():
    found = person(name="マリー　ルイサ", reading="ﾏﾘ- ﾙｲｻ", address="緑町1ー2ー3")
    assert (found["name"], found["kana"], found["address"]) == ("マリールイサ", "マリールイサ", "緑町1-2-3")


def test_the_blank_between_half_width_names_is_kept_for_their_parts():
    found = kana.parts(column("ﾀｶﾊｼ ｼﾞｭﾝｲﾁﾛｳ")).loc[0]
    assert found.tolist() == ["タカハシジュンイチロウ", "タカハシ", "ジュンイチロウ"]


@pytest.mark.parametrize(
    ("one", "other", "bytes_apart"), [("サトウ", "サイトウ", 3), ("サトウ", "サトオ", 1), ("ケンタ", "ケンヤ", 2)]
)
def test_edits_of_kana_are_counted_in_kana_on_the_code(one, other, bytes_apart):
    """DuckDB counts bytes of UTF-8 (duckdb #25113); on the code of one byte a kana it counts kana."""
    edits = "select levenshtein(?, ?)"
    assert duckdb.execute(edits, [one, other]).fetchall()[0][0] == bytes_apart
    code = kana.coded(column(one, other)).tolist()
    assert duckdb.execute(edits, code).fetchall()[0][0] == (0 if other == "サトオ" else 1)


def test_names_with_nothing_in_common_are_alike_in_bytes_and_not_in_kana():
    alike = "select round(jaro_winkler_similarity(?, ?), 3)"
    assert duckdb.execute(alike, ["タナカ", "スズキ"]).fetchall()[0][0] == 0.637
    assert duckdb.execute(alike, kana.coded(column("タナカ", "スズキ")).tolist()).fetchall()[0][0] == 0


def test_kanji_that_are_three_edits_apart_in_bytes_are_equal_in_their_class():
    assert duckdb.execute("select levenshtein('渡邉', '渡辺')").fetchall()[0][0] == 3
    assert names.clean(column("渡邉", "渡邊", "渡辺")).nunique() == 1


@pytest.mark.parametrize("name", ["未命名", "ベビー"])
def test_a_word_for_no_name_is_a_name_only_where_no_surname_stands_before_it(name):
    """Many values at once, so that those of the same beginning are told apart."""
    written = column(f"佐藤　{name}", name, f"佐藤　{name}子", f"佐藤　{name[:2]}", "佐藤　未来", f"{name}　一")
    assert names.parts(written)["name"].tolist() == [
        "佐藤",
        name,
        f"佐藤{name}子",
        f"佐藤{name[:2]}",
        "佐藤未来",
        f"{name}一",
    ]


def test_an_empty_source_is_told_beside_the_faults_of_the_others_and_may_be_declared_absent():
    empty = csv_bytes(["受付番号,児童氏名,生年月日,受付日,種別"], "utf-8")
    with pytest.raises(Faults) as told:
        ingest(settings(), {"juki": b"", "sodan": empty}, key=b"k")
    assert [(fault.code, fault.where) for fault in told.value.found] == [
        ("E-INGEST-06", "juki.csv"),
        ("E-INGEST-05", "sodan.csv"),
    ]
    with pytest.raises(Fault, match="E-INGEST-05"):
        ingest(settings(), files(sodan=empty), key=b"k")
    absent = (
        SETTINGS[: SETTINGS.index("  sodan:")]
        + "  sodan:\n    kind: family_consultation\n    label: {ja: 相談, en: Consultation}\n    collected: false\n    not_collected: paper_only\n"
    )
    result = ingest(settings(absent), {"juki": csv_bytes(JUKI)}, key=b"k")
    assert result.ingest_counts["accepted"].tolist() == [3]


@pytest.mark.parametrize("place", range(1, 9))
def test_a_nul_byte_in_any_column_that_is_read_costs_its_row_alone(place):
    cells = ROW.format(name="佐藤　次郎", kana="ｻﾄｳ", address="緑町1-1").split(",")
    cells[place] += "\x00"
    result = ingest(settings(), files(juki=[*JUKI, ",".join(cells)]), key=b"k")
    counts = result.ingest_counts.set_index("source").loc["juki"]
    assert counts.tolist() == [4, 3, 1]
    assert result.rejects["code"].tolist() in (["control_character"], ["unreadable_date"])


def test_a_name_of_ten_thousand_signs_costs_no_other_name_anything():
    long = "寿" * 10_000 + "　太郎"
    found = names.parts(column("山田　花子", long, None, "佐藤　未命名"))
    assert found["name"].str.len().tolist()[:2] == [4, 10_002]
    assert found["given"].tolist() == ["花子", "太郎", None, None]


def test_a_sheet_of_one_long_name_is_one_row():
    assert len(read_sheet("氏名\n" + "寿" * 10_000, delimiter=",", file="a.csv")) == 1
