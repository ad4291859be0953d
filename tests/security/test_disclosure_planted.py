"""Known identifiers planted into everything that could leave are found; what is clean raises no alarm."""

import json
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hand_made import SURNAMES, analysis_tables, identifier_records

from kosodachi.disclosure import Forbidden, find_identifiers, find_in_folder, identifier_columns
from kosodachi.tables import COLUMNS, CONTRACTS

ROOT = Path(__file__).parents[2]
RECORDS = identifier_records(2000)
FORBIDDEN = Forbidden.of(RECORDS)
CHILD = RECORDS[RECORDS["surname"].str.len().eq(2) & RECORDS["given"].str.len().eq(2)].iloc[0]


def known() -> dict[str, list[str]]:
    """One child's identifiers as they may be written, by kind."""
    full = str.maketrans("0123456789", "０１２３４５６７８９")
    surname, given = CHILD["surname"], CHILD["given"]
    kana = CHILD["kana_raw"]
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in kana)
    year, month, day = map(int, CHILD["birth_date"].split("-"))
    base, code, letter, era = (2018, 5, "R", "令和") if CHILD["birth_date"] >= "2019-05-01" else (1988, 4, "H", "平成")
    other_code = {4: 7, 5: 9}[code]
    address = CHILD["address"]
    return {
        "name": [CHILD["name_raw"], surname + given, f"{surname} {given}", f"{surname},{given}", f"{surname}</b>{given}",
                 f"<td>{surname}</td><td>{given}</td>", f"{surname}\u200b{given}", json.dumps(surname + given)],
        "kana": [kana, kana.replace(" ", ""), hiragana, f"{hiragana}さん", half_width(kana)],
        "address": [address, address.translate(full), address.replace("青葉市", ""),
                    address.replace("丁目", "-").replace("番", "−").replace("号", "")],
        "number": [CHILD["person_no"], CHILD["person_no"].translate(full), f"宛名番号{CHILD['person_no']}です",
                   f"{CHILD['person_no'][:4]}-{CHILD['person_no'][4:]}", CHILD["household_no"], CHILD["record_id"],
                   f"{CHILD['household_no']}.0"],
        "birth_date": [f"{surname} {form}" for form in (
            CHILD["birth_date"], f"{year}/{month}/{day}", f"{year}年{month}月{day}日", f"{era}{year - base}年{month}月{day}日",
            f"{letter}{year - base:02d}.{month:02d}.{day:02d}", f"{code}{year - base:02d}{month:02d}{day:02d}",
            f"{other_code}{year - base:02d}{month:02d}{day:02d}", f"{year}{month:02d}{day:02d}")],
        "telephone": ["080-1234-5678", "０９０１２３４５６７８"],
    }  # fmt: skip


def half_width(kana: str) -> str:
    import jaconv

    return jaconv.z2h(kana, kana=True)


PLANTED = [(kind, text) for kind, texts in known().items() for text in texts]


@pytest.mark.parametrize("kind, text", PLANTED, ids=[f"{kind}-{place}" for place, (kind, _) in enumerate(PLANTED)])
def test_every_form_is_found_in_a_sentence(kind, text):
    found = find_identifiers(f"一行目です。\nこの表では {text} を示します。\n三行目です。", FORBIDDEN)
    assert kind in {finding.kind for finding in found}
    assert {finding.line for finding in found} == {2}


def plant_report(folder: Path, text: str) -> Path:
    file = folder / "page.html"
    file.write_text(f"<html><body><p>判定</p><p>{text}</p></body></html>", encoding="utf-8")
    return file


def plant_notebook(folder: Path, text: str) -> Path:
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook, new_output

    cell = new_code_cell("step", outputs=[new_output("execute_result", data={"text/plain": text}, execution_count=1)])
    file = folder / "nb.ipynb"
    nbformat.write(new_notebook(cells=[cell]), file)
    return file


def plant_parquet(folder: Path, text: str) -> Path:
    file = folder / "table.parquet"
    pd.DataFrame({"group": ["a", "b"], "note": [None, text]}).to_parquet(file)
    return file


def plant_parquet_metadata(folder: Path, text: str) -> Path:
    file = folder / "meta.parquet"
    table = pd.DataFrame({"group": ["a"]})
    table.attrs["note"] = text
    table.to_parquet(file)
    return file


