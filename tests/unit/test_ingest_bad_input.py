"""What files hold that nobody meant: told with its place, counted, survived, and no row lost."""

import json

import pytest
from ingest_small import JUKI, SETTINGS, SODAN, csv_bytes, files, settings, write

from kosodachi.faults import Fault, Faults
from kosodachi.ingest import check, ingest
from kosodachi.tables import checked

ROW = "{no},93,{name},{kana},{born},1,990-0001,{address},北小,"


def rows(n: int, first: int = 100, **changed) -> list[str]:
    values = {"name": "佐藤　次郎", "kana": "ｻﾄｳ ｼﾞﾛｳ", "born": "4280105", "address": "緑町1-1"} | changed
    return [ROW.format(no=first + at, **values) for at in range(n)]


def made(juki, text: str = SETTINGS, **other):
    """Ingested; every row is accepted or rejected, and what is rejected is there as it was."""
    result = ingest(settings(text), files(juki=juki, **other), key=b"k" * 32)
    counts = result.ingest_counts
    assert (counts["read"] == counts["accepted"] + counts["rejected"]).all()
    assert counts["rejected"].sum() == len(result.rejects) == result.reject_counts["rows"].sum()
    checked("identifier_records", result.identifier_records)
    checked("identifier_names", result.identifier_names)
    return result


def reasons(result) -> dict[str, int]:
    return result.reject_counts.query("source == 'juki'").set_index("code")["rows"].to_dict()


def codes(tmp_path, text: str = SETTINGS, **changed) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in check(settings(text), write(tmp_path / "t", text, **changed))]


def test_lines_of_another_encoding_in_cp932_are_rejected_and_kept_as_bytes(tmp_path):
    """Two files were joined. UTF-8 often reads as CP932 without an error, as signs that mean nothing."""
    data = csv_bytes([*JUKI, *rows(200)]) + csv_bytes(rows(2, 900), "utf-8")
    result = made(data)
    assert reasons(result) == {"undecodable": 2}
    assert "\\xe4\\xbd\\x90" in json.loads(result.rejects["raw"][0])[2].replace("\ufffd", ""), (
        "佐 as the three bytes it was"
    )
    assert not result.identifier_records["name_raw"].dropna().str.contains("菴").any()
    assert codes(tmp_path, juki=data) == [("E-INGEST-23", "juki.csv:206:氏名")]


def test_lines_of_cp932_in_utf_8_are_rejected(tmp_path):
    lines = [SODAN[0], *(f"S{n},高橋花子,平成28年1月5日,令和5年4月1日,A" for n in range(150))]
    data = csv_bytes(lines, "utf-8") + "S900,高橋花子,平成28年1月5日,令和5年4月1日,A\r\n".encode("cp932")
    result = made(JUKI, sodan=data)
    assert result.reject_counts.values.tolist() == [["sodan", "undecodable", 1]]
    assert codes(tmp_path, sodan=data) == [("E-INGEST-23", "sodan.csv:152:児童氏名")]


def test_a_file_half_in_another_encoding_is_refused(tmp_path):
    data = csv_bytes([*JUKI, *rows(20)]) + csv_bytes(rows(20, 900), "utf-8")
    assert codes(tmp_path, juki=data) == [("E-INGEST-03", "juki.csv:26")]


def test_a_rare_kanji_that_looks_like_utf_8_is_no_other_encoding():
    """蟆 and its neighbours have bytes from E3 on in CP932."""
    name = "".join(chr(code) for code in range(0x4E00, 0x9FA0) if len(b := chr(code).encode("cp932", "ignore")) == 2 and 0xE3 <= b[0] <= 0xE9 and 0x80 <= b[1] <= 0xBF)  # fmt: skip
    result = made([*JUKI, *rows(1, name=name[:40]), *rows(1, 101, name=name[40:80])])
    assert reasons(result) == {}
    assert name[:40] in set(result.identifier_records["name_raw"])


def test_what_a_conversion_left_is_a_name_with_one_unknown_sign():
    text = SETTINGS.replace("encoding: cp932", "encoding: utf-8")
    result = made(csv_bytes([*JUKI, *rows(1, name="\ufffd田　一")], "utf-8"), text)
    person = result.identifier_records.query("person_no == '100'").iloc[0]
    assert (person["name"], person["name_raw"]) == ("〓田一", "\ufffd田　一")


def test_a_nul_byte_rejects_its_row(tmp_path):
    data = csv_bytes([*JUKI, *rows(1, name="佐\x00藤"), *rows(1, 101)])
    result = made(data)
    assert reasons(result) == {"control_character": 1}
    assert json.loads(result.rejects["raw"][0])[2] == "佐\x00藤"
    assert codes(tmp_path, juki=data) == [("E-INGEST-24", "juki.csv:6:氏名")]


def test_a_file_of_nul_bytes_is_refused(tmp_path):
    assert codes(tmp_path, juki=b"\x00" * 5000)[0][0] in ("E-INGEST-05", "E-INGEST-03", "E-INGEST-07")


@pytest.mark.parametrize("column", ["name", "kana", "address"])
def test_ten_thousand_characters_are_read_like_ten(column):
    long = {
        "name": "寿限無" * 3333 + "　太郎",
        "kana": "ジュゲム" * 2500 + " タロウ",
        "address": "緑" * 9990 + "町1-2-3",
    }
    result = made(rows_and_head(**{column: long[column]}))
    person = result.identifier_records.query("person_no == '100'").iloc[0]
    if column == "name":
        assert (len(person["surname"]), person["given"], len(person["name_raw"])) == (9999, "太郎", 10002)
    elif column == "kana":
        assert (len(person["surname_code"]), len(person["given_code"])) == (10000, 3)
    else:
        assert (len(person["town"]), person["block"]) == (9991, "2-3")


