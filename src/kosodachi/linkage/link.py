"""Linkage of every source to the resident register, and what it hands on: person map, person link, bands.

A link says that two records look like one child to the model at the stated thresholds. It proves no identity, and
nobody should act on a single link without looking.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kosodachi.linkage.assignment import COLUMNS, NOBODY, REASONS, judged, named, thresholds_for
from kosodachi.linkage.blocking import block
from kosodachi.linkage.comparisons import TERM_FREQUENCIES_FROM, japanese
from kosodachi.linkage.model import Model, costs, train
from kosodachi.linkage.passes import births_of, family_ways
from kosodachi.linkage.past import Past
from kosodachi.linkage.prepare import KEYED, Side, children_of, keyed, persons_of, texts
from kosodachi.linkage.scoring import predict
from kosodachi.linkage.scoring import term_frequencies as counting
from kosodachi.linkage.spec import FALSE_LINK_RATE, Specification, Thresholds
from kosodachi.tables.arrow import typed
from kosodachi.tables.pseudonyms import pseudonyms_of_texts

BANDS = ("link", "review", "none")
IDS = ["source", "person", "person_id"]


@dataclass(frozen=True)
class Links:
    """The links. found: source, person, register_no, match_weight, match_probability, reason, band, one row a person.

    Persons without a candidate have no row. summary: numbers of the run by name.
    model: the trained model; None for a deterministic rule.
    """

    found: pd.DataFrame | pa.Table
    summary: dict
    model: Model | None = None

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """What was found as a data frame; if it is a Table, in the order of source and person."""
        if isinstance(self.found, pd.DataFrame):
            return self.found
        return self.found.sort_by([("source", "ascending"), ("person", "ascending")]).to_pandas()


def link(
    register: pd.DataFrame | pa.Table,
    records: pd.DataFrame | pa.Table,
    *,
    names: pd.DataFrame | pa.Table | None = None,
    seed: int = 1,
    engine: str = "duckdb",
    thresholds: Thresholds | None = None,
    false_link_rate: float = FALSE_LINK_RATE,
    term_frequencies: bool | None = None,
    probability: Callable[[np.ndarray], np.ndarray] | None = None,
    past: Past | None = None,
) -> Links:
    """Links of the records of all other sources to the register, by one model trained on all of them.

    register, records: identifier_records of the register and of the other sources; names: identifier_names of both,
    the further names that a person goes by; data frames or pyarrow Tables (a third of the memory). The link threshold follows from `false_link_rate`, the share of false links
    that is accepted, unless `thresholds` are given. `probability` gives match probabilities for match weights (log2) in
    place of the model's own. Term frequencies are used from TERM_FREQUENCIES_FROM children on, unless said otherwise.
    With `past` the model, thresholds and frequencies are those of an earlier month, and nothing is trained.
    Raises Fault E-LINK-01 (Spark without pyspark), E-LINK-02 (too many pairs), E-LINK-03/04 (register empty, or a
    person number twice), E-LINK-05 (thresholds out of order).
    """
    children, persons = both_sides(register, records, names)
    if past is not None:
        term_frequencies, thresholds = bool(past.frequencies), past.thresholds
    if term_frequencies is None:
        term_frequencies = children.people >= TERM_FREQUENCIES_FROM
    spec = japanese(engine=engine, term_frequencies=term_frequencies)
    if not len(persons):
        made = NOBODY.empty_table()
        return Links(made, summary(children, persons, made, None, thresholds or Thresholds()))
    if past is None:
        model, counted, blocked = _trained(children, persons, spec, engine=engine, seed=seed)
    else:
        model, counted, blocked = past.model, past.frequencies, None
    given = {"spec": spec, "engine": engine, "probability": probability, "frequencies": counted}
    pairs = scored(model, children, persons, blocked=blocked, **given)
    chosen = thresholds or thresholds_for(pairs, false_link_rate, Thresholds())
    births = births_of(children)
    made = judged(pairs, chosen, births=births)
    if found := family_ways(children, persons, made):
        pairs = pa.concat_tables([pairs, scored(model, found.left, found.right, less=found.less, **given)])
        made = judged(pairs, chosen, births=births)
    made = named(made, pairs)
    return Links(made, summary(children, persons, made, model, chosen), model)


def both_sides(register, records, names) -> tuple[Side, Side]:
    """The children and the persons, prepared side by side."""
    with ThreadPoolExecutor(1) as pool:
        persons = pool.submit(copy_context().run, persons_of, records, names)
        return children_of(register, names), persons.result()


def _trained(children: Side, persons: Side, spec: Specification, *, engine: str, seed: int) -> tuple:
    """The model; how frequent names are and, for DuckDB, the pairs to score, found beside it: training alone leaves a
    core idle half of the time."""
    own = children.own(), persons.own()
    forecast = costs(*own, spec)
    with ThreadPoolExecutor(1) as pool:
        aside = pool.submit(copy_context().run, _found_beside, children.ways, persons.ways, spec, engine)
        model = train(*own, spec, seed=seed, forecast=forecast)
        return model, *aside.result()


def _found_beside(ways: pa.Table, theirs: pa.Table, spec: Specification, engine: str) -> tuple:
    import splink  # noqa: F401  it takes half a second

    return counting(ways, theirs, spec), block(ways, theirs, spec.blocking) if engine == "duckdb" else None


def scored(
    model: Model,
    children: Side,
    persons: Side,
    *,
    spec,
    engine: str,
    probability=None,
    less: np.ndarray | None = None,
    frequencies: dict[str, pa.Table] | None = None,
    blocked: pa.Table | None = None,
) -> pa.Table:
    """Scored pairs of persons and children: source, person, person_id, left_id (person number), child_id, match_weight,
    match_probability, held. `less` is taken off the weight by row of `children`, before the probability is read;
    `blocked` are the pairs that `block` finds, if it was asked already."""
    pairs = predict(model, children.ways, persons.ways, spec, engine=engine, frequencies=frequencies, pairs=blocked)
    left, right = pairs["left_row"].to_numpy(), pairs["right_row"].to_numpy()
    weight, likely = (pairs[column].to_numpy() for column in ("match_weight", "match_probability"))
    whose, whom = (side.whose.select(IDS).take(pa.array(rows)) for side, rows in ((persons, right), (children, left)))
    if less is not None:
        weight = weight - less[left]
        likely = 1 / (1 + np.exp2(-weight))
    likely = likely if probability is None else np.asarray(probability(weight), dtype=float)
    return pa.table({
        "source": whose["source"], "person": whose["person"], "person_id": whose["person_id"], "left_id": whom["person"],
        "child_id": whom["person_id"], "match_weight": weight, "match_probability": likely, "held": pairs["held"],
    })  # fmt: skip


def summary(children: Side, persons: Side, made: pa.Table, model: Model | None, thresholds: Thresholds) -> dict:
    reasons, bands = (
        {row["values"]: row["counts"] for row in made[column].value_counts().to_pylist()}
        for column in ("reason", "band")
    )
    counts = {
        "children": children.people,
        "persons": persons.people,
        **{reason: reasons.get(reason, 0) for reason in REASONS},
        "linked": bands.get("link", 0),
        "review": bands.get("review", 0),
        "link_from": thresholds.link,
    }
    if model is None:
        return counts
    failed = model.training.loc[~model.training["converged"], ["rule", "note"]]
    return counts | {
        "pairs_forecast": int(model.forecast["pairs"].sum()),
        "sure_pairs": model.sure,
        "prior": model.prior,
        "untrained": [f"{rule}: {note}" for rule, note in failed.itertuples(index=False)],
        "doubted": [f"{name}, {level}: {note}" for name, level, note in model.checks.itertuples(index=False)],
    }


MAPPED = ["record_id", "source", "person_no", "research_id", "match_weight", "match_probability", "band"]


def person_map(
    links: Links, register: pd.DataFrame | pa.Table, records: pd.DataFrame | pa.Table, *, key: bytes
) -> pd.DataFrame | pa.Table:
    """The person map: one row a record, the register's own included (probability 1, band link).

    research_id is there for band link alone; a record for review or without a child has none. A data frame in the order
    of source and record_id; a pyarrow Table, in the order given, if the register is one.
    """
    own, written = (texts(rows, KEYED) for rows in (register, records))
    with ThreadPoolExecutor(1) as pool:
        named = pool.submit(copy_context().run, _research_ids, own, key)
        found = _found_of(links, written)
        numbers, ids = named.result()
    child = pc.index_in(found["register_no"], value_set=numbers.combine_chunks())
    rows = {
        "research_id": (ids.take(child), ids),
        "match_weight": (found["match_weight"], pa.nulls(len(own), pa.float64())),
        "match_probability": (found["match_probability"], np.ones(len(own))),
        "band": (found["band"], pa.repeat("link", len(own))),
    }
    sides = (
        pa.table({**{name: side[name] for name in MAPPED[:3]}, **{name: both[i] for name, both in rows.items()}})
        for i, side in enumerate((written, own))
    )
    mapped = pa.concat_tables(sides)
    if isinstance(register, pa.Table):
        return mapped
    return mapped.sort_by([("source", "ascending"), ("record_id", "ascending")]).to_pandas()


def _research_ids(own: pa.Table, key: bytes) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    numbers = keyed(own)
    return numbers, pseudonyms_of_texts(key, "person", numbers)


def _found_of(links: Links, written: pa.Table) -> pa.Table:
    """What was found for each record, with register_no for band link alone; band none where nothing was."""
    found = typed(links.found).select(COLUMNS)
    known = _named(found["source"], found["person"]).combine_chunks()
    of = found.take(pc.index_in(_named(written["source"], keyed(written)), value_set=known))
    band = of["band"].fill_null("none")
    number = pc.if_else(pc.equal(band, "link"), of["register_no"], None)
    return pa.table({"register_no": number, "band": band, **{name: of[name] for name in COLUMNS[3:5]}})


def _named(source: pa.ChunkedArray, person: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(source, person, "|")


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
