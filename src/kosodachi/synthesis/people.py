"""Parts of a scenario that say who lives in a town and what services come to see of them.

They state what is asked; what was achieved is in the town's truth.
"""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from kosodachi.municipality import said

Rate = Annotated[float, Field(ge=0, le=1)]
Shares = Annotated[tuple[Rate, Rate, Rate, Rate, Rate], AfterValidator(lambda shares: _whole(shares))]
Rows = Annotated[int, Field(ge=0)]
System = Literal[
    "juki", "jidofuyo", "kenshin", "shukketsu", "sodan", "shien", "seikatsu_hogo", "shugaku_enjo", "hoiku",
    "iryohi_josei", "gakuryoku", "kokuho_zei", "jido_teate", "yobo",
]  # fmt: skip
ErrorType = Literal[
    "variant_kanji", "long_vowel", "small_kana", "unvoiced", "half_width_kana", "hiragana_name", "kana_by_ear",
    "gaiji", "unnamed_infant", "month_day_swap", "era_slip", "birth_date_typo", "missing_birth_date", "missing_kana",
    "missing_sex", "missing_guardian", "no_name_space", "twin_confusion", "sibling_confusion", "wrong_household",
    "merged_person", "dose_order", "duplicate",
]  # fmt: skip
Design = Literal["capacity_cut", "lottery", "stepped_wedge", "staggered", "none"]
FACTORS = ("economic", "caregiving", "health", "school", "shocks")
NEEDS = ("neglect_or_abuse_risk", "hardship", "non_attendance", "young_carer", "isolation", "developmental_support")
GROUPS = ("below_school_age", "foreign_name", "girl")
SYSTEMS, ERROR_TYPES = get_args(System), get_args(ErrorType)


