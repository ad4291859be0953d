"""What holds of any text: nothing is read twice to another result, no name is emptied, no row is lost."""

import hmac
import json
import re
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_small import JUKI, SETTINGS, csv_bytes, files
from ingest_small import settings as municipality

from kosodachi.faults import Fault, Faults
from kosodachi.ingest import ingest
from kosodachi.ingest.normalise import addresses, dates, kana, names, packed, text, width
from kosodachi.ingest.normalise.text import over_distinct
from kosodachi.ingest.rows import _quoted, read_sheet
from kosodachi.tables.pseudonyms import pseudonyms

KANJI = "山田高髙橋渡邉邊崎﨑斎齋斉一二〇々ヶ𠮷葛\U000e0100"
KANA = "アイウエオカガキギャュョッヴーｱｶﾞﾊﾟｰあいがぱゃ゛゜ゝヾ"
SIGNS = " 　・-－‐~()（）,.'/\t"
JAPANESE = st.text(KANJI + KANA + SIGNS + "ABCxyzＡ１9", max_size=14)
ANY = st.text(max_size=14)
quick = settings(max_examples=60, deadline=None, derandomize=True)


def column(values) -> pd.Series:
    return pd.Series(list(values), dtype=object)


@quick
@given(st.lists(JAPANESE, min_size=1, max_size=8))
def test_reading_a_name_again_changes_nothing(written):
    for room in (names, kana):
        once = room.clean(column(written))
        assert room.clean(once).tolist() == once.tolist()


@quick
@given(st.lists(st.one_of(JAPANESE, ANY), min_size=1, max_size=8))
def test_a_name_with_a_letter_in_it_is_never_emptied(written):
    found = names.parts(column(written))["name"]
    for one, name in zip(written, found):
        if re.search("[一-龠ァ-ヺぁ-ゖA-Za-z]", one):
            assert name


@quick
@given(st.lists(st.one_of(JAPANESE, ANY), min_size=1, max_size=8))
def test_parts_join_to_the_whole(written):
    for room, whole in ((names, "name"), (kana, "kana")):
        found = room.parts(column(written))
        both = found.dropna()
        assert (both["surname"] + both["given"] == both[whole]).all()
        assert not found[whole].dropna().str.contains(r"\s").any()


@quick
@given(st.lists(ANY, min_size=1, max_size=8))
def test_a_code_of_kana_is_one_ascii_byte_a_sign(written):
    reading = kana.parts(column(written))["kana"].dropna()
    code = kana.coded(reading)
    assert code.map(str.isascii).all()
    assert (code.str.len() <= reading.str.len()).all()
    plain = reading[~reading.str.contains("ー")]
    assert (kana.coded(plain).str.len() == plain.str.len()).all()


@quick
@given(st.lists(st.one_of(JAPANESE, ANY, st.from_regex(r"\A[0-9MTSHR令和平成元年月日./-]{4,9}\Z")), min_size=1, max_size=8),
       st.sampled_from(["12345", "13579"]))  # fmt: skip
def test_a_day_is_a_day_of_the_calendar_or_a_problem_or_missing(written, era_codes):
    found = dates.iso(column(written), era_codes=era_codes)
    pd.to_datetime(found["day"].dropna(), format="%Y-%m-%d")
    assert not (found["day"].notna() & found["problem"].notna()).any()


@quick
@given(st.dates(min_value=pd.Timestamp("1990-01-01").date(), max_value=pd.Timestamp("2025-12-31").date()))
def test_every_way_of_writing_a_day_gives_that_day(day):
    heisei = day < pd.Timestamp("2019-05-01").date()
    year = day.year - (1988 if heisei else 2018)
    ways = [f"{'H' if heisei else 'R'}{year}.{day.month}.{day.day}", f"{'平成' if heisei else '令和'}{year if year > 1 else '元'}年{day.month}月{day.day}日",
            f"{4 if heisei else 5}{year:02}{day.month:02}{day.day:02}", day.isoformat(), f"{day:%Y%m%d}", f"{day.year}/{day.month}/{day.day}"]  # fmt: skip
    assert set(dates.iso(column(ways), era_codes="12345")["day"]) == {day.isoformat()}
    other = f"{7 if heisei else 9}{year:02}{day.month:02}{day.day:02}"
    assert dates.iso(column([other]), era_codes="13579")["day"][0] == day.isoformat()


@quick
@given(st.integers(1, 40), st.integers(1, 99), st.integers(1, 99))
def test_one_place_written_three_ways_is_one_address(chome, block, number):
    ways = [
        f"緑町{chome}丁目{block}番{number}号",
        f"青葉市緑町{chome}-{block}-{number}",
        f"緑町{chome}ー{block}－{number}　メゾン青葉{number}号室",
    ]
    found = addresses.parts(column(ways), municipality="青葉市")
    assert found["address"].unique().tolist() == [f"緑町{chome}-{block}-{number}"]
    assert found["chome"].unique().tolist() == [f"緑町{chome}"]


