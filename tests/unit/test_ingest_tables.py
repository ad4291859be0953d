"""What the ingest step hands on: two zones, every row accounted for, ids that do not tell the order of the file."""

import json

import pandas as pd
import pytest
from ingest_small import JUKI, SETTINGS, SODAN, csv_bytes, files, settings

from kosodachi.faults import Fault, Faults
from kosodachi.ingest import ingest
from kosodachi.tables import COLUMNS, checked

KEY = b"0" * 32


def made(**changed):
    return ingest(settings(), files(**changed), key=KEY)


def test_every_table_keeps_its_contract():
    result = made()
    for name in ("identifier_records", "rejects", "ingest_counts", "reject_counts", "field_coverage"):
        checked(name, getattr(result, name))
    for source, table in result.attributes.items():
        checked(f"attributes_{source}", table)


def test_a_clean_extract_is_accepted_whole():
    result = made()
    assert result.ingest_counts.to_dict("list") == {
        "source": ["juki", "sodan"],
        "read": [3, 2],
        "accepted": [3, 2],
        "rejected": [0, 0],
    }
    assert result.rejects.empty
    assert result.reject_counts.empty


def test_names_meet_and_glyphs_stay():
    people = made().identifier_records.set_index(["source", "row_no"])
    assert people.loc[("juki", 1), "name"] == people.loc[("sodan", 1), "name"] == "高橋花子"
    assert people.loc[("juki", 1), "name_raw"] == "髙橋　花子"
    assert people.loc[("juki", 1), "kana_raw"] == "ﾀｶﾊｼ ﾊﾅｺ"
    assert people.loc[("juki", 1), "birth_date"] == people.loc[("sodan", 1), "birth_date"] == "2016-01-05"
    assert people.loc[("sodan", 2), "birth_date"] is None
    assert people.loc[("sodan", 2), "sex"] is None
    assert people.loc[("juki", 3), ["address", "town", "block"]].tolist() == ["本町4-5", "本町", "4-5"]


def test_attributes_hold_no_identifier():
    result = made()
    identifiers = {name for name, column in COLUMNS.items() if column.zone != "analysis"}
    assert set(result.attributes["sodan"]) & identifiers == set()
    assert set(result.attributes["juki"]) & identifiers == {"sex"}
    text = " ".join(table.to_csv() for table in result.attributes.values())
    assert not any(word in text for word in ("高橋", "髙橋", "2016-01-05", "緑町", "S1", "001,"))


def test_attributes_have_every_column_of_their_kind():
    sodan = made().attributes["sodan"]
    assert list(sodan) == ["record_id", "opened", "closed", "consultation_kind", "route"]
    assert sodan["opened"].dtype == "datetime64[ns]"
    assert sodan["closed"].isna().all()
    assert sorted(sodan["consultation_kind"]) == ["abuse", "other"]


def test_record_ids_depend_on_the_key_and_not_on_the_order_of_sources():
    one, other = made(), ingest(settings(), files(), key=b"1" * 32)
    assert not set(one.identifier_records["record_id"]) & set(other.identifier_records["record_id"])
    assert set(one.attributes["juki"]["record_id"]) == set(
        one.identifier_records.query("source == 'juki'")["record_id"]
    )
    assert one.attributes["juki"]["record_id"].is_monotonic_increasing


def test_the_same_bytes_give_the_same_tables():
    pd.testing.assert_frame_equal(made().identifier_records, made().identifier_records)


BROKEN_ROWS = {
    "short_row": "004,93,佐藤　次郎,ｻﾄｳ ｼﾞﾛｳ,4280105,1",
    "long_row": "004,93,佐藤　次郎,ｻﾄｳ ｼﾞﾛｳ,4280105,1,990-0001,緑町1-1,北小,,x",
    "blank_row": ",,,,,,,,,",
    "unreadable_date": "004,93,佐藤　次郎,ｻﾄｳ ｼﾞﾛｳ,いつか,1,990-0001,緑町1-1,北小,",
    "impossible_date": "004,93,佐藤　次郎,ｻﾄｳ ｼﾞﾛｳ,4280231,1,990-0001,緑町1-1,北小,",
    "blank_number": ",93,佐藤　次郎,ｻﾄｳ ｼﾞﾛｳ,4280105,1,990-0001,緑町1-1,北小,",
    "control_character": "004,93,佐藤\x00　次郎,ｻﾄｳ ｼﾞﾛｳ,4280105,1,990-0001,緑町1-1,北小,",
}


@pytest.mark.parametrize("code", BROKEN_ROWS)
def test_a_row_that_cannot_be_read_is_kept_with_its_reason(code):
    result = made(juki=[*JUKI, BROKEN_ROWS[code]])
    assert result.rejects[["source", "row_no", "code"]].values.tolist() == [["juki", 4, code]]
    assert json.loads(result.rejects["raw"][0]) == BROKEN_ROWS[code].split(",")
    assert result.rejects["reason"][0]
    assert result.ingest_counts["rejected"].tolist() == [1, 0]
    assert result.reject_counts.values.tolist() == [["juki", code, 1]]


