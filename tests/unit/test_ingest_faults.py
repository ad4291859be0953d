"""Every fault of settings and extracts is told with file, line and column in both languages, and tells nothing of a person."""

import re

import pytest
from ingest_small import JUKI, SETTINGS, SODAN, csv_bytes, settings, write

from kosodachi.faults import Fault, Faults
from kosodachi.ingest import check, ingest, read_files
from kosodachi.ingest.lines import LONGEST_LINE, long_line
from kosodachi.workspace.settings import check_town, read_settings

GOOD = "004,93,佐藤　次郎,ｻﾄｳ ｼﾞﾛｳ,4280105,1,990-0001,緑町1-1,北小,"
MANY = [f"{n},9{n},佐藤　次郎,ｻﾄｳ ｼﾞﾛｳ,4{n}0105,1,990-0001,緑町1-1,北小," for n in range(15, 30)]
PERSONAL = re.compile("佐藤|次郎|ｻﾄｳ|高橋|髙橋|渡|4280|20160105|2016-01|緑町|本町|990-|0040|S1")


def told(folder) -> list[Fault]:
    return check_town(folder)


def only(found: list[Fault]) -> Fault:
    assert len(found) == 1, [fault.told("en") for fault in found]
    return found[0]


def spoken(fault: Fault) -> str:
    """What is told in both languages: one to three lines each, complete, and nothing of a person."""
    for lang in ("ja", "en"):
        text = fault.told(lang)
        assert 1 <= len(text.splitlines()) <= 3
        assert text.startswith(fault.code)
        assert not PERSONAL.search(text), text
    return fault.told("en")


def test_clean_extracts_have_no_fault(tmp_path):
    assert told(write(tmp_path / "t")) == []


def test_a_missing_file(tmp_path):
    folder = write(tmp_path / "t")
    (folder / "sodan.csv").unlink()
    fault = only(told(folder))
    assert (fault.code, fault.where) == ("E-INGEST-01", "sodan.csv")
    spoken(fault)


@pytest.mark.parametrize(("real", "line"), [("utf-8", 1), ("utf-16", 1), ("euc_jp", 1), ("utf-8-sig", 1)])
def test_a_wrong_encoding_names_the_one_that_fits(tmp_path, real, line):
    lines = [text.replace("髙", "高") for text in JUKI]
    fault = only(told(write(tmp_path / "t", juki=csv_bytes(lines, real))))
    assert (fault.code, fault.where) == ("E-INGEST-02", f"juki.csv:{line}")
    suggested = {"utf-8-sig": "utf-8"}.get(real, real)
    assert f"it reads well as {suggested}" in spoken(fault)
    assert f"encoding: {suggested} と書いて" in fault.told("ja")


def test_a_wrong_encoding_behind_a_header_of_plain_letters_names_its_first_line(tmp_path):
    plain = dict(
        zip(JUKI[0].split(","), ["no", "house", "name", "kana", "birth", "sex", "post", "address", "school", "note"])
    )
    text = SETTINGS
    for japanese, letters in plain.items():
        text = text.replace(f"      {japanese}: ", f"      {letters}: ")
    lines = [",".join(plain.values()), "1,9,A B,ABE,4280105,1,,x,x,", *JUKI[1:]]
    found = told(write(tmp_path / "t", text, juki=csv_bytes(lines, "utf-8")))
    assert (found[0].code, found[0].where) == ("E-INGEST-02", "juki.csv:3")


def test_bytes_that_no_encoding_reads(tmp_path):
    data = csv_bytes(JUKI) + b"004,93,\x81\xff,\x81\xff\r\n" * 5
    fault = only(told(write(tmp_path / "t", juki=data)))
    assert (fault.code, fault.where) == ("E-INGEST-03", "juki.csv:6")
    assert "5 lines" in spoken(fault)


def test_an_endless_line_is_refused_before_it_is_read(tmp_path):
    folder = write(tmp_path / "t")
    with (folder / "juki.csv").open("r+b") as file:
        file.truncate(200_000_000)
    fault = only(told(folder))
    assert (fault.code, fault.where) == ("E-INGEST-04", "juki.csv:6")
    assert "100,000 bytes" in spoken(fault)
    with pytest.raises(Fault, match="E-INGEST-04"):
        read_files(folder, settings())


def test_an_endless_line_is_found_a_chunk_at_a_time():
    def chunks():
        yield b"a,b\r\n" * 3
        for number in range(1_000_000):
            assert number * 10_000 < 2 * LONGEST_LINE, "more was read than the answer needs"
            yield b"x" * 10_000

    assert long_line(chunks(), "cp932") == 4
    assert long_line([b"a,b\r\n" * 100_000], "cp932") is None
    assert long_line(["上,一\r\n".encode("utf-16-le") * 100_000], "utf-16") is None
    assert long_line(["\ufeff上\n".encode("utf-16-le"), b"\x0a\x4e" * 100_000], "utf-16") == 2


