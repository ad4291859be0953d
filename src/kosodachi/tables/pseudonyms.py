"""Pseudonyms: keyed, one-way ids of persons, households and records.

A plain hash of a ten-digit number is broken in a second; without the key these are not. They are pseudonyms, not
anonymity: rows that carry them stay personal data.
"""

from hashlib import sha256

import numpy as np
import pandas as pd

from kosodachi.tables.arrow import typed

BLOCK = 64  # bytes of a block of SHA-256
MANY = 50_000  # from so many values on, DuckDB hashes them on all cores
HMAC = "select substr(sha256($outer || unhex(sha256($inner || encode(value)))), 1, 16) as id from given"


def pseudonyms(key: bytes, kind: str, values: pd.Series) -> pd.Series:
    """HMAC-SHA256 of `kind|value`, first 16 hex digits a value; missing stays missing.

    The two hashes of HMAC (RFC 2104) are made once and copied. `kind` is person, household or record, so that equal
    numbers of different kinds do not meet.
    """
    block = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    inner += f"v1|{kind}|".encode()
    places, distinct = pd.factorize(values)
    known = (_many if len(distinct) >= MANY else _few)(inner, outer, distinct)
    return pd.Series(np.array([*known, None], dtype=object)[places], index=values.index, name=values.name)


def _few(inner: bytes, outer: bytes, values) -> list[str]:
    starts = sha256(inner), sha256(outer)
    return [_digest(*starts, str(value)) for value in values]


def _many(inner: bytes, outer: bytes, values) -> list[str]:
    import duckdb
    import pyarrow as pa

    given = typed(pa.table({"value": pa.array(pd.Series(values).astype(str), type=pa.string())}))
    with duckdb.connect() as con:
        con.register("given", given)
        return con.execute(HMAC, {"inner": inner, "outer": outer}).to_arrow_table()["id"].to_pylist()


def _digest(inner, outer, value: str) -> str:
    first, then = inner.copy(), outer.copy()
    first.update(value.encode())
    then.update(first.digest())
    return then.hexdigest()[:16]
