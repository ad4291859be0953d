"""Pooled effects of the literature: one line an item and kind of outcome, with what the next municipality may expect.

The prediction interval, not the confidence interval, says what another place may hold. A pooled effect is an
association seen elsewhere: it is no cause, and it is not the share of children who need support.
"""

import numpy as np
import pandas as pd

from kosodachi.items.certainty import certainty
from kosodachi.items.effects import ASSUMED, MATCHES, Assumptions, closest, effects, one_a_cohort
from kosodachi.items.meta import heterogeneity, random_effects, three_levels

FEW = 3


def pooled(evidence: pd.DataFrame, *, assume: Assumptions = ASSUMED, levels: bool = False) -> pd.DataFrame:
    """One row an item and kind of outcome: item_id, kind, k (cohorts), effects, log_odds, se, low, high (95 %,
    Hartung-Knapp), tau, tau_from (estimated or assumed), q, q_p, i2 (percent), expected_low, expected_high (95 %
    prediction), match (the farthest that was used), japan (all cohorts Japanese), adjusted (all effects adjusted),
    sparse (any shrunk), guessed_se (any), certainty (a code of certainty.GRADES), reasons (codes, `;`), citations.

    Proxies of an outcome are used only where nothing closer exists, and sources only if they were opened themselves. One
    effect a cohort, or with `levels` all effects in a three-level model where at least three cohorts allow it.
    """
    every = effects(evidence, assume=assume)
    every = closest(every[every["read"] & every["kind"].ne("other")])
    chosen = every if levels else one_a_cohort(every)
    lines = [
        {"item_id": item, "kind": kind, **_line(group, assume)}
        for (item, kind), group in chosen.groupby(["item_id", "kind"])
    ]
    return pd.DataFrame(lines, columns=["item_id", "kind", *_COLUMNS])


def combine(log_odds, se, cohort=None, *, outside_tau: float = ASSUMED.outside_tau) -> dict:
    """Random-effects mean of effects: k (cohorts), effects, log_odds, se, low, high, tau, tau_from, q, q_p, i2,
    expected_low, expected_high.

    Fewer than three cohorts cannot show a spread: they take at least `outside_tau` and normal quantiles; from three on
    tau is estimated by REML and the quantiles are those of t. Effects that share a cohort are pooled in three levels.
    """
    y, se = np.asarray(log_odds, float), np.asarray(se, float)
    names = np.arange(len(y)) if cohort is None else np.asarray(cohort)
    k = len(set(names))
    if k < FEW:
        best = [np.flatnonzero(names == name)[np.argmin(se[names == name])] for name in dict.fromkeys(names)]
        return {"k": k, "effects": len(best)} | _few(y[best], se[best], outside_tau)
    fit = random_effects(y, se) if k == len(y) else three_levels(y, se, names)
    return fit.line() | {"k": k, "effects": len(y), "tau_from": "estimated"}


def _few(y: np.ndarray, se: np.ndarray, outside_tau: float) -> dict:
    """One or two effects with a spread from outside, and at least the one that two effects show."""
    from scipy.stats import norm

    shown = random_effects(y, se) if len(y) > 1 else None
    tau = max(outside_tau, shown.tau if shown else 0.0)
    weight = 1 / (se**2 + tau**2)
    mean, own = float(weight @ y / weight.sum()), float(weight.sum() ** -0.5) if shown else float(se[0])
    quantile = float(norm.ppf(0.975))
    reach = quantile * float(np.hypot(tau, own))
    q, q_p, i2 = heterogeneity(y, se**2, shown.tau) if shown else (np.nan, np.nan, np.nan)
    limits = {"low": mean - quantile * own, "high": mean + quantile * own, "q": q, "q_p": q_p, "i2": i2}
    how = {"tau": tau, "tau_from": "assumed" if tau == outside_tau else "estimated"}
    expected = {"expected_low": mean - reach, "expected_high": mean + reach}
    return {"log_odds": mean, "se": own} | limits | how | expected


def _line(group: pd.DataFrame, assume: Assumptions) -> dict:
    fit = combine(group["log_odds"], group["se"], group["cohort"], outside_tau=assume.outside_tau)
    facts = {
        "match": MATCHES[max(map(MATCHES.index, group["match"]))],
        "japan": bool(group["japan"].all()),
        "adjusted": bool(group["adjusted"].all()),
        "sparse": bool(group["sparse"].any()),
        "guessed_se": bool(group["se_from"].eq("assumed").any()),
    }
    grade, reasons = certainty(group, fit)
    words = {"certainty": grade, "reasons": ";".join(reasons), "citations": ";".join(sorted(set(group["source_id"])))}
    return fit | facts | words


_COLUMNS = (
    "k", "effects", "log_odds", "se", "low", "high", "tau", "tau_from", "q", "q_p", "i2", "expected_low",
    "expected_high", "match", "japan", "adjusted", "sparse", "guessed_se", "certainty", "reasons", "citations",
)  # fmt: skip