def test_a_header_without_rows(tmp_path):
    fault = only(told(write(tmp_path / "t", juki=JUKI[:1])))
    assert (fault.code, fault.where) == ("E-INGEST-05", "juki.csv")
    assert "a header and no row" in spoken(fault)


def test_an_empty_file(tmp_path):
    assert only(told(write(tmp_path / "t", juki=b"\r\n"))).code == "E-INGEST-06"


def test_a_missing_column_names_what_is_there_instead(tmp_path):
    fault = only(told(write(tmp_path / "t", juki=[JUKI[0].replace("生年月日", "生年月日２"), *JUKI[1:]])))
    assert (fault.code, fault.where) == ("E-INGEST-07", "juki.csv:1:生年月日")
    assert "生年月日2" in spoken(fault)


def test_all_missing_columns_are_told_at_once(tmp_path):
    found = told(write(tmp_path / "t", juki=[JUKI[0].replace("カナ", "x").replace("性別", "y"), *JUKI[1:]]))
    assert [fault.where for fault in found] == ["juki.csv:1:カナ", "juki.csv:1:性別"]


def test_a_header_that_stands_twice(tmp_path):
    fault = only(told(write(tmp_path / "t", juki=[JUKI[0].replace("備考", "性別"), *JUKI[1:]])))
    assert (fault.code, fault.where) == ("E-INGEST-08", "juki.csv:1:性別")
    assert "columns 6 and 10" in spoken(fault)


def test_a_doubled_header_that_is_not_mapped_is_no_fault(tmp_path):
    lines = [f"{JUKI[0]},備考", *(f"{line}," for line in JUKI[1:])]
    assert told(write(tmp_path / "t", juki=lines)) == []


@pytest.mark.parametrize("rest", ["", f"{GOOD}\r\n" * 5_000], ids=["short", "long"])
def test_a_quotation_mark_that_is_never_closed(tmp_path, rest):
    data = csv_bytes(JUKI) + f'004,93,"佐藤　次郎,ｻﾄｳ,4280105,1,,緑町,北小,\r\n{rest}'.encode("cp932")
    fault = only(told(write(tmp_path / "t", juki=data)))
    assert (fault.code, fault.where) == ("E-INGEST-09", "juki.csv:6")
    spoken(fault)


def test_the_wrong_set_of_era_digits_blocks(tmp_path):
    folder = write(tmp_path / "t", SETTINGS.replace('era_codes: "12345"', 'era_codes: "13579"'), juki=[*JUKI, *MANY])
    fault = told(folder)[0]
    assert (fault.code, fault.where) == ("E-INGEST-10", "juki.csv:2:生年月日")
    assert "era digit 4 is not in the set 13579" in spoken(fault)
    with pytest.raises((Fault, Faults), match="E-INGEST-10"):
        ingest(read_settings(folder / "municipality.yaml"), read_files(folder, settings()), key=b"k")


def test_a_set_of_era_digits_that_makes_children_old_blocks(tmp_path):
    reiwa = [line.replace(",4280105,", ",5030401,").replace(",5010601,", ",5030401,") for line in JUKI]
    found = told(write(tmp_path / "t", SETTINGS.replace('era_codes: "12345"', 'era_codes: "13579"'), juki=reiwa))
    assert only(found).code == "E-INGEST-11"
    assert "3 of 3 dates of birth" in spoken(found[0])


def test_an_extract_of_which_nothing_is_accepted_blocks(tmp_path):
    folder = write(tmp_path / "t", juki=[JUKI[0], "1,2,3", "4,5,6"])
    found = told(folder)
    assert [fault.code for fault in found] == ["E-INGEST-12", "E-INGEST-21"]
    assert "none of the 2 rows" in spoken(found[0])


ROWS = {
    "E-INGEST-20": (",,,,,,,,,", "", "a row with nothing"),
    "E-INGEST-21": (GOOD.rsplit(",", 2)[0], "", "8 fields"),
    "E-INGEST-22": (f"{GOOD},x", "", "11 fields"),
    "E-INGEST-24": (GOOD.replace("次郎", "次\x07郎"), ":氏名", "a control character"),
    "E-INGEST-25": (GOOD.replace("4280105", "28.1.5"), ":生年月日", "in no known form"),
    "E-INGEST-26": (GOOD.replace("4280105", "4280231"), ":生年月日", "not in the calendar"),
    "E-INGEST-27": (GOOD.replace("4280105", "7280105"), ":生年月日", "era digit 7 is not in the set 12345"),
    "E-INGEST-28": (GOOD.replace("004,", ",", 1), ":宛名番号", "without a person number"),
    "E-INGEST-34": (GOOD.replace("004,", "002,", 1), ":宛名番号", "the same person number as on line 3"),
    "E-INGEST-30": (GOOD.replace(",1,", ",9,"), ":性別", "a code of sex that is not mapped: 9"),
    "E-INGEST-32": (GOOD.replace("990-0001", "99-1"), ":郵便番号", "no postcode"),
    "E-INGEST-33": (GOOD.replace("4280105", "5100105"), ":生年月日", "hardly a child's"),
}


