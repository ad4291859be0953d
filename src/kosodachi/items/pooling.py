"""Pooled effects of the literature: one line an item and kind of outcome, with what the next municipality may expect.

The prediction interval, not the confidence interval, says what another place may hold. A pooled effect is an
association seen elsewhere: it is no cause, and it is not the share of children who need support.
"""

import numpy as np
import pandas as pd

from kosodachi.items.effects import ASSUMED, MATCHES, Assumptions, effects, one_a_cohort


def pooled(evidence: pd.DataFrame, *, assume: Assumptions = ASSUMED) -> pd.DataFrame:
    """One row an item and kind of outcome: item_id, kind, k (cohorts), log_odds, se, low, high (95 %, Hartung-Knapp),
    tau, tau_from (estimated or assumed), expected_low, expected_high (95 % prediction), match (the farthest that was
    used), japan (all cohorts Japanese), adjusted (all effects adjusted), sparse (any shrunk), guessed_se (any),
    citations.

    Random effects by Paule and Mandel with the Hartung-Knapp standard error, never below the usual one. Ref: IntHout
    et al. 2014, 10.1186/1471-2288-14-25; Higgins et al. 2009, 10.1111/j.1467-985X.2008.00552.x.
    """
    chosen = one_a_cohort(effects(evidence, assume=assume))
    chosen = chosen[chosen["kind"] != "other"]
    lines = [
        {"item_id": item, "kind": kind, **_line(group, assume)}
        for (item, kind), group in chosen.groupby(["item_id", "kind"])
    ]
    return pd.DataFrame(lines, columns=["item_id", "kind", *_line(_EMPTY, assume)])


def combine(log_odds, se, *, outside_tau: float = ASSUMED.outside_tau) -> dict:
    """Random-effects mean of k effects: k, log_odds, se, low, high, tau, tau_from, expected_low, expected_high.

    Fewer than three effects cannot show a spread: they take at least `outside_tau` and normal quantiles; from three
    on tau is estimated and the quantiles are those of t with k - 1 degrees of freedom.
    """
    from scipy.stats import norm, t

    y, variance = np.asarray(log_odds, float), np.asarray(se, float) ** 2
    mean, own, tau = (y[0], np.sqrt(variance[0]), 0.0) if len(y) == 1 else _random_effects(y, variance)
    assumed = len(y) < 3 and tau < outside_tau
    if assumed:
        tau, weight = outside_tau, 1 / (variance + outside_tau**2)
        mean, own = (mean, own) if len(y) == 1 else (float(weight @ y / weight.sum()), float(weight.sum() ** -0.5))
    quantile = norm.ppf(0.975) if len(y) < 3 else t.ppf(0.975, len(y) - 1)
    reach = quantile * np.sqrt(tau**2 + own**2)
    limits = {"low": mean - quantile * own, "high": mean + quantile * own}
    expected = {"expected_low": mean - reach, "expected_high": mean + reach}
    how = {"tau": tau, "tau_from": "assumed" if assumed else "estimated"}
    return {"k": len(y), "log_odds": mean, "se": own} | limits | how | expected


def _random_effects(y: np.ndarray, variance: np.ndarray) -> tuple[float, float, float]:
    from statsmodels.stats.meta_analysis import combine_effects

    result = combine_effects(y, variance, method_re="pm")
    se = max(result.sd_eff_w_re, result.sd_eff_w_re_hksj)
    return float(result.mean_effect_re), float(se), float(np.sqrt(max(result.tau2, 0)))


def _line(group: pd.DataFrame, assume: Assumptions) -> dict:
    return combine(group["log_odds"], group["se"], outside_tau=assume.outside_tau) | {
        "match": MATCHES[max(map(MATCHES.index, group["match"]))],
        "japan": bool(group["japan"].all()),
        "adjusted": bool(group["adjusted"].all()),
        "sparse": bool(group["sparse"].any()),
        "guessed_se": bool(group["se_from"].eq("assumed").any()),
        "citations": ";".join(sorted(set(group["source_id"]))),
    }


_EMPTY = pd.DataFrame(
    {"log_odds": [0.0], "se": [1.0], "match": ["same"], "japan": [False], "adjusted": [False], "sparse": [False],
     "se_from": ["interval"], "source_id": [""]}
)  # fmt: skip
