"""The scenario of a synthetic town: everything that can be asked of it.

A scenario states what is asked; what was achieved is in the town's truth.
"""

from typing import Annotated

from pydantic import AfterValidator

from kosodachi.municipality import Capacity, Disclosure, Name, Reason, Schedule, Words, said
from kosodachi.synthesis.lags import USUAL_LAGS, Lag
from kosodachi.synthesis.people import (
    ERROR_TYPES,
    FACTORS,
    GROUPS,
    NEEDS,
    SYSTEMS,
    Design,
    ErrorType,
    Lives,
    Loadings,
    Need,
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
        raise ValueError(f"unknown layer {unknown[0]}; layers are {', '.join(LAYERS)}")
    return redraw


class Programme(Spec):
    """Outreach from the month of the index date on, and its effect."""

    design: Design = said(
        "who is offered support and when: capacity_cut, lottery, stepped_wedge, staggered, none",
        "案内の実施設計: capacity_cut(上位から)、lottery(境界で抽選)、stepped_wedge(学校ごとに無作為順)、"
        "staggered(学校ごとに必要度の高い順)、none(なし)",
        "capacity_cut",
    )
    lottery_certain: Rate = said(
        "share of places given in staff's order, before the lot", "抽選によらず職員の順で決める枠の割合", 0.25
    )
    lottery_margin: float = said("pupils in the lot for each place in it", "抽選枠1件あたりの抽選対象者数", 2.0, gt=1)
    waves: int = said("waves in which schools join", "学校が順に加わる回数", 3, ge=2)
    wave_months: int = said("months between waves", "各回の間隔(月)", 2, ge=1)
    eligible_share: Rate = said("eligible pupils, as a share of all children", "対象候補の児童の割合(全児童比)", 0.15)
    consent: Rate = said("share of those offered that consent", "案内を受けて同意する割合", 0.75)
    started: Rate = said("share of those offered that start", "案内を受けて支援を開始する割合", 0.65)
    effect: float = said(
        "true effect of the offer on the risk of long absence among the eligible",
        "案内が長期欠席割合に与える真の効果(対象候補全体)",
        -0.10,
        ge=-1,
        le=1,
    )
    heterogeneity: float = said(
        "spread of the effect between children, relative", "効果の個人差(相対)", 0.2, ge=0, le=0.5
    )
    anticipation: Rate = said(
        "share of the effect that works already in the two months before the offer",
        "案内の前2か月に先に現れる効果の割合",
        0.0,
    )
    fading: Rate = said("share of the effect lost in each further month", "効果が1か月ごとに薄れる割合", 0.0)
    spill_over: Rate = said(
        "effect on siblings of a child who started, relative to that child's", "きょうだいへの波及効果(本人比)", 0.0
    )
    selection: float = said(
        "how strongly staff choose by what is on record", "記録に基づく職員の選び方の強さ", 0.85, ge=0
    )
    staff_know: float = said(
        "how strongly staff choose by need that no record shows", "記録にない必要度を職員が知って選ぶ強さ", 0.0
    )
    long_absence_days: int = said(
        "days absent that count as long absence, from the fourth month after the index month to the end of follow-up",
        "起点月の4か月後から追跡終了までの欠席のうち長期欠席とする日数",
        20,
        ge=1,
    )
    case_after_start: Rate = said(
        "share of those started for whom a consultation case is opened", "支援開始後に相談が受け付けられる割合", 0.25
    )


class Fact(Spec):
    """One sourced statement on a real body that a scenario is named after."""

    says: Words = said("what is said", "内容")
    source: str = said("where it was read", "出典")
    setting: str | None = said("the setting that it fixes, such as lives.long_absence_share", "対応する設定", None)


def _with_register(systems: tuple[str, ...]) -> tuple[str, ...]:
    if "juki" not in systems or len(set(systems)) < len(systems):
        raise ValueError("each system once, the resident register (juki) among them")
    return systems


def _not_the_register(not_collected: dict[str, str]) -> dict[str, str]:
    if "juki" in not_collected:
        raise ValueError("the resident register (juki) must be collected: every other source is linked to it")
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
