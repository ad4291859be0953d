"""The contract of every table that passes between rooms: columns, units, keys and zone.

A table is checked when a step writes it and when another reads it, so a room can trust what it is handed.
A contract says what a table is made of, not whether its numbers are right: the scores say that.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import pandas as pd


@dataclass(frozen=True)
class Contract:
    """Columns with their types, the key, and the zone a table lives in. `open` tables may hold further columns."""

    zone: Literal["identifier", "analysis"]
    columns: dict[str, str]
    key: tuple[str, ...] = ()
    nullable: frozenset[str] = frozenset()
    open: bool = False
    about: str = ""


def _of(zone, about, columns, *, key=(), nullable=(), open=False) -> Contract:
    return Contract(zone, columns, tuple(key), frozenset(nullable), open, about)


_NAMES = {c: "str" for c in ("name_raw", "kana_raw", "name", "surname", "given", "kana", "kana_code", "surname_code",
                             "given_code", "birth_date", "sex", "postcode", "address", "town", "chome", "block", "building",
                             "guardian_name", "guardian_code", "previous_town", "previous_chome", "previous_block",
                             "address_protected")}  # fmt: skip
_FORMS = dict.fromkeys(("name", "surname", "given", "kana_code", "surname_code", "given_code"), "str")

CONTRACTS: dict[str, Contract] = {
    "identifier_records": _of(
        "identifier", "one row an accepted source record, with what names a person",
        {"record_id": "str", "source": "str", "row_no": "int", "person_no": "str", "household_no": "str", **_NAMES},
        key=["record_id"], nullable=["person_no", "household_no", *_NAMES]),
    "identifier_names": _of(
        "identifier", "one row a record and name it goes by: kind is current, former, alias or alphabet; forms as identifier_records",
        {"record_id": "str", "kind": "str", **_FORMS}, nullable=_FORMS),
    "person_map": _of(
        "identifier", "source record -> research id, with how sure the link is",
        {"record_id": "str", "source": "str", "person_no": "str", "research_id": "str",
         "match_weight": "float", "match_probability": "float", "band": "str"},
        key=["record_id"], nullable=["person_no", "research_id", "match_weight", "match_probability"]),
    "link_model": _of(
        "identifier", "the trained model of a linkage with its thresholds, as JSON, for the next month; one row",
        {"parameters": "str"}),
    "link_scores": _of(
        "identifier", "scored pairs of a month by pass, for the next month; left_id is the register's person number",
        {"pass_name": "str", "source": "str", "person": "str", "left_id": "str", "match_weight": "float",
         "match_probability": "float", "held": "bool"}),
    "link_prints": _of(
        "identifier", "hashes of how each person was written, by pass and side (register, records)",
        {"pass_name": "str", "side": "str", "source": "str", "person": "str", "print": "int"},
        key=["pass_name", "side", "source", "person"], nullable=["source"]),
    "link_frequencies": _of(
        "identifier", "how frequent names were when the model was trained, where it uses that",
        {"column": "str", "value": "str", "share": "float"}, key=["column", "value"]),
    "rejects": _of(
        "identifier", "rows that could not be read, as they were, with the reason and its code",
        {"source": "str", "row_no": "int", "code": "str", "column": "str", "reason": "str", "raw": "str"}, nullable=["column"]),
    "ingest_counts": _of(
        "analysis", "rows a source: read = accepted + rejected",
        {"source": "str", "read": "int", "accepted": "int", "rejected": "int"}, key=["source"]),
    "reject_counts": _of(
        "analysis", "rejected rows by source and reason",
        {"source": "str", "code": "str", "rows": "int"}, key=["source", "code"]),
    "field_coverage": _of(
        "analysis", "accepted rows by source and standard column: filled = with a value, unreadable = with one that was not read",
        {"source": "str", "column": "str", "rows": "int", "filled": "int", "unreadable": "int"}, key=["source", "column"]),
    "attributes": _of(
        "analysis", "one row an accepted source record: what it says about the child, no identifier",
        {"record_id": "str"}, key=["record_id"], open=True),
    "person_link": _of(
        "analysis", "record -> research id by random ids alone; band is link, review or none",
        {"record_id": "str", "source": "str", "research_id": "str", "match_weight": "float",
         "match_probability": "float", "band": "str"},
        key=["record_id"], nullable=["research_id", "match_weight", "match_probability"]),
    "link_draws": _of(
        "analysis", "link sets drawn from the match probabilities: where draw number `draw` differs from person_link; no id = no link",
        {"draw": "int", "record_id": "str", "research_id": "str"}, key=["draw", "record_id"], nullable=["research_id"]),
    "child": _of(
        "analysis", "one row a child of the resident register; birth_month is the first day of the month of birth",
        {"research_id": "str", "household_id": "str", "sex": "str", "birth_month": "date", "district": "str",
         "moved_in": "date", "moved_out": "date"},
        key=["research_id"], nullable=["sex", "birth_month", "district", "moved_in", "moved_out"]),
    "link_bands": _of(
        "analysis", "records a source by band of the linkage",
        {"source": "str", "band": "str", "records": "int"}, key=["source", "band"]),
    "item_register": _of(
        "analysis", "the chosen items: decision, basis type, citations, who decided; log_odds is the prior mean",
        {"item_id": "str", "ja": "str", "en": "str", "domain": "str", "source_kind": "str", "decision": "str", "basis": "str",
         "bases": "str", "citations": "str", "log_odds": "float", "log_odds_se": "float", "why": "str", "certainty": "str",
         "probability": "float", "instead": "str", "decided_by": "str", "version": "str"},
        key=["item_id"], nullable=["log_odds", "log_odds_se", "citations", "certainty", "instead"]),
    "item_value": _of(
        "analysis", "item values as of a date, long; value is missing only with a reason",
        {"research_id": "str", "as_of": "date", "item_id": "str", "value": "float", "missing": "str"},
        key=["research_id", "as_of", "item_id"], nullable=["value", "missing"]),
    "known_need": _of(
        "analysis", "first day a need became known at family consultation, by who brought it",
        {"research_id": "str", "opened": "date", "route": "str"}, nullable=["route"]),
    "points_card": _of(
        "analysis", "points an item adds, with the weight it came from",
        {"item_id": "str", "points": "int", "log_odds": "float", "log_odds_se": "float", "prior_log_odds": "float"},
        key=["item_id"], nullable=["prior_log_odds", "log_odds_se"]),
    "judgement": _of(
        "analysis", "who people look at first: points, rank (1 = first), within capacity, items in order, unknown items",
        {"research_id": "str", "as_of": "date", "points": "int", "rank": "int", "within_capacity": "bool",
         "reasons": "str", "unknown": "str", "known_before": "bool"},
        key=["research_id", "as_of"], nullable=["reasons", "unknown"]),
    "cohort": _of(
        "analysis", "the study cohort at its index date; months are whole months since the index date",
        {"research_id": "str", "household_id": "str", "treated": "bool", "outcome": "float", "months": "float",
         "event": "bool"},
        key=["research_id"], nullable=["outcome"], open=True),
    "research_extract": _of(
        "analysis", "flat de-identified extract for an approved research partner; row-level, so never under reports/",
        {"research_id": "str"}, key=["research_id"], open=True),
    "synthetic_copy": _of(
        "analysis", "synthetic copy of the research extract; its rows stand for no child", {}, open=True),
    "estimates": _of(
        "analysis", "effect estimates: estimand, method, value with 95 % interval, numbers behind it",
        {"estimand": "str", "outcome": "str", "method": "str", "value": "float", "se": "float", "low": "float", "high": "float",
         "n": "int", "events": "int"},
        nullable=["se", "low", "high", "events"]),
}  # fmt: skip

_DTYPES = {"str": "object", "int": "int64", "float": "float64", "bool": "bool", "date": "datetime64[ns]"}


def contract_of(name: str) -> Contract:
    """The contract of a table by its name; `attributes_<source>` tables share one."""
    return CONTRACTS["attributes" if name.startswith("attributes_") else name]


@cache
def _schema(name: str):
    import pandera.pandas as pa

    contract = contract_of(name)
    columns = {
        column: pa.Column(_DTYPES[kind], nullable=column in contract.nullable)
        for column, kind in contract.columns.items()
    }
    return pa.DataFrameSchema(columns, strict=not contract.open, unique=list(contract.key) or None, name=name)


def checked(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table with its columns in the contract's order and types, rows renumbered.

    Raises pandera's SchemaErrors, all failures together, if the table breaks its contract.
    """
    contract = contract_of(name)
    columns = [c for c in contract.columns if c in table]
    further = [c for c in table.columns if c not in contract.columns]
    tidy = table[columns + further].reset_index(drop=True)
    for column in columns:
        kind = contract.columns[column]
        if kind == "date":
            tidy[column] = pd.to_datetime(tidy[column]).astype("datetime64[ns]")
        elif kind == "str":
            tidy[column] = tidy[column].astype("object").where(tidy[column].notna(), None)
        else:
            tidy[column] = tidy[column].astype(_DTYPES[kind])
    return _schema(name).validate(tidy, lazy=True)
