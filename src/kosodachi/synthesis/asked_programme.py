"""The part of a scenario about outreach: its design, how staff choose, and what an offer does.

It states what is asked; what was achieved is in the town's truth.
"""

from typing import Any

from pydantic import model_validator

from kosodachi.municipality import said
from kosodachi.synthesis.people import Design, Rate, Spec

NO_EFFECT = {"effect": 0.0, "case_after_start": 0.0, "benefit_after_start": 0.0}


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
    effect_by_need: float = said(
        "how much stronger the effect is for each standard deviation of need: relative for absence, in log-odds for a "
        "case opened and a benefit taken up",
        "必要度1標準偏差あたりの効果の強まり(欠席は相対、相談・手当は対数オッズ)",
        0.15,
        ge=-1,
        le=1,
    )
    effect_at_junior: float = said(
        "how much stronger the effect is at junior high school, in the same terms",
        "中学校での効果の強まり(同じ尺度)",
        -0.2,
        ge=-1,
        le=1,
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
    overrides: Rate = said(
        "share of pupils whom staff place by their own judgement, whatever is on record",
        "記録によらず職員の判断で順位を決める児童の割合",
        0.08,
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
    benefit_after_start: Rate = said(
        "share of those started, entitled to child-rearing allowance and without it, that take it up",
        "支援を開始した児童扶養手当の未受給世帯のうち受給を始める割合",
        0.4,
    )
    null_world: bool = said(
        "a world in which the offer has no effect on any outcome, whatever else is asked",
        "案内がどの結果にも効果を持たない世界(他の設定によらない)",
        False,
    )

    @model_validator(mode="before")
    @classmethod
    def _nothing_works(cls, raw: Any) -> Any:
        return raw | NO_EFFECT if isinstance(raw, dict) and raw.get("null_world") is True else raw
