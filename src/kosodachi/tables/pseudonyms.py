"""Pseudonyms: keyed, one-way ids of persons, households and records.

A plain hash of a ten-digit number is broken in a second; without the key these are not. They are pseudonyms, not
anonymity: rows that carry them stay personal data.
"""

import hmac
from hashlib import sha256

import pandas as pd


def pseudonyms(key: bytes, kind: str, values: pd.Series) -> pd.Series:
    """HMAC-SHA256 of `kind|value`, first 16 hex digits a value; missing stays missing.

    `kind` is person, household or record, so that equal numbers of different kinds do not meet.
    """
    distinct = values.dropna().drop_duplicates()
    prefix = hmac.new(key, f"v1|{kind}|".encode(), sha256)
    known = {value: _digest(prefix, str(value)) for value in distinct}
    return values.map(known).astype("object").where(values.notna(), None)


def _digest(prefix: "hmac.HMAC", value: str) -> str:
    mac = prefix.copy()
    mac.update(value.encode())
    return mac.hexdigest()[:16]