@quick
@given(st.lists(st.one_of(st.none(), ANY), max_size=12))
def test_addresses_of_any_text_keep_their_rows(written):
    found = addresses.parts(column(written))
    assert len(found) == len(written)
    assert {type(value) for value in found.to_numpy().ravel()} <= {str, type(None)}


def test_the_order_of_rows_does_not_matter():
    written = column(["山田　太郎", None, "髙橋 花子", "山田　太郎"])
    assert names.parts(written).iloc[::-1].equals(names.parts(written.iloc[::-1]))
    assert over_distinct(column([]), lambda texts: texts).tolist() == []


@quick
@given(st.lists(st.one_of(JAPANESE, ANY), min_size=1, max_size=8), st.booleans())
def test_one_width_is_unicodes(written, capitals):
    first = text.tidy_table()
    read = text.texts_of(width.in_one_width(written, capitals=capitals))
    for one, found in zip(written, read):
        tidy = text.mapped(text.codes_of([one]), first)[:-1].tobytes().decode("utf-32-le")
        plain = unicodedata.normalize("NFKC", tidy)
        plain = unicodedata.normalize("NFKC", plain.upper()) if capitals else plain
        assert (found or "") == unicodedata.normalize("NFKC", plain)


@quick
@given(
    st.lists(
        st.lists(st.one_of(JAPANESE, ANY, st.text("渡辺𠮷Aー", max_size=5)), min_size=1, max_size=6),
        min_size=1,
        max_size=3,
    )
)
def test_packed_texts_are_the_texts(parts):
    whole = [text.codes_of(part) for part in parts]
    made = packed.unpacked([packed.packed(codes) for codes in whole])
    assert made.tolist() == [one for codes in whole for one in text.texts_of(codes)]


@quick
@given(st.lists(st.lists(st.text("aB1-", max_size=11), min_size=1, max_size=6), min_size=1, max_size=3))
def test_packed_texts_of_ascii_are_the_texts(parts):
    made = packed.unpacked([packed.packed(text.codes_of(part).astype("u1")) for part in parts])
    assert made.tolist() == [one or None for part in parts for one in part]


@quick
@given(st.lists(st.one_of(st.text("ab未命名", max_size=4), JAPANESE), min_size=1, max_size=12))
def test_words_are_found_wherever_they_stand(values):
    codes, words = text.codes_of([value.replace("\x1e", "") for value in values]), ("未命名", "ab", "命名ab")
    at = text.words_in(codes, words).tolist()
    assert at == [number for number, value in enumerate(values) if value in words]
    emptied = text.texts_of(text.exchanged(codes, at))
    assert emptied.tolist() == [None if number in at else value or None for number, value in enumerate(values)]


