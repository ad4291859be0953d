"""How well an order works when only so many can be looked at: shares with exact intervals, and how many would be
enough.

Judged by labels these shares understate, since a need without a case counts as none. They say nothing about one
child.
"""

import numpy as np
import pandas as pd

MIN_EVENTS = 10
LEVEL = 0.95


def clopper_pearson(k, n, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """Exact limits (low, high) of a share k / n. Known answers: 0/30 up to 11.6 %, 0/100 up to 3.6 %.

    Ref: Clopper & Pearson 1934, 10.1093/biomet/26.4.404.
    """
    from scipy.stats import beta

    k, n, tail = np.asarray(k, float), np.asarray(n, float), (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(k > 0, beta.ppf(tail, k, n - k + 1), 0.0)
        high = np.where(k < n, beta.ppf(1 - tail, k + 1, n - k), 1.0)
    return low, high


def auc(score, case) -> tuple[float, float, float]:
    """Area under the ROC curve with its 95 % interval (value, low, high): the share of pairs of a case and another
    child in which the case scores higher, ties counted half. Ref: DeLong 1988, 10.2307/2531595; interval on the logit
    scale. Missing if there are fewer than two cases or others."""
    from scipy.stats import rankdata

    score, case = np.asarray(score, float), np.asarray(case, bool)
    m, n = int(case.sum()), int((~case).sum())
    if m < 2 or n < 2:
        return np.nan, np.nan, np.nan
    ranks = rankdata(score)
    above = (ranks[case] - rankdata(score[case])) / n
    below = 1 - (ranks[~case] - rankdata(score[~case])) / m
    value = float(above.mean())
    se = np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n)
    if not 0 < value < 1:
        return value, np.nan, np.nan
    logit, reach = np.log(value / (1 - value)), 1.959964 * se / (value * (1 - value))
    low, high = 1 / (1 + np.exp(-(logit + np.array([-reach, reach]))))
    return value, float(low), float(high)


def at_capacity(judgement: pd.DataFrame, outcome: pd.Series, *, capacity: int) -> pd.DataFrame:
    """How well the order works among children not known before: metric, value, low, high, k, n.

    `outcome` is 0 or 1 by research id; children without it are left out. precision = cases among the first
    `capacity`; precision_worst and precision_best = the same if children with equal points at the cut fell out badly
    or well; recall = share of all cases among them; base_rate; lift = precision / base_rate (limits of the precision,
    base rate as fixed); looked_at_per_case = 1 / precision; auc. Intervals: Clopper-Pearson 95 %; AUC: DeLong.
    """
    fresh = judgement[~judgement["known_before"].astype(bool)]
    fresh = fresh.assign(case=fresh["research_id"].map(outcome)).dropna(subset=["case"])
    fresh = fresh.sort_values(["points", "rank"], ascending=[False, True])
    looked, cases, everyone = min(capacity, len(fresh)), int(fresh["case"].sum()), len(fresh)
    hits = int(fresh["case"].head(looked).sum())
    worst, best = _ties(fresh, looked)
    shares = {"precision": (hits, looked), "precision_worst": (worst, looked), "precision_best": (best, looked),
              "recall": (hits, cases), "base_rate": (cases, everyone)}  # fmt: skip
    rows = [_share(metric, k, n) for metric, (k, n) in shares.items()]
    precision, base = rows[0], rows[-1]["value"]
    lift = {key: precision[key] / base if base else np.nan for key in ("value", "low", "high")}
    per_case = {
        "value": _inverse(precision["value"]),
        "low": _inverse(precision["high"]),
        "high": _inverse(precision["low"]),
    }
    rows += [
        {"metric": "lift", **lift, "k": hits, "n": looked},
        {"metric": "looked_at_per_case", **per_case, "k": hits, "n": looked},
    ]
    value, low, high = auc(fresh["points"], fresh["case"] == 1)
    rows.append({"metric": "auc", "value": value, "low": low, "high": high, "k": cases, "n": everyone})
    return pd.DataFrame(rows, columns=["metric", "value", "low", "high", "k", "n"])


def children_enough(events: int, children: int, *, wanted: int = MIN_EVENTS) -> int:
    """Children who would give `wanted` events at the rate seen. With no event at all the upper limit of the rate is
    taken: then at least so many. Known answer: 5 events in 1,000 children and 10 wanted give 2,000."""
    if children == 0:
        return 0
    rate = events / children if events else float(clopper_pearson(0, children)[1])
    return int(np.ceil(round(wanted / rate, 9)))


def looked_at_enough(base_rate: float, precision: float, *, most: int = 100_000) -> int | None:
    """The fewest children to look at so that a precision as given has a lower 95 % limit above the base rate; None if
    more than `most`, or if the precision is not above the base rate."""
    if precision <= base_rate:
        return None
    n = np.unique(np.geomspace(1, most, 4000).astype(int))
    beyond = clopper_pearson(np.floor(precision * n), n)[0] > base_rate
    last_below = np.flatnonzero(~beyond)[-1] if (~beyond).any() else -1
    return int(n[last_below + 1]) if last_below + 1 < len(n) else None


def _ties(fresh: pd.DataFrame, looked: int) -> tuple[int, int]:
    """Cases among the first `looked` if ties at the cut fell out worst and best."""
    if looked == 0:
        return 0, 0
    at_cut = fresh["points"].iloc[looked - 1]
    above, tied = fresh[fresh["points"] > at_cut], fresh[fresh["points"] == at_cut]
    places, cases = looked - len(above), int(tied["case"].sum())
    sure = int(above["case"].sum())
    return sure + max(0, places - (len(tied) - cases)), sure + min(places, cases)


def _share(metric: str, k: int, n: int) -> dict:
    low, high = clopper_pearson(k, n) if n else (np.nan, np.nan)
    return {"metric": metric, "value": k / n if n else np.nan, "low": float(low), "high": float(high), "k": k, "n": n}


def _inverse(x: float) -> float:
    return 1 / x if x > 0 else np.inf if x == 0 else np.nan
