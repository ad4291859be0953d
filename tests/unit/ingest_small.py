"""A municipality of two sources in a dozen lines, to break in one place at a time."""

from pathlib import Path

import yaml

from kosodachi.municipality import Municipality

MONTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)
SETTINGS = """\
name: {ja: 試験町, en: Testtown}
key: testtown
synthetic: true
schedule:
  train_as_of: 2023-04-01
  judge_as_of: 2024-04-01
  index_date: 2024-05-01
  follow_up_until: 2025-03-31
sources:
  juki:
    kind: resident_register
    label: {ja: 住民基本台帳, en: Register}
    file: juki.csv
    encoding: cp932
    era_codes: "12345"
    columns:
      宛名番号: person_no
      世帯番号: household_no
      氏名: name
      カナ: kana
      生年月日: birth_date
      性別: sex
      郵便番号: postcode
      住所: address
      校区: district
    codes:
      sex: {1: male, 2: female}
  sodan:
    kind: family_consultation
    label: {ja: 相談, en: Consultation}
    file: sodan.csv
    encoding: utf-8
    columns: {受付番号: person_no, 児童氏名: name, 生年月日: birth_date, 受付日: opened, 種別: consultation_kind}
    codes:
      consultation_kind: {A: abuse, Z: other}
"""
JUKI = [
    "宛名番号,世帯番号,氏名,カナ,生年月日,性別,郵便番号,住所,校区,備考",
    "001,91,髙橋　花子,ﾀｶﾊｼ ﾊﾅｺ,4280105,2,990-0001,緑町１丁目２番３号,北小,",
    "002,91,髙橋　太郎,ﾀｶﾊｼ ﾀﾛｳ,4280105,1,990-0001,緑町１丁目２番３号,北小,",
    '003,92,"渡邉　一","ﾜﾀﾅﾍﾞ ﾊｼﾞﾒ",5010601,1,990-0002,"本町4-5, 201",南小,"改行の\r\nある備考"',
]
SODAN = ["受付番号,児童氏名,生年月日,受付日,種別", "S1,高橋花子,平成28年1月5日,令和5年4月1日,A", "S2,渡辺 一,,R5.6.1,Z"]


def csv_bytes(lines: list[str], encoding: str = "cp932") -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def files(juki=None, sodan=None) -> dict[str, bytes]:
    """The bytes of both sources; give lines or bytes in place of the usual ones."""
    juki, sodan = juki or JUKI, sodan or SODAN
    return {
        "juki": juki if isinstance(juki, bytes) else csv_bytes(juki),
        "sodan": sodan if isinstance(sodan, bytes) else csv_bytes(sodan, "utf-8"),
    }


def settings(text: str = SETTINGS) -> Municipality:
    return Municipality.model_validate(yaml.load(text, Loader=yaml.BaseLoader))


def write(folder: Path, text: str = SETTINGS, **changed) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "municipality.yaml").write_text(text, encoding="utf-8")
    for name, data in files(**changed).items():
        (folder / f"{name}.csv").write_bytes(data)
    return folder