def test_a_repeated_key_outside_the_register_is_told_with_both_lines(tmp_path):
    fault = only(told(write(tmp_path / "t", sodan=[*SODAN, SODAN[1]])))
    assert (fault.code, fault.where) == ("E-INGEST-29", "sodan.csv:4:受付番号")
    assert "the same key as on line 2" in fault.told("en")


@pytest.mark.parametrize("code", ROWS)
def test_a_fault_of_a_row_names_its_line_and_column(tmp_path, code):
    row, column, words = ROWS[code]
    fault = only(told(write(tmp_path / "t", juki=[*JUKI, row, *MANY, *(line.replace(",", "9,", 1) for line in MANY)])))
    assert (fault.code, fault.where) == (code, f"juki.csv:6{column}")
    assert words in spoken(fault)


def test_a_broken_byte_names_its_line(tmp_path):
    data = csv_bytes(JUKI) + GOOD.encode("cp932").replace("次".encode("cp932"), b"\x81\xff") + b"\r\n"
    fault = only(told(write(tmp_path / "t", juki=data)))
    assert (fault.code, fault.where) == ("E-INGEST-23", "juki.csv:6:氏名")
    spoken(fault)


def test_a_value_that_is_no_count(tmp_path):
    text = SETTINGS.replace("受付日: opened,", "受付日: opened, 体重: birth_weight,")
    lines = [f"{SODAN[0]},体重", f"{SODAN[1]},重い", f"{SODAN[2]},3000"]
    fault = only(told(write(tmp_path / "t", text, sodan=lines)))
    assert (fault.code, fault.where) == ("E-INGEST-31", "sodan.csv:2:体重")
    spoken(fault)


def test_what_may_be_a_name_in_a_column_of_codes_is_not_shown(tmp_path):
    lines = [
        SODAN[0],
        "S1,高橋花子,平成28年1月5日,令和5年4月1日,佐藤次郎",
        "S2,渡辺 一,,R5.6.1,LI",
        "S3,渡辺 一,,R5.6.1,7",
    ]
    fault = only(told(write(tmp_path / "t", sodan=lines)))
    assert fault.code == "E-INGEST-30"
    assert "not mapped: 7, ... (3 rows)" in spoken(fault)
    assert "LI" not in fault.told("en").replace("E-INGEST", "")


def test_faults_of_all_sources_and_settings_are_told_together(tmp_path):
    text = SETTINGS.replace("encoding: utf-8", "encodng: utf-8").replace("校区: district", "校区: distrct")
    folder = write(
        tmp_path / "t", text, juki=[*JUKI, GOOD.replace("4280105", "4280231")], sodan=csv_bytes(SODAN, "euc_jp")
    )
    found = told(folder)
    assert [fault.code for fault in found] == ["E-SET-03", "E-SET-20", "E-INGEST-26", "E-INGEST-02"]
    assert found[0].where == "municipality.yaml:32:5"
    assert found[1].where == "municipality.yaml:25:7"
    assert "did you mean 'encoding'?" in spoken(found[0])
    assert "did you mean 'district'?" in spoken(found[1])


DECLARED = {
    "E-SET-21": ("校区: district", "校区: zzz", "zzz"),
    "E-SET-22": ("校区: district", "校区: kana", "two headers"),
    "E-SET-23": ("世帯番号: household_no", "世帯番号: telephone", "no header for household_no"),
    "E-SET-25": ("      氏名: name\n", "      氏名: name_surname\n", "without its other part"),
    "E-SET-26": ("sex: {1: male, 2: female}", "sex: {1: male, 2: female}\n      caries: {1: yes}", "codes for caries"),
    "E-SET-27": ("2: female", "2: woman", "'woman' is no standard value"),
    "E-SET-28": ("file: juki.csv", "file: ../juki.csv", "outside"),
}


@pytest.mark.parametrize("code", DECLARED)
def test_a_fault_of_a_declaration_names_its_line(tmp_path, code):
    old, new, words = DECLARED[code]
    found = [
        fault for fault in told(write(tmp_path / "t", SETTINGS.replace(old, new))) if fault.code.startswith("E-SET")
    ]
    fault = only(found)
    assert fault.code == code
    assert re.fullmatch(r"municipality\.yaml:\d+:\d+", fault.where)
    assert words in spoken(fault)
    with pytest.raises((Fault, Faults), match=code):
        ingest(read_settings(tmp_path / "t" / "municipality.yaml"), {}, key=b"k")


def test_a_source_without_names_cannot_be_linked(tmp_path):
    text = SETTINGS.replace("児童氏名: name, ", "")
    assert only(told(write(tmp_path / "t", text))).code == "E-SET-24"


def test_check_also_works_without_a_settings_file(tmp_path):
    folder = write(tmp_path / "t")
    (folder / "municipality.yaml").unlink()
    assert (
        check(settings(SETTINGS.replace("校区: district", "校区: distrct")), folder)[0].where
        == "sources.juki.columns.校区"
    )
