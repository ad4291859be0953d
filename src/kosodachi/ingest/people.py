"""What names a person in one source: name, kana, day of birth, sex, addresses, guardian, each in its form for comparison.

These columns live in the identifier zone alone. The name and kana as the source wrote them stay beside them.
"""

import pandas as pd

from kosodachi.ingest.normalise import addresses, kana, names
from kosodachi.ingest.normalise.text import missing

BLANK = "\u3000"


def identifiers(raw: pd.DataFrame, read: dict[str, pd.Series], *, municipality: str) -> pd.DataFrame:
    """The columns of identifier_records that come from the source's own columns, on the index of `raw`.

    `raw` holds the rows as text by standard column, `read` the values that were already read. What the source does not
    hold is missing. Where the kana is blank and the name is written in kana, the codes come from the name.
    """
    name_raw, kana_raw = whole(raw, "name"), whole(raw, "kana")
    name, reading = names.parts(name_raw), kana.parts(kana_raw)
    surname, given = (_part(raw, f"name_{part}", names.joined_of, name[part]) for part in ("surname", "given"))
    surname_kana, given_kana = (
        _part(raw, f"kana_{part}", kana.joined_of, reading[part]) for part in ("surname", "given")
    )
    spoken = read_aloud(reading["kana"], surname_kana, given_kana, name["name"], surname, given)
    place = addresses.parts(column_of(raw, "address"), municipality=municipality)
    before = addresses.parts(column_of(raw, "previous_address"), municipality=municipality)
    guardian = names.parts(column_of(raw, "guardian_name"))
    by_sound = read_aloud(kana.joined_of(column_of(raw, "guardian_kana")), name=guardian["name"])
    return pd.DataFrame({
        "name_raw": name_raw, "kana_raw": kana_raw, "name": name["name"], "surname": surname, "given": given,
        "kana": spoken["kana"], "kana_code": kana.coded(spoken["kana"]),
        "surname_code": kana.coded(spoken["surname"]), "given_code": kana.coded(spoken["given"]),
        **{column: read.get(column, missing(raw.index)) for column in ("birth_date", "sex", "postcode", "address_protected")},
        **{part: place[part] for part in addresses.PARTS},
        "guardian_name": guardian["name"], "guardian_code": kana.coded(by_sound["kana"]),
        **{f"previous_{part}": before[part] for part in ("town", "chome", "block")},
    })  # fmt: skip


def read_aloud(reading: pd.Series, surname=None, given=None, name=None, name_surname=None, name_given=None):
    """Columns kana, surname and given: the reading as it is written or, where it is blank, of a name that is written in kana."""
    nothing = missing(reading.index)
    parts = {"kana": (reading, name), "surname": (surname, name_surname), "given": (given, name_given)}
    by_name = reading.isna()
    table = {}
    for part, (said, written) in parts.items():
        said, written = (nothing if column is None else column for column in (said, written))
        table[part] = said.where(~by_name, kana.of_kana(written))
    return pd.DataFrame(table)


def whole(raw: pd.DataFrame, column: str) -> pd.Series:
    """The name as written; of two columns, both with a blank between them."""
    if column in raw:
        return raw[column]
    surname, given = column_of(raw, f"{column}_surname"), column_of(raw, f"{column}_given")
    both = surname.fillna("") + BLANK + given.fillna("")
    return both.where(surname.notna() | given.notna(), None)


def column_of(raw: pd.DataFrame, column: str) -> pd.Series:
    """A standard column as written; missing where the source does not hold it."""
    return raw[column] if column in raw else missing(raw.index)


def _part(raw: pd.DataFrame, column: str, joined_of, otherwise: pd.Series) -> pd.Series:
    return joined_of(raw[column]) if column in raw else otherwise
