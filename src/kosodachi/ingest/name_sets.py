"""The names a record goes by, as a set: the present one, a former surname, an alias, the name in the alphabet.

A foreign resident may be written by any of up to four names, and a child whose parents parted by either surname. Two
records name one person if any of their names meet. Nothing here says which name is the right one.
"""

import pandas as pd

from kosodachi.ingest.normalise import kana, names
from kosodachi.ingest.people import column_of, read_aloud, whole
from kosodachi.tables import contract_of

PARTS = ("kana", "surname", "given")
FORMS = ("name", "surname", "given", "kana_code", "surname_code", "given_code")


def name_set(raw: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """The rows of identifier_names of one source, sorted by record, kind and name, each form once.

    `raw` holds the accepted rows as text by standard column, `people` their rows of identifier_records.
    """
    found = [people[list(FORMS)].assign(kind="current"), _former(raw, people), *_aliases(raw), *_alphabet(raw, people)]
    table = pd.concat([part.assign(record_id=people["record_id"].loc[part.index]) for part in found])
    table = table[table[list(FORMS)].notna().any(axis=1)][list(contract_of("identifier_names").columns)]
    order = ["record_id", "kind", *FORMS]
    table = table.drop_duplicates().sort_values(order, ignore_index=True)
    return table.astype(object).where(table.notna(), None)


def _former(raw: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """The former surname with the given name of today; the surname alone where the given name is not known apart."""
    if not {"former_surname", "former_kana_surname"} & set(raw):
        return _nobody()
    surname = names.joined_of(column_of(raw, "former_surname"))
    sound = kana.joined_of(column_of(raw, "former_kana_surname"))
    sound = sound.where(sound.notna(), kana.of_kana(surname))
    given_kana = kana.parts(whole(raw, "kana"))["given"]
    given_kana = given_kana.where(given_kana.notna(), kana.of_kana(people["given"]))
    both = (sound + given_kana).where(sound.notna() & given_kana.notna(), None)
    table = pd.DataFrame({
        "kind": "former", "name": surname + people["given"], "surname": surname, "given": people["given"],
        "kana_code": kana.coded(both), "surname_code": kana.coded(sound), "given_code": people["given_code"],
    })  # fmt: skip
    return table[surname.notna() | sound.notna()]


def _aliases(raw: pd.DataFrame) -> list[pd.DataFrame]:
    """The registered alias, and a second name that stands in brackets or behind a sign beside the first."""
    alias = column_of(raw, "alias")
    listed = [
        (alias, column_of(raw, "alias_kana")),
        (names.second(alias), None),
        (names.second(whole(raw, "name")), None),
    ]
    return [_spoken("alias", written, reading) for written, reading in listed]


def _alphabet(raw: pd.DataFrame, people: pd.DataFrame) -> list[pd.DataFrame]:
    """The name in the alphabet in each form that systems keep: whole, without middle names, the last word as surname.

    The record's kana is its reading, unless the record's own name is in kanji and so may be another one.
    """
    forms = [_spoken("alphabet", form) for form in names.alphabet_forms(column_of(raw, "name_alphabet"))]
    codes = ["kana_code", "surname_code", "given_code"]
    same = people["name"].isna() | ~people["name"].str.contains(names.KANJI, na=False)
    for form in forms[:1]:
        form[codes] = people.loc[form.index, codes].where(same.loc[form.index], None)
    return forms


def _spoken(kind: str, written: pd.Series, reading: pd.Series | None = None) -> pd.DataFrame:
    """A name and its reading in the forms of comparison; without a reading, that of a name written in kana."""
    reading = pd.Series(None, index=written.index, dtype=object) if reading is None else reading
    there = written.notna() | reading.notna()
    name, sound = names.parts(written[there]), kana.parts(reading[there])
    aloud = read_aloud(*(sound[part] for part in PARTS), *(name[part] for part in ("name", "surname", "given")))
    codes = {f"{part}_code": kana.coded(aloud[part]) for part in PARTS}
    return name.assign(kind=kind, **codes)


def _nobody() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype=object) for column in ("kind", *FORMS)})
