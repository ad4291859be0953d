"""The engines of the linkage: what DuckDB may take and where it spills, and what is said where Spark cannot start."""

import importlib.util
import tempfile

import pytest
from linkage_town import register, school

from kosodachi.faults import Fault
from kosodachi.linkage import link
from kosodachi.linkage.engines import connect, limits

MANY = "create table t as select range as n, 'ヤマダハナコ' || range as name from range(2_000_000)"


def test_what_does_not_fit_is_spilled_in_the_given_folder_encrypted_and_removed(tmp_path):
    with limits(memory="60MB", folder=tmp_path / "identifier") as now:
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


def test_without_limits_nothing_is_spilled_beside_the_program(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "system").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "system"))
    con = connect()
    con.execute("set memory_limit = '60MB'; set threads = 1")
    con.execute(MANY)
    spilled = [file for file in (tmp_path / "system").rglob("*") if file.is_file()]
    assert spilled and not any("ヤマダ".encode() in file.read_bytes() for file in spilled)
    assert [place.name for place in tmp_path.iterdir()] == ["system"]
    con.close()
    assert not [file for file in (tmp_path / "system").rglob("*") if file.is_file()]


def test_a_linkage_in_little_memory_makes_the_same_links(tmp_path):
    of = register(400)
    records = school(of.iloc[:250])
    with limits(memory="150MB", folder=tmp_path):
        made = link(of, records)
    assert made.pairs.equals(link(of, records).pairs)
    assert not list(tmp_path.iterdir())


def test_a_memory_limit_that_cannot_be_read_is_told():
    with pytest.raises(Fault) as fault, limits(memory="much"):
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
