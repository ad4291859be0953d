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


class Disclosure(_Spec):
    """The rule of what may leave: counts below the threshold are hidden, the rest rounded."""

    threshold: int = said("counts below this are not shown", "この件数未満は表示しない", 10, ge=3)
    rounding: int = said("counts are rounded to a multiple of this", "この倍数に丸める", 5, ge=1)


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
    disclosure: Disclosure = said("disclosure rule", "公表基準", Disclosure())
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
