"""Whether a copy learnt its rows by heart: are its rows nearer to the children it was learnt from than to others?

A low score finds copying; a high one does not prove that nobody can be found. The verbatim copy is scored beside it: a
test that does not catch that one says nothing.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

CHUNK = 250
JITTER = 0.02


@dataclass(frozen=True)
class Coded:
    """Rows as numbers: columns of numbers on a range of 0 to 1 with missing as nan, the others as codes."""

    rows: np.ndarray
    is_number: np.ndarray


def attack_scores(
    learnt_from: pd.DataFrame, held_out: pd.DataFrame, copy: pd.DataFrame, *, seed: int = 1
) -> pd.DataFrame:
    """Protection from learning by heart: columns attacked, protection, nearer, rows, told_apart; one row a table.

    nearer: share of rows nearer to a child learnt from than to any child held out, among the `told_apart` rows whose
    two distances differ. protection = min(2 (1 - nearer), 1): 1 where nothing was learnt by heart, 0 for a verbatim
    copy; as DCROverfittingProtection of SDMetrics, but ties do not count as protection. All rows are used, because on
    a subsample a verbatim copy passes. attacked: copy, and as positive controls verbatim (the rows learnt from) and
    jittered (their numbers moved by up to 2 % of the range).
    """
    shared = [column for column in copy if column in learnt_from and column in held_out]
    columns = [column for column in shared if not column.startswith(("research_id", "missing_"))]
    near, far, made = coded(learnt_from[columns], held_out[columns], copy[columns])
    tables = {"copy": made, "verbatim": near, "jittered": _jittered(near, np.random.default_rng(seed))}
    return pd.DataFrame([{"attacked": name, **_protection(rows, near, far)} for name, rows in tables.items()])


def coded(*tables: pd.DataFrame) -> list[Coded]:
    """Tables of the same columns as numbers; ranges and codes are those of all of them together."""
    joined = pd.concat(tables, ignore_index=True)
    is_number = np.array([_measures(joined[column]) for column in joined])
    columns = [_scaled(joined[c]) if number else _codes(joined[c]) for c, number in zip(joined, is_number)]
    matrix = np.column_stack(columns).astype(np.float32)
    cuts = np.cumsum([len(table) for table in tables])[:-1]
    return [Coded(rows, is_number) for rows in np.split(matrix, cuts)]


def _measures(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and column.nunique() > 2


def _scaled(column: pd.Series) -> np.ndarray:
    values = column.astype(float)
    return ((values - values.min()) / (values.max() - values.min())).to_numpy()


def _codes(column: pd.Series) -> np.ndarray:
    return pd.factorize(column.astype(object), sort=False)[0]


def distance_to_closest(rows: Coded, reference: Coded) -> np.ndarray:
    """Gower distance (0 the same, 1 unlike in every column) of each row to the closest row of the reference.

    Codes count 0 if equal, else 1; missing is equal to missing alone. Ref: Gower 1971, doi:10.2307/2528823.
    """
    out = np.empty(len(rows.rows))
    for start in range(0, len(out), CHUNK):
        part = rows.rows[start : start + CHUNK]
        total = sum(
            _apart(part[:, place, None], reference.rows[None, :, place], number)
            for place, number in enumerate(rows.is_number)
        )
        out[start : start + CHUNK] = total.min(axis=1) / len(rows.is_number)
    return out


def _apart(a: np.ndarray, b: np.ndarray, is_number: bool) -> np.ndarray:
    if not is_number:
        return (a != b).astype(np.float32)
    one_missing = np.isnan(a) != np.isnan(b)
    return np.where(one_missing, np.float32(1), np.nan_to_num(np.abs(a - b), nan=0.0))


def _jittered(table: Coded, random: np.random.Generator) -> Coded:
    moved = table.rows.copy()
    moved[:, table.is_number] += random.uniform(-JITTER, JITTER, (len(moved), table.is_number.sum())).astype(np.float32)
    return Coded(moved, table.is_number)


def _protection(rows: Coded, near: Coded, far: Coded) -> dict:
    to_near, to_far = distance_to_closest(rows, near), distance_to_closest(rows, far)
    apart = ~np.isclose(to_near, to_far, rtol=0, atol=1e-6)
    nearer = float((to_near < to_far)[apart].mean()) if apart.any() else np.nan
    protection = min(2 * (1 - nearer), 1.0) if apart.any() else np.nan
    return {"protection": protection, "nearer": nearer, "rows": len(to_near), "told_apart": int(apart.sum())}
