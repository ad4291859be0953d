"""Where Splink runs: DuckDB embedded, or a Spark cluster. Levels are written so that both count alike.

What does not fit into memory goes to files only within `limits`, and these hold identifiers: DuckDB encrypts them with
a key that dies with the process and puts them where the limits say. Spark encrypts its own on every machine of the cluster; what travels between
those machines is guarded by the settings of the cluster alone.
"""

import contextvars
import logging
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from kosodachi.faults import Fault
from kosodachi.tables.arrow import typed

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Limits:
    """How much memory DuckDB may take ("4GB"), where it puts what does not fit, and the database that keeps to both."""

    memory: str | None
    folder: Path
    database: "duckdb.DuckDBPyConnection"


_LIMITS = contextvars.ContextVar("limits", default=None)


@contextmanager
def limits(folder: Path | str, *, memory: str | None = None) -> Iterator[Limits]:
    """Within this, DuckDB keeps to `memory` in the linkage and puts what does not fit below `folder`.

    folder: a place in the identifier zone. A folder of its own is made there and removed at the end with all that is
    in it. Outside of this nothing is ever written: a linkage that does not fit into memory fails.
    Raises Fault E-LINK-21 if DuckDB cannot read the limit.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    own = Path(tempfile.mkdtemp(prefix="spill-", dir=folder))
    try:
        with _database(own, memory) as database:
            before = _LIMITS.set(Limits(memory, own, database))
            try:
                yield _LIMITS.get()
            finally:
                _LIMITS.reset(before)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def connect():
    """A DuckDB connection in memory within the present limits, with temporary tables and views of its own."""
    now = _LIMITS.get()
    return _database() if now is None else now.database.cursor()


def _database(folder: Path | None = None, memory: str | None = None) -> "duckdb.DuckDBPyConnection":
    """A database of its own in memory. It spills into the folder, encrypted, or without a folder never."""
    import duckdb

    if folder is None:
        return duckdb.connect(config={"temp_directory": ""})
    settings = {"temp_directory": str(folder / secrets.token_hex(8))}
    try:
        con = duckdb.connect(config=settings | ({"memory_limit": memory} if memory else {}))
    except duckdb.Error:
        raise Fault("E-LINK-21", memory=memory) from None
    con.execute("load '{}'".format(str(_encryption()).replace("'", "''")))
    con.execute("set temp_file_encryption = true")
    return con


@cache
def _encryption() -> Path:
    """DuckDB's extension that encrypts what it writes."""
    import duckdb_extension_httpfs

    return next(Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension"))


def backend(engine: str):
    """Splink's database API for `duckdb` or `spark`.

    Raises Fault E-LINK-01 or E-LINK-20 if Spark is asked for and pyspark or Java is missing, E-LINK-22 if its cluster
    does not answer.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    if engine == "spark":
        from kosodachi.linkage import spark

        return spark.api()
    from splink import DuckDBAPI

    # Splink's tables are not temporary: they need a database that ends with them.
    now = _LIMITS.get()
    return DuckDBAPI(connection=_database() if now is None else _database(now.folder, now.memory))


def registered(api, frame: pd.DataFrame | pa.Table, name: str, *, engine: str):
    """The frame in the engine, under a display name."""
    table = typed(frame)
    if engine == "spark":
        api.spark.catalog.dropTempView(name)
        return api.register(api.spark.createDataFrame(table), dataset_display_name=name)
    return api.register(table, dataset_display_name=name)
