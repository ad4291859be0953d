"""How alike items are among the children of whom both are known.

Two items that are alike carry the same information twice; that says nothing about which of them is the better one.
"""

import numpy as np
import pandas as pd

FEWEST = 30


def redundancy(item_value: pd.DataFrame) -> pd.DataFrame:
    """One row a pair of items of one day: item, other (in order of ids), children (both values known), both (both items
    hold), phi (correlation of two yes-no values, -1 to 1; missing where fewer than 30 children or no spread)."""
    values = item_value.pivot(index="research_id", columns="item_id", values="value")
    values = values[sorted(values)]
    known, held = values.notna().to_numpy(float), values.fillna(0).to_numpy(float)
    n, both = known.T @ known, held.T @ held
    one, other = held.T @ known, known.T @ held
    with np.errstate(invalid="ignore", divide="ignore"):
        phi = (n * both - one * other) / np.sqrt(one * (n - one) * other * (n - other))
    phi = np.where((n >= FEWEST) & np.isfinite(phi), phi, np.nan)
    i, j = np.triu_indices(values.shape[1], 1)
    names = values.columns.to_numpy()
    return pd.DataFrame(
        {"item": names[i], "other": names[j], "children": n[i, j].astype(int), "both": both[i, j].astype(int),
         "phi": phi[i, j]}
    )  # fmt: skip
