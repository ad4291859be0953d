"""What a row of evidence and a source look like, as JSON Schema for editors and for rows that arrive as YAML or JSON.

The package keeps its rows in CSV, so every value is text and an empty text means that nothing was seen. The schema knows
form alone: whether a row says what its paper says is for a reader with the paper open, and `kosodachi items lint` looks
for the traps between columns.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")]
Number = Annotated[str, Field(pattern=r"^$|^-?[0-9]*\.?[0-9]+$")]
Figure = Annotated[str, Field(pattern=r"^$|[0-9]")]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EvidenceRow(_Row):
    """One published figure, or the record that none was found, for one item and outcome."""

    item_id: Id = Field(description="evidence item, as `evidence` of an item's YAML file names it")
    outcome: str = Field(min_length=1, description="the outcome as printed; outcomes.csv says which kind it is")
    match: Literal["same", "near", "proxy"] = Field(description="how close the outcome is to need for support")
    age_band: str
    source_id: Id = Field(description="a source_id of sources.csv")
    cohort: str = Field(description="the same name for sources that share children, so that none is counted twice")
    measure: str = Field(description="r, d, OR, aOR, RR, aRR, HR, aHR; used_in_prior_case; none found; ...")
    value: Figure = Field(description="as printed; empty if no number was seen")
    ci_low: Number
    ci_high: Number
    ci_level: Literal["", "0.95", "0.99"] = Field(description="level of the interval")
    ci_scale: Literal["", "same", "fisher_z"] = Field(description="scale of the interval; fisher_z beside an r")
    polarity: Literal["1", "-1"] = Field(description="-1 if the outcome is coded the other way round")
    adjusted: Literal["yes", "no"] = Field(description="for other predictors of the outcome")
    base_risk: Number = Field(description="share with the outcome among those without the item")
    n_or_k: str
    direction: str
    note: str
    verified: Literal["yes", "recall"] = Field(description="recall: from memory, never reaches a prior")


class SourceRow(_Row):
    """One source of evidence: where it can be found, and whether and when it was opened."""

    source_id: Id
    type: Literal[
        "meta-analysis", "systematic review", "cohort", "case-control", "cross-sectional", "case series",
        "registry comparison", "pilot report", "official report", "guideline", "method",
    ]  # fmt: skip
    authors: str
    year: str = Field(pattern=r"^$|^[0-9]{4}")
    title: str
    journal_issuer: str
    doi_or_url: str
    country: str
    population: str
    verified: Literal["yes", "recall"]
    where_seen: str
    bibliographic_fields_from_memory: str
    opened: Literal["", "abstract", "full text", "table", "landing page", "excerpt", "secondhand"] = Field(
        description="what of it was read; excerpt: a part of its page; secondhand: a page that quotes it"
    )
    opened_at: str = Field(pattern=r"^$|^https?://")
    opened_on: str = Field(
        pattern=r"^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        description="empty for an excerpt or a quotation read when the evidence was first collected",
    )


class Evidence(_Row):
    """A file of evidence: rows and the sources they cite."""

    rows: tuple[EvidenceRow, ...]
    sources: tuple[SourceRow, ...] = ()


def evidence_schema() -> dict:
    """The JSON Schema of evidence as YAML or JSON, for editors; committed as evidence.schema.json beside this module."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Evidence.model_json_schema()}
