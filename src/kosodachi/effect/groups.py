"""For whom the effect may differ: average effects within groups that were named beforehand, from one adjusted fit.

Groups are few and differ by more than their name. A difference between two of them is a hint for the next study, not a
reason to offer support to some and not to others; with one year of one municipality most differences cannot be seen.
"""

import numpy as np
import pandas as pd

from kosodachi.effect import crossfit, estimators, nuisance
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.estimators import Z, standard_error
from kosodachi.effect.nuisance import RIDGE
from kosodachi.effect.study import FOLDS, TRUNCATED, analysed, no_rows

JUNIOR_HIGH, SMALLEST = 12.0, 30
COLUMNS = ["trait", "level", "value", "low", "high", "difference_p", "n", "events"]


def by_group(cohort: Cohort, *, seed: int = 1) -> pd.DataFrame:
    """Risk differences within groups: columns trait, level (yes, no), value, low, high, difference_p, n, events.

    Traits: known_before, junior_high (12 years or older), female, higher_points (above the middle). difference_p: test of
    the two levels, times the number of traits (Bonferroni, at most 1). A trait with fewer than 30 children on one side
    is left out. No row if the cohort has one arm or one outcome.
    """
    at = analysed(cohort)
    if cohort.missing or not at.two_armed or at.y.min() == at.y.max():
        return no_rows(COLUMNS).astype({"trait": object, "level": object})
    phi = pseudo_outcomes(at.y, at.a, at.X, cluster=at.cluster, seed=seed)
    sides = {name: side for name, side in _traits(at.table).items() if min(side.sum(), (~side).sum()) >= SMALLEST}
    rows = [row for name, side in sides.items() for row in _two_sides(name, side, phi, at, len(sides))]
    return pd.DataFrame(rows, columns=COLUMNS) if rows else no_rows(COLUMNS).astype({"trait": object, "level": object})


def _traits(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Who has each trait; a child whose value is unknown counts among those without."""
    found = {
        "known_before": ("x_known_before", 0.5), "junior_high": ("x_age", JUNIOR_HIGH), "female": ("x_female", 0.5),
        "higher_points": ("x_points", table["x_points"].median() if "x_points" in table else 0.0),
    }  # fmt: skip
    return {
        name: (table[column].astype(float) > cut).to_numpy() for name, (column, cut) in found.items() if column in table
    }


def pseudo_outcomes(y, a, X, *, cluster=None, seed=1, ridge=RIDGE, k=FOLDS, clip=TRUNCATED) -> np.ndarray:
    """Each child's contribution to the average effect (n,), cross-fitted: its mean over a group is the group's effect.

    It is no effect on a child. Ref: Semenova & Chernozhukov 2021, doi:10.1093/ectj/utaa027.
    """
    codes = estimators.codes_of(cluster, len(y))
    fold = nuisance.folds(codes, k, np.random.default_rng(seed))
    y, a = np.asarray(y, float), np.asarray(a, float)
    e, m1, m0 = crossfit.cross_fitted(y, a, X, fold, k, ridge=ridge)
    e = np.clip(e, clip, 1 - clip)
    return m1 - m0 + a * (y - m1) / e - (1 - a) * (y - m0) / (1 - e)


def _two_sides(name: str, side: np.ndarray, phi: np.ndarray, at, tests: int) -> list[tuple]:
    from scipy.stats import norm

    parts = {"yes": side * 1.0, "no": ~side * 1.0}
    means = {level: who @ phi / who.sum() for level, who in parts.items()}
    pulls = {level: who * (phi - means[level]) / who.mean() for level, who in parts.items()}
    apart = standard_error(pulls["yes"] - pulls["no"], at.cluster)
    p = min(1.0, tests * float(2 * norm.sf(abs(means["yes"] - means["no"]) / apart)))
    rows = []
    for level, who in parts.items():
        se = standard_error(pulls[level], at.cluster)
        rows.append(
            (
                name,
                level,
                means[level],
                means[level] - Z * se,
                means[level] + Z * se,
                p,
                int(who.sum()),
                int(who @ at.y),
            )
        )
    return rows
