"""The hallway holds what it says: contracts refuse what breaks them, the two zones do not mix, pseudonyms are keyed."""

import pandas as pd
import pandera.errors
import pytest

from kosodachi.tables import CODES, COLUMNS, CONTRACTS, KINDS, checked, contract_of
from kosodachi.tables.pseudonyms import pseudonyms


def counts(**changed):
    return pd.DataFrame({"source": ["juki"], "read": [3], "accepted": [2], "rejected": [1]} | changed)


def test_a_table_is_put_in_its_contracts_order_and_types():
    tidy = checked("ingest_counts", counts()[["rejected", "read", "source", "accepted"]])
    assert list(tidy.columns) == ["source", "read", "accepted", "rejected"]
    assert str(tidy["read"].dtype) == "int64"


@pytest.mark.parametrize(
    "broken",
    [counts().drop(columns="read"), counts(further=[1]), pd.concat([counts(), counts()]), counts(source=[None])],
    ids=["missing column", "unknown column", "key twice", "null in a column that may not be"],
)
def test_a_broken_table_is_refused(broken):
    with pytest.raises(pandera.errors.SchemaErrors):
        checked("ingest_counts", broken)


def test_no_contract_of_the_analysis_zone_holds_an_identifier():
    identifiers = {name for name, column in COLUMNS.items() if column.zone == "identifier"} | {"birth_date"}
    for name, contract in CONTRACTS.items():
        if contract.zone == "analysis":
            assert not identifiers & set(contract.columns), name


def test_kinds_and_codes_speak_of_standard_columns():
    for kind in KINDS.values():
        assert set(kind.required) | set(kind.optional) | set(kind.key) <= set(COLUMNS)
    assert set(CODES) <= set(COLUMNS)
    assert contract_of("attributes_juki") is CONTRACTS["attributes"]


def test_pseudonyms_are_keyed_by_kind_and_keep_what_is_missing():
    numbers = pd.Series(["9900000001", None, "9900000001"])
    ids = pseudonyms(b"k", "person", numbers)
    assert ids[0] == ids[2]
    assert ids[1] is None
    assert ids[0] != pseudonyms(b"other", "person", numbers)[0]
    assert ids[0] != pseudonyms(b"k", "household", numbers)[0]
    assert len(ids[0]) == 16
