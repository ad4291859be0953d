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

import pandas as pd
import pyarrow as pa

from kosodachi.faults import Fault
from kosodachi.tables.arrow import typed


@dataclass(frozen=True)
class Limits:
    """How much memory one DuckDB connection may take ("4GB"), and where it puts what does not fit."""

    memory: str | None
    folder: Path


_LIMITS = contextvars.ContextVar("limits", default=None)


@contextmanager
def limits(folder: Path | str, *, memory: str | None = None) -> Iterator[Limits]:
    """Within this, every DuckDB connection of the linkage keeps to `memory` and puts what does not fit below `folder`.

    folder: a place in the identifier zone. A folder of its own is made there and removed at the end with all that is
    in it. Outside of this nothing is ever written: a linkage that does not fit into memory fails.
    Raises Fault E-LINK-21 if DuckDB cannot read the limit.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    own = Path(tempfile.mkdtemp(prefix="spill-", dir=folder))
    before = _LIMITS.set(Limits(memory, own))
    try:
        connect().close()
        yield _LIMITS.get()
    finally:
        _LIMITS.reset(before)
        shutil.rmtree(own, ignore_errors=True)


def connect():
    """A DuckDB connection in memory within the present limits. What it spills is encrypted."""
    import duckdb

    now = _LIMITS.get()
    if now is None:
        return duckdb.connect(config={"temp_directory": ""})
    settings = {"temp_directory": str(now.folder / secrets.token_hex(8))}
    try:
        con = duckdb.connect(config=settings | ({"memory_limit": now.memory} if now.memory else {}))
    except duckdb.Error:
        raise Fault("E-LINK-21", memory=now.memory) from None
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

    return DuckDBAPI(connection=connect())


def registered(api, frame: pd.DataFrame | pa.Table, name: str, *, engine: str):
    """The frame in the engine, under a display name."""
    table = typed(frame)
    if engine == "spark":
        api.spark.catalog.dropTempView(name)
        return api.register(api.spark.createDataFrame(table), dataset_display_name=name)
    return api.register(table, dataset_display_name=name)
