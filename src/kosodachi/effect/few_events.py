"""Few events: Firth's penalised likelihood, exact tests, and how many events would be enough.

Penalising makes estimates finite where plain ones run away; it makes no information. Intervals stay wide, and should.
Ref: Firth 1993, doi:10.1093/biomet/80.1.27; Heinze & Schemper 2001 (Cox), 2002 (logistic), doi:10.1002/sim.1047.
"""

import numpy as np
import pandas as pd

POWER = 1.959963984540054 + 0.8416212335729143


def firth_logistic(y, X, names) -> pd.DataFrame:
    """Log odds ratios with profile-likelihood intervals: columns name, value, low, high, p (penalised likelihood ratio)."""
    from firthmodels import FirthLogisticRegression

    model = FirthLogisticRegression(backend="numpy").fit(np.asarray(X, float), np.asarray(y))
    return _rows(model, model.coef_, names)


def firth_cox(months, event, X, names) -> pd.DataFrame:
    """Log hazard ratios with profile-likelihood intervals: columns name, value, low, high, p."""
    from firthmodels import FirthCoxPH

    outcome = (np.asarray(event, bool), np.asarray(months, float))
    model = FirthCoxPH(backend="numpy").fit(np.asarray(X, float), outcome)
    return _rows(model, model.coef_, names)


def _rows(model, coefficients, names) -> pd.DataFrame:
    model.lrt()
    intervals = model.conf_int(method="pl")[: len(names)]
    p = np.asarray(model.lrt_pvalues_)[: len(names)]
    return pd.DataFrame({
        "name": list(names), "value": np.asarray(coefficients)[: len(names)],
        "low": intervals[:, 0], "high": intervals[:, 1], "p": p,
    })  # fmt: skip


def exact_difference(y, a) -> tuple[float, float]:
    """The risk difference of two arms and the p value of Boschloo's exact test. Boschloo 1970."""
    from scipy.stats import boschloo_exact

    y, a = np.asarray(y, int), np.asarray(a, int)
    table = [[int((y[a == g] == v).sum()) for g in (1, 0)] for v in (1, 0)]
    return float(y[a == 1].mean() - y[a == 0].mean()), float(boschloo_exact(table).pvalue)


def detectable_hazard_ratio(events: int, share_treated: float) -> float:
    """The hazard ratio below 1 that is found with 80 % power: exp(-2.80 / sqrt(events p (1 - p))).

    Ref: Schoenfeld 1983, doi:10.2307/2531021.
    """
    return float(np.exp(-POWER / np.sqrt(events * share_treated * (1 - share_treated))))


def events_needed(hazard_ratio: float, share_treated: float) -> int:
    """The events that find a hazard ratio with 80 % power."""
    return int(np.ceil(POWER**2 / (share_treated * (1 - share_treated) * np.log(hazard_ratio) ** 2)))
