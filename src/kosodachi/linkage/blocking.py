"""The cost of blocking before it runs, and the pairs that sure rules find.

A forecast counts pairs a rule, with pairs that several rules find counted again: an upper bound of what is compared.
It says nothing about matches that no rule finds; those are lost to every later step.
"""

from functools import reduce
from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa

from kosodachi.faults import Fault
from kosodachi.linkage.engines import connect
from kosodachi.linkage.spec import Rule, Specification
from kosodachi.tables.arrow import BATCH, typed

DRAWS = 1_000_000
FORECAST = """
with l as (select {left}, count(*) as n from {reg} where {left_known} group by all),
     r as (select {right}, count(*) as n from {rec} where {right_known} group by all)
select coalesce(sum(l.n * r.n), 0)::bigint from l join r on {join}
"""


def forecast(con, rules: tuple[Rule, ...]) -> pd.DataFrame:
    """Pairs by rule that blocking `reg` and `rec` of the connection would make: columns rule, pairs.

    Above COUNTED rows on a side they are estimated from a part of its rows, drawn by their ids.
    """
    parts = [_part(con, table) for table in ("reg", "rec")]
    few, shares = zip(*parts)
    pairs = [con.execute(forecast_sql(rule, *few)).fetchone()[0] * shares[0] * shares[1] for rule in rules]
    return pd.DataFrame({"rule": [str(rule) for rule in rules], "pairs": pairs}).astype({"pairs": "int64"})


COUNTED = 100_000


def _part(con, table: str) -> tuple[str, int]:
    """The name of a table with one in so many rows of this one, and how many that is."""
    rows = con.execute(f"select count(*) from {table}").fetchone()[0]
    one_in = max(1, rows // COUNTED)
    if one_in == 1:
        return table, 1
    con.execute(
        f"create temp table if not exists {table}_part as select * from {table} where hash(unique_id) % {one_in} = 0"
    )
    return f"{table}_part", one_in


def block(left: pa.Table, right: pa.Table, rules: tuple[Rule, ...]) -> pa.Table:
    """The pairs of rows that agree on a rule, each once, by their numbers: left, right. Every rule becomes one number on
    each side."""
    with connect() as con:
        for side, table in enumerate((left, right)):
            con.register("side", typed(table.append_column("row", pa.array(np.arange(len(table))))))
            con.execute(f"create temp table block_{side} as {_keys([[c[side] for c in r.sides] for r in rules])}")
        found = " union all ".join(
            f"select l.row as left, r.row as right from block_0 l join block_1 r on l.k{i} = r.k{i}"
            for i in range(len(rules))
        )
        return con.execute(f"select distinct * from ({found})").to_arrow_table(BATCH)


def _keys(rules: list[list[str]]) -> str:
    """SQL of the row and one number for each rule: the hashes of its columns together; missing where one of them is."""
    hashes = (
        f"case when {column} is not null then hash({column}) end as {column}" for column in sorted({*chain(*rules)})
    )
    keys = (f"{reduce('xor({}, {})'.format, columns)} as k{i}" for i, columns in enumerate(rules))
    return f"select row, {', '.join(keys)} from (select row, {', '.join(hashes)} from side)"


def forecast_sql(rule: Rule, reg: str = "reg", rec: str = "rec") -> str:
    """SQL that counts the pairs of two relations which agree on a rule."""
    sides = list(enumerate(rule.sides))
    return FORECAST.format(
        reg=reg,
        rec=rec,
        left=", ".join(f"{left} as k{i}" for i, (left, _) in sides),
        right=", ".join(f"{right} as k{i}" for i, (_, right) in sides),
        left_known=" and ".join(f"{left} is not null" for _, (left, _) in sides),
        right_known=" and ".join(f"{right} is not null" for _, (_, right) in sides),
        join=" and ".join(f"l.k{i} = r.k{i}" for i, _ in sides),
    )


def affordable(con, spec: Specification) -> pd.DataFrame:
    """The forecast of the blocking. Raises Fault E-LINK-02 above its limit, naming the costliest rule."""
    found, limit = forecast(con, spec.blocking), pair_limit(con, spec)
    if found["pairs"].sum() > limit:
        worst = found.sort_values("pairs", kind="stable").iloc[-1]
        raise Fault(
            "E-LINK-02",
            rule=worst["rule"],
            pairs=int(worst["pairs"]),
            all=int(found["pairs"].sum()),
            limit=int(limit),
        )
    return found


def pair_limit(con, spec: Specification) -> float:
    """How many pairs may be compared: the limit of the specification, or so many a record where that is more."""
    records = con.execute("select count(*) from rec").fetchone()[0]
    return max(spec.pair_limit, spec.pairs_a_record * records)


def sampled(con, rule: Rule, max_pairs: float) -> tuple:
    """Arrow tables of `reg` and `rec` with about `max_pairs` pairs that agree on the rule: whole blocks, drawn by hash.

    All pairs of a drawn block are there, so matches and others stay in proportion.
    """
    pairs = int(forecast(con, (rule,))["pairs"].iloc[0])
    share = int(min(1.0, max_pairs / max(pairs, 1)) * DRAWS)
    sides = zip(("reg", "rec"), zip(*rule.sides))
    return tuple(
        con.execute(f"select * from {table} where hash({', '.join(columns)}) % {DRAWS} < {share}").to_arrow_table(
            BATCH // 10
        )
        for table, columns in sides
    )


def sure_pairs(con, spec: Specification) -> pd.DataFrame:
    """Pairs (left_id, right_id) that the sure rules find, where the record has only one such child."""
    found = " union ".join(
        f"select l.unique_id as left_id, r.unique_id as right_id from reg l join rec r on {rule.sql}"
        for rule in spec.sure
    )
    return con.execute(
        f"select right_id, min(left_id) as left_id from ({found}) group by right_id having count(*) = 1 order by right_id"
    ).df()
