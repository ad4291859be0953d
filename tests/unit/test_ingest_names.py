"""The names a record goes by, as a set, and what else of a register names a child: guardian, former address, building."""

import pandas as pd
from ingest_small import SETTINGS, files, settings

from kosodachi.disclosure import Forbidden, find_identifiers
from kosodachi.ingest import further_names, ingest
from kosodachi.ingest.normalise import kana
from kosodachi.tables import checked

HEADERS = {
    "世帯主氏名": "guardian_name", "世帯主カナ": "guardian_kana", "変更前の氏": "former_surname",
    "変更前の氏カナ": "former_kana_surname", "通称": "alias", "通称カナ": "alias_kana",
    "氏名アルファベット": "name_alphabet", "前住所": "previous_address", "支援措置区分": "address_protected",
}  # fmt: skip
COLUMNS = "".join(f"\n      {header}: {column}" for header, column in HEADERS.items())
WIDE = SETTINGS.replace("\n      校区: district", f"\n      校区: district{COLUMNS}", 1).replace(
    "2: female}", '2: female}\n      address_protected: {"1": yes, "0": no}', 1
)
HEAD = "宛名番号,世帯番号,氏名,カナ,生年月日,性別,郵便番号,住所,校区," + ",".join(HEADERS)
ROW = "{no},92,{name},{kana},4280105,2,990-0001,緑町１丁目２番３号コーポ青葉１０１号室,北小,{rest}"


def made(name: str, reading: str = "", **further):
    """Ingested, of a register of one child with the further columns."""
    rest = ",".join(further.get(column, "") for column in HEADERS.values())
    lines = [HEAD, ROW.format(no="001", name=name, kana=reading, rest=rest)]
    return ingest(settings(WIDE), files(juki=lines), key=b"k" * 32)


def names_of(result) -> pd.DataFrame:
    ids = result.identifier_records.query("source == 'juki'")["record_id"]
    table = checked("identifier_names", result.identifier_names)
    return table[table["record_id"].isin(ids)].reset_index(drop=True)


def code(reading: str) -> str:
    return kana.coded(pd.Series([reading], dtype=object))[0]


def test_a_name_without_more_is_a_set_of_one():
    found = names_of(made("髙橋　花子", "ﾀｶﾊｼ ﾊﾅｺ"))
    assert found.iloc[0].tolist()[1:] == ["current", "高橋花子", "高橋", "花子", code("タカハシハナコ"), code("タカハシ"), code("ハナコ")]  # fmt: skip
    assert len(found) == 1


def test_a_former_surname_stands_with_the_given_name_of_today():
    found = names_of(made("髙橋　花子", "ﾀｶﾊｼ ﾊﾅｺ", former_surname="渡邊", former_kana_surname="ﾜﾀﾅﾍﾞ"))
    former = found.set_index("kind").loc["former"]
    assert former[["name", "surname", "given"]].tolist() == ["渡辺花子", "渡辺", "花子"]
    assert former[["kana_code", "surname_code", "given_code"]].tolist() == [code("ワタナベハナコ"), code("ワタナベ"), code("ハナコ")]  # fmt: skip


def test_a_former_surname_of_an_unsplit_name_stands_alone():
    former = names_of(made("高橋花子", "タカハシハナコ", former_surname="渡邊")).set_index("kind").loc["former"]
    assert former[["name", "surname", "given", "kana_code"]].tolist() == [None, "渡辺", None, None]


def test_an_alphabet_name_has_every_order_and_stands_without_middle_names():
    found = names_of(made("サントス　マリア　ルイサ", name_alphabet="Ｓａｎｔｏｓ Maria　Luisa"))
    forms = found[found["kind"] == "alphabet"].set_index("name")
    assert sorted(forms.index) == ["LUISASANTOS", "SANTOSMARIA", "SANTOSMARIALUISA"]
    assert forms.loc["SANTOSMARIA", ["surname", "given"]].tolist() == ["SANTOS", "MARIA"]
    assert forms.loc["SANTOSMARIALUISA", "kana_code"] == code("サントスマリアルイサ"), (
        "its reading is the katakana name"
    )
    assert forms.loc["SANTOSMARIA", "kana_code"] is None


def test_kana_beside_a_kanji_name_is_no_reading_of_the_alphabet_name():
    found = names_of(made("王　小明", "ｵｳ ｼｮｳﾒｲ", name_alphabet="WANG XIAOMING"))
    assert found[found["kind"] == "alphabet"]["kana_code"].isna().all()


def test_an_alias_has_its_own_reading_or_that_of_its_kana():
    with_kana = names_of(made("LI NA", "リ ナ", alias="田中　里奈", alias_kana="ﾀﾅｶ ﾘﾅ")).set_index("kind").loc["alias"]
    assert with_kana[["name", "surname_code", "given_code"]].tolist() == ["田中里奈", code("タナカ"), code("リナ")]
    in_kana = names_of(made("LI NA", "リ ナ", alias="たなか　りな")).set_index("kind").loc["alias"]
    assert in_kana["kana_code"] == code("タナカリナ")


def test_a_second_name_in_the_same_field_is_an_alias():
    for written in ("LI NA（田中　里奈）", "LI NA [田中　里奈]", "LI NA_田中 里奈"):
        found = names_of(made(written, "リ　ナ")).set_index("kind")["name"]
        assert found.to_dict() == {"alias": "田中里奈", "current": "LINA"}, written


def test_a_name_written_in_kana_gives_the_code_that_a_blank_kana_column_lacks():
    found = made("まつもと　さくら").identifier_records.iloc[0]
    assert found[["kana", "surname_code", "given_code"]].tolist() == [
        "マツモトサクラ",
        code("マツモト"),
        code("サクラ"),
    ]
    assert made("松本　さくら").identifier_records.iloc[0]["kana_code"] is None
    assert made("松本　さくら").identifier_records.iloc[0]["given_code"] == code("サクラ")


def test_guardian_former_address_building_and_protection():
    found = made(
        "高橋　花子", guardian_name="髙橋　一郎", guardian_kana="ﾀｶﾊｼ ｲﾁﾛｳ", address_protected="1",
        previous_address="青葉県緑市本町五丁目1番地2",
    ).identifier_records.iloc[0]  # fmt: skip
    assert found[["guardian_name", "guardian_code"]].tolist() == ["高橋一郎", code("タカハシイチロウ")]
    assert found[["previous_town", "previous_chome", "previous_block"]].tolist() == ["緑市本町", "緑市本町5", "1-2"]
    assert found[["block", "building", "address_protected"]].tolist() == ["2-3", "コーポ青葉101", "yes"]


def test_further_names_are_counted_once_a_record_and_kind():
    result = made("SANTOS MARIA", "サントス マリア", name_alphabet="SANTOS MARIA LUISA", alias="三戸　真理")
    assert further_names(result.identifier_names, result.identifier_records).values.tolist() == [
        ["alias", "juki", 1],
        ["alphabet", "juki", 1],
    ]


def test_no_name_of_the_set_may_leave():
    result = made("LI NA", "リ ナ", alias="田中　里奈", former_surname="東海林", guardian_name="陳　美麗",
                  name_alphabet="ZHANGSUN LINA", previous_address="緑市本町五丁目1番地2")  # fmt: skip
    forbidden = Forbidden.of(result.identifier_records, names=result.identifier_names)
    for text in ("田中里奈", "田中 里奈", "陳美麗", "Lina Zhangsun", "緑市本町5-1-2"):
        assert find_identifiers(f"a {text} b", forbidden), text
    assert find_identifiers("a plain page", forbidden) == []
