"""What names a person in one source: name, kana, day of birth, sex, address, each in its form for comparison.

These columns live in the identifier zone alone. The name and kana as the source wrote them stay beside them.
"""

import pandas as pd

from kosodachi.ingest.normalise import addresses, kana, names
from kosodachi.ingest.normalise.text import missing

BLANK = "\u3000"


def identifiers(raw: pd.DataFrame, read: dict[str, pd.Series], *, municipality: str) -> pd.DataFrame:
    """The columns of identifier_records that come from the source's own columns, on the index of `raw`.

    `raw` holds the rows as text by standard column, `read` the values that were already read. What the source does not
    hold is missing.
    """
    name_raw, kana_raw = _whole(raw, "name"), _whole(raw, "kana")
    name, reading = names.parts(name_raw), kana.parts(kana_raw)
    surname, given = (_part(raw, f"name_{part}", names.joined_of, name[part]) for part in ("surname", "given"))
    surname_kana, given_kana = (
        _part(raw, f"kana_{part}", kana.joined_of, reading[part]) for part in ("surname", "given")
    )
    place = addresses.parts(_column(raw, "address"), municipality=municipality)
    return pd.DataFrame({
        "name_raw": name_raw, "kana_raw": kana_raw, "name": name["name"], "surname": surname, "given": given,
        "kana": reading["kana"], "kana_code": kana.coded(reading["kana"]),
        "surname_code": kana.coded(surname_kana), "given_code": kana.coded(given_kana),
        **{column: read.get(column, missing(raw.index)) for column in ("birth_date", "sex", "postcode")},
        **{part: place[part] for part in addresses.PARTS},
    })  # fmt: skip


def _whole(raw: pd.DataFrame, column: str) -> pd.Series:
    """The name as written; of two columns, both with a blank between them."""
    if column in raw:
        return raw[column]
    surname, given = _column(raw, f"{column}_surname"), _column(raw, f"{column}_given")
    both = surname.fillna("") + BLANK + given.fillna("")
    return both.where(surname.notna() | given.notna(), None)


def _part(raw: pd.DataFrame, column: str, joined_of, otherwise: pd.Series) -> pd.Series:
    return joined_of(raw[column]) if column in raw else otherwise


def _column(raw: pd.DataFrame, column: str) -> pd.Series:
    return raw[column] if column in raw else missing(raw.index)
