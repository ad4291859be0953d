"""What a municipality is: its sources and columns, purposes, capacity, disclosure rule and engine.

This is a specification and computes nothing. It does not say whether a use is lawful: it holds what was declared.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from kosodachi.tables import KINDS

Encoding = Literal["cp932", "utf-8", "utf-8-sig", "utf-16", "euc_jp"]
EraCodes = Literal["12345", "13579"]
Kind = Literal[*KINDS]
Reason = Literal["paper_only", "no_system", "no_consent", "not_collected"]
LegalBasis = Literal["61", "69-1", "69-2-1", "69-2-2", "69-2-3", "69-2-4"]


def _plain_name(value: str) -> str:
    if not value.isidentifier() or not value.isascii():
        raise PydanticCustomError("plain_name", "a name of letters, digits and _ that starts with a letter")
    return value


Name = Annotated[str, AfterValidator(_plain_name)]


def said(en: str, ja: str, default: Any = ..., **rules) -> Any:
    """A field with its description in both languages; `kosodachi new` writes both as comments."""
    return Field(default, description=en, json_schema_extra={"ja": ja}, **rules)


class _Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Spec):
    """The same words in both languages."""

    ja: str
    en: str


class Source(_Spec):
    """One extract of one system: how to read it, what its columns mean, on what ground it may be used."""

    kind: Kind = said("what the source is", "データの種類")
    label: Words = said("its name on the pages", "画面・帳票での名称")
    department: str = said("the department that holds it", "保有する課", "")
    collected: bool = said("false if it could not be collected", "収集できなかった場合は false", True)
    not_collected: Reason | None = said("why it was not collected", "収集できなかった理由", None)
    file: str | None = said("file name inside the municipality's folder", "フォルダ内のファイル名", None)
    encoding: Encoding = said("character encoding of the file", "文字コード", "cp932")
    delimiter: str = said("what separates the columns", "区切り文字", ",", pattern=r'^[^"\r\n]$')
    era_codes: EraCodes = said(
        "which digits stand for the eras: 12345 = Meiji..Reiwa as 1..5, 13579 = as 1,3,5,7,9",
        "元号コード体系: 12345(明治1〜令和5)または 13579(明治1・大正3・昭和5・平成7・令和9)",
        "12345",
    )
    columns: dict[str, str] = said("header in the file -> standard column", "ファイルの見出し → 標準項目名", {})
    codes: dict[str, dict[str, str]] = said(
        "standard column -> code in the file -> standard value", "標準項目 → コード → 標準値", {}
    )
    purpose: str = said("the specified purpose of use", "利用目的", "")
    legal_basis: LegalBasis | None = said(
        "article of the Act on the Protection of Personal Information relied on", "個人情報保護法の根拠条項", None
    )
    newly_acquired: bool = said(
        "acquired for this purpose (true) or already held (false)", "新規取得は true、既保有は false", False
    )

    @model_validator(mode="after")
    def _hangs_together(self):
        if self.collected and not self.file:
            raise PydanticCustomError("needs_file", "a collected source needs `file`")
        if self.collected and self.not_collected:
            raise PydanticCustomError("reason_but_collected", "`not_collected` is for a source with `collected: false`")
        if not self.collected and self.not_collected is None:
            raise PydanticCustomError(
                "needs_reason", "a source that is not collected needs its reason in `not_collected`"
            )
        return self


class Capacity(_Spec):
    """How many children and households people can look at and reach out to."""

    reviewed: int = said("children that people can look at in one round", "1回の判定で職員が確認できる人数", 100, ge=1)
    outreach_per_month: int = said(
        "households that staff can reach out to in a month", "1か月に訪問・連絡できる世帯数", 20, ge=1
    )


Rollout = Literal["capacity_cut", "lottery", "stepped_wedge", "staggered"]


class Outreach(_Spec):
    """How outreach is rolled out: what a study of its effect may rest on."""

    design: Rollout = said(
        "how it was decided who is offered support, and when: capacity_cut (those first in order, up to capacity), "
        "lottery (by lot among those next in order; the log says who was drawn), stepped_wedge (school by school, the "
        "order drawn by lot), staggered (school by school, the order chosen)",
        "案内する児童と時期の決め方: capacity_cut(対応可能数の範囲で上位から)、lottery(境目は抽選。抽選結果を支援記録に残す)、"
        "stepped_wedge(学校ごとに順次開始し、順番は抽選)、staggered(学校ごとに順次開始し、順番は任意)",
        "capacity_cut",
    )


class Disclosure(_Spec):
    """The rule of what may leave: counts below the threshold are hidden, the rest rounded."""

    threshold: int = said("counts below this are not shown", "この件数未満は表示しない", 10, ge=3)
    rounding: int = said("counts are rounded to a multiple of this", "この倍数に丸める", 5, ge=1)


Outcome = Literal["maltreatment", "school_absence", "hardship", "support_need"]


class Hearing(_Spec):
    """What one person of experience said about one item, by role and never by name."""

    item: str = said("item id of the catalogue", "項目ID(項目台帳のID)")
    role: str = said("role of who was heard, never a name", "聞き取りの相手の職名(氏名は書かない)", min_length=2)
    stance: Literal["for", "against"] = said(
        "for or against using the item", "使うことに賛成なら for、反対なら against"
    )
    reason: str = said("the reason that was given", "理由", min_length=4)
    on: date | None = said("day of the hearing", "聞き取りの日", None)
    outcome: Outcome | None = said(
        "outcome that the item was said to go with (empty: the one of the register); others do not count",
        "どの結果指標について述べられたか(空欄は台帳の結果指標。異なるものは数えません)",
        None,
    )


class Decision(_Spec):
    """What people decided about one item against the rule. Nothing makes an item usable that has no basis."""

    item: str = said("item id of the catalogue", "項目ID(項目台帳のID)")
    decision: Literal["use", "not_used"] = said("use or not_used", "使うなら use、使わないなら not_used")
    by: str = said("role or body that decided, never a name", "決定した会議・職名(氏名は書かない)", min_length=2)
    reason: str = said("the reason", "理由", min_length=4)


class Belief(_Spec):
    """How far the literature is taken to hold here at all, by the certainty of the pooled effect, and what is thought of
    an item where it does not. Working assumptions without a source: `items.sensitivity` shows what turns with each."""

    high: float = said("share for high certainty", "確実性が高い場合", 0.9, ge=0, le=1)
    moderate: float = said("for moderate certainty", "中程度の場合", 0.85, ge=0, le=1)
    low: float = said("for low certainty", "低い場合", 0.8, ge=0, le=1)
    very_low: float = said("for very low certainty", "非常に低い場合", 0.7, ge=0, le=1)
    wide_share: float = said(
        "share of the rest that has some weight here all the same (assumed)",
        "残りのうち、それでも関連がある割合(仮定)",
        0.5,
        ge=0,
        le=1,
    )
    wide_sd: float = said(
        "spread of such a weight, log odds (assumed)", "その場合の関連の広がり(対数オッズ、仮定)", 0.7, gt=0, le=3
    )


class Selection(_Spec):
    """The rule that chooses data items. Every number is a choice of the municipality; the defaults are ours."""

    version: str = said("version of the register of items", "項目台帳の版", "1")
    decided_by: str = said(
        "role or body that decided (rule_alone: not yet decided by people)",
        "決定した会議・職名(rule_alone は未決定)",
        "rule_alone",
    )
    purpose: Words = said(
        "what the items are for",
        "項目の利用目的",
        Words(ja="支援の必要な児童・家庭の早期把握", en="to notice early which children and families need support"),
    )
    outcome: Outcome = said(
        "kind of outcome whose published effects count", "根拠とする論文の結果指標の種類", "maltreatment"
    )
    bases: tuple[Literal["paper", "prior_case", "hearing", "data"], ...] = said(
        "kinds of basis that are accepted", "認める根拠の種類", ("paper", "prior_case", "hearing", "data")
    )
    least_certainty: Literal["very_low", "low", "moderate", "high"] = said(
        "certainty from which a published effect is a basis", "論文を根拠と認める確実性の下限", "very_low"
    )
    relevant_odds: float = said("odds ratio from which a weight matters", "意味があるとみなすオッズ比", 1.1, ge=1, le=5)
    least_probability: float = said(
        "least probability that an item matters here", "この自治体で意味がある確率の下限", 0.5, ge=0, le=1
    )
    least_probability_sensitive: float = said(
        "the same for sensitive items", "配慮を要する項目での確率の下限", 0.6, ge=0, le=1
    )
    refuted_below: float = said(
        "items on prior cases or hearings alone go if the probability is below this",
        "先行事例・聞き取りのみの項目を外す確率",
        0.2,
        ge=0,
        le=1,
    )
    sensitive: tuple[Literal["ordinary", "statutory", "harmed", "stigma", "unclear"], ...] = said(
        "classes of sensitivity that need more", "より強い根拠を求める配慮の区分", ("statutory", "harmed")
    )
    sensitive_bases: tuple[Literal["paper", "prior_case", "hearing", "data"], ...] = said(
        "kinds of basis that suffice for sensitive items", "配慮を要する項目で認める根拠", ("paper", "data")
    )
    least_known: float = said(
        "least share of children of its age whose value is known",
        "対象年齢の児童のうち値が分かる割合の下限",
        0.2,
        ge=0,
        le=1,
    )
    most_alike: float = said(
        "correlation from which the weaker of two items is redundant", "重複とみなす相関の下限", 0.8, gt=0, le=1
    )
    least_stability: float = said(
        "share of half samples that must choose an item on data alone",
        "データのみの項目が半数標本で選ばれる割合の下限",
        0.5,
        ge=0,
        le=1,
    )
    least_events: int = said(
        "known needs below which this town's data choose nothing",
        "データで選ぶために必要な把握済みニーズの件数",
        10,
        ge=1,
    )
    known_share: float = said(
        "share of needs that become known (a working assumption without a source)",
        "ニーズのうち把握される割合(出典のない仮定)",
        0.5,
        gt=0,
        le=1,
    )
    belief: Belief = said(
        "how far the literature is taken to hold here", "論文がこの自治体にも当てはまるとみる度合い", Belief()
    )
    hearings: tuple[Hearing, ...] = said(
        "hearings of staff: - {item: absence_days, role: school nurse, stance: for, reason: ..., on: 2024-02-14, "
        "outcome: maltreatment}",
        "職員への聞き取り: - {item: absence_days, role: 養護教諭, stance: for(賛成)/ against(反対), reason: 理由, "
        "on: 2024-02-14, outcome: maltreatment}",
        (),
    )
    decisions: tuple[Decision, ...] = said(
        "decisions of people against the rule: - {item: single_parent, decision: not_used, by: role, reason: ...}",
        "規則と異なる決定: - {item: single_parent, decision: not_used, by: 職名, reason: 理由}",
        (),
    )


class Schedule(_Spec):
    """The dates that items, judgement and effect refer to."""

    train_as_of: date = said("items as of this day train the score", "判定式の作成に使う基準日")
    judge_as_of: date = said("items as of this day are judged", "判定の基準日")
    label_months: int = said("months in which a known need counts as outcome", "結果を確認する月数", 12, ge=1, le=60)
    index_date: date = said("outreach starts here; follow-up is counted from it", "プッシュ型支援の起点日")
    follow_up_until: date = said("last day of follow-up", "追跡の最終日")

    @model_validator(mode="after")
    def _in_order(self):
        if not self.train_as_of < self.judge_as_of <= self.index_date < self.follow_up_until:
            raise PydanticCustomError(
                "order_of_dates", "dates in the order train_as_of < judge_as_of <= index_date < follow_up_until"
            )
        return self


class Municipality(_Spec):
    """A municipality as the workspace knows it, read from `municipality.yaml`."""

    name: Words = said("name of the municipality", "自治体名")
    key: Name = said("short name for folders", "フォルダ名に使う英数字")
    synthetic: bool = said("true for a synthetic town", "合成データの場合は true", False)
    hypothetical: bool = said(
        "true if settings named after a real body are assumptions", "実在団体名の設定が仮定の場合は true", False
    )
    seed: int = said("seed of everything that is drawn", "乱数の種", 20260401, ge=0)
    data_dir: str | None = said(
        "where working stores go, outside the repository", "作業データの置き場(リポジトリ外)", None
    )
    engine: Literal["duckdb", "spark"] = said("engine of the linkage", "名寄せの実行環境", "duckdb")
    schedule: Schedule = said("dates", "日程")
    capacity: Capacity = said("capacity", "対応可能数", Capacity())
    outreach: Outreach = said("roll-out of outreach", "プッシュ型支援の進め方", Outreach())
    disclosure: Disclosure = said("disclosure rule", "公表基準", Disclosure())
    items: Selection = said("rule that chooses the data items", "利用データ項目を選ぶ規則", Selection())
    sources: dict[Name, Source] = said("sources by short name", "データ源")

    @model_validator(mode="after")
    def _one_register(self):
        registers = [name for name, source in self.sources.items() if source.kind == "resident_register"]
        if len(registers) != 1:
            raise PydanticCustomError("one_register", "exactly one source of kind resident_register")
        if not self.sources[registers[0]].collected:
            raise PydanticCustomError(
                "register_collected", "the resident register must be collected: every other source is linked to it"
            )
        return self

    @property
    def register(self) -> str:
        """The short name of the resident register."""
        return next(name for name, source in self.sources.items() if source.kind == "resident_register")

    def of_kind(self, kind: str) -> list[str]:
        """Short names of the collected sources of a kind."""
        return [name for name, source in self.sources.items() if source.kind == kind and source.collected]
