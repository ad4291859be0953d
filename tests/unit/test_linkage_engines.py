"""The engines of the linkage: what DuckDB may take and where it spills, and what is said where Spark cannot start."""

import importlib.util

import duckdb
import pytest
from linkage_town import register, school

from kosodachi.faults import Fault
from kosodachi.linkage import link
from kosodachi.linkage.engines import connect, limits

MANY = "create table t as select range as n, 'ヤマダハナコ' || range as name from range(2_000_000)"


def test_what_does_not_fit_is_spilled_in_the_given_folder_encrypted_and_removed(tmp_path):
    with limits(tmp_path / "identifier", memory="60MB") as now:
        con = connect()
        con.execute("set threads = 1")
        con.execute(MANY)
        spilled = [file for file in now.folder.rglob("*") if file.is_file()]
        assert now.folder.parent == tmp_path / "identifier"
        assert sum(file.stat().st_size for file in spilled) > 1e6
        assert not any("ヤマダ".encode() in file.read_bytes() for file in spilled)
        assert con.execute("select count(distinct name) from t").fetchone() == (2_000_000,)
        con.close()
    assert not list((tmp_path / "identifier").iterdir())


def test_without_limits_nothing_is_ever_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with connect() as con:
        con.execute("set memory_limit = '60MB'; set threads = 1")
        with pytest.raises(duckdb.OutOfMemoryException):
            con.execute(MANY)
    assert not list(tmp_path.iterdir())


def test_a_linkage_in_little_memory_makes_the_same_links(tmp_path):
    of = register(400)
    records = school(of.iloc[:250])
    with limits(tmp_path, memory="150MB"):
        made = link(of, records)
    assert made.pairs.equals(link(of, records).pairs)
    assert not list(tmp_path.iterdir())


def test_a_memory_limit_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(Fault) as fault, limits(tmp_path, memory="much"):
        pass
    assert fault.value.code == "E-LINK-21" and "much" in fault.value.told("ja")


def test_spark_without_java_is_told_with_what_to_install(monkeypatch, tmp_path):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: object() if name == "pyspark" else real(name, *a))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Fault) as fault:
        link(register(60), school(register(60)), engine="spark")
    assert fault.value.code == "E-LINK-20" and "openjdk-17" in fault.value.told("en")
