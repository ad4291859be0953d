"""Time to event by arm: Kaplan-Meier with numbers at risk, log-rank test, restricted mean.

A curve by arm is a description; weighted by the propensity score it compares arms alike in what was measured. Neither
is a hazard of a single child. Every step of a curve can show one child, so curves leave only by month and rounded.
"""

import warnings

import numpy as np
import pandas as pd

COLUMNS = ["group", "month", "survival", "low", "high", "at_risk", "events"]


def curves(months, event, group, *, weights=None, at=None) -> pd.DataFrame:
    """Kaplan-Meier estimates: columns group, month, survival, low, high, at_risk, events; one row a group and month.

    Months run over all observed whole months unless `at` gives them. at_risk and events are numbers of children at the
    month, unweighted. Intervals are log-log; under weights there are none, because Greenwood's does not hold then.
    Ref: Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452; weights: Cole & Hernan 2004,
    doi:10.1016/j.cmpb.2003.10.004.
    """
    months, event, group = np.asarray(months, float), np.asarray(event, bool), np.asarray(group)
    at = np.arange(0, int(months.max(initial=0)) + 1) if at is None else np.asarray(at)
    weights = np.ones(len(months)) if weights is None else np.asarray(weights, float)
    if not len(months):
        return _curve(np.zeros(1), np.zeros(1, bool), np.ones(1), at).assign(group="").iloc[:0][COLUMNS]
    parts = [
        _curve(months[is_in], event[is_in], weights[is_in], at).assign(group=label)
        for label in np.unique(group)
        for is_in in [group == label]
    ]
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _curve(months, event, weights, at) -> pd.DataFrame:
    from lifelines import KaplanMeierFitter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = KaplanMeierFitter().fit(months, event, weights=weights)
    step = np.searchsorted(fitted.survival_function_.index.to_numpy(), at, side="right") - 1
    band = fitted.confidence_interval_.to_numpy()[step]
    band = band if (weights == 1).all() else np.full_like(band, np.nan)
    return pd.DataFrame({
        "month": at, "survival": fitted.survival_function_.to_numpy()[step, 0], "low": band[:, 0], "high": band[:, 1],
        "at_risk": (months[:, None] >= at).sum(axis=0),
        "events": (event[:, None] & (months[:, None] == at)).sum(axis=0),
    })  # fmt: skip


def coarsened(curve: pd.DataFrame, *, rounding: int) -> pd.DataFrame:
    """The curves in steps of `rounding` children of each group, so that no step shows one child; without events."""
    steps = (curve.groupby("group")["at_risk"].transform("max") / rounding).round().clip(lower=1)
    rounded = {c: ((curve[c] * steps).round() / steps).round(4) for c in ("survival", "low", "high")}
    return curve.assign(**rounded).drop(columns="events")


def log_rank(months, event, group) -> float:
    """The p value of the log-rank test between two groups; siblings are taken as independent."""
    from lifelines.statistics import multivariate_logrank_test

    return float(multivariate_logrank_test(months, group, event).p_value)


def restricted_mean(months, event, *, until: float) -> tuple[float, float]:
    """Mean time without event up to `until`, and its standard error, in the unit of `months`.

    Area under the Kaplan-Meier curve; variance sum_j A_j^2 d_j / (n_j (n_j - d_j)) with A_j the area right of time j.
    Ref: Irwin 1949, doi:10.1017/S0022172400014443; Royston & Parmar 2013, doi:10.1186/1471-2288-13-152.
    """
    months, event = np.asarray(months, float), np.asarray(event, bool)
    times = np.unique(months[event & (months < until)])
    n = len(months) - np.searchsorted(np.sort(months), times)
    d = np.bincount(np.searchsorted(times, months[event & (months < until)]), minlength=len(times))
    survival = np.r_[1.0, np.cumprod(1 - d / n)]
    areas = survival * np.diff(np.r_[0.0, times, until])
    right = areas.sum() - np.cumsum(areas)[:-1]
    left = n - d
    terms = np.divide(right**2 * d, n * left, out=np.zeros(len(times)), where=left > 0)
    return float(areas.sum()), float(np.sqrt(terms.sum()))


def restricted_mean_difference(months, event, treated, *, until: float) -> tuple[float, float]:
    """Treated minus untreated restricted mean time, and its standard error; not adjusted."""
    treated = np.asarray(treated, bool)
    (on, se_on), (off, se_off) = (
        restricted_mean(np.asarray(months)[arm], np.asarray(event)[arm], until=until) for arm in (treated, ~treated)
    )
    return on - off, float(np.hypot(se_on, se_off))