def plant_log(folder: Path, text: str) -> Path:
    file = folder / "run.log"
    handler = logging.FileHandler(file, encoding="cp932" if text.isascii() else "utf-8")
    logger = logging.Logger("planted")
    logger.addHandler(handler)
    logger.error("could not read row 17: %s", text)
    handler.close()
    return file


def plant_name_of_file(folder: Path, text: str) -> Path:
    file = folder / f"{text}.csv"
    file.write_text("a\n", encoding="utf-8")
    return file


PLACES = [plant_report, plant_notebook, plant_parquet, plant_parquet_metadata, plant_log, plant_name_of_file]


@pytest.mark.parametrize("plant", PLACES)
@pytest.mark.parametrize("column", ["name_raw", "kana_raw", "address", "person_no", "household_no", "record_id"])
def test_a_planted_leak_is_found_wherever_it_lies(tmp_path, plant, column):
    plant(tmp_path, "count 25")
    assert find_in_folder(tmp_path, FORBIDDEN) == {}, "clean before"
    file = plant(tmp_path, CHILD[column])
    found = find_in_folder(tmp_path, FORBIDDEN)
    assert list(found) == [file.relative_to(tmp_path).as_posix()]
    assert CHILD[column] not in repr(list(found.values())), "a finding never holds what it found"


def test_a_list_of_birth_dates_is_found_and_a_schedule_is_not():
    listed = "\n".join(RECORDS["birth_date"].drop_duplicates().head(40))
    assert {finding.kind for finding in find_identifiers(listed, FORBIDDEN)} == {"birth_date"}
    index_date = RECORDS["birth_date"].iloc[3]
    assert find_identifiers(f"起点日 {index_date}、判定の基準日 2024-04-01", FORBIDDEN) == []
    months = "\n".join(f"{year}-{month:02d}-01" for year in range(2008, 2025) for month in range(1, 13))
    assert find_identifiers(months, FORBIDDEN) == []


@pytest.mark.parametrize("text", ["森　健", "氏名: 森 健", "<td>森</td><td>健</td>", "a,森,健,b", '"森","健"'])
def test_a_name_of_two_characters_is_found_where_it_stands_alone(text):
    assert {finding.kind for finding in find_identifiers(text, FORBIDDEN)} == {"name"}


@pytest.mark.parametrize("text", ["森健康公園", "森 健康診断", "青い森 健やかに", "保健、森、健康"])
def test_two_characters_inside_words_are_no_name(text):
    assert find_identifiers(text, FORBIDDEN) == []


def test_a_surname_alone_is_a_word_like_others():
    assert find_identifiers("青木町の森を抜けると、佐藤商店があります。", FORBIDDEN) == []


def test_numbers_that_are_no_persons_raise_no_alarm():
    number = CHILD["household_no"]
    clean = f"0.{number} 1{number} {number}7 a{number} {number[:5]} {number[:2]},{number[2:5]},{number[5:]} {number}.25"
    assert find_identifiers(clean, FORBIDDEN) == []


def town() -> pd.DataFrame:
    """The register of the committed town as identifier records: more names than these tests make by hand."""
    file = ROOT / "synthetic_data" / "aoba" / "juki.csv"
    register = pd.read_csv(file, encoding="cp932", dtype=str)
    names = register["氏名"].str.split("　", expand=True)
    return pd.DataFrame({
        "record_id": [f"{place:016x}" for place in range(len(register))], "person_no": register["宛名番号"],
        "household_no": register["世帯番号"], "name_raw": register["氏名"], "name": register["氏名"].str.replace("　", ""),
        "surname": names[0], "given": names[1], "kana_raw": register["氏名カナ"], "address": register["住所"],
        "birth_date": "20" + register["生年月日"].str[1:3] + "-01-02",
    })  # fmt: skip


def test_the_package_s_own_words_raise_no_alarm():
    """Every text that pages are made of, in both languages, against the names of two towns."""
    kinds = ("faults/*.yaml", "report/words/*.yaml", "workspace/*.yaml", "report/template/*", "items/data/**/*")
    files = [file for kind in kinds for file in sorted((ROOT / "src" / "kosodachi").glob(kind)) if file.is_file()]
    files += [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "notebooks").glob("*.ipynb")), ROOT / "requirements.lock"]
    assert len(files) > 20 and sum(len(file.read_text(encoding="utf-8")) for file in files) > 100_000
    for forbidden in (FORBIDDEN, Forbidden.of(town())):
        alarms = {file.name: found for file in files if (found := find_identifiers(file.read_bytes(), forbidden))}
        assert alarms == {}


