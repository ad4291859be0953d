"""The names a record goes by, as a set: the present one, a former surname, an alias, the name in the alphabet.

A foreign resident may be written by any of up to four names, and a child whose parents parted by either surname. Two
records name one person if any of their names meet. Nothing here says which name is the right one.
"""

import numpy as np
import pandas as pd

from kosodachi.ingest.normalise import kana, names
from kosodachi.ingest.normalise.text import missing, over_distinct, together
from kosodachi.ingest.people import column_of, read_aloud, whole
from kosodachi.tables import contract_of

FORMS = ("name", "surname", "given", "kana_code", "surname_code", "given_code")


def name_set(raw: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """The rows of identifier_names of one source: the present names in the order of `people`, then the further ones.

    `raw` holds the accepted rows as text by standard column, `people` their rows of identifier_records.
    """
    former, aliases, alphabet = together(
        lambda: _former(raw, people), lambda: _aliases(raw), lambda: _alphabet(raw, people)
    )
    further = pd.concat([former, *aliases, *alphabet])
    further = further.assign(record_id=people["record_id"].loc[further.index]).drop_duplicates()
    further = further[further[list(FORMS)].notna().any(axis=1)]
    named = _named(people)
    kind = np.full(len(people), "current", dtype=object)
    present = {column: kind if column == "kind" else people[column].to_numpy(dtype=object)
               for column in contract_of("identifier_names").columns}  # fmt: skip
    return pd.DataFrame({
        column: np.concatenate([now if named.all() else now[named], further[column].to_numpy(dtype=object)])
        for column, now in present.items()
    }, copy=False)  # fmt: skip


def _named(people: pd.DataFrame) -> np.ndarray:
    """The records with any present name; mostly the first column tells."""
    named = np.zeros(len(people), dtype=bool)
    for form in ("name", "surname", "kana_code", "surname_code"):
        if not named.all():
            named |= people[form].notna().to_numpy()
    return named


def _former(raw: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """The former surname with the given name of today; the surname alone where the given name is not known apart."""
    written = column_of(raw, "former_surname"), column_of(raw, "former_kana_surname")
    raw = raw[written[0].notna() | written[1].notna()]
    if raw.empty:
        return _nobody()
    people = people.loc[raw.index, ["given", "given_code"]]
    surname, sound = (column.loc[raw.index] for column in written)
    surname = names.joined_of(surname)
    sound = kana.joined_of(sound)
    sound = sound.where(sound.notna(), kana.of_kana(surname))
    given = kana.joined_of(raw["kana_given"]) if "kana_given" in raw else kana.parts(whole(raw, "kana"))["given"]
    given = given.where(given.notna(), kana.of_kana(people["given"]))
    both = (sound + given).where(sound.notna() & given.notna(), None)
    return pd.DataFrame({
        "kind": "former", "name": (surname + people["given"]).where(surname.notna() & people["given"].notna(), None),
        "surname": surname, "given": people["given"],
        "kana_code": kana.coded(both), "surname_code": kana.coded(sound), "given_code": people["given_code"],
    })  # fmt: skip


def _aliases(raw: pd.DataFrame) -> list[pd.DataFrame]:
    """The registered alias, and a second name that stands in brackets or behind a sign beside the first."""
    alias, reading = column_of(raw, "alias"), column_of(raw, "alias_kana")
    there = alias.notna() | reading.notna()
    alias, reading = alias[there], reading[there]
    listed = [(alias, reading), (names.second(alias), None), (names.second(whole(raw, "name")).dropna(), None)]
    return [_spoken("alias", written, reading) for written, reading in listed]


def _alphabet(raw: pd.DataFrame, people: pd.DataFrame) -> list[pd.DataFrame]:
    """The name in the alphabet in each form that systems keep: whole, without middle names, the last word as surname.

    The record's kana is its reading, unless the record's own name is in kanji and so may be another one.
    """
    forms = [_spoken("alphabet", form) for form in names.alphabet_forms(column_of(raw, "name_alphabet").dropna())]
    own = people.loc[forms[0].index, ["name", *kana.CODED]]
    same = ~over_distinct(own["name"], lambda texts: texts.str.contains(names.KANJI)).eq(True)
    forms[0][list(kana.CODED)] = own[list(kana.CODED)].where(same, None)
    return forms


def _spoken(kind: str, written: pd.Series, reading: pd.Series | None = None) -> pd.DataFrame:
    """A name and its reading in the forms of comparison; without a reading, that of a name written in kana."""
    reading = missing(written.index) if reading is None else reading
    there = written.notna() | reading.notna()
    name = names.parts(written[there])
    return name.assign(kind=kind, **read_aloud(reading[there], name)[list(kana.CODED)])


def _nobody() -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype=object) for column in ("kind", *FORMS)})
