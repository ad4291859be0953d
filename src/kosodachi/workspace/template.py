"""The text of a new `municipality.yaml`: every field of the settings with its comment in English and Japanese.

What stands in it is an example to be overwritten; it says nothing about any municipality.
"""

from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from kosodachi.municipality import (
    Belief,
    Capacity,
    Disclosure,
    Municipality,
    Outreach,
    Schedule,
    Selection,
    Source,
    Words,
)

HEAD = """\
# Settings of a municipality. Put the extracts (CSV, as the systems write them) into the same folder as this file,
# change the values below, then run:  kosodachi check {folder}
# 自治体の設定ファイルです。各システムから出力した CSV をこのファイルと同じフォルダに置き、以下の値を書き換えてから
# kosodachi check {folder} を実行してください。誤りは行・列と直し方を付けてまとめて表示されます。
#
#   {folder}/
#     municipality.yaml   this file このファイル
#     juki.csv            resident register 住民基本台帳
#     shukketsu.csv       school attendance 学校出欠
#
# Standard columns and values are listed in src/kosodachi/tables/columns.py. 標準項目と標準値の一覧も同じファイルにあります。
"""
ATTENDANCE = [(f"{month}月欠席", f"absent_{month:02}") for month in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]
REGISTER = {
    "kind": "resident_register", "label": {"ja": "住民基本台帳", "en": "Resident register"}, "department": "市民課",
    "collected": "true", "not_collected": "", "file": "juki.csv", "encoding": "cp932", "delimiter": '","', "era_codes": '"12345"',
    "columns": {"宛名番号": "person_no", "世帯番号": "household_no", "氏名": "name", "氏名カナ": "kana", "生年月日": "birth_date",
                "性別": "sex", "郵便番号": "postcode", "住所": "address", "小学校区": "district", "住民となった日": "moved_in",
                "転出日": "moved_out"},
    "codes": {"sex": {'"1"': "male", '"2"': "female"}},
    "purpose": "支援の必要な児童・家庭を早期に把握し支援につなげるため", "legal_basis": "69-2-2", "newly_acquired": "false",
}  # fmt: skip
SCHOOL = {
    "kind": "school_attendance", "label": {"ja": "学校出欠", "en": "School attendance"}, "file": "shukketsu.csv", "encoding": "utf-8",
    "columns": {"学籍番号": "person_no", "氏": "name_surname", "名": "name_given", "ふりがな": "kana", "生年月日": "birth_date",
                "性別": "sex", "学校": "school", "学年": "grade", "年度": "fiscal_year", **dict(ATTENDANCE)},
    "codes": {"sex": {"男": "male", "女": "female"}},
}  # fmt: skip
VACCINATION = {
    "kind": "vaccination", "label": {"ja": "予防接種", "en": "Vaccination"}, "collected": "false", "not_collected": "paper_only",
}  # fmt: skip
SELECTION = {
    "version": '"1"', "decided_by": "rule_alone",
    "purpose": {"ja": "支援の必要な児童・家庭の早期把握", "en": "to notice early which children and families need support"},
    "outcome": "maltreatment", "bases": "[paper, prior_case, hearing, data]", "least_certainty": "very_low",
    "relevant_odds": "1.1", "least_probability": "0.5", "least_probability_sensitive": "0.6", "refuted_below": "0.2",
    "sensitive": "[statutory, harmed]", "sensitive_bases": "[paper, data]", "least_known": "0.2", "most_alike": "0.8",
    "least_stability": "0.5", "least_events": "10", "known_share": "0.5",
    "belief": {"high": "0.9", "moderate": "0.85", "low": "0.8", "very_low": "0.7", "wide_share": "0.5", "wide_sd": "0.7"},
    "hearings": "[]",
    "decisions": "[]",
}  # fmt: skip
MODELS = {
    "schedule": Schedule, "capacity": Capacity, "outreach": Outreach, "disclosure": Disclosure, "name": Words, "label": Words,
    "items": Selection, "belief": Belief,
}  # fmt: skip


def template_text(folder: str) -> str:
    """The text of a settings file for a new folder; it passes `read_settings` as it stands."""
    key = Path(folder).name
    key = key if key.isidentifier() and key.isascii() else "mytown"
    sample = {
        "name": {"ja": "○○市", "en": "My Town"}, "key": key, "synthetic": "false", "hypothetical": "false", "seed": "20260401",
        "data_dir": "", "engine": "duckdb",
        "schedule": {"train_as_of": "2023-04-01", "judge_as_of": "2024-04-01", "label_months": "12", "index_date": "2024-05-01",
                     "follow_up_until": "2025-03-31"},
        "capacity": {"reviewed": "100", "outreach_per_month": "20"}, "outreach": {"design": "capacity_cut"},
        "disclosure": {"threshold": "10", "rounding": "5"},
        "items": SELECTION, "sources": {"juki": REGISTER, "shukketsu": SCHOOL, "yobo": VACCINATION},
    }  # fmt: skip
    return HEAD.format(folder=folder) + "\n".join(_model(Municipality, sample, 0)) + "\n"


def _model(model: type[BaseModel], sample: dict, depth: int) -> list[str]:
    """The fields of a model in their order, each below its comment."""
    lines, pad = [], "  " * depth
    for name, field in model.model_fields.items():
        if field.description:
            lines += [
                "",
                f"{pad}# {field.description}{_choices(field.annotation)}",
                f"{pad}# {field.json_schema_extra['ja']}",
            ]
        lines += _field(name, sample[name], depth)
    return lines


def _field(name: str, value, depth: int) -> list[str]:
    head = f"{'  ' * depth}{name}:"
    if name == "sources":
        first, *others = value.items()
        lines = [head, f"  {first[0]}:", *_model(Source, first[1], 2)]
        return lines + [line for source, part in others for line in ("", *_field(source, part, 1))]
    if isinstance(value, dict):
        inner = _model(MODELS[name], value, depth + 1) if name in MODELS else _plain(value, depth + 1)
        return [head, *inner]
    return [f"{head} {value}".rstrip()]


def _plain(value: dict, depth: int) -> list[str]:
    return [line for name, part in value.items() for line in _field(name, part, depth)]


def _choices(annotation: Any) -> str:
    """The values a field may take, where they are few: ` [a | b]`."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    values = get_args(annotation)
    return f" [{' | '.join(values)}]" if values and all(isinstance(value, str) for value in values) else ""
