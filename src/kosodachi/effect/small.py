"""Few events beside many covariates: penalised ratios that stay finite, as rows of the study.

They are shown where fewer than ten long absences stand behind each covariate. Penalising makes no information: the
intervals stay wide. They take siblings as strangers, so with many siblings they are somewhat too narrow.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kosodachi.effect import nuisance
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.estimators import Z
from kosodachi.effect.few_events import firth_cox, firth_logistic
from kosodachi.effect.nuisance import RIDGE
from kosodachi.effect.study import COLUMNS, OUTCOME, TIME, Arrays, analysed, followed, no_rows

PER_COVARIATE = 10


def small_sample(cohort: Cohort, covariates: Sequence[str] | None = None, *, ridge: float = RIDGE) -> pd.DataFrame:
    """Firth's ratios of the offer (contract `estimates`): firth_logistic (odds_ratio), firth_cox (hazard_ratio).

    value, low, high are ratios, with profile-likelihood intervals; se is the log interval's width over 2 x 1.96 times
    value. The logit of the propensity score stands for the covariates. No row where events are not few, or none at all.
    """
    at, whole = analysed(cohort, covariates), followed(cohort, covariates)
    if not at.two_armed or at.y.min() == at.y.max() or at.y.sum() >= PER_COVARIATE * at.X.shape[1]:
        return no_rows(COLUMNS)
    rows = [
        _row("odds_ratio", OUTCOME, "firth_logistic", firth_logistic(at.y, *_design(at, ridge)), len(at.y), at.y.sum())
    ]
    event = whole.table["event"].to_numpy(bool)
    if whole.two_armed and event.any():
        found = firth_cox(whole.table["months"].to_numpy(float), event, *_design(whole, ridge))
        rows.append(_row("hazard_ratio", TIME, "firth_cox", found, len(event), event.sum()))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table[np.isfinite(table[["value", "low", "high"]].astype(float)).all(axis=1)].reset_index(drop=True)


def _design(at: Arrays, ridge: float) -> tuple[np.ndarray, list[str]]:
    e = nuisance.propensity(at.a, at.X, ridge=ridge)
    return np.column_stack([at.a, np.log(e / (1 - e))]), ["offer", "propensity"]


def _row(estimand, outcome, method, found: pd.DataFrame, n, events) -> list:
    log, low, high = found.loc[0, ["value", "low", "high"]].astype(float)
    value = np.exp(log)
    return [estimand, outcome, method, value, value * (high - low) / (2 * Z), np.exp(low), np.exp(high), n, int(events)]
