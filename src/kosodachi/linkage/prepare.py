"""Records as the model compares them: the register's children, and the distinct persons of every other source.

A source may hold several rows a person; each distinct way in which a person is written is compared, and the best one
counts. What is prepared here holds identifiers and stays in the identifier zone.
"""

import pandas as pd

from kosodachi.faults import Fault

WRITTEN = ["name", "surname", "given", "kana_code", "surname_code", "given_code", "birth_date", "sex", "address",
           "chome", "town", "name_raw", "kana_raw"]  # fmt: skip


def person_keys(records: pd.DataFrame) -> pd.Series:
    """What tells the persons of a source apart: the person number, or the record itself where it has none."""
    return records["person_no"].where(records["person_no"].notna(), "record " + records["record_id"])


def children_of(register: pd.DataFrame) -> pd.DataFrame:
    """The register's children: unique_id (person number), the written columns, twin (another child of the same birth).

    Raises Fault E-LINK-03 (empty register), E-LINK-04 (a person number twice).
    """
    if register.empty:
        raise Fault("E-LINK-03")
    children = _blank_to_missing(register).assign(unique_id=person_keys(register), twin=_twin(register))
    if twice := int(children["unique_id"].duplicated().sum()):
        raise Fault("E-LINK-04", rows=twice)
    return children[["unique_id", *WRITTEN, "kana_initial", "twin"]].sort_values("unique_id", ignore_index=True)


def _twin(register: pd.DataFrame) -> pd.Series:
    household = register["household_no"].where(register["household_no"].notna(), register["address"])
    known = household.notna() & register["birth_date"].notna()
    births = pd.DataFrame({"household": household, "day": register["birth_date"]})
    return known & births.duplicated(keep=False)


def persons_of(records: pd.DataFrame) -> pd.DataFrame:
    """Distinct persons of the sources, one row a way of writing: unique_id, source, person, written columns, twin."""
    persons = _blank_to_missing(records).assign(person=person_keys(records), twin=False)
    persons = persons[["source", "person", *WRITTEN, "kana_initial", "twin"]].drop_duplicates()
    persons = persons.sort_values(["source", "person", *WRITTEN], na_position="last", ignore_index=True)
    way = persons.groupby(["source", "person"]).cumcount().astype(str)
    return persons.assign(unique_id=persons["source"] + "|" + persons["person"] + "|" + way)


def _blank_to_missing(records: pd.DataFrame) -> pd.DataFrame:
    """The records with every written column there, as text or missing."""
    written = records.reindex(columns=list(dict.fromkeys([*records.columns, *WRITTEN])))
    texts = written[WRITTEN].astype("object").where(written[WRITTEN].notna() & (written[WRITTEN] != ""), None)
    return written.assign(**texts, kana_initial=texts["kana_code"].str[0])
