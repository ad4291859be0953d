"""Staggered roll-out without a drawn order: each group of schools against those not yet reached, month by month.

Group-time effects need that, without outreach, schools would have moved in parallel; event times before the start are
the check. A school that starts because it got worse breaks this.
Ref: Callaway & Sant'Anna 2021, doi:10.1016/j.jeconom.2020.12.001; computed by diff-diff.
"""

import warnings

import numpy as np
import pandas as pd

from kosodachi.effect.group_time import group_time

COLUMNS = ["event_time", "value", "se", "low", "high"]
FEWEST = 8


def staggered(
    panel: pd.DataFrame, *, outcome: str, unit: str, time: str, first: str, cluster: str | None = None, covariates=None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The overall effect and those by time since the start: two tables with value, se, low, high; the second with
    event_time (0 is the first period with outreach, below 0 should be null) besides.

    panel: one row a unit and period, balanced; `first`: first period with outreach, 0 if never. Compared with units not
    yet reached, doubly robust if covariates are given. Standard errors by the multiplier bootstrap over clusters (units
    without), widened by sqrt(m / (m - 1)) with m clusters a group on average; intervals by t on clusters - groups degrees
    of freedom: without both they hold too seldom when each group is a handful of schools. Without covariates and clusters
    the overall error is that of `group_time`, which takes the size of the groups as given by the design.
    """
    from diff_diff import CallawaySantAnna

    model = CallawaySantAnna(control_group="not_yet_treated", cluster=cluster, n_bootstrap=999, seed=1, cband=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = model.fit(panel, outcome, unit, time, first, covariates=covariates, aggregate="all")
    wider, reach = _few(panel, cluster or unit, first)
    given = _by_design(panel, outcome, unit, time, first) if covariates is None and cluster in (None, unit) else np.nan
    se = given if np.isfinite(given) else found.overall_se * wider
    overall = _row(found.overall_att, se, reach)
    by_time = [
        {"event_time": int(e), **_row(v["effect"], v["se"] * wider, reach)}
        for e, v in sorted(found.event_study_effects.items())
    ]
    return pd.DataFrame([overall]), pd.DataFrame(by_time, columns=COLUMNS)


def _by_design(panel: pd.DataFrame, outcome: str, unit: str, time: str, first: str) -> float:
    """The standard error of the overall effect with groups as the design made them; missing if it is not the same effect."""
    wide = panel.pivot(index=unit, columns=time, values=outcome)
    starts = panel.groupby(unit)[first].first().reindex(wide.index)
    place = np.searchsorted(wide.columns, starts).astype(float)
    return group_time(wide, np.where(starts == 0, np.inf, place))[1]


def _few(panel: pd.DataFrame, cluster: str, first: str) -> tuple[float, float]:
    """The widening of standard errors and the quantile of t that the number of clusters calls for."""
    from scipy.stats import t

    clusters, groups = panel[cluster].nunique(), panel[first].nunique()
    each = max(clusters / groups, 2.0)
    return float(np.sqrt(each / (each - 1))), float(t.ppf(0.975, max(clusters - groups, 1)))


def _row(value, se, reach) -> dict:
    value, se = float(value), float(se)
    return {"value": value, "se": se, "low": value - reach * se, "high": value + reach * se}


def too_few(clusters: int) -> bool:
    """Whether so few clusters (schools) vary that the bootstrap's interval cannot be trusted."""
    return not np.isfinite(clusters) or clusters < FEWEST
