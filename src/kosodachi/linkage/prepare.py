"""Records as the model compares them: each way in which a child of the register, or a person of a source, is written.

A person has a set of names and of ways of being written; every way is a row, and the best one counts. What is compared
for equality alone becomes a 63-bit hash. What is prepared here holds identifiers and stays in the identifier zone.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kosodachi.faults import Fault
from kosodachi.linkage.engines import connect
from kosodachi.linkage.sounds import frames
from kosodachi.tables.arrow import BATCH, typed

WRITTEN = ["name", "surname", "given", "kana", "kana_code", "surname_code", "given_code", "birth_date", "sex", "address",
           "chome", "town", "previous_town", "previous_chome", "previous_block", "guardian_name", "guardian_code"]  # fmt: skip
COMPARED = ["name", "kana_code", "surname", "given", "surname_code", "given_code", "frame", "by_sound", "twin",
            "birth_date", "birth_year", "birth_day", "sex", "address", "chome", "town", "previous", "previous_chome", "previous_town",
            "guardian", "guardian_code", "guardian_given", "guardian_given_code", "undated_name", "unwritten", "frame_initial"]  # fmt: skip
WAY = [column for column in COMPARED if column not in ("frame", "frame_initial", "twin")]
FORMS = ["name", "surname", "given", "kana_code", "surname_code", "given_code"]
# Given names that say that an infant has none yet.
UNNAMED = "('ベビー', 'ベビ', 'アカチャン', '赤ちゃん', '児', '命名前', '未命名')"
UNNAMED_KANA = "(ベビー|ベビ|アカチャン)$"
BY_SOUND = "^[ァ-ヺーA-Za-z〓]+$"


@dataclass(frozen=True)
class Side:
    """One side of the linkage, one row a way of writing.

    ways: unique_id and the compared columns, in no order. whose: unique_id, source, person, person_id (a hash of person, with its source unless of the register), household, own (False
    for a further name), and the length of the surname in the name and in the kana code. people: how many persons.
    """

    ways: pa.Table
    whose: pa.Table
    people: int

    def __len__(self) -> int:
        return len(self.ways)

    def own(self) -> pa.Table:
        """The ways under the name that stands in the record itself."""
        return self.ways if pc.all(self.whose["own"]).as_py() else self.ways.filter(self.whose["own"])

    def of(self, rows: np.ndarray | pa.ChunkedArray) -> "Side":
        """The rows chosen by a mask."""
        chosen = pa.array(rows) if isinstance(rows, np.ndarray) else rows
        return Side(self.ways.filter(chosen), self.whose.filter(chosen), self.people)


KEYED = ["record_id", "source", "person_no", "birth_date", "given", "given_code"]
READ = list(dict.fromkeys([*KEYED, "household_no", *WRITTEN]))  # all columns of identifier_records that are read here
# The rows that are not known by their person number alone.
KEYS = """
select row, case when person_no is null then 'record ' || record_id else person_no || ' born ' || birth_date end as person
from rows left join (
  select source, person_no from rows where person_no is not null group by all
  having min(birth_date) <> max(birth_date) and min(coalesce(given_code, given)) <> max(coalesce(given_code, given))
) as shared using (source, person_no)
where person_no is null or (shared.person_no is not null and birth_date is not null) order by row
"""


def person_keys(records: pd.DataFrame) -> pd.Series:
    """What tells the persons of a source apart: the person number, or the record itself where it has none.

    A number under which a source wrote two children, who differ in date of birth and in given name, is told apart by
    date of birth.
    """
    return pd.Series(keyed(texts(records, KEYED)).to_numpy(zero_copy_only=False), index=records.index, dtype="object")


def keyed(rows: pa.Table) -> pa.ChunkedArray:
    """The person keys of rows with the columns KEYED."""
    number = rows["person_no"]
    if not number.null_count and pc.count_distinct(number).as_py() == len(number):
        return number
    with connect() as con:
        con.register("rows", typed(rows.select(KEYED).append_column("row", pa.array(np.arange(len(rows))))))
        apart = con.execute(KEYS).to_arrow_table()
    of_row = np.zeros(len(rows), dtype=bool)
    of_row[apart["row"].to_numpy()] = True
    known = rows["person_no"].combine_chunks()
    return pa.chunked_array([pc.replace_with_mask(known, pa.array(of_row), apart["person"].combine_chunks())])


def texts(records: pd.DataFrame | pa.Table, columns: list[str]) -> pa.Table:
    """Columns of the records as text; those that the records do not have are missing."""
    held = records.column_names if isinstance(records, pa.Table) else records
    return pa.table({
        column: _text(records[column]) if column in held else pa.nulls(len(records), pa.string()) for column in columns
    })  # fmt: skip


def _text(column: pd.Series | pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    if isinstance(column, pa.ChunkedArray):
        return column.cast(pa.string())
    return pa.array(column, type=pa.string(), from_pandas=True)


def children_of(register: pd.DataFrame | pa.Table, names: pd.DataFrame | pa.Table | None = None) -> Side:
    """The register's children, each under its present name and, with `names` (identifier_names), its further ones.

    Raises Fault E-LINK-03 (empty register), E-LINK-04 (a person number twice).
    """
    if not len(register):
        raise Fault("E-LINK-03")
    number = texts(register, ["person_no"])["person_no"].drop_null()
    if twice := len(number) - pc.count_distinct(number).as_py():
        raise Fault("E-LINK-04", rows=twice)
    return _side(register, names, twins=True)


def persons_of(records: pd.DataFrame | pa.Table, names: pd.DataFrame | pa.Table | None = None) -> Side:
    """The persons of the sources, each in every way in which its source writes it."""
    return _side(records, names, twins=False)


def _side(records: pd.DataFrame | pa.Table, names: pd.DataFrame | pa.Table | None, *, twins: bool) -> Side:
    rows, further = _given(records), further_names(names, records)
    repeated = not len(further) and pc.count_distinct(rows["person"]).as_py() < MOSTLY_ONE * len(rows)
    compare = partial(COMPARE.format, person_id=CHILD_ID if twins else PERSON_ID)
    own = compare(rows=OWN.format(rows="given_rows") + (FIRST if repeated else ""), own="true")
    with connect() as con:
        con.execute("set preserve_insertion_order = false")
        con.register("given_rows", rows)
        con.register("given_names", further)
        more = compare(rows=MORE, own="false")
        ways = con.execute(f"{own} union all by name {more}" if len(further) else own).to_arrow_table(BATCH)
        con.register("way", typed(ways.append_column("row", pa.array(np.arange(len(ways))))))
        alike, people = con.execute(ALIKE).fetchone()
        twin = np.zeros(len(ways), dtype=bool)
        twin[con.execute(TWINS).fetchnumpy()["row"] if twins else []] = True
        ways = ways.append_column("twin", pa.array(twin))
        if alike:
            ways = ways.take(con.execute(ONCE).to_arrow_table()["row"])
    frame = frames(ways["kana"])
    ways = ways.append_column("frame", frame)
    ways = ways.append_column("frame_initial", pc.utf8_slice_codeunits(frame, 0, 1))
    return Side(typed(ways.select(["unique_id", *COMPARED])), ways.select(WHOSE), people)


MOSTLY_ONE = 0.8


def _given(records: pd.DataFrame | pa.Table) -> pa.Table:
    """What is read of the records, as text; `row` is the number of the row."""
    rows = texts(records, READ)
    return typed(rows.append_column("person", keyed(rows)).append_column("row", pa.array(np.arange(len(rows)))))


def further_names(names: pd.DataFrame | pa.Table | None, records: pd.DataFrame | pa.Table) -> pa.Table:
    """The names of identifier_names that are no present name of these records."""
    columns = ["record_id", *FORMS]
    if names is None:
        return texts(pd.DataFrame(), columns)
    if isinstance(names, pa.Table):
        further = names.filter(pc.not_equal(names["kind"], "current"))
    else:
        further = names.loc[names["kind"].ne("current"), columns]
    with connect() as con:
        con.register("further", typed(texts(further, columns)))
        con.register("these", typed(texts(records, ["record_id"])))
        return con.execute("select * from further semi join these using (record_id)").to_arrow_table(BATCH)


def hashed(sql: str) -> str:
    """SQL of a 63-bit hash of a text; missing stays missing.

    DuckDB's own hash is not enough: on 654,000 person numbers such as 99000922-02-2023 and 99000925-02-2024 it met 244
    times. Two hashes, whose blocks of eight bytes begin at other places, met never.
    """
    both = f"hash(hash('kosodachi-2.0' || {sql}), hash('kosodachi' || {sql}))"
    return f"case when {sql} is not null then ({both} >> 1)::bigint end"


CHILD_ID, PERSON_ID = hashed("person"), hashed("(source || '|' || person)")
WHOSE = ["unique_id", "source", "person", "person_id", "household", "own", "surname_length", "surname_code_length"]
_TEXTS = ", ".join(f"nullif({column}, '') as {column}" for column in WRITTEN)
OWN = f"""
select * exclude (unnamed) replace (
  case when unnamed then null else given end as given, case when unnamed then null else given_code end as given_code,
  case when unnamed then surname else name end as name, case when unnamed then surname_code else kana_code end as kana_code)
