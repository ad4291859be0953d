"""Labelled children as arrays: what weights are learnt from. A label is a need that became known, not a need."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

UNKNOWN_SD = 0.5


@dataclass(frozen=True)
class Design:
    """Labelled children as arrays: items (ids of the first columns of x), x (children, items + unknown columns) of 0 and
    1, label, household (codes)."""

    items: tuple[str, ...]
    x: np.ndarray
    label: np.ndarray
    household: np.ndarray

    @property
    def gaps(self) -> int:
        """Columns that say that an item's value is unknown; they keep its weight from soaking up what it lacks."""
        return self.x.shape[1] - len(self.items)


def design(item_value: pd.DataFrame, label: pd.Series, household: pd.Series) -> Design:
    """The design of item values of one day (item_value), labels and households by research id. Children without a label
    are left out, and so are items that hold for nobody or for everybody whose value is known."""
    named = label.dropna()
    values = item_value.pivot(index="research_id", columns="item_id", values="value")
    values = values.reindex(named.index.intersection(values.index).sort_values())
    values = values[[item for item in sorted(values) if values[item].nunique() == 2]]
    unknown = values.isna()
    gaps = unknown.loc[:, unknown.any() & ~unknown.T.duplicated()] if values.shape[1] else unknown
    x = np.column_stack([values.fillna(0).to_numpy(float), gaps.to_numpy(float)])
    homes = pd.factorize(household.reindex(values.index).fillna("").where(lambda h: h.ne(""), values.index.to_series()))
    return Design(tuple(values.columns), x, named.reindex(values.index).to_numpy(float), homes[0])


def with_gaps(mean: np.ndarray, sd: np.ndarray, gaps: int) -> tuple[np.ndarray, np.ndarray]:
    """Normal priors of items followed by those of the unknown columns."""
    return np.append(mean, np.zeros(gaps)), np.append(sd, np.full(gaps, UNKNOWN_SD))
