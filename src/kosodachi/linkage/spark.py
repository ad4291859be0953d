"""Spark as the engine of a linkage, through Splink's own backend: `engine: spark` in municipality.yaml.

The cluster compares the pairs, the part that grows; the model is trained on DuckDB from a bounded sample of pairs, so
that it is the same model on both (Splink's sample on Spark knows no seed, and took minutes where DuckDB took seconds).
Which cluster, and how large, is Spark's own matter: `spark-defaults.conf` in the folder SPARK_CONF_DIR names its
master; without one Spark runs inside this process. The cluster must be one that may hold identifiers.
"""

import importlib.util
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

from kosodachi.faults import Fault

OWN = {
    "spark.app.name": "kosodachi",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.io.encryption.enabled": "true",
    "spark.sql.warehouse.dir": str(Path(tempfile.gettempdir()) / "kosodachi-spark"),  # stays empty
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
TASKS_A_CORE = 2


def api():
    """Splink's database API on the running Spark session, or on a new one.

    Tables are kept in the memory of the cluster, and not written to its shared storage.
    Raises Fault E-LINK-01 (no pyspark), E-LINK-20 (no Java), E-LINK-22 (no answer of the master).
    """
    if importlib.util.find_spec("pyspark") is None:
        raise Fault("E-LINK-01")
    if not _java().is_file():
        raise Fault("E-LINK-20")
    from splink import SparkAPI

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return SparkAPI(spark_session=_session(), break_lineage_method="persist")


def _java() -> Path:
    """The Java that Spark would start."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    return Path(found or "")


def _session():
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
    from splink.backends.spark import similarity_jar_location

    if running := SparkSession.getActiveSession():
        return running
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    asked = SparkSession.builder.config(map=OWN | {"spark.jars": similarity_jar_location()})
    try:
        session = asked.getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise Fault("E-LINK-22", why=type(error).__name__) from None
    session.sparkContext.setLogLevel("ERROR")
    if not session.sparkContext.getConf().contains("spark.sql.shuffle.partitions"):
        session.conf.set("spark.sql.shuffle.partitions", TASKS_A_CORE * session.sparkContext.defaultParallelism)
    return session
