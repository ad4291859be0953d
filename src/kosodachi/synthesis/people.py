"""Parts of a scenario that say who lives in a town and what services come to see of them.

They state what is asked; what was achieved is in the town's truth.
"""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

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
GROUPS = ("below_school_age", "foreign_name", "girl")
SYSTEMS, ERROR_TYPES = get_args(System), get_args(ErrorType)


class Spec(BaseModel):
    """A part of a scenario: frozen, and with no setting but those named."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _whole(shares: tuple[float, ...]) -> tuple[float, ...]:
    if abs(sum(shares) - 1) > 1e-9:
        raise PydanticCustomError("shares_of_one", "shares that sum to 1", {"total": f"{sum(shares):g}"})
    return shares


def _positive(odds: tuple[float, ...]) -> tuple[float, ...]:
    if min(odds) <= 0:
        raise PydanticCustomError("above_zero", "numbers above 0")
    return odds


class People(Spec):
    """Households and what happens to them."""

    sizes: Shares = said(
        "households by the number of children ever born to them, 1 to 5: shares",
        "子の数(1〜5人)別の世帯の割合",
        (0.43, 0.405, 0.135, 0.025, 0.005),
    )
    ages: Annotated[tuple[Rate, Rate, Rate, Rate, Rate], AfterValidator(lambda shares: _whole(shares))] = said(
        "children under 15 by age, 0-2, 3-5, 6-8, 9-11, 12-14: shares; at 15-17 as many as at 12-14",
        "15歳未満の児童の年齢(0〜2、3〜5、6〜8、9〜11、12〜14歳)別の割合。15〜17歳は12〜14歳と同数とする",
        (0.1693, 0.1861, 0.2063, 0.2146, 0.2237),
    )
    girl_share: Rate = said("share of girls", "女子の割合", 0.4878)
    foreign_by_age: Annotated[tuple[float, float, float, float], AfterValidator(lambda odds: _positive(odds))] = said(
        "foreign names among children aged 0-4, 5-9, 10-14, 15-17, relative to all",
        "外国籍世帯の児童の割合の年齢(0〜4、5〜9、10〜14、15〜17歳)別の比",
        (1.08, 0.98, 0.95, 1.0),
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


def each(*names: str):
    """Checks that a mapping names just these."""

    def check(held: dict) -> dict:
        if wrong := sorted(set(held) ^ set(names)):
            raise PydanticCustomError(
                "each_once", "each name once", {"names": ", ".join(names), "wrong": ", ".join(wrong)}
            )
        return {name: held[name] for name in names}

    return AfterValidator(check)


class Lives(Spec):
    """What services come to see, as margins."""

    single_parent_share: Rate = said("share of households with a single parent", "ひとり親世帯の割合", 0.165)
    single_by_size: Annotated[tuple[float, float, float], AfterValidator(lambda odds: _positive(odds))] = said(
        "how much likelier a single parent is with one, two, three or more children, relative (an assumption); the "
        "shares of sizes and of single parents are kept by iterative proportional fitting",
        "子の数(1人、2人、3人以上)別のひとり親になりやすさの比(仮定)。世帯規模とひとり親の割合は比例反復法で保つ",
        (1.25, 0.9, 0.7),
    )
    allowance_by_size: Annotated[tuple[float, float, float], AfterValidator(lambda odds: _positive(odds))] = said(
        "how much likelier a single parent has the allowance with one, two, three or more children, relative (an "
        "assumption); the share of single parents with it is kept by iterative proportional fitting",
        "ひとり親が児童扶養手当を受ける割合の、子の数(1人、2人、3人以上)別の比(仮定)。全体の受給割合は比例反復法で保つ",
        (0.9, 1.1, 1.3),
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
    ascertainment: Annotated[dict[str, float], each(*GROUPS)] = said(
        "how much likelier a case is opened at the same need, in log-odds, by group; below 0: known less often",
        "同じ必要度のときの、相談が受け付けられやすさの差(対数オッズ、群別)。負なら把握されにくい",
        {"below_school_age": -0.3, "foreign_name": -0.6, "girl": -0.15},
    )
    ascertainment_by_district: float = said(
        "spread between school districts of how likely a case is opened at the same need, in log-odds",
        "同じ必要度のときの、相談の受け付けられやすさの小学校区間のばらつき(対数オッズ)",
        0.25,
        ge=0,
        le=3,
    )
    leads: float = said(
        "how much likelier a case is of the kind to which the child's need leads, relative",
        "相談の種別が必要の種類に対応するものになりやすさの比",
        6.0,
        ge=1,
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