from (select source, person, record_id, row, nullif(household_no, '') as household, {_TEXTS},
             coalesce(given in {UNNAMED}, false) or coalesce(given is null and given_code is not null
               and regexp_matches(kana, '{UNNAMED_KANA}'), false) as unnamed
      from {{rows}})
"""
# Of rows that write a person alike, the first, where sources repeat their persons.
FIRST = f""" where row in (select min(row) from given_rows
  group by hash({", ".join(("source", "person", "household_no", *WRITTEN))}))"""
# A further name replaces the present one in a copy of the row.
NAMED = "(from given_rows semi join given_names using (record_id))"
_FORMS = ", ".join(f"n.{form} as {form}" for form in FORMS)
MORE = f"""
select t.* replace ({_FORMS}, null as kana) from ({OWN.format(rows=NAMED)}) t join given_names n using (record_id)
where n.name is distinct from t.name or n.kana_code is distinct from t.kana_code
"""
_GUARDIAN_GIVEN = (
    "case when starts_with(guardian_name, surname) then nullif(substr(guardian_name, length(surname) + 1), '') end"
)
_GUARDIAN_CODE = "case when starts_with(guardian_code, surname_code) then nullif(substr(guardian_code, length(surname_code) + 1), '') end"
_EQUALS = {
    **{column: column for column in ("surname", "given", "surname_code", "given_code", "address", "chome", "town")},
    "previous": "previous_chome || '-' || previous_block", "previous_chome": "previous_chome",
    "previous_town": "previous_town", "guardian": "guardian_name", "guardian_code": "guardian_code",
    "guardian_given": _GUARDIAN_GIVEN, "guardian_given_code": _GUARDIAN_CODE,
}  # fmt: skip
COMPARE = f"""
select *, (hash(person_id, household, own, {", ".join(WAY)}) >> 1)::bigint as unique_id from (
  select source, person, {{person_id}} as person_id, household, {{own}} as own, name, kana, kana_code,
         case when starts_with(name, surname) then length(surname) end as surname_length,
         case when starts_with(kana_code, surname_code) then length(surname_code) end as surname_code_length,
         case when regexp_matches(name, '{BY_SOUND}') then 1 end as by_sound,
         case when name is null or regexp_matches(name, '{BY_SOUND}') then 1 end as unwritten,
         birth_date, substr(birth_date, 1, 4) as birth_year, substr(birth_date, 6) as birth_day, sex,
         case when birth_date is null then name end as undated_name,
         {", ".join(f"{hashed(f'({sql})')} as {column}" for column, sql in _EQUALS.items())}
  from ({{rows}}))
"""
# Ways of children of whom another person of the same household, or address where none is known, was born that day.
TWINS = f"""
with dated as (
  select row, person_id, birth_date, coalesce({hashed("household")}, address) as home from way where birth_date is not null
)
select row from dated semi join (
  select home, birth_date from dated where home is not null group by all having min(person_id) <> max(person_id)
) using (home, birth_date)
"""
# Rows that are written alike are one way.
ALIKE = "select count(*) > count(distinct unique_id), count(distinct person_id) from way"
ONCE = "select min(row) as row from way group by unique_id"
