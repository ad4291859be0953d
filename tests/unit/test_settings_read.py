"""A settings file is read as it was typed; every fault has its line, its column and a remedy, all in one reading."""

import json
from pathlib import Path

import pytest
from ingest_small import SETTINGS, settings

import kosodachi
from kosodachi.faults import Fault, Faults
from kosodachi.municipality import Municipality, Source
from kosodachi.workspace.settings import read_settings, settings_schema
from kosodachi.workspace.template import template_text

PACKAGE = Path(kosodachi.__file__).parent


def read(tmp_path: Path, text: str | bytes) -> Municipality:
    file = tmp_path / "municipality.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_settings(file)


def faults(tmp_path: Path, text: str | bytes) -> list[Fault]:
    with pytest.raises((Fault, Faults)) as told:
        read(tmp_path, text)
    found = told.value.found if isinstance(told.value, Faults) else [told.value]
    assert all(1 <= len(fault.told(lang).splitlines()) <= 3 for fault in found for lang in ("ja", "en"))
    return found


def test_good_settings_are_read_as_they_are(tmp_path):
    assert read(tmp_path, SETTINGS) == settings()


def test_codes_stay_as_they_were_typed(tmp_path):
    text = SETTINGS.replace("sex: {1: male, 2: female}", "sex: {01: male, no: female, 1.0: male, ~: female}")
    assert read(tmp_path, text).sources["juki"].codes["sex"] == {
        "01": "male",
        "no": "female",
        "1.0": "male",
        "~": "female",
    }


def test_blank_means_not_given(tmp_path):
    assert read(tmp_path, SETTINGS.replace("synthetic: true", "synthetic: true\ndata_dir:")).data_dir is None


FAULTS = {
    "a mistyped field names its neighbour": ("synthetic: true", "syntetic: true", "E-SET-03", "3:1", "did you mean 'synthetic'?"),
    "a mistyped field deep inside": ("    encoding: cp932", "    encodin: cp932", "E-SET-03", "14:5", "did you mean 'encoding'?"),
    "a field like no other lists what there is": ("synthetic: true", "zzz: red", "E-SET-04", "3:1", "one of: capacity"),
    "a missing field names where it belongs": ("    kind: resident_register\n", "", "E-SET-05", "10:3", "'kind' is missing in sources.juki"),
    "a value outside its list": ("encoding: cp932", "encoding: sjis", "E-SET-06", "14:15", "'cp932', 'utf-8'"),
    "a day that is none": ("judge_as_of: 2024-04-01", "judge_as_of: 2024-04-31", "E-SET-07", "6:16", "YYYY-MM-DD"),
    "a number that is none": ("synthetic: true", "seed: many", "E-SET-07", "3:7", "1, 2, 3"),
    "a number out of range": ("synthetic: true", "disclosure: {threshold: 1}", "E-SET-07", "3:25", "greater than or equal to 3"),
    "a truth that is none": ("synthetic: true", "synthetic: perhaps", "E-SET-07", "3:12", "true / false"),
    "a delimiter of two signs": ("    encoding: cp932", '    delimiter: ";;"', "E-SET-07", "14:16", "text"),
    "a text where parts belong": ("name: {ja: 試験町, en: Testtown}", "name: Testtown", "E-SET-07", "1:7", "key: value"),
    "a field that stands twice": ("synthetic: true", "synthetic: true\nsynthetic: false", "E-SET-02", "4:1", "stands first on line 3"),
    "a header that stands twice": ("      校区: district", "      校区: district\n      校区: name", "E-SET-02", "26:7", "line 25"),
    "a key that is no plain name": ("key: testtown", "key: 試験", "E-SET-10", "2:1", "letters a-z"),
    "a collected source without file": ("    file: juki.csv\n", "", "E-SET-11", "10:3", "sources.juki has no file"),
    "a reason although it was collected": ("    file: juki.csv", "    file: juki.csv\n    not_collected: no_system", "E-SET-12", "10:3", "is collected"),
    "no reason although it was not": ("    file: sodan.csv", "    collected: false", "E-SET-13", "28:3", "gives no reason"),
    "dates in the wrong order": ("train_as_of: 2023-04-01", "train_as_of: 2025-04-01", "E-SET-14", "4:1", "train_as_of < judge_as_of"),
    "two registers": ("kind: family_consultation", "kind: resident_register", "E-SET-15", "1:1", "exactly one resident register"),
    "a register that is not collected": ("    file: juki.csv", "    collected: false\n    not_collected: no_system", "E-SET-16", "1:1", "not collected"),
    "no YAML": ("synthetic: true", "synthetic: [true", "E-SET-01", "", "cannot be read as YAML"),
}  # fmt: skip


@pytest.mark.parametrize("title", FAULTS)
def test_a_fault_has_its_place_and_its_remedy(tmp_path, title):
    old, new, code, place, words = FAULTS[title]
    assert old in SETTINGS
    found = faults(tmp_path, SETTINGS.replace(old, new, 1))
    assert [fault.code for fault in found] == [code]
    assert found[0].where.startswith(f"municipality.yaml:{place}")
    assert words in found[0].told("en")


def test_all_faults_are_told_in_one_reading(tmp_path):
    text = (
        SETTINGS.replace("encoding: cp932", "encodin: cp932")
        .replace("2024-05-01", "May")
        .replace("kind: family_c", "kind: c")
    )
    assert sorted(fault.code for fault in faults(tmp_path, text)) == ["E-SET-03", "E-SET-06", "E-SET-07"]


def test_a_file_that_is_not_utf_8_names_its_line(tmp_path):
    found = faults(tmp_path, ("# ok\n" + SETTINGS).encode("cp932"))
    assert (found[0].code, found[0].where) == ("E-SET-09", "municipality.yaml:2")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbf" + SETTINGS.encode("utf-8")) == settings()


def test_an_empty_or_missing_file(tmp_path):
    assert faults(tmp_path, "")[0].code == "E-SET-01"
    with pytest.raises(Fault, match="E-SET-08"):
        read_settings(tmp_path / "elsewhere.yaml")


def test_a_file_that_unfolds_without_end_is_refused(tmp_path):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi")
    )
    assert faults(tmp_path, bomb)[0].code == "E-SET-01"


def test_a_new_settings_file_passes_as_it_is(tmp_path):
    town = read(tmp_path, template_text("hanamachi"))
    assert town.key == "hanamachi"
    assert not town.synthetic
    assert town.of_kind("vaccination") == []
    assert read(tmp_path, template_text("/some/where/花町")).key == "mytown"


def test_a_new_settings_file_explains_every_field_in_both_languages():
    text = template_text("hanamachi")
    for name, field in (*Municipality.model_fields.items(), *Source.model_fields.items()):
        assert f"\n{'' if name in Municipality.model_fields else '    '}{name}:" in text
        for words in (field.description, field.json_schema_extra["ja"]):
            assert f"# {words}" in text
    for part in ("schedule", "capacity", "disclosure", "items"):
        for field in Municipality.model_fields[part].annotation.model_fields.values():
            assert f"  # {field.description}" in text
            assert f"  # {field.json_schema_extra['ja']}" in text


def test_the_committed_schema_is_current():
    """If this fails: write json.dumps(settings_schema(), ensure_ascii=False, indent=1) to municipality.schema.json."""
    committed = json.loads((PACKAGE / "municipality.schema.json").read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(settings_schema(), ensure_ascii=False))
    assert committed["properties"]["seed"]["ja"] == "乱数の種"
