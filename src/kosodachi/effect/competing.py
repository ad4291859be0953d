"""Competing events: a child who moves out or comes into care can no longer have the event that is counted.

The cumulative incidence is the share to whom each event happened by a month, all events taken together; one minus a
Kaplan-Meier curve that censors the other events overstates it.
"""

import numpy as np
import pandas as pd


def cumulative_incidence(months, event, *, at=None) -> pd.DataFrame:
    """Aalen-Johansen estimates: columns cause, month, incidence, se, low, high, at_risk.

    event (n,): 0 still followed (censored), 1, 2, ... which event came first. Standard errors by the infinitesimal
    jackknife as in R's survfit; intervals plain, cut to 0 and 1.
    Ref: Aalen & Johansen 1978; Therneau, Crowson & Atkinson, vignette "compete" of R survival.
    """
    months, event = np.asarray(months, float), np.asarray(event, int)
    times = np.unique(months)
    at = np.arange(0, int(times[-1]) + 1) if at is None else np.asarray(at, float)
    order = np.searchsorted(times, months)
    gone = np.bincount(order, minlength=len(times))
    risk = len(months) - np.r_[0, np.cumsum(gone)[:-1]]
    causes = np.unique(event[event > 0])
    deaths = {c: np.bincount(order[event == c], minlength=len(times)) for c in causes}
    every = sum(deaths.values()) if len(causes) else np.zeros(len(times))
    before = np.r_[1.0, np.cumprod(1 - every / risk)[:-1]]
    step = np.searchsorted(times, at, side="right") - 1
    parts = [
        _one_cause(c, order, event, deaths[c], every, risk, before, step).assign(month=at, at_risk=_risk_at(months, at))
        for c in causes
    ]
    columns = ["cause", "month", "incidence", "se", "low", "high", "at_risk"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _risk_at(months, at):
    ordered = np.sort(months)
    return len(months) - np.searchsorted(ordered, at, side="left")


def _one_cause(cause, order, event, deaths, every, risk, before, step):
    incidence = np.cumsum(before * deaths / risk)
    # d(incidence at t)/d(child's weight): later incidence shrinks with a child's own exit, see `_influence_sums`
    se = np.sqrt(_influence_sums(order, event == cause, event > 0, deaths, every, risk, before, incidence, step))
    value = np.where(step >= 0, incidence[np.maximum(step, 0)], 0.0)
    return pd.DataFrame({
        "cause": cause, "incidence": value, "se": se,
        "low": np.clip(value - 1.959963984540054 * se, 0, 1), "high": np.clip(value + 1.959963984540054 * se, 0, 1),
    })  # fmt: skip


def _influence_sums(order, own, any_event, deaths, every, risk, before, incidence, step):
    """Sums of squared influence of all children on the incidence at each asked step (len(step),).

    With F(t) the incidence, S the share without event and G(s, t) = (F(t) - F(s)) / S(s), the part of the incidence
    after s among those still there, the influence of child i is S(T-)(own_i - any_i G(T, t)) / Y(T) less the same
    expected over the times at which it was at risk.
    """
    after = before * (1 - every / risk)
    found = np.zeros(len(step))
    for k, last in enumerate(step):
        if last < 0:
            continue
        upto = slice(0, last + 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ahead = np.where(after[upto] > 0, (incidence[last] - incidence[upto]) / after[upto], 0.0)
        pull = before[upto] / risk[upto]
        expected = np.cumsum(pull * (deaths[upto] - every[upto] * ahead) / risk[upto])
        until = np.minimum(order, last)
        influence = -expected[until]
        here = (order <= last) & any_event
        influence[here] += pull[order[here]] * (own[here] - ahead[order[here]])
        found[k] = influence @ influence
    return found
