"""Tables at rest come back as they were, in either zone."""

import pandas as pd
import pytest

from kosodachi.tables import contract_of
from kosodachi.workspace import store


@pytest.fixture
def key(tmp_path, monkeypatch):
    monkeypatch.setenv("KOSODACHI_KEY_FILE", str(tmp_path / "key"))


def names(**other) -> pd.DataFrame:
    columns = contract_of("identifier_names").columns
    rows = {column: pd.Series([None, None], dtype="object") for column in columns}
    return pd.DataFrame(rows | {"record_id": ["a", "b"], "kind": ["current", "former"]} | other)


def test_a_text_column_that_is_missing_as_a_whole_stays_text(tmp_path, key):
    """DuckDB would take it for a column of integers, and what reads it as names would fail a notebook later."""
    store.write_table(tmp_path, "identifier_names", names())
    again = store.read_table(tmp_path, "identifier_names")
    assert {str(kind) for kind in again.dtypes} == {"object"}
    pd.testing.assert_frame_equal(again, names()[list(again.columns)])


def test_nobody_reads_the_identifier_zone_from_its_file(tmp_path, key):
    store.write_table(tmp_path, "identifier_names", names(name=["山田花子", "佐藤太郎"]))
    raw = store.table_file(tmp_path, "identifier_names").read_bytes()
    assert not any(name.encode() in raw for name in ("山田花子", "佐藤太郎", "former"))
