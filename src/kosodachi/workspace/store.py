"""Tables at rest: the identifier zone as encrypted DuckDB files, the analysis zone as Parquet files.

One file a table, written under a temporary name and then renamed, so a killed step leaves either the old table or the
new one. Encryption guards the file, not the memory of the process that opened it.
"""

import os
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from kosodachi.faults import Fault
from kosodachi.tables import checked, contract_of
from kosodachi.tables.arrow import typed
from kosodachi.workspace.keys import identifier_key


def table_file(base: Path, name: str) -> Path:
    """Where a table lies below a base folder."""
    zone = contract_of(name).zone
    return base / zone / f"{name}.{'duckdb' if zone == 'identifier' else 'parquet'}"


def read_table(base: Path, name: str) -> pd.DataFrame:
    """A table of either zone. Raises Fault E-RUN-03 if no step has made it yet."""
    file = table_file(base, name)
    if not file.exists():
        raise Fault("E-RUN-03", table=name)
    if contract_of(name).zone == "analysis":
        return pd.read_parquet(file)
    with encrypted(file, read_only=True) as con:
        return con.execute("select * from store.t").df()


def write_table(base: Path, name: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table as its contract wants it, written whole or not at all."""
    tidy = checked(name, table)
    file = table_file(base, name)
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_name(f".{file.name}.{os.getpid()}")
    if contract_of(name).zone == "analysis":
        tidy.to_parquet(half, index=False)
    else:
        half.unlink(missing_ok=True)
        with encrypted(half) as con:
            con.register("tidy", typed(tidy))
            con.execute("create table store.t as select * from tidy")
    os.replace(half, file)
    return tidy


@contextmanager
def encrypted(file: Path, *, read_only: bool = False):
    """A DuckDB connection with the encrypted file attached as `store`; temporary files are encrypted too."""
    import duckdb
    import duckdb_extension_httpfs

    con = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    try:
        extension = next(Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension"))
        con.execute(f"load '{_quoted(extension)}'")
        con.execute("set temp_file_encryption = true")
        option = ", read_only" if read_only else ""
        try:
            con.execute(f"attach '{_quoted(file)}' as store (encryption_key '{identifier_key()}'{option})")
        except duckdb.Error as error:
            raise Fault("E-KEY-03", file=file.name, why=type(error).__name__) from None
        yield con
        con.execute("detach store")
    finally:
        con.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