@quick
@given(st.lists(st.one_of(JAPANESE, ANY), min_size=1, max_size=8))
def test_no_form_is_longer_than_what_was_written(written):
    """But for signs that Unicode writes out, such as ㈱."""
    name, sound = names.parts(column(written)), kana.with_codes(column(written))
    place = addresses.parts(column(written))
    for row, one in enumerate(written):
        most = len(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", one).upper()))
        assert len(name["name"][row] or "") <= most
        assert len(sound["kana_code"][row] or "") <= len(sound["kana"][row] or "") <= most
        assert len(place["town"][row] or "") + len(place["building"][row] or "") <= most


@quick
@given(st.lists(st.one_of(st.none(), JAPANESE, ANY), min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_nor_the_size_of_parts_matters(written, random):
    """A long column is worked on in parts, one with few distinct values over these alone: the values are the same."""

    def read(values: pd.Series) -> pd.DataFrame:
        rooms = names.parts(values), kana.with_codes(values), addresses.parts(values, municipality="青葉市")
        return pd.concat([*rooms, dates.iso(values, era_codes="12345")], axis=1)

    usual = read(column(written))
    order = random.sample(range(len(written)), len(written))
    assert read(column([written[at] for at in order])).equals(usual.iloc[order].reset_index(drop=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "PART", 2)
        patch.setattr(text, "FEW", 2.0)
        assert read(column(written * 3)).equals(pd.concat([usual] * 3, ignore_index=True))


@quick
@given(st.lists(st.text(KANJI + KANA + " 　・（）", min_size=1, max_size=10), min_size=1, max_size=6))
def test_the_glyphs_of_the_source_stay(written):
    lines = [JUKI[0], *(f"{n},9,{name},ヤマダ,4280105,1,,緑町1,北小," for n, name in enumerate(written, start=1))]
    utf8 = municipality(SETTINGS.replace("encoding: cp932", "encoding: utf-8"))
    people = ingest(utf8, files(juki=csv_bytes(lines, "utf-8")), key=b"k").identifier_records
    found = people[people["source"] == "juki"]["name_raw"]
    assert found.tolist() == [name if name.strip() else None for name in written]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text("ab渡 　,\r\n\x00\ufeff|", max_size=24))
def test_text_cut_at_its_signs_is_what_the_csv_module_reads(whole):
    def sheet(read) -> tuple:
        try:
            made = read(whole)
        except Fault as fault:
            return (fault.code, fault.where)
        rows = [made.row(number) for number in range(1, len(made) + 1)]
        return made.header, rows, made.lines.tolist(), made.regular.tolist()

    assert sheet(lambda t: read_sheet(t, delimiter=",", file="a")) == sheet(lambda t: _quoted(t, ",", "a"))


@quick
@given(st.binary(max_size=80), st.lists(st.text(max_size=9), max_size=4))
def test_pseudonyms_are_hmac(key, values):
    for value, found in zip(values, pseudonyms(key, "person", column(values))):
        assert found == hmac.new(key, f"v1|person|{value}".encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:16]


def test_many_pseudonyms_are_the_same_hmac(monkeypatch):
    """Above a number of values DuckDB hashes them; keys of any length, texts of any script, repeats and the missing."""
    monkeypatch.setattr("kosodachi.tables.pseudonyms.MANY", 1)
    values = ["0990012345", "鈴木", "", None, "0990012345", "a" * 200]
    for key in (b"", b"k" * 32, b"k" * 64, b"k" * 65):
        for value, found in zip(values, pseudonyms(key, "record", column(values))):
            assert found == (
                None if value is None else hmac.new(key, f"v1|record|{value}".encode(), "sha256").hexdigest()[:16]
            )


@quick
@given(st.integers(1, 99), st.integers(1, 99), st.integers(1, 999))
def test_kanji_numerals_are_numbers(chome, block, number):
    signs = "〇一二三四五六七八九"

    def tens(value: int) -> str:
        hundred, ten, one = value // 100, value // 10 % 10, value % 10
        digits = (signs[hundred] if hundred > 1 else "") + "百" * (hundred > 0) + (signs[ten] if ten > 1 else "")
        return digits + "十" * (ten > 0) + (signs[one] if one else "")

    def places(value: int) -> str:
        return "".join(signs[int(digit)] for digit in str(value))

    plain = f"緑町{chome}-{block}-{number}"
    for write in (str, tens, places):
        written = f"緑町{write(chome)}丁目{write(block)}番{write(number)}号"
        assert addresses.parts(column([written]))["address"][0] == plain, written


def test_a_long_column_is_read_like_its_values():
    """More values than one part holds, so that several parts run side by side."""
    rng = np.random.default_rng(5)
    some = np.array(list("山田高髙橋渡邉々一ｱｶﾞがー- 　1２丁目番号緑町"))
    written = ["".join(rng.choice(some, rng.integers(1, 12))) for _ in range(text.PART + 50)]
    whole = names.parts(column(written))
    assert whole.iloc[-60:].reset_index(drop=True).equals(names.parts(column(written[-60:])))
    assert whole.iloc[:60].equals(names.parts(column(written[:60])))


CELL = st.one_of(
    st.text(KANJI.replace("\U000e0100", "").replace("𠮷", "") + '0123456789./年月日,"', max_size=8),
    st.sampled_from(["4280105", "4280231", "7280105", "1", "9", "001", "002"]),
)
FIELDS = st.lists(CELL, min_size=0, max_size=12)


def _line(cells: list[str]) -> str:
    return ",".join('"{}"'.format(cell.replace('"', '""')) for cell in cells)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(FIELDS, max_size=8))
def test_no_row_is_lost_whatever_stands_in_it(rows):
    lines = [_line(cells) for cells in rows]
    try:
        result = ingest(municipality(), files(juki=csv_bytes([*JUKI, *lines, JUKI[1].replace("001", "999")])), key=b"k")
    except (Fault, Faults) as fault:
        assert set(fault.args) <= {"E-INGEST-10", "E-INGEST-11"} and len(rows) > 1
        return
    counts = result.ingest_counts.set_index("source").loc["juki"]
    assert counts["read"] == 4 + len(rows) == counts["accepted"] + counts["rejected"]
    kept = set(result.identifier_records.query("source == 'juki'")["row_no"]) | set(result.rejects["row_no"])
    assert kept == set(range(1, counts["read"] + 1))
    for row_no, raw in zip(result.rejects["row_no"], result.rejects["raw"]):
        if 3 < row_no < counts["read"]:
            assert json.loads(raw) == rows[row_no - 4]
    assert result.reject_counts["rows"].sum() == counts["rejected"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_a_corrupt_file_is_refused_or_every_row_is_accounted_for(data):
    whole = bytearray(csv_bytes(JUKI))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))
    try:
        result = ingest(municipality(), files(juki=bytes(whole[:cut])), key=b"k")
    except (Fault, Faults) as fault:
        assert fault.told("ja") and fault.told("en")
        return
    counts = result.ingest_counts.iloc[0]
    assert counts["read"] == counts["accepted"] + counts["rejected"] >= 1