def rows_and_head(**changed) -> list[str]:
    return [*JUKI, *rows(1, **changed)]


def test_dates_of_both_era_sets_in_one_column_are_told_apart(tmp_path):
    """9 is no era of 12345: such rows are rejected. 5 is one of both: the day is no child's, told and kept as declared."""
    text = SETTINGS.replace('era_codes: "12345"', 'era_codes: "13579"')
    new = [line.replace(",4280105,", ",7280105,").replace(",5010601,", ",9010601,") for line in JUKI]
    lines = [*new, *rows(60, born="7280105"), *rows(2, 300, born="5030401"), *rows(1, 400, born="4280105")]
    result = made(lines, text)
    assert reasons(result) == {"era_code": 1}
    assert result.identifier_records.query("person_no == '300'")["birth_date"].tolist() == ["1928-04-01"]
    assert codes(tmp_path, text, juki=lines) == [
        ("E-INGEST-27", "juki.csv:68:生年月日"),
        ("E-INGEST-35", "juki.csv:66:生年月日"),
    ]


def test_an_unknown_day_of_birth_is_missing_and_its_row_accepted():
    result = made([*JUKI, *rows(1, born="4280000"), *rows(1, 101, born="不詳"), *rows(1, 102, born="9999999")])
    assert reasons(result) == {}
    assert result.identifier_records.query("source == 'juki'")["birth_date"].isna().sum() == 3


def test_a_spine_id_that_stands_twice_stops_the_run_with_both_lines():
    with pytest.raises(Fault) as told:
        made([*JUKI, *rows(1), *rows(3)])
    assert told.value.code == "E-INGEST-34"
    assert told.value.values == {"first": 6, "rows": 1}
    assert told.value.where == "juki.csv:7:宛名番号"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "E-INGEST-06"), (b"\r\n\r\n", "E-INGEST-06"), (b"\xef\xbb\xbf", "E-INGEST-06"), (b"\x1a", "E-INGEST-06"),
     (csv_bytes(JUKI[:1]), "E-INGEST-05"), (csv_bytes(JUKI[:1]) + b"\r\n\r\n", "E-INGEST-05"),
     (csv_bytes(JUKI[:1])[:-2], "E-INGEST-05")],
    ids=["empty", "line ends", "byte order mark", "DOS end mark", "header", "header and blank lines", "header without end"],
)  # fmt: skip
def test_nothing_or_a_header_alone_is_told(tmp_path, data, code):
    folder = write(tmp_path / "t")
    (folder / "juki.csv").write_bytes(data)
    assert [fault.code for fault in check(settings(), folder)] == [code]
    with pytest.raises((Fault, Faults), match=code):
        ingest(settings(), files() | {"juki": data}, key=b"k")


def test_a_second_header_and_a_mark_inside_a_joined_file_cost_one_row():
    lines = csv_bytes([*SODAN, SODAN[0].replace("受付番号", "\ufeff受付番号"), *(line.replace("S", "T") for line in SODAN[1:])], "utf-8")  # fmt: skip
    result = made(JUKI, sodan=lines)
    assert result.reject_counts.values.tolist() == [["sodan", "unreadable_date", 1]]
    assert len(result.identifier_records.query("source == 'sodan'")) == 4


def test_a_mark_before_a_number_is_no_part_of_it():
    lines = csv_bytes([SODAN[0], f"\ufeff{SODAN[1]}", SODAN[2]], "utf-8")
    assert made(JUKI, sodan=lines).identifier_records.query("source == 'sodan'")["person_no"].tolist() == ["S1", "S2"]


def test_all_ways_to_end_a_line_in_one_file():
    data = b"\r".join(csv_bytes([line])[:-2] for line in JUKI[:2]) + b"\n" + csv_bytes(rows(1)) + b"\n\r" + csv_bytes(rows(1, 101))  # fmt: skip
    result = made(data)
    assert reasons(result) == {"blank_row": 2}, "the line ends between the last two rows"
    assert result.identifier_records.query("source == 'juki'")["person_no"].tolist() == ["001", "100", "101"]


def test_a_quotation_mark_inside_a_field_is_text():
    result = made([*JUKI, *rows(1, name='佐"藤　次郎')])
    assert result.identifier_records.query("person_no == '100'")["name_raw"].tolist() == ['佐"藤　次郎']


def test_an_unbalanced_quotation_mark_is_told_with_the_line_it_begins_on(tmp_path):
    lines = [*JUKI, *rows(3), *rows(1, 200, name='"佐藤　次郎'), *rows(3, 300)]
    assert codes(tmp_path, juki=lines) == [("E-INGEST-09", "juki.csv:9")]
    balanced = [*JUKI, *rows(1, name='"佐藤　次郎'), *rows(1, 300, name='佐藤　次郎"')]
    result = made(balanced)
    assert reasons(result) == {"control_character": 1}, "two rows became one, with a line break in the name"
    assert "300,93,佐藤　次郎" in json.loads(result.rejects["raw"][0])[2]


def test_a_line_break_in_quotes_is_kept_in_an_address_and_in_a_column_that_is_not_read():
    result = made([*JUKI, *rows(1, address='"緑町1-1\r\nコーポ青葉101"')])
    person = result.identifier_records.query("person_no == '100'").iloc[0]
    assert (person["block"], person["building"]) == ("1-1", "コーポ青葉101")
