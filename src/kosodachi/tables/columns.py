"""The standard columns: what a column of an extract can mean, in which zone it may live, and how it is read.

A municipality maps its own headers to these names in `municipality.yaml`; nothing else about its files needs code.
Not a list of data items: an item is computed from columns as of a date (see `items`).
"""

from dataclasses import dataclass
from typing import Literal

Zone = Literal["identifier", "analysis", "both"]
Form = Literal["number", "name", "kana", "date", "sex", "postcode", "address", "telephone", "code", "count", "text"]


@dataclass(frozen=True)
class Column:
    """One standard column. `both` columns are kept as they are for linkage and in coarser form for analysis."""

    name: str
    zone: Zone
    form: Form
    ja: str
    en: str
    unit: str = ""


def _columns(*rows: tuple) -> dict[str, Column]:
    return {row[0]: Column(*row) for row in rows}


MONTHS = ("04", "05", "06", "07", "08", "09", "10", "11", "12", "01", "02", "03")

COLUMNS: dict[str, Column] = _columns(
    ("person_no", "identifier", "number", "個人番号(当該システム内)", "person number within the system"),
    ("household_no", "identifier", "number", "世帯番号", "household number"),
    ("name", "identifier", "name", "氏名", "name"),
    ("name_surname", "identifier", "name", "氏", "surname"),
    ("name_given", "identifier", "name", "名", "given name"),
    ("kana", "identifier", "kana", "氏名カナ", "name in kana"),
    ("kana_surname", "identifier", "kana", "氏カナ", "surname in kana"),
    ("kana_given", "identifier", "kana", "名カナ", "given name in kana"),
    ("birth_date", "both", "date", "生年月日", "date of birth"),
    ("sex", "both", "sex", "性別", "sex"),
    ("postcode", "identifier", "postcode", "郵便番号", "postcode"),
    ("address", "identifier", "address", "住所", "address"),
    ("telephone", "identifier", "telephone", "電話番号", "telephone"),
    ("guardian_name", "identifier", "name", "保護者氏名", "guardian's name"),
    ("guardian_kana", "identifier", "kana", "保護者氏名カナ", "guardian's name in kana"),
    ("former_surname", "identifier", "name", "変更前の氏", "surname before its last change"),
    ("former_kana_surname", "identifier", "kana", "変更前の氏カナ", "surname in kana before its last change"),
    ("alias", "identifier", "name", "通称", "registered alias"),
    ("alias_kana", "identifier", "kana", "通称カナ", "registered alias in kana"),
    ("name_alphabet", "identifier", "name", "氏名(アルファベット)", "name in alphabet"),
    ("previous_address", "identifier", "address", "前住所", "address before the last move"),
    ("address_protected", "identifier", "code", "支援措置区分", "address kept from view"),
    ("district", "analysis", "code", "小学校区", "elementary-school district"),
    ("moved_in", "analysis", "date", "住民となった日", "date of becoming a resident", "first day of the month"),
    ("moved_out", "analysis", "date", "転出日", "date of moving out"),
    ("allowance_status", "analysis", "code", "支給区分", "payment status"),
    ("allowance_from", "analysis", "date", "支給開始日", "paid from"),
    ("allowance_to", "analysis", "date", "支給終了日", "paid until"),
    ("checkup_kind", "analysis", "code", "健診種別", "kind of check-up"),
    ("checkup_date", "analysis", "date", "受診日", "date of check-up"),
    ("attended", "analysis", "code", "受診区分", "attended or not"),
    ("birth_weight", "analysis", "count", "出生体重", "birth weight", "g"),
    ("caries", "analysis", "count", "未処置歯数", "untreated decayed teeth", "teeth"),
    ("finding", "analysis", "code", "判定区分", "finding"),
    ("school", "analysis", "code", "学校", "school"),
    ("grade", "analysis", "count", "学年", "grade", "year 1-9"),
    ("fiscal_year", "analysis", "count", "年度", "fiscal year (April to March)", "year"),
    *(
        (f"absent_{m}", "analysis", "count", f"{int(m)}月欠席日数", f"days absent in month {int(m)}", "days")
        for m in MONTHS
    ),
    ("opened", "analysis", "date", "受付日", "case opened"),
    ("closed", "analysis", "date", "終結日", "case closed"),
    ("consultation_kind", "analysis", "code", "相談種別", "kind of consultation"),
    ("route", "analysis", "code", "相談経路", "who brought the case"),
    ("offered", "analysis", "date", "案内日", "support offered on"),
    ("contacted", "analysis", "date", "接触日", "contact made on"),
    ("consented", "analysis", "code", "同意区分", "consented or not"),
    ("started", "analysis", "date", "支援開始日", "support started on"),
    ("channel", "analysis", "code", "支援方法", "channel of support"),
    ("lot", "analysis", "code", "抽選区分", "drawn by lot or not"),
    ("vaccine_due", "analysis", "date", "接種期限日", "vaccination due by"),
    ("vaccinated", "analysis", "date", "接種日", "vaccinated on"),
    ("benefit_from", "analysis", "date", "受給開始日", "received from"),
    ("benefit_to", "analysis", "date", "受給終了日", "received until"),
    ("income", "analysis", "count", "世帯所得", "household income", "10,000 yen"),
    ("score", "analysis", "count", "標準得点", "standard score", "points"),
)

