"""The same specification on Spark: the bands of a small town are those of DuckDB. Needs pyspark and Java."""

import pandas as pd
import pytest
from linkage_town import register, school

from kosodachi.linkage import japanese, link


@pytest.mark.spark
def test_spark_and_duckdb_put_persons_into_the_same_bands():
    pytest.importorskip("pyspark")
    of = register(200)
    records = school(of.iloc[:120])
    here, there = link(of, records).pairs, link(of, records, engine="spark").pairs
    pd.testing.assert_frame_equal(here[["person", "register_no", "band"]], there[["person", "register_no", "band"]])


def test_the_spark_specification_uses_no_function_that_spark_lacks():
    levels = [level.sql for comparison in japanese(engine="spark").comparisons for level in comparison.levels]
    assert not any("hamming" in sql for sql in levels)
    assert any("hamming" in level.sql for comparison in japanese().comparisons for level in comparison.levels)