class Spec(BaseModel):
    """A part of a scenario: frozen, and with no setting but those named."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _whole(shares: tuple[float, ...]) -> tuple[float, ...]:
    if abs(sum(shares) - 1) > 1e-9:
        raise ValueError(f"shares that sum to 1, not to {sum(shares):g}")
    return shares


def _positive(odds: tuple[float, ...]) -> tuple[float, ...]:
    if min(odds) <= 0:
        raise ValueError("numbers above 0")
    return odds


class People(Spec):
    """Households and what happens to them."""

    sizes: Shares = said(
        "households by the number of children ever born to them, 1 to 5: shares",
        "子の数(1〜5人)別の世帯の割合",
        (0.43, 0.405, 0.135, 0.025, 0.005),
    )
    foreign_share: Rate = said("share of households with foreign names", "外国籍世帯の割合", 0.035)
    twin_share: Rate = said("chance that a later child is a twin of the one before", "双子となる確率(第2子以降)", 0.025)
    older_form_share: Rate = said(
        "share of families registered with an older form of a kanji", "旧字・異体字で登録された世帯の割合", 0.3
    )
    surname_change_share: Rate = said("share of households whose surname changed", "氏の変わった世帯の割合", 0.05)
    remarriage_share: Rate = said(
        "share of surname changes that come with a remarriage", "氏の変更のうち再婚によるものの割合", 0.3
    )
    alphabet_share: Rate = said(
        "share of households with foreign names that are registered in the alphabet, the others in katakana",
        "外国籍世帯のうちアルファベットで登録された世帯の割合(他はカタカナ)",
        0.75,
    )
    alias_share: Rate = said(
        "share of those registered in the alphabet that have a registered alias",
        "アルファベットで登録された世帯のうち通称のある世帯の割合",
        0.35,
    )
    transfer_share: Rate = said(
        "share of moves into another school district with which the school changes",
        "他の小学校区への転居のうち転校する割合",
        0.8,
    )
    protected_share: Rate = said(
        "share of households whose address is kept from view (victims of violence)",
        "支援措置により住所を秘匿する世帯の割合",
        0.004,
    )
    alternative_care_share: Rate = said(
        "share of children who live in an institution or with foster parents",
        "児童養護施設または里親のもとで暮らす児童の割合",
        0.003,
    )
    unnamed_infant_share: Rate = said(
        "share of children born in the town whom services noticed before they had a given name",
        "市内で生まれた児童のうち命名前に把握された児童の割合",
        0.01,
    )
    moved_within_share: Rate = said("share of households that moved within the town", "市内転居をした世帯の割合", 0.16)
    moved_in_share: Rate = said("share of households that moved into the town", "転入世帯の割合", 0.28)
    moved_out_a_year: Rate = said("share of households that leave in a year", "1年に転出する世帯の割合", 0.02)
    never_registered_share: Rate = said(
        "share of children that services know but the register does not", "住民登録のない児童の割合", 0.006
    )


def _each(*names: str):
    """Checks that a mapping names just these."""

    def check(held: dict[str, float]) -> dict[str, float]:
        if wrong := sorted(set(held) ^ set(names)):
            raise ValueError(f"each of {', '.join(names)} once; {wrong[0]} is too much or missing")
        return {name: held[name] for name in names}

    return AfterValidator(check)


class Need(Spec):
    """Latent need for support, a year at a time: five factors, their weights, and what they have in common."""

    rate: Rate = said("share of children with need in a year", "1年間に支援が必要な児童の割合", 0.09)
    weights: Annotated[dict[str, Annotated[float, Field(ge=0)]], _each(*FACTORS)] = said(
        "weights of the factors in the need for support",
        "支援の必要度に占める各要因の重み",
        {"economic": 0.25, "caregiving": 0.25, "health": 0.15, "school": 0.25, "shocks": 0.1},
    )
    common: Rate = said("share of each factor's variance that all have in common", "各要因に共通する分散の割合", 0.6)
    household: Rate = said("share of the variance that belongs to the household", "世帯に属する分散の割合", 0.48)
    district: Rate = said(
        "share of the variance that belongs to the school district", "小学校区に属する分散の割合", 0.02
    )
    persistence: Rate = said("correlation of need with the year before", "前年との相関", 0.85)
    kinds: Annotated[dict[str, Rate], _each(*NEEDS)] = said(
        "share of the children whom each kind of need can concern that have it in a year; assumptions",
        "必要の種類ごとの、該当し得る児童に占める割合(仮定)",
        {"neglect_or_abuse_risk": 0.03, "hardship": 0.12, "non_attendance": 0.04, "young_carer": 0.05,
         "isolation": 0.06, "developmental_support": 0.07},
    )  # fmt: skip

    @model_validator(mode="after")
    def _shares(self):
        if self.household + self.district > 1:
            raise ValueError("household and district shares that sum to at most 1")
        if not sum(self.weights.values()) > 0:
            raise ValueError("at least one factor with a weight above 0")
        return self


class Loadings(Spec):
    """How strongly its factor of need drives what systems see, in log-odds (or log) per standard deviation."""

    single_parent: float = said("being a single parent", "ひとり親", 0.65)
    absence: float = said("days absent", "欠席日数", 1.1)
    checkup_missed: float = said("missing a check-up", "健診未受診", 0.95)
    caries: float = said("untreated decayed teeth", "未処置歯数", 0.6)
    low_birth_weight: float = said("low birth weight", "低出生体重", 0.2)
    finding: float = said("a finding at a check-up", "健診の所見", 0.45)
    consultation: float = said("a consultation case", "相談の受付", 1.1)
    alternative_care: float = said("living in alternative care", "社会的養護", 0.9)
    vaccination: float = said("a late or missing vaccination", "予防接種の遅れ・未接種", 0.7)
    hardship: float = said(
        "hardship of the household: correlation with its need", "世帯の生活困窮(必要度との相関)", 0.5, ge=-1, le=1
    )
    score: float = said(
        "the academic score: correlation, the other way round", "学力得点(負の相関の大きさ)", 0.3, ge=-1, le=1
    )


class Lives(Spec):
    """What services come to see, as margins."""

    single_parent_share: Rate = said("share of households with a single parent", "ひとり親世帯の割合", 0.165)
    single_by_size: Annotated[tuple[float, float, float], AfterValidator(lambda odds: _positive(odds))] = said(
        "how much likelier a single parent is with one, two, three or more children, relative (an assumption); the "
        "shares of sizes and of single parents are kept by iterative proportional fitting",
        "子の数(1人、2人、3人以上)別のひとり親になりやすさの比(仮定)。世帯規模とひとり親の割合は比例反復法で保つ",
        (1.25, 0.9, 0.7),
    )
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
    ascertainment: Annotated[dict[str, float], _each(*GROUPS)] = said(
        "how much likelier a case is opened at the same need, in log-odds, by group; below 0: known less often",
        "同じ必要度のときの、相談が受け付けられやすさの差(対数オッズ、群別)。負なら把握されにくい",
        {"below_school_age": -0.3, "foreign_name": -0.6, "girl": -0.15},
    )
    sibling_case: Rate = said("chance that a sibling is taken into a case", "相談にきょうだいが加えられる確率", 0.25)
    assistance_share: Rate = said("share of households with public assistance", "生活保護世帯の割合", 0.0162)
    school_aid_share: Rate = said("share of pupils with school aid", "就学援助を受ける児童生徒の割合", 0.139)
    school_aid_uptake: Rate = said("share of those entitled that apply", "就学援助の対象者が申請する割合", 0.85, gt=0)
    medical_aid_share: Rate = said("share of children with medical aid", "医療費助成を受ける児童の割合", 0.97)
    allowance_capped_share: Rate = said(
        "share of households above the income cap of the child allowance", "児童手当の所得上限を超える世帯の割合", 0.04
    )
    vaccinated_late: Rate = said("share of vaccinations given after they were due", "期限後の予防接種の割合", 0.09)
    vaccinated_never: Rate = said("share of vaccinations never given", "受けなかった予防接種の割合", 0.02)
    survey_missed: Rate = said("share of pupils that miss the academic survey", "学力調査を受けない割合", 0.06)
    pupils_seen: Rate = said("share of pupils at the town's own schools", "市立学校に在籍する児童生徒の割合", 0.96)
    junior_absence: float = said(
        "how much likelier absence is at junior high school, in log-odds", "中学校での欠席の増え方(対数オッズ)", 0.5
    )
    passing_absence: float = said(
        "spread of absence that passes within a year, in log-odds: the larger, the more the worst of one year are "
        "better in the next whatever is done",
        "その年限りの欠席傾向のばらつき(対数オッズ)。大きいほど平均への回帰が強い",
        0.4,
        ge=0,
        le=3,
    )
    long_absence_share: Rate = said(
        "share of pupils absent 30 days or more in a year", "年30日以上欠席する児童生徒の割合", 0.125
    )
