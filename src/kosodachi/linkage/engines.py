"""Where Splink runs: DuckDB embedded, or a Spark cluster. Levels are written so that both count alike."""

import importlib.util
import logging
import tempfile

import pandas as pd
import pyarrow as pa

from kosodachi.faults import Fault


def backend(engine: str):
    """Splink's database API for `duckdb` or `spark`.

    Raises Fault E-LINK-01 if Spark is asked for and pyspark is not installed.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    if engine == "spark":
        return _spark()
    import duckdb
    from splink import DuckDBAPI

    return DuckDBAPI(connection=duckdb.connect())


def typed(frame: pd.DataFrame | pa.Table) -> pa.Table:
    """The frame as an Arrow table in which text stays text, also where a whole column is missing."""
    if isinstance(frame, pa.Table):
        return frame
    columns = {
        name: pa.array(column, type=pa.string(), from_pandas=True) if column.dtype == "object" else pa.array(column)
        for name, column in frame.items()
    }
    return pa.table(columns)


def registered(api, frame: pd.DataFrame, name: str, *, engine: str):
    """The frame in the engine, under a display name."""
    table = typed(frame)
    if engine == "spark":
        return api.register(api.spark.createDataFrame(table), dataset_display_name=name)
    return api.register(table, dataset_display_name=name)


def _spark():
    if importlib.util.find_spec("pyspark") is None:
        raise Fault("E-LINK-01")
    from pyspark.sql import SparkSession
    from splink import SparkAPI
    from splink.backends.spark import similarity_jar_location

    session = SparkSession.builder.config("spark.jars", similarity_jar_location()).getOrCreate()
    if session.sparkContext.getCheckpointDir() is None:
        session.sparkContext.setCheckpointDir(tempfile.mkdtemp(prefix="kosodachi-spark-"))
    return SparkAPI(spark_session=session)
