"""Linkage of every source to the resident register, and what it hands on: person map, person link, bands.

A link says that two records look like one child to the model at the stated thresholds. It proves no identity, and
nobody should act on a single link without looking.
"""

from dataclasses import dataclass

import pandas as pd

from kosodachi.linkage.assignment import COLUMNS, assign
from kosodachi.linkage.comparisons import japanese
from kosodachi.linkage.model import Model, predict, train
from kosodachi.linkage.prepare import children_of, person_keys, persons_of
from kosodachi.linkage.spec import Thresholds
from kosodachi.tables.pseudonyms import pseudonyms

BANDS = ("link", "review", "none")


@dataclass(frozen=True)
class Links:
    """The links. pairs: source, person, register_no, match_weight, match_probability, reason, band, one row a person.

    Persons without a candidate have no row. summary: numbers of the run by name.
    model: the trained model; None for a deterministic rule.
    """

    pairs: pd.DataFrame
    summary: dict
    model: Model | None = None


def link(
    register: pd.DataFrame,
    records: pd.DataFrame,
    *,
    seed: int = 1,
    engine: str = "duckdb",
    thresholds: Thresholds = Thresholds(),  # noqa: B008
    term_frequencies: bool = False,
) -> Links:
    """Links of the records of all other sources to the register, by one model trained on all of them.

    register, records: identifier_records of the register and of the other sources.
    Raises Fault E-LINK-01 (Spark without pyspark), E-LINK-02 (too many pairs), E-LINK-03/04 (register empty, or a
    person number twice), E-LINK-05 (thresholds out of order).
    """
    children, persons = children_of(register), persons_of(records)
    spec = japanese(engine=engine, term_frequencies=term_frequencies)
    if persons.empty:
        return Links(assign(pd.DataFrame(), thresholds), _summary(children, persons, assign(pd.DataFrame()), None))
    left, right = (table[["unique_id", *spec.columns]] for table in (children, persons))
    model = train(left, right, spec, seed=seed)
    pairs = predict(model, left, right, spec, engine=engine, above=min(1e-3, thresholds.review / 10))
    ways = persons[["unique_id", "source", "person"]].rename(columns={"unique_id": "right_id"})
    made = assign(pairs.merge(ways, on="right_id"), thresholds)
    return Links(made, _summary(children, persons, made, model), model)


def _summary(children: pd.DataFrame, persons: pd.DataFrame, made: pd.DataFrame, model: Model | None) -> dict:
    counts = {
        "children": len(children),
        "persons": len(persons[["source", "person"]].drop_duplicates()),
        **{
            reason: int((made["reason"] == reason).sum())
            for reason in ("best", "duplicate", "tie", "held", "taken", "unsure")
        },
        "linked": int((made["band"] == "link").sum()),
        "review": int((made["band"] == "review").sum()),
    }
    if model is None:
        return counts
    failed = model.training.loc[~model.training["converged"], ["rule", "note"]]
    return counts | {
        "pairs_forecast": int(model.forecast["pairs"].sum()),
        "sure_pairs": model.sure,
        "prior": model.prior,
        "untrained": [f"{rule}: {note}" for rule, note in failed.itertuples(index=False)],
    }


def person_map(links: Links, register: pd.DataFrame, records: pd.DataFrame, *, key: bytes) -> pd.DataFrame:
    """The person map: one row a record, the register's own included (probability 1, band link).

    research_id is there for band link alone; a record for review or without a child has none.
    """
    own = register[["record_id", "source", "person_no"]].assign(
        register_no=person_keys(register), match_weight=float("nan"), match_probability=1.0, band="link"
    )
    found = records[["record_id", "source", "person_no"]].assign(person=person_keys(records))
    found = found.merge(links.pairs[COLUMNS], on=["source", "person"], how="left")
    found["band"] = found["band"].astype("object").where(found["band"].notna(), "none")
    found["register_no"] = found["register_no"].astype("object").where(found["band"] == "link", None)
    rows = pd.concat([own, found[own.columns]], ignore_index=True) if len(found) else own
    rows["research_id"] = pseudonyms(key, "person", rows["register_no"])
    columns = ["record_id", "source", "person_no", "research_id", "match_weight", "match_probability", "band"]
    return rows[columns].sort_values(["source", "record_id"], ignore_index=True)


def person_link(mapped: pd.DataFrame) -> pd.DataFrame:
    """The person map without person numbers, for the analysis zone."""
    return mapped.drop(columns="person_no")


def link_bands(mapped: pd.DataFrame, *, register: str | None = None) -> pd.DataFrame:
    """Records by source and band (every band of every source, 0 where there is none); `register` is left out."""
    shown = mapped[mapped["source"] != register]
    sources = sorted(shown["source"].unique())
    every = pd.MultiIndex.from_product([sources, BANDS], names=["source", "band"])
    counts = shown.groupby(["source", "band"]).size().reindex(every, fill_value=0)
    return counts.rename("records").astype("int64").reset_index()
