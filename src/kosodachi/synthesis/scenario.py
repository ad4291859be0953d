"""The scenario of a synthetic town: everything that can be asked of it.

A scenario states what is asked; what was achieved is in the town's truth.
"""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from kosodachi.municipality import Capacity, Disclosure, Name, Reason, Schedule, Selection, Words, said
from kosodachi.synthesis.asked_need import FACTORS, LEVELS, NEEDS, Loadings, Need
from kosodachi.synthesis.asked_programme import Programme
from kosodachi.synthesis.lags import USUAL_LAGS, Lag
from kosodachi.synthesis.people import (
    ERROR_TYPES,
    GROUPS,
    SYSTEMS,
    ErrorType,
    Lives,
    People,
    Rate,
    Rows,
    Spec,
    System,
)  # fmt: skip
from kosodachi.synthesis.streams import LAYERS

__all__ = [
    "ERROR_TYPES",
    "FACTORS",
    "GROUPS",
    "LEVELS",
    "NEEDS",
    "SYSTEMS",
    "Fact",
    "Lives",
    "Loadings",
    "Missing",
    "Need",
    "People",
    "Programme",
    "Scenario",
]


def _known_layers(redraw: dict[str, int]) -> dict[str, int]:
    if unknown := sorted(set(redraw) - set(LAYERS)):
        raise PydanticCustomError("unknown_layer", "a layer", {"given": unknown[0], "expected": ", ".join(LAYERS)})
    return redraw


class Fact(Spec):
    """One sourced statement on a real body that a scenario is named after."""

    says: Words = said("what is said", "内容")
    source: str = said("where it was read", "出典")
    setting: str | None = said("the setting that it fixes, such as lives.long_absence_share", "対応する設定", None)


def _with_register(systems: tuple[str, ...]) -> tuple[str, ...]:
    if "juki" not in systems or len(set(systems)) < len(systems):
        raise PydanticCustomError("needs_register", "each system once, the resident register among them")
    return systems


def _not_the_register(not_collected: dict[str, str]) -> dict[str, str]:
    if "juki" in not_collected:
        raise PydanticCustomError("register_collected", "the resident register must be collected")
    return not_collected


class Missing(Spec):
    """What the study does not get to see, and why."""

    not_collected: Annotated[dict[System, Reason], AfterValidator(_not_the_register)] = said(
        "systems that are not collected: system -> paper_only, no_system, no_consent or not_collected",
        "収集しないシステム: システム → paper_only(紙のみ)、no_system、no_consent、not_collected",
        {},
    )
    no_consent: Rate = said("share of households that gave no consent", "利用に同意しない世帯の割合", 0.0)
    consent_by_need: float = said(
        "how strongly need goes with not consenting, in log-odds per standard deviation; 0 is at random",
        "必要度が高いほど同意しない傾向の強さ(対数オッズ、0 は無作為)",
        0.5,
    )
    opted_out: Rate = said("share of households that opted out afterwards", "後から利用停止を求めた世帯の割合", 0.0)


class Scenario(Spec):
    """A synthetic town as it is asked for. Everything has a default except its names and dates."""

    key: Name = said("short name for folders", "フォルダ名に使う英数字")
    name: Words = said("name of the town", "自治体名")
    hypothetical: bool = said("true if named after a real body", "実在団体名の仮定設定の場合は true", False)
    seed: int = said("seed of everything that is drawn", "乱数の種", 20260401, ge=0)
    children: int = said(
        "children aged 0-17 living in the town on judge_as_of",
        "判定基準日に在住する0〜17歳の児童数",
        3000,
        ge=100,
        le=20_000_000,
    )
    children_a_district: int = said(
        "children aged 0-17 for each elementary-school district", "小学校区あたりの0〜17歳の児童数", 500, ge=50
    )
    facts: tuple[Fact, ...] = said(
        "what is sourced of a real body; all else is assumed", "出典のある事実(他は仮定)", ()
    )
    schedule: Schedule = said("dates", "日程")
    capacity: Capacity = said("capacity of staff", "対応可能数", Capacity(reviewed=200, outreach_per_month=160))
    disclosure: Disclosure = said("disclosure rule", "公表基準", Disclosure())
    items: Selection = said(
        "the rule that chooses items, with hearings and decisions", "項目選定の規則(聞き取りと決定を含む)", Selection()
    )
    people: People = said("households", "世帯", People())
    need: Need = said("latent need", "潜在的な必要度", Need())
    loadings: Loadings = said("how need shows in the systems", "必要度が各システムに現れる強さ", Loadings())
    lives: Lives = said("what services see", "行政が把握する事柄", Lives())
    programme: Programme = said("outreach and its effect", "プッシュ型支援と効果", Programme())
    systems: Annotated[tuple[System, ...], AfterValidator(_with_register)] = said(
        "the systems that the town has", "自治体が持つシステム", SYSTEMS[:6]
    )
    missing: Missing = said("what is not seen, and why", "把握できないものとその理由", Missing())
    errors: dict[System, dict[ErrorType, Rate]] = said(
        "mistakes of each system: system -> type -> rate", "各システムの誤り: システム → 種類 → 割合", {}
    )
    lags: dict[System, Lag] = said(
        "days until a system writes a changed surname or address; a system that is not named knows the same day",
        "氏・住所の変更を各システムが反映するまでの日数(書かれていないシステムは即日)",
        USUAL_LAGS,
    )
    unreadable: dict[System, Rows] = said("rows that cannot be read, by system", "読み取れない行の数", {})
    redraw: Annotated[dict[str, int], AfterValidator(_known_layers)] = said(
        "another draw of a layer: layer -> number", "層ごとの引き直し番号", {}
    )
