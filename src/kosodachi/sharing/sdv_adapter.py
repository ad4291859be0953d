"""A synthetic copy of a flat table by SDV's Gaussian copula, and SDV's scores of it.

SDV is under the Business Source License: a municipality, its contractors and a university may use it; a vendor may not
offer it to others as a service. It is imported here and nowhere else, and the rest of the workspace runs without it.
Good for trying out an analysis; not for results: rare phenomena and weak relations do not survive, and a high quality
score does not say that they did.
"""

import importlib.util
import random
import warnings
from contextlib import contextmanager

import numpy as np
import pandas as pd

from kosodachi.faults import Fault

TABLE = "extract"
LEAST_ROWS = 100
LEFT_OUT = ("research_id",)
SCORES = {
    "Data Validity": "validity",
    "Data Structure": "structure",
    "Column Shapes": "shapes",
    "Column Pair Trends": "pairs",
}


def is_available() -> bool:
    """Whether SDV is installed."""
    return importlib.util.find_spec("sdv") is not None


def synthetic_copy(extract: pd.DataFrame, *, rows: int, seed: int) -> pd.DataFrame:
    """A synthetic copy: `rows` rows of the extract's columns, with synthetic_id (synthetic1...) and row_kind `synthetic`.

    Ids and reasons of missing values are not copied. The same extract, rows and seed give the same copy.
    Raises Fault E-SHARE-01 (SDV is not installed), E-SHARE-02 (under 100 rows to learn from).
    """
    table = learnt(extract)
    if len(table) < LEAST_ROWS:
        raise Fault("E-SHARE-02", rows=len(table), least=LEAST_ROWS)
    _require()
    from sdv.single_table import GaussianCopulaSynthesizer

    with _seeded(seed):
        synthesizer = GaussianCopulaSynthesizer(_metadata(table))
        synthesizer.fit({TABLE: table})
        _seed_sampling(synthesizer, seed)
        copy = synthesizer.sample(num_rows=rows)[TABLE]
    copy = _in_types(copy, table)
    copy.insert(0, "synthetic_id", [f"synthetic{number}" for number in range(1, len(copy) + 1)])
    copy.insert(1, "row_kind", "synthetic")
    return copy


def copy_scores(extract: pd.DataFrame, copy: pd.DataFrame) -> pd.DataFrame:
    """SDV's scores from 0 to 1: columns score, value; missing where SDV has no pair of columns to compare.

    quality = mean of shapes (each column's distribution) and pairs (relations of two columns); diagnostic = mean of
    validity (values within what occurs) and structure (columns and types). Raises Fault E-SHARE-01.
    """
    _require()
    from sdv.evaluation import evaluate_quality, run_diagnostic

    table = learnt(extract)
    metadata, pair = _metadata(table), ({TABLE: table}, {TABLE: _in_types(copy[table.columns], table)})
    with _seeded(0):
        reports = {
            "quality": evaluate_quality(*pair, metadata, verbose=False),
            "diagnostic": run_diagnostic(*pair, metadata, verbose=False),
        }
    scores = {name: report.get_score() for name, report in reports.items()}
    for report in reports.values():
        properties = report.get_properties().set_index("Property")["Score"]
        scores |= {SCORES[name]: value for name, value in properties.items() if name in SCORES}
    return pd.DataFrame({"score": list(scores), "value": pd.array(list(scores.values()), dtype="float64")})


def learnt(extract: pd.DataFrame) -> pd.DataFrame:
    """The columns a copy is learnt from, dates in nanoseconds: SDV turns other units into 1970 without a word."""
    kept = [c for c in extract if c not in (*LEFT_OUT, "synthetic_id", "row_kind") and not c.startswith("missing_")]
    table = extract[[column for column in kept if extract[column].notna().any()]].reset_index(drop=True)
    for column in table.select_dtypes("datetime"):
        table[column] = table[column].astype("datetime64[ns]")
    return table


def _metadata(table: pd.DataFrame):
    """Types alone, told and not detected: detected metadata would hold real extremes and every rare category."""
    from sdv.metadata import Metadata

    columns = {column: {"sdtype": _sdtype(table[column])} for column in table}
    return Metadata.load_from_dict(
        {"tables": {TABLE: {"columns": columns}}, "relationships": [], "METADATA_SPEC_VERSION": "V2"}
    )


def _sdtype(column: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(column):
        return "datetime"
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    return "numerical" if pd.api.types.is_numeric_dtype(column) and column.nunique() > 2 else "categorical"


def _in_types(copy: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The copy with the types of the table; a date outside the years of the table would be the 1970 mistake."""
    out = pd.DataFrame({column: copy[column] for column in table.columns}).reset_index(drop=True)
    for column in table.columns:
        kind = table[column].dtype
        out[column] = (
            out[column].astype("object").where(out[column].notna(), None)
            if pd.api.types.is_object_dtype(kind)
            else out[column].astype(kind)
        )
        if pd.api.types.is_datetime64_any_dtype(kind) and out[column].notna().any():
            real, made = table[column].dt.year, out[column].dt.year
            if made.min() < real.min() or made.max() > real.max():
                raise ValueError(f"dates of {column} left the years of the extract")
    return out


def _require() -> None:
    if not is_available():
        raise Fault("E-SHARE-01")


@contextmanager
def _seeded(seed: int):
    """The global generators that SDV draws from, seeded inside and as before afterwards; its warnings kept quiet."""
    before, numbers = np.random.get_state(), random.getstate()
    np.random.seed(seed)
    random.seed(seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(before)
        random.setstate(numbers)


def _seed_sampling(synthesizer, seed: int) -> None:
    """SDV resets sampling to one fixed seed for everybody; this one is the caller's."""
    synthesizer._set_random_state(seed)
