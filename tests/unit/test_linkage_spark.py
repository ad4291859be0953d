"""The same town linked on DuckDB and on a Spark cluster of two workers that the test starts on loopback.

Needs the extra `spark` and Java 17 (marker `spark`). At most 0.1 % of the persons may differ, and only where the match
weights of both engines agree but for rounding. A difference is printed by record ids alone.
"""

import importlib.util
import os
from pathlib import Path

import pandas as pd
import pytest
from spark_cluster import cluster

from kosodachi.linkage import japanese, link
from kosodachi.linkage.prepare import person_keys

TOWN = Path(__file__).resolve().parents[2] / "synthetic_data" / "aoba"
ROUNDING = 1e-4  # log2


@pytest.fixture(scope="module")
def on_cluster(tmp_path_factory):
    """Spark as a municipality sets it up: the master's address stands in spark-defaults.conf, nowhere in the code."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.fail("the extra spark is not installed: run `python bootstrap.py spark`")
    with pytest.MonkeyPatch.context() as patch, cluster(tmp_path_factory.mktemp("cluster")) as conf:
        patch.setenv("SPARK_CONF_DIR", str(conf))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        from kosodachi.linkage.spark import api

        session = api().spark
        yield session
        session.stop()


@pytest.mark.spark
@pytest.mark.parametrize("frequencies", [False, True])
def test_a_town_is_linked_alike_on_duckdb_and_on_two_workers(on_cluster, frequencies):
    of, records, names = _town()
    given = {"seed": 1, "term_frequencies": frequencies, **names}
    here, there = (link(of, records, engine=engine, **given) for engine in ("duckdb", "spark"))
    workers = on_cluster.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
    assert on_cluster.sparkContext.master.startswith("spark://127.0.0.1:")
    assert len(workers) == 3, "two workers and the driver"

    both = here.pairs.merge(there.pairs, on=["source", "person"], how="outer", suffixes=("_here", "_there"))
    linked = [both["register_no" + side].where(both["band" + side] == "link", "") for side in ("_here", "_there")]
    other = both[(linked[0] != linked[1]) | (both["band_here"] != both["band_there"])]
    _print_by_record_id(other, records)
    assert (here.pairs["band"] == "link").sum() > 5_000
    assert len(other) <= 0.001 * len(both)
    assert ((other["match_weight_here"] - other["match_weight_there"]).abs() < ROUNDING).all()
    assert ((both["match_weight_here"] - both["match_weight_there"]).abs() < ROUNDING).mean() > 0.999


@pytest.mark.spark
def test_both_engines_count_the_edits_of_a_kana_code_alike_and_of_kanji_not(on_cluster):
    import duckdb

    edits = "select levenshtein('{}', '{}')"
    spark, duck = (lambda sql: on_cluster.sql(sql).collect()[0][0]), (lambda sql: duckdb.sql(sql).fetchone()[0])
    assert spark(edits.format("yamada", "yamata")) == duck(edits.format("yamada", "yamata")) == 1
    assert (spark(edits.format("渡邉", "渡辺")), duck(edits.format("渡邉", "渡辺"))) == (1, 3)
    swapped = "select damerau_levenshtein('hanako', 'hanaok')"
    assert spark(swapped) == duck(swapped) == 1


def test_the_spark_specification_uses_no_function_that_spark_lacks():
    levels = [level.sql for comparison in japanese(engine="spark").comparisons for level in comparison.levels]
    assert not any("hamming" in sql for sql in levels)
    assert any("hamming" in level.sql for comparison in japanese().comparisons for level in comparison.levels)


def _town() -> tuple[pd.DataFrame, pd.DataFrame, dict]:
    from kosodachi.ingest import ingest, read_files
    from kosodachi.workspace.settings import read_settings

    settings = read_settings(TOWN / "municipality.yaml")
    read = ingest(settings, read_files(TOWN, settings), key=b"k" * 32)
    names = {"names": read.identifier_names}
    of_register = read.identifier_records["source"].eq(settings.register)
    return read.identifier_records[of_register], read.identifier_records[~of_register], names


def _print_by_record_id(other: pd.DataFrame, records: pd.DataFrame) -> None:
    rows = records[["record_id", "source"]].assign(person=person_keys(records)).merge(other, on=["source", "person"])
    shown = ["record_id", "band_here", "band_there", "match_weight_here", "match_weight_there"]
    print(f"{len(other)} persons differ on {os.cpu_count()} processors", rows[shown].to_string(index=False), sep="\n")