# What a kind of source must hold to be of use, and what it may hold besides. A name may come whole or in two parts.
PERSON = ("person_no", "name", "name_surname", "name_given", "kana", "kana_surname", "kana_given", "birth_date", "sex",
          "postcode", "address", "telephone", "guardian_name", "guardian_kana", "former_surname", "former_kana_surname",
          "alias", "alias_kana", "name_alphabet", "previous_address", "address_protected")  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """What a kind of source holds: required and optional standard columns besides those of a person."""

    name: str
    ja: str
    en: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    key: tuple[str, ...] = ("person_no",)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("resident_register", "住民基本台帳", "resident register",
             ("person_no", "household_no", "birth_date", "sex"), ("district", "moved_in", "moved_out")),
        Kind("child_rearing_allowance", "児童扶養手当", "child-rearing allowance",
             ("allowance_status", "allowance_from"), ("allowance_to",), ("person_no", "allowance_from")),
        Kind("infant_checkup", "乳幼児健診", "infant check-ups",
             ("checkup_kind", "attended"), ("checkup_date", "birth_weight", "caries", "finding"),
             ("person_no", "checkup_kind")),
        Kind("school_attendance", "学校出欠", "school attendance",
             ("fiscal_year", *(f"absent_{m}" for m in MONTHS)), ("school", "grade"), ("person_no", "fiscal_year")),
        Kind("family_consultation", "家庭児童相談", "family consultation",
             ("opened",), ("closed", "consultation_kind", "route"), ("person_no", "opened")),
        Kind("outreach_log", "プッシュ型支援記録", "outreach log",
             ("offered",), ("contacted", "consented", "started", "channel", "lot"), ("person_no", "offered")),
        Kind("vaccination", "予防接種", "vaccination", ("vaccine_due",), ("vaccinated",), ("person_no", "vaccine_due")),
        Kind("school_aid", "就学援助", "school aid", ("benefit_from",), ("benefit_to",), ("person_no", "benefit_from")),
        Kind("public_assistance", "生活保護", "public assistance",
             ("benefit_from",), ("benefit_to",), ("person_no", "benefit_from")),
        Kind("other", "その他", "other", (), ()),
    )
}  # fmt: skip

# Standard values of coded columns; a municipality maps its own codes to these.
CODES: dict[str, tuple[str, ...]] = {
    "sex": ("male", "female"),
    "address_protected": ("yes", "no"),
    "allowance_status": ("full", "partial", "suspended"),
    "checkup_kind": ("4m", "18m", "36m"),
    "attended": ("yes", "no"),
    "finding": ("none", "follow_up", "referred"),
    "consultation_kind": ("abuse", "rearing", "non_attendance", "development", "other"),
    "route": (
        "school",
        "nursery",
        "health_centre",
        "family",
        "neighbour",
        "police",
        "child_guidance_centre",
        "outreach",
        "other",
    ),
    "consented": ("yes", "no"),
    "channel": ("visit", "telephone", "school", "letter"),
    "lot": ("drawn", "not_drawn"),
}

# Why a value is missing: unknown is never 0.
MISSING: dict[str, tuple[str, str]] = {
    "not_collected": ("未収集", "source not collected"),
    "paper_only": ("紙のみ", "on paper only"),
    "no_system": ("システムなし", "no system holds it"),
    "no_consent": ("同意なし", "no consent"),
    "moved_in_later": ("後に転入", "moved in later"),
    "no_record": ("記録なし", "no record found or linked"),
    "opted_out": ("利用停止の申出", "the family asked that it not be used"),
    "blank": ("空欄", "left blank in the source"),
    "not_applicable": ("対象外", "outside the age or scope"),
}
