"""A second pass for persons who were not linked: children as their family is written elsewhere.

A source may know a child by a former surname, an old address or another guardian, and so may another source that was
linked. Sure links lend their surname, address and guardian to the child and to its siblings in the register; whoever
is still without a child, and fits one of them in given name and date of birth, is compared again. Foreign names lend their
spelling too. A child with k such ways pays log2(k) of match weight for each (it is right in one of them at most). Links of the first pass stay.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kosodachi.linkage.engines import connect
from kosodachi.linkage.prepare import COMPARED, WHOSE, Side
from kosodachi.tables.arrow import BATCH, typed

SURE = 0.99
OF_FAMILY = ("surname", "surname_code", "address", "chome", "town", "guardian", "guardian_code", "guardian_given",
             "guardian_given_code", "by_sound")  # fmt: skip


@dataclass(frozen=True)
class Family:
    """Ways of children as their families are written elsewhere, the persons to compare with them, and the match weight
    that each row of `left` pays."""

    left: Side
    right: Side
    less: np.ndarray


BIRTHS = """
select distinct person as register_no, person_id as child_id, household || '|' || birth_date as birth from kid
where twin and household is not null and birth_date is not null order by register_no
"""


def births_of(children: Side) -> pd.DataFrame:
    """Children of one birth in one household: register_no, child_id, birth (equal for all of one birth)."""
    with connect() as con:
        con.register("kid", typed(_table(children)))
        return con.execute(BIRTHS).df()


def _table(side: Side):
    """Ways and whose they are in one table."""
    table = side.ways
    for column in WHOSE[1:]:
        table = table.append_column(column, side.whose[column])
    return table


# How a family is written in the sure links of its children.
CONTEXT = f"""
create temp table context as
select distinct coalesce(k.household, k.person) as home, {", ".join(f"r.{column}" for column in OF_FAMILY)},
       substr(r.name, 1, r.surname_length) as surname_text, substr(r.kana_code, 1, r.surname_code_length) as code_text
from made m join rec r on r.person_id = m.person_id and r.own
join kid k on k.person_id = m.child_id and k.own
where m.band = 'link' and m.match_probability >= {SURE}
  and (r.surname is distinct from k.surname or r.surname_code is distinct from k.surname_code
       or r.address is distinct from k.address or r.guardian is distinct from k.guardian)
"""
_TAKEN = {column: f"coalesce(c.{column}, k.{column})" for column in OF_FAMILY} | {
    "name": "coalesce(c.surname_text || substr(k.name, k.surname_length + 1), k.name)",
    "kana_code": "coalesce(c.code_text || substr(k.kana_code, k.surname_code_length + 1), k.kana_code)",
    "undated_name": "null::varchar",
    "unwritten": "null::int",
}
# One of these must agree before a way is compared at all.
FITTING = ("birth_date, given_code", "birth_date, given", "birth_date, kana_code", "birth_date, address",
           "birth_date, guardian_given", "name, sex", "kana_code, town")  # fmt: skip
_HASH = "(hash({}) >> 1)::bigint as unique_id"
_FAMILY = ", ".join(f"{_TAKEN.get(column, 'k.' + column)} as {column}" for column in COMPARED)
LEFT = f"""
create temp table way as
with written as (
  select k.source, k.person, k.person_id, k.household, {_FAMILY} from kid k join context c on c.home = coalesce(k.household, k.person)
  where k.own
  union all
  select k.source, k.person, k.person_id, k.household, {", ".join(("k" if c in ("twin", "birth_date", "birth_year", "birth_day") else "r") + "." + c for c in COMPARED)}
  from made m join rec r on r.person_id = m.person_id and r.own
  join kid k on k.person_id = m.child_id and k.own
  where m.band = 'link' and m.match_probability >= {SURE} and k.by_sound = 1 and not k.twin
), fitting as (
  select distinct * from written w where {" or ".join(f"({key}) in (select ({key}) from todo)" for key in FITTING)}
)
select {_HASH.format("source, person, " + ", ".join(COMPARED))}, *, false as own, null::bigint as surname_length,
       null::bigint as surname_code_length, log2(1 + count(*) over (partition by person)) as less
from fitting
"""


def family_ways(children: Side, persons: Side, made: pa.Table) -> Family | None:
    """What the second pass compares; None if everybody is linked or the links tell nothing that the register has not.

    made: as `judged` gives it.
    """
    linked = made["person_id"].filter(pc.equal(made["band"], "link"))
    todo = persons.of(pc.invert(pc.is_in(persons.whose["person_id"], value_set=linked.combine_chunks())))
    if not len(todo):
        return None
    with connect() as con:
        sides = {"kid": _table(children), "rec": _table(persons), "todo": _table(todo)}
        for name, table in (sides | {"made": made}).items():
            con.register(name, typed(table))
        for step in (CONTEXT, LEFT):
            con.execute(step)
        ways, right = (
            con.execute(f"select * from {table} order by unique_id").to_arrow_table(BATCH) for table in ("way", "todo")
        )
    if not len(ways):
        return None
    sides = [Side(table.select(["unique_id", *COMPARED]), table.select(WHOSE), len(table)) for table in (ways, right)]
    return Family(*sides, ways["less"].to_numpy())
