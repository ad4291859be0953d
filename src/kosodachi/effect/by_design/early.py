"""The surrogate index on a town: what three months of attendance would have said of the year, learned the year before.

It stands behind the gate of the observational study, whose comparison it shares, and is held against what the year then
showed. It answers whether the index could be used here next time, before the year is over.
"""

import numpy as np
import pandas as pd

from kosodachi.effect.by_design.finding import LEVEL, LONG, NOTHING, Finding, Found, Test, at_least, behind, without
from kosodachi.effect.by_design.rollout import Rollout
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.estimators import Z
from kosodachi.effect.gate import Gate
from kosodachi.effect.nuisance import RIDGE
from kosodachi.effect.study import FOLDS, TRUNCATED, analysed
from kosodachi.effect.surrogate import surrogate_checks, surrogate_effect, surrogate_index

DESIGN, OBSERVATIONAL, MONTHS = "surrogate", "observational", 3
FEWEST = 100  # children with last year's outcome to learn from
REACH = 0.95


def early(found: Rollout, made: Cohort, decided: Gate, *, seed: int = 1) -> Finding:
    """The effect on long absence as far as the first three months' absence carries it.

    Tests: surrogacy (what the offer does to the outcome given the indicators should be null), comparability (outcome less
    index among the children, null), reach (share of this year's indicators inside last year's range). The first two share
    5 %, as with every design: each is met if 0 lies inside its interval of 97.5 %; measured is the figure itself.
    """
    if found.missing or not decided.passed:
        return without(DESIGN, found.missing[0] if found.missing else "gate_not_passed")
    past, outcome = _indicators(found, found.days.index, 12), _outcome(found)
    known = ~(np.isnan(past).any(axis=1) | np.isnan(outcome))
    if known.sum() < FEWEST or np.ptp(outcome[known]) == 0:
        return without(DESIGN, "too_few_years")
    index = surrogate_index(outcome[known], past[known], ridge=RIDGE)
    at = analysed(made)
    now = _indicators(found, at.table["research_id"], 0)
    held = ~np.isnan(now).any(axis=1)
    y, a, X, S, home = at.y[held], at.a[held], at.X[held], now[held], at.cluster[held]
    tests = _tests(surrogate_checks(y, a, X, S, index, S, cluster=home), past[known], S)

    def estimate() -> Found:
        one = surrogate_effect(index, S, a, X, cluster=home, seed=seed, ridge=RIDGE, k=FOLDS, clip=TRUNCATED)
        z = abs(one.value) / one.se
        return Found(one.value, one.low, one.high, _p(z), one.n, int(y.sum()))

    return behind(DESIGN, tests, estimate)


def _p(z: float) -> float:
    from scipy.stats import norm

    return float(2 * norm.sf(z))


def _indicators(found: Rollout, ids, back: int) -> np.ndarray:
    """Logs of days absent in each of the first three months of follow-up and in the fiscal year before, (n, 4)."""
    trial = found.trial
    months = trial.follow_up[:MONTHS] - back
    year = pd.period_range(pd.Period(f"{trial.fiscal_year - 1}-04", "M"), periods=12, freq="M") - back
    days = found.days.reindex(index=pd.Index(ids))
    before = days.reindex(columns=year).sum(axis=1, skipna=False)
    return np.log1p(np.column_stack([days.reindex(columns=months), before]).astype(float))


def _outcome(found: Rollout) -> np.ndarray:
    trial = found.trial
    total = found.days.reindex(columns=trial.outcome_months - 12).sum(axis=1, skipna=False).to_numpy(float)
    return np.where(np.isnan(total), np.nan, (total >= trial.long_absence_days) * 1.0)


def _tests(checks: pd.DataFrame, past: np.ndarray, now: np.ndarray) -> list[Test]:
    from scipy.stats import norm

    rows = checks[checks["check"] != "reach"]
    wider = float(norm.isf(LEVEL / len(rows) / 2)) / Z
    tests = [
        Test(one.check, len(now), float(one.value), 0.0, bool(abs(one.value) <= wider * (one.high - one.low) / 2))
        for one in rows.itertuples()
    ]
    inside = ((now >= past.min(axis=0)) & (now <= past.max(axis=0))).all(axis=1).mean()
    return [*tests, at_least("reach", len(now), inside, REACH)]


def observational(estimates: pd.DataFrame, decided: Gate) -> Finding:
    """The adjusted comparison of 61_effect beside the designs: its AIPW estimate, behind its own gate."""
    if not decided.passed:
        verdict = "withheld" if decided.verdict == "withheld" else "not_assessable"
        return Finding(OBSERVATIONAL, LONG, verdict, decided.failed[0])
    rows = estimates[(estimates["method"] == "aipw") & (estimates["estimand"] == "ATE")]
    if rows.empty:
        return without(OBSERVATIONAL, "no_estimate")
    one = rows.iloc[0]
    p = _p(abs(one["value"]) / one["se"])
    return Finding(OBSERVATIONAL, LONG, "passed", NOTHING, (),
                   Found(one["value"], one["low"], one["high"], p, int(one["n"]), int(one["events"])))  # fmt: skip