def test_a_towns_own_extract_is_full_of_alarms():
    """The control of the test above: nearly every line of the register is found."""
    register = (ROOT / "synthetic_data" / "aoba" / "juki.csv").read_bytes()
    found = find_identifiers(register, Forbidden.of(town()))
    rows = register.count(b"\n") - 1
    for kind in ("name", "kana", "number"):
        assert len({finding.line for finding in found if finding.kind == kind}) >= 0.99 * rows


def test_random_kana_words_raise_few_alarms():
    random = np.random.default_rng(3)
    signs = list("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン")
    words = ["".join(random.choice(signs, random.integers(3, 9))) for _ in range(20_000)]
    found = find_identifiers("\n".join(words), Forbidden.of(town()))
    assert len({finding.line for finding in found}) < 20, "under 1 in 1,000"


def test_what_must_not_leave_shows_only_its_size():
    assert not any(surname in repr(FORBIDDEN) for surname in SURNAMES)
    assert str(len(FORBIDDEN.names)) in repr(FORBIDDEN)


def test_nobody_is_in_an_empty_register():
    columns = {name: pd.Series(dtype="object") for name in CONTRACTS["identifier_records"].columns}
    nobody = Forbidden.of(pd.DataFrame(columns))
    assert find_identifiers("山田太郎 9912345678 2016-01-05", nobody) == []


# --- the analysis zone ---------------------------------------------------------------------------------------------

IDENTIFIERS = sorted(name for name, column in COLUMNS.items() if column.zone == "identifier")
ZONE = sorted(name for name, contract in CONTRACTS.items() if contract.zone == "analysis")


@pytest.mark.parametrize("name", ZONE)
def test_no_contract_of_the_analysis_zone_has_an_identifier(name):
    linking = {"name_raw", "kana_raw", "surname", "given", "kana_code", "surname_code", "given_code", "chome", "block"}
    assert not set(CONTRACTS[name].columns) & ({*IDENTIFIERS, "birth_date", "raw"} | linking)


@pytest.mark.parametrize("column", [*IDENTIFIERS, "birth_date", "name_raw", "kana_code", "Name"])
def test_an_identifier_column_in_a_parquet_is_found(tmp_path, column):
    pd.DataFrame({"research_id": ["x"], "points": [1]}).to_parquet(tmp_path / "clean.parquet")
    (tmp_path / "analysis").mkdir()
    pd.DataFrame({"research_id": ["x"], column: ["y"]}).to_parquet(tmp_path / "analysis" / "attributes_sodan.parquet")
    assert identifier_columns(tmp_path) == {"analysis/attributes_sodan.parquet": [column]}


def test_a_birth_month_with_days_is_a_birth_date(tmp_path):
    child = analysis_tables(50)["child"].drop(columns="moved_in")
    child.to_parquet(tmp_path / "child.parquet")
    assert identifier_columns(tmp_path) == {}
    child.assign(birth_month=child["birth_month"] + pd.Timedelta(days=4)).to_parquet(tmp_path / "child.parquet")
    assert identifier_columns(tmp_path) == {"child.parquet": ["birth_month"]}


def test_the_day_of_moving_in_of_those_born_here_is_their_birthday(tmp_path):
    child = analysis_tables(200)["child"]
    child.to_parquet(tmp_path / "child.parquet")
    assert identifier_columns(tmp_path) == {"child.parquet": ["moved_in"]}
    month = child["moved_in"].dt.to_period("M").dt.to_timestamp()
    born_here = month.eq(child["birth_month"])
    child.assign(moved_in=child["moved_in"].mask(born_here, month)).to_parquet(tmp_path / "child.parquet")
    assert identifier_columns(tmp_path) == {}


def test_a_big_table_is_looked_through_in_no_time_that_grows_with_its_square():
    """Rows are found by their edges once: ten times the text takes about ten times the steps, not a hundred."""
    row = f"{'x' * 16},{RECORDS['birth_date'].iloc[0]},item,0.0\n"
    assert find_identifiers(row * 60_000, FORBIDDEN) == []
