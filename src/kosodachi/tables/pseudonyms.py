"""Pseudonyms: keyed, one-way ids of persons, households and records.

A plain hash of a ten-digit number is broken in a second; without the key these are not. They are pseudonyms, not
anonymity: rows that carry them stay personal data.
"""

from hashlib import sha256

import pandas as pd

BLOCK = 64  # bytes of a block of SHA-256


def pseudonyms(key: bytes, kind: str, values: pd.Series) -> pd.Series:
    """HMAC-SHA256 of `kind|value`, first 16 hex digits a value; missing stays missing.

    The two hashes of HMAC (RFC 2104) are made once and copied. `kind` is person, household or record, so that equal numbers of different kinds do not meet.
    """
    block = (sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inner, outer = (sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    inner.update(f"v1|{kind}|".encode())
    known = {value: _digest(inner, outer, str(value)) for value in values.dropna().drop_duplicates()}
    return values.map(known).astype("object").where(values.notna(), None)


def _digest(inner, outer, value: str) -> str:
    first, then = inner.copy(), outer.copy()
    first.update(value.encode())
    then.update(first.digest())
    return then.hexdigest()[:16]
