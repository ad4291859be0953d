"""Placebos: the same estimator where nothing began, at points away from the cut and at dates before the start.

A placebo effect that is not null says that the design's assumption fails near by; placebos that are null do not show
that it holds at the true cut or date. Ref: Imbens & Lemieux 2008, doi:10.1016/j.jeconom.2007.05.001, sec. 4.3 (cuts).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kosodachi.effect.discontinuity import jump
from kosodachi.effect.wedge import Wedge, stepped_wedge

QUANTILES = (0.25, 0.5, 0.75)
COLUMNS = ["cut", "side", "value", "low", "high", "p", "n"]


def placebo_cuts(
    y, x, *, cluster=None, cuts: Sequence[float] | None = None, h: float | None = None, b: float | None = None
) -> pd.DataFrame:
    """Jumps of y at points away from the cut: columns cut, side (below, inside), value, low, high, p, n.

    Each is estimated with children of its own side alone, so the true jump is never in it; n: children within the
    bandwidth. cuts: default the quartiles of each side. h, b: bandwidths as in `jump`; where the running variable takes few
    values, each cut's own become so narrow that two or three values decide, and the test finds too much. Points at which no
    jump can be estimated are left out.
    """
    y, x = np.asarray(y, float), np.asarray(x, float)
    group = np.arange(len(x)) if cluster is None else np.asarray(cluster)
    rows = []
    for side, own in (("below", x < 0), ("inside", x >= 0)):
        for cut in _cuts(x[own], cuts, side):
            found = jump(y[own], x[own] - cut, cluster=group[own], h=h, b=b)
            rows.append((float(cut), side, found.value, found.low, found.high, found.p, found.n))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table[np.isfinite(table["p"].astype(float))].reset_index(drop=True)


def _cuts(x, asked, side: str) -> np.ndarray:
    if asked is not None:
        return np.array([c for c in asked if (c < 0) == (side == "below")])
    return np.unique(np.quantile(x, QUANTILES)) if len(x) else np.array([])


def placebo_dates(y, site, period, start: dict, *, earlier: int = 1, **options) -> Wedge:
    """The stepped-wedge effect of a start `earlier` periods before the true one, from the time before the true start.

    y, site, period, start as in `stepped_wedge`; options are handed to it. Null unless what outreach changed began
    before it did (anticipation), or sites were already moving apart. Missing where too little time is left.
    """
    y, site, period = np.asarray(y, float), np.asarray(site), np.asarray(period)
    first = pd.Series(site).map({s: np.inf if at is None else at for s, at in start.items()}).to_numpy(float)
    before = period < first
    moved = {s: None if at is None else at - earlier for s, at in start.items()}
    return stepped_wedge(y[before], site[before], period[before], moved, **options)


def smallest_p(p) -> float:
    """The smallest p of several tests after Holm's correction for their number; missing if there is none."""
    known = np.asarray(p, float)
    known = known[~np.isnan(known)]
    return float(min(1.0, known.min() * len(known))) if len(known) else np.nan
