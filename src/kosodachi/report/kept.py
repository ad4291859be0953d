"""Released tables read again, for a page that gathers what earlier steps released. What was hidden stays hidden."""

import json
from hashlib import sha256
from pathlib import Path

import pandas as pd

from kosodachi.disclosure import Released
from kosodachi.faults import Fault
from kosodachi.municipality import Disclosure


def kept(folder: Path, name: str) -> Released | None:
    """The table NAME.csv of a folder with the roles and the rule of its record; None if it was not released.

    Raises Fault E-REP-07 if the file is not as its record says.
    """
    file, record_file = folder / f"{name}.csv", folder / f"{name}.release.json"
    if not file.exists():
        return None
    record = json.loads(record_file.read_text(encoding="utf-8")) if record_file.exists() else {}
    if record.get("sha256") != sha256(file.read_bytes()).hexdigest():
        raise Fault("E-REP-07", table=name, step=folder.name)
    roles = {role: tuple(columns) for role, columns in record["roles"].items()}
    return Released(name, _table(file, roles), roles, Disclosure(**record["rule"]), record["suppressed"])


def _table(file: Path, roles: dict) -> pd.DataFrame:
    table = pd.read_csv(file, encoding="utf-8", keep_default_na=False, na_values=[""])
    for column in table.select_dtypes("object").columns:
        table[column] = table[column].str.replace(r"^'", "", regex=True)
    return table.astype({column: "Int64" for column in roles.get("counts", ())})