def test_a_repeated_key_rejects_the_later_row():
    result = made(sodan=[*SODAN, SODAN[1]])
    assert result.reject_counts.values.tolist() == [["sodan", "duplicate_key", 1]]
    assert result.rejects["row_no"].tolist() == [3]


def test_a_number_twice_in_the_register_stops_the_run():
    with pytest.raises(Fault) as told:
        made(juki=[*JUKI, JUKI[2]])
    assert told.value.code == "E-INGEST-34"
    assert told.value.values == {"first": 3, "rows": 1}


def test_one_era_digit_outside_the_set_rejects_its_row():
    many = [f"{n:03},9{n},山田　{chr(0x30A1 + n)},ﾔﾏﾀﾞ,4280105,1,,緑町1-{n},北小," for n in range(10, 40)]
    result = made(juki=[*JUKI, *many, "004,93,佐藤　次郎,ｻﾄｳ,7280105,1,,緑町1-1,北小,"])
    assert result.reject_counts.values.tolist() == [["juki", "era_code", 1]]


def test_a_broken_byte_rejects_its_row_and_no_other():
    data = (
        csv_bytes(JUKI)
        + "004,93,佐藤".encode("cp932")
        + b"\x81\xff"
        + ",ｻﾄｳ,4280105,1,,緑町1-1,北小,\r\n".encode("cp932")
    )
    result = made(juki=data)
    assert result.reject_counts.values.tolist() == [["juki", "undecodable", 1]]
    assert "\\x81" in json.loads(result.rejects["raw"][0])[2]
    assert len(result.identifier_records) == 5


def test_what_is_wrong_in_a_column_that_is_not_mapped_rejects_nothing():
    row = "004,93,佐藤　次郎,ｻﾄｳ ｼﾞﾛｳ,4280105,1,990-0001,緑町1-1,北小,\x00"
    assert made(juki=[*JUKI, row]).rejects.empty


def test_a_code_that_is_not_mapped_is_missing_and_counted():
    row = "004,93,佐藤　次郎,ｻﾄｳ ｼﾞﾛｳ,4280105,9,990-01,緑町1-1,北小,"
    coverage = made(juki=[*JUKI, row]).field_coverage.set_index(["source", "column"])
    assert coverage.loc[("juki", "sex")].tolist() == [4, 3, 1]
    assert coverage.loc[("juki", "postcode")].tolist() == [4, 3, 1]
    assert coverage.loc[("sodan", "birth_date")].tolist() == [2, 1, 0]
    assert coverage.loc[("sodan", "name")].tolist() == [2, 2, 0]


@pytest.mark.parametrize(
    "data",
    [
        csv_bytes(JUKI).replace(b"\r\n", b"\n"),
        csv_bytes(JUKI).replace(b"\r\n", b"\r"),
        csv_bytes(JUKI) + b"\x1a",
        csv_bytes(JUKI) + b"\r\n\r\n",
        csv_bytes(JUKI)[:-2],
        csv_bytes([JUKI[0], *(f"{line},,," for line in JUKI[1:])]),
    ],
    ids=["LF", "CR", "DOS end mark", "empty lines at the end", "no last line break", "blank fields too many"],
)
def test_ways_to_end_lines_and_files(data):
    assert made(juki=data).ingest_counts["accepted"].tolist() == [3, 2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "euc_jp", "cp932"])
def test_every_encoding_reads_the_same(encoding):
    lines = [line.replace("髙", "高") for line in JUKI]
    as_declared = settings(SETTINGS.replace("encoding: cp932", f"encoding: {encoding}"))
    result = ingest(as_declared, files(juki=csv_bytes(lines, encoding)), key=KEY)
    assert result.identifier_records["name"].tolist() == ["高橋花子", "高橋太郎", "渡辺一", "高橋花子", "渡辺一"]


def test_a_byte_order_mark_under_plain_utf_8_does_no_harm():
    data = b"\xef\xbb\xbf" + csv_bytes(SODAN, "utf-8")
    assert made(sodan=data).ingest_counts["accepted"].tolist() == [3, 2]


def test_blocking_faults_of_all_sources_are_told_together():
    with pytest.raises(Faults) as told:
        made(juki=JUKI[:1], sodan=csv_bytes(SODAN, "cp932"))
    assert [fault.code for fault in told.value.found] == ["E-INGEST-05", "E-INGEST-02"]


def test_a_source_that_was_not_handed_over_is_told():
    with pytest.raises(Fault) as told:
        ingest(settings(), {"juki": files()["juki"]}, key=KEY)
    assert (told.value.code, told.value.where) == ("E-INGEST-01", "sodan.csv")
