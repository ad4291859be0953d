"""Pseudonyms: keyed, one-way ids of persons, households and records.

A plain hash of a ten-digit number is broken in a second; without the key these are not. They are pseudonyms, not
anonymity: rows that carry them stay personal data.
"""

from hashlib import sha256

import numpy as np
import pandas as pd
import pyarrow as pa

from kosodachi.tables.arrow import typed

BLOCK = 64  # bytes of a block of SHA-256
MANY = 50_000  # from so many values on, DuckDB hashes them on all cores
HMAC = "select substr(sha256($outer || unhex(sha256($inner || encode(value)))), 1, 16) as id from given"


def pseudonyms(key: bytes, kind: str, values: pd.Series) -> pd.Series:
    """HMAC-SHA256 of `kind|value`, first 16 hex digits a value; missing stays missing.

    The two hashes of HMAC (RFC 2104) are made once and copied. `kind` is person, household or record, so that equal
    numbers of different kinds do not meet.
    """
    inner, outer = _begun(key, kind)
    places, distinct = pd.factorize(values)
    known = (_many if len(distinct) >= MANY else _few)(inner, outer, distinct)
    return pd.Series(np.array([*known, None], dtype=object)[places], index=values.index, name=values.name)


def pseudonyms_of_texts(key: bytes, kind: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same of Arrow texts, each hashed where it stands: for values that hardly repeat."""
    return _hashed(*_begun(key, kind), values)


def _begun(key: bytes, kind: str) -> tuple[bytes, bytes]:
    """What stands before a value in the inner hash of HMAC, and before the inner hash in the outer one."""
    block = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    return inner + f"v1|{kind}|".encode(), outer


def _few(inner: bytes, outer: bytes, values) -> list[str]:
    starts = sha256(inner), sha256(outer)
    return [_digest(*starts, str(value)) for value in values]


def _many(inner: bytes, outer: bytes, values) -> list[str]:
    written = pa.chunked_array([pa.array(pd.Series(values).astype(str), type=pa.string())])
    return _hashed(inner, outer, written).to_pylist()


def _hashed(inner: bytes, outer: bytes, values: pa.ChunkedArray) -> pa.ChunkedArray:
    import duckdb

    with duckdb.connect() as con:
        con.register("given", typed(pa.table({"value": values})))
        return con.execute(HMAC, {"inner": inner, "outer": outer}).to_arrow_table()["id"]


def _digest(inner, outer, value: str) -> str:
    first, then = inner.copy(), outer.copy()
    first.update(value.encode())
    then.update(first.digest())
    return then.hexdigest()[:16]
