"""A new month without doing the past again: only what changed is compared, with the model trained before.

Pairs whose two sides are written as they were keep their scores; every pair with a changed side is scored anew; then
all persons are assigned, which is cheap. So the links are those that the same model would make of everything. They are
not those of a model trained anew: train again (`begin`) when the sources or their habits change, at least once a year.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from kosodachi.linkage.assignment import judged, named, thresholds_for
from kosodachi.linkage.comparisons import TERM_FREQUENCIES_FROM, japanese
from kosodachi.linkage.engines import connect
from kosodachi.linkage.link import Links, scored, summary
from kosodachi.linkage.model import train
from kosodachi.linkage.passes import births_of, family_ways
from kosodachi.linkage.past import Past, Scores, nothing
from kosodachi.linkage.prepare import Side, children_of, persons_of
from kosodachi.linkage.scoring import term_frequencies as counting
from kosodachi.linkage.spec import FALSE_LINK_RATE, Specification, Thresholds
from kosodachi.tables.arrow import typed


@dataclass(frozen=True)
class Month:
    """The links of a month, and what it leaves to the next. compared: persons whose pairs were scored anew."""

    links: Links
    past: Past
    compared: int


def begin(
    register: pd.DataFrame,
    records: pd.DataFrame,
    *,
    names: pd.DataFrame | None = None,
    seed: int = 1,
    engine: str = "duckdb",
    thresholds: Thresholds | None = None,
    false_link_rate: float = FALSE_LINK_RATE,
    term_frequencies: bool | None = None,
) -> Month:
    """The first month: the links that `link` makes, and what they leave to the next. Faults as in `link`."""
    children, persons = children_of(register, names), persons_of(records, names)
    if term_frequencies is None:
        term_frequencies = children.people >= TERM_FREQUENCIES_FROM
    spec = japanese(engine=engine, term_frequencies=term_frequencies)
    model = train(children.own(), persons.own(), spec, seed=seed)
    counted = counting(children.ways, persons.ways, spec)
    past = Past(model, thresholds or Thresholds(), counted, nothing(), nothing())
    return _month(past, children, persons, spec, engine=engine, rate=None if thresholds else false_link_rate)


def incremental(
    previous: Past,
    register: pd.DataFrame,
    records: pd.DataFrame,
    *,
    names: pd.DataFrame | None = None,
    engine: str = "duckdb",
) -> Month:
    """The links of a further month, from its whole extracts and what the month before left.

    A person written as before keeps the scores; a changed or new one is compared with the whole register, a changed or
    new child with all persons. Research ids stay, for they come from the register's number.
    Raises Fault E-LINK-03/04 (register empty, or a person number twice), E-LINK-01/20/22 (Spark).
    """
    spec = japanese(engine=engine, term_frequencies=bool(previous.frequencies))
    return _month(previous, children_of(register, names), persons_of(records, names), spec, engine=engine, rate=None)


def month(
    register: pd.DataFrame,
    records: pd.DataFrame,
    *,
    past: Past | None = None,
    names: pd.DataFrame | None = None,
    engine: str = "duckdb",
    **begun,
) -> Month:
    """The links of a month: the first if there is no `past`, else a further one. `begun` goes to `begin`."""
    if past is None:
        return begin(register, records, names=names, engine=engine, **begun)
    return incremental(past, register, records, names=names, engine=engine)


def _month(past: Past, children: Side, persons: Side, spec: Specification, *, engine: str, rate: float | None) -> Month:
    """Both passes with what the past knows. `rate` chooses the thresholds anew."""

    def score(left: Side, right: Side, less=None) -> pa.Table:
        return scored(past.model, left, right, spec=spec, engine=engine, less=less, frequencies=past.frequencies)

    first, compared = _renewed(past.first, children, persons, score)
    chosen = thresholds_for(first.pairs, rate, past.thresholds) if rate is not None else past.thresholds
    births, second = births_of(children), nothing()
    pairs = first.pairs
    made = judged(pairs, chosen, births=births)
    if found := family_ways(children, persons, made):
        second, _ = _renewed(past.second, found.left, found.right, score, less=found.less)
        pairs = pa.concat_tables([first.pairs, second.pairs])
        made = judged(pairs, chosen, births=births)
    made = named(made, pairs)
    links = Links(made, summary(children, persons, made, past.model, chosen), past.model)
    return Month(links, replace(past, thresholds=chosen, first=first, second=second), compared)


def _renewed(before: Scores, left: Side, right: Side, score, *, less: np.ndarray | None = None) -> tuple[Scores, int]:
    """The scores of all pairs of both sides, where those that did not change are taken from before; and how many
    persons of the right side were new or changed. `less` is handed on to `score`, by row of `left`."""
    lefts, rights = _prints(left, ("person",), less), _prints(right, ("source", "person"))
    old_left, old_right = (
        _same(left, lefts, before.left, ("person",)),
        _same(right, rights, before.right, ("source", "person")),
    )
    kept = _kept(before, lefts, rights)
    parts = [kept, score(left, right.of(~old_right), less)]
    if not old_left.all() and old_right.any():
        paid = None if less is None else less[~old_left]
        parts.append(score(left.of(~old_left), right.of(old_right), paid))
    pairs = pa.concat_tables([part.select(kept.column_names).cast(kept.schema) for part in parts])
    order = [(column, "ascending") for column in ("source", "person", "left_id", "match_weight", "held")]
    return Scores(pairs.sort_by(order), lefts, rights), len(rights) - _number(right, old_right)


def _number(side: Side, chosen: np.ndarray) -> int:
    """How many persons the chosen rows are."""
    return len(
        side.whose.select(["source", "person"]).filter(pa.array(chosen)).group_by(["source", "person"]).aggregate([])
    )


def _prints(side: Side, keys: tuple[str, ...], less: np.ndarray | None = None) -> pa.Table:
    """One row a person: its keys, and a hash of all its rows in any order."""
    columns = [column for column in side.ways.column_names if column != "unique_id"]
    table = side.ways.select(columns).append_column("less", pa.array(np.zeros(len(side)) if less is None else less))
    for key in dict.fromkeys(("own", *keys)):
        table = table.append_column(f"of_{key}", side.whose[key])
    whole, grouped = ", ".join(columns), ", ".join(f"of_{key}" for key in keys)
    named = ", ".join(f"of_{key} as {key}" for key in keys)
    with connect() as con:
        con.register("side", typed(table))
        return con.execute(
            f"select {named}, (sum(hash({whole}, round(less, 6), of_own)::hugeint) % {2**62})::bigint as print from side"
            f" group by {grouped} order by {grouped}"
        ).to_arrow_table()


def _same(side: Side, prints: pa.Table, before: pa.Table, keys: tuple[str, ...]) -> np.ndarray:
    """For each row of a side, whether its person is written as before."""
    join = " and ".join(f"w.{key} = p.{key}" for key in keys)
    unchanged = " and ".join(f"p.{key} = b.{key}" for key in (*keys, "print"))
    numbered = side.whose.select(list(keys)).append_column("row", pa.array(np.arange(len(side))))
    with connect() as con:
        for name, table in (("w", numbered), ("p", prints), ("b", before)):
            con.register(name, typed(table))
        rows = con.execute(
            f"select w.row, b.print is not null as same from w join p on {join} left join b on {unchanged} order by w.row"
        ).fetchnumpy()
    return np.asarray(rows["same"], dtype=bool)


def _kept(before: Scores, lefts: pa.Table, rights: pa.Table) -> pa.Table:
    """The pairs of before whose two sides are both there and written as then."""
    with connect() as con:
        for name, table in (
            ("pairs", before.pairs), ("l0", before.left), ("l1", lefts), ("r0", before.right), ("r1", rights)
        ):  # fmt: skip
            con.register(name, typed(table))
        return con.execute(
            "select pairs.* from pairs"
            " semi join (select person as left_id from l0 semi join l1 using (person, print)) using (left_id)"
            " semi join (select source, person from r0 semi join r1 using (source, person, print)) using (source, person)"
        ).to_arrow_table()
