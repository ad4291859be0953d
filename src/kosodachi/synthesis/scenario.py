"""The scenario of a synthetic town: everything that can be asked of it.

A scenario states what is asked; what was achieved is in the town's truth.
"""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kosodachi.municipality import Capacity, Disclosure, Name, Reason, Schedule, Words, said
from kosodachi.synthesis.streams import LAYERS

Rate = Annotated[float, Field(ge=0, le=1)]
Rows = Annotated[int, Field(ge=0)]
System = Literal["juki", "jidofuyo", "kenshin", "shukketsu", "sodan", "shien"]
ErrorType = Literal[
    "variant_kanji", "long_vowel", "small_kana", "unvoiced", "half_width_kana", "hiragana_name", "kana_by_ear",
    "old_surname", "old_address", "month_day_swap", "birth_date_typo", "missing_birth_date", "missing_kana",
    "missing_sex", "no_name_space", "twin_confusion", "sibling_confusion", "duplicate",
]  # fmt: skip
Design = Literal["capacity_cut", "lottery", "stepped_wedge", "staggered", "none"]
SYSTEMS, ERROR_TYPES = get_args(System), get_args(ErrorType)


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _known_layers(redraw: dict[str, int]) -> dict[str, int]:
    if unknown := sorted(set(redraw) - set(LAYERS)):
        raise ValueError(f"unknown layer {unknown[0]}; layers are {', '.join(LAYERS)}")
    return redraw


class People(_Spec):
    """Households and what happens to them."""

    foreign_share: Rate = said("share of households with foreign names", "外国籍世帯の割合", 0.035)
    twin_share: Rate = said("chance that a later child is a twin of the one before", "双子となる確率(第2子以降)", 0.025)
    older_form_share: Rate = said(
        "share of families registered with an older form of a kanji", "旧字・異体字で登録された世帯の割合", 0.3
    )
    surname_change_share: Rate = said("share of households whose surname changed", "氏の変わった世帯の割合", 0.05)
    moved_within_share: Rate = said("share of households that moved within the town", "市内転居をした世帯の割合", 0.16)
    moved_in_share: Rate = said("share of households that moved into the town", "転入世帯の割合", 0.28)
    moved_out_a_year: Rate = said("share of households that leave in a year", "1年に転出する世帯の割合", 0.02)
    never_registered_share: Rate = said(
        "share of children that services know but the register does not", "住民登録のない児童の割合", 0.006
    )


class Need(_Spec):
    """Latent need for support, a year at a time."""

    rate: Rate = said("share of children with need in a year", "1年間に支援が必要な児童の割合", 0.09)
    household: Rate = said("share of the variance that siblings have in common", "きょうだいに共通する分散の割合", 0.5)
    persistence: Rate = said("correlation of need with the year before", "前年との相関", 0.85)


class Loadings(_Spec):
    """How strongly need drives what systems see, in log-odds (or log) per standard deviation of need."""

    single_parent: float = said("being a single parent", "ひとり親", 0.55)
    absence: float = said("days absent", "欠席日数", 0.95)
    checkup_missed: float = said("missing a check-up", "健診未受診", 0.8)
    caries: float = said("untreated decayed teeth", "未処置歯数", 0.5)
    low_birth_weight: float = said("low birth weight", "低出生体重", 0.15)
    finding: float = said("a finding at a check-up", "健診の所見", 0.35)
    consultation: float = said("a consultation case", "相談の受付", 1.1)


class Lives(_Spec):
    """What services come to see, as margins."""

    single_parent_share: Rate = said("share of households with a single parent", "ひとり親世帯の割合", 0.165)
    allowance_uptake: Rate = said(
        "share of single parents with child-rearing allowance", "ひとり親のうち児童扶養手当の受給者の割合", 0.85
    )
    attended_4m: Rate = said("share that attends the 4-month check-up", "4か月児健診の受診率", 0.96)
    attended_18m: Rate = said("share that attends the 18-month check-up", "1歳6か月児健診の受診率", 0.945)
    attended_36m: Rate = said("share that attends the 36-month check-up", "3歳児健診の受診率", 0.93)
    checkups_from: int = said("first fiscal year in the check-up system", "健診システムの最初の年度", 2012, ge=2000)
    low_birth_weight_share: Rate = said("share of births below 2,500 g", "低出生体重児の割合", 0.094)
    finding_share: Rate = said("share of check-ups with a finding", "所見ありの割合", 0.17)
    referred_share: Rate = said("share of check-ups with a referral", "要精密の割合", 0.04)
    consultation_rate: Rate = said("cases opened per child and year", "児童1人・1年あたりの相談受付の割合", 0.026)
    sibling_case: Rate = said("chance that a sibling is taken into a case", "相談にきょうだいが加えられる確率", 0.25)
    pupils_seen: Rate = said("share of pupils at the town's own schools", "市立学校に在籍する児童生徒の割合", 0.96)
    passing_absence: float = said(
        "spread of absence that passes within a year, in log-odds: the larger, the more the worst of one year are better "
        "in the next whatever is done",
        "その年限りの欠席傾向のばらつき(対数オッズ)。大きいほど平均への回帰が強い",
        0.4,
        ge=0,
        le=3,
    )
    long_absence_share: Rate = said(
        "share of pupils absent 30 days or more in a year", "年30日以上欠席する児童生徒の割合", 0.125
    )


class Programme(_Spec):
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


def _not_the_register(not_collected: dict[str, str]) -> dict[str, str]:
    if "juki" in not_collected:
        raise ValueError("the resident register (juki) must be collected: every other source is linked to it")
    return not_collected


class Missing(_Spec):
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


class Scenario(_Spec):
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
        le=2_000_000,
    )
    schedule: Schedule = said("dates", "日程")
    capacity: Capacity = said("capacity of staff", "対応可能数", Capacity(reviewed=200, outreach_per_month=160))
    disclosure: Disclosure = said("disclosure rule", "公表基準", Disclosure())
    people: People = said("households", "世帯", People())
    need: Need = said("latent need", "潜在的な必要度", Need())
    loadings: Loadings = said("how need shows in the systems", "必要度が各システムに現れる強さ", Loadings())
    lives: Lives = said("what services see", "行政が把握する事柄", Lives())
    programme: Programme = said("outreach and its effect", "プッシュ型支援と効果", Programme())
    missing: Missing = said("what is not seen, and why", "把握できないものとその理由", Missing())
    errors: dict[System, dict[ErrorType, Rate]] = said(
        "mistakes of each system: system -> type -> rate", "各システムの誤り: システム → 種類 → 割合", {}
    )
    unreadable: dict[System, Rows] = said("rows that cannot be read, by system", "読み取れない行の数", {})
    redraw: Annotated[dict[str, int], AfterValidator(_known_layers)] = said(
        "another draw of a layer: layer -> number", "層ごとの引き直し番号", {}
    )
