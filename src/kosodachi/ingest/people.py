"""What names a person in one source: name, kana, day of birth, sex, addresses, guardian, each in its form for comparison.

These columns live in the identifier zone alone. The name and kana as the source wrote them stay beside them.
"""

import pandas as pd

from kosodachi.ingest.normalise import addresses, kana, names
from kosodachi.ingest.normalise.text import missing, together

BLANK = "\u3000"
PARTS = ("surname", "given")


def identifiers(raw: pd.DataFrame, read: dict[str, pd.Series], *, municipality: str) -> pd.DataFrame:
    """The columns of identifier_records that come from the source's own columns, on the index of `raw`.

    `raw` holds the rows as text by standard column, `read` the values that were already read. What the source does not
    hold is missing. Where the kana is blank and the name is written in kana, the codes come from the name.
    """
    name_raw, kana_raw = whole(raw, "name"), whole(raw, "kana")
    place, before, (name, aloud), guardian = together(
        lambda: addresses.parts(column_of(raw, "address"), municipality=municipality),
        lambda: addresses.parts(column_of(raw, "previous_address"), municipality=municipality),
        lambda: _name(raw, name_raw, kana_raw),
        lambda: _guardian(column_of(raw, "guardian_name"), column_of(raw, "guardian_kana")),
    )
    return pd.DataFrame({
        "name_raw": name_raw, "kana_raw": kana_raw, **name, **aloud,
        **{column: read.get(column, missing(raw.index)) for column in ("birth_date", "sex", "postcode", "address_protected")},
        **place, **guardian,
        **{f"previous_{part}": before[part] for part in ("town", "chome", "block")},
    }, copy=False)  # fmt: skip


def _name(raw: pd.DataFrame, name_raw: pd.Series, kana_raw: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    name = names.parts(name_raw)
    for part in PARTS:
        if f"name_{part}" in raw:
            name[part] = names.joined_of(raw[f"name_{part}"])
    return name, read_aloud(kana_raw, name, {part: raw[f"kana_{part}"] for part in PARTS if f"kana_{part}" in raw})


def _guardian(written: pd.Series, reading: pd.Series) -> dict[str, pd.Series]:
    name, code = names.wholes(written), kana.codes_alone(reading)
    silent = code.isna().to_numpy()
    code[silent] = kana.coded(kana.of_kana(name[silent]))
    return {"guardian_name": name, "guardian_code": code}


def read_aloud(written: pd.Series, name: pd.DataFrame, apart: dict[str, pd.Series] | None = None) -> pd.DataFrame:
    """Columns kana and kana_code, surname_code, given_code of kana as written, or where it is blank of a name (columns
    name, surname, given) that is written in kana. `apart` holds surname and given where they are columns.
    """
    aloud = kana.with_codes(written)
    for part, column in (apart or {}).items():
        aloud[f"{part}_code"] = kana.codes_alone(column)
    silent = aloud["kana"].isna() & name["name"].notna()
    if silent.any():
        spoken = name.loc[silent, ["name", "surname", "given"]].apply(kana.of_kana)
        aloud.loc[silent, "kana"] = spoken["name"]
        aloud.loc[silent, list(kana.CODED)] = spoken.apply(kana.coded).to_numpy()
    return aloud


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
