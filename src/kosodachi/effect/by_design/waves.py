"""Schools that joined one after the other: the stepped wedge if their order was drawn, and group-time differences.

Only the pupils whom the roll-out reached are compared, before and after their school began; both designs speak of the
months in which some school still waited. If a school's list was made
with later absence in mind, its pupils were chosen by the outcome and neither design holds.
"""

import numpy as np
import pandas as pd

from kosodachi.effect.by_design.finding import Finding, Found, at_least, behind, nulls, without
from kosodachi.effect.by_design.rollout import Rollout
from kosodachi.effect.placebo import placebo_dates, smallest_p
from kosodachi.effect.staggered import FEWEST, staggered
from kosodachi.effect.study import no_rows
from kosodachi.effect.trial import FISCAL_YEAR_STARTS
from kosodachi.effect.wedge import stepped_wedge

WEDGE, STAGGERED, OUTCOME = "stepped_wedge", "staggered", "days_absent"
FIRST_SHARE = 0.1  # of a school's offers, by which it counts as having begun: a stray date is no start
FEWEST_SITES, FEWEST_A_WAVE = 6, 2
EARLIER = 1  # months before the true start in which a placebo start is set
BY_TIME = ["event_time", "value", "low", "high", "children"]
COLUMNS = ["site", "pupil", "period", "start", "y"]


def panel(found: Rollout) -> pd.DataFrame:
    """One row a pupil reached by outreach and school month of the fiscal year: site, pupil, period (ordinal of the month),
    start (first month after the school began), y (days absent, months made alike
    by the season of pupils not reached: schools with more absence would otherwise fall more in a month with few school days).

    Months from which every school had begun are left out: they hold no comparison, and an effect that changes with the
    season would be read as one that does not."""
    trial, people = found.trial, found.people
    people = people[people["offered_on"].notna() & people["school"].notna()]
    first = pd.Period(year=trial.fiscal_year, month=FISCAL_YEAR_STARTS, freq="M")
    months = pd.period_range(first, trial.follow_up[-1], freq="M")
    people = people[people["offered_on"] <= months[-1].end_time]
    if people.empty:
        return pd.DataFrame(columns=COLUMNS)
    days = found.days.reindex(index=people["research_id"], columns=months)
    starts = _starts(people) + 1
    held = months[(days.sum().to_numpy() > 0) & (months < pd.Period(ordinal=int(starts.max()), freq="M"))]
    wide = (days[held] * _season(found, people, held)).set_axis([month.ordinal for month in held], axis=1)
    long = wide.reset_index(names="pupil").melt("pupil", var_name="period", value_name="y").dropna(subset=["y"])
    site = people.set_index("research_id")["school"]
    long = long.assign(site=long["pupil"].map(site), period=long["period"].astype(int))
    return long.assign(start=long["site"].map(starts).astype(int))[COLUMNS]


def _season(found: Rollout, reached: pd.DataFrame, held: pd.PeriodIndex) -> np.ndarray:
    """What makes months alike: the mean days absent of pupils not reached, over all these months to each (months,)."""
    others = found.people.loc[~found.people["research_id"].isin(reached["research_id"]), "research_id"]
    usual = found.days.reindex(index=others, columns=held).mean().to_numpy()
    known = len(others) and np.isfinite(usual).all() and (usual > 0).all()
    return usual.mean() / usual if known else np.ones(len(held))


def _starts(people: pd.DataFrame) -> pd.Series:
    """The month (ordinal) by which a tenth of a school's offers had been made."""
    month = pd.PeriodIndex(people["offered_on"], freq="M").map(lambda at: at.ordinal)
    by_school = pd.Series(np.asarray(month, int)).groupby(people["school"].to_numpy())
    return by_school.quantile(FIRST_SHARE, interpolation="higher").astype(int)


def in_waves(data: pd.DataFrame) -> bool:
    """Whether schools began in at least two months, two schools or more in each."""
    begun = data.groupby("site")["start"].first().value_counts()
    return int((begun >= FEWEST_A_WAVE).sum()) >= 2


def waves(found: Rollout, *, seed: int = 1) -> tuple[list[Finding], pd.DataFrame]:
    """Both designs' findings on days absent a month, and the effect by month since the start (empty if not shown)."""
    nothing = no_rows(BY_TIME)
    if found.missing:
        return [without(one, found.missing[0], outcome=OUTCOME) for one in (WEDGE, STAGGERED)], nothing
    if found.people["school"].isna().all():
        return [without(one, "no_school", outcome=OUTCOME) for one in (WEDGE, STAGGERED)], nothing
    data = panel(found)
    if data.empty or not in_waves(data):
        return [without(one, "one_start", outcome=OUTCOME) for one in (WEDGE, STAGGERED)], nothing
    wedge = _wedge(data, seed) if found.design == WEDGE else without(WEDGE, "order_not_drawn", outcome=OUTCOME)
    later, by_time = _staggered(data)
    return [wedge, later], by_time if later.verdict == "passed" else nothing


def _wedge(data: pd.DataFrame, seed: int) -> Finding:
    start = data.groupby("site")["start"].first().to_dict()
    arrays = data["y"].to_numpy(float), data["site"].to_numpy(), data["period"].to_numpy(), start
    before, n = placebo_dates(*arrays, earlier=EARLIER, seed=seed), data["pupil"].nunique()
    tests = [at_least("schools", n, len(start), FEWEST_SITES), *nulls(("placebo_dates", n, before.p))]

    def estimate() -> Found:
        made = stepped_wedge(*arrays, seed=seed)
        return Found(made.value, made.low, made.high, made.p, n)

    return behind(WEDGE, tests, estimate, outcome=OUTCOME)


def _staggered(data: pd.DataFrame) -> tuple[Finding, pd.DataFrame]:
    """The finding, and the effects by month since the start with the number of children behind them."""
    from scipy.stats import t

    cells = data.groupby(["site", "period", "start"], as_index=False)["y"].mean()
    cells = cells[cells.groupby("site")["period"].transform("nunique") == cells["period"].nunique()]
    cells = cells.assign(period=cells["period"].rank(method="dense").astype(int), start=_ranked(cells))
    n, sites = data["pupil"].nunique(), cells["site"].nunique()
    if not in_waves(cells):
        return without(STAGGERED, "one_start", outcome=OUTCOME), pd.DataFrame()
    overall, by_time = staggered(cells, outcome="y", unit="site", time="period", first="start")
    before = by_time[(by_time["event_time"] < 0) & (by_time["se"] > 0)]
    freedom = max(sites - cells["start"].nunique(), 1)
    p = 2 * t.sf((before["value"] / before["se"]).abs(), freedom)
    tests = [at_least("schools", n, sites, FEWEST), *nulls(("months_before", n, smallest_p(p)))]
    one = overall.iloc[0]
    z = abs(one["value"]) / one["se"] if one["se"] > 0 else np.nan
    made = Found(one["value"], one["low"], one["high"], float(2 * t.sf(z, freedom)), n)
    children = data.assign(event_time=_event_time(data)).groupby("event_time")["pupil"].nunique()
    by_time = by_time.drop(columns="se").assign(children=by_time["event_time"].map(children).fillna(0).astype(int))
    return behind(STAGGERED, tests, lambda: made, outcome=OUTCOME), by_time


def _ranked(cells: pd.DataFrame) -> pd.Series:
    """The start as the place of its month among the school months; 0 for schools that waited through all of them."""
    months = np.sort(cells["period"].unique())
    place = np.searchsorted(months, cells["start"])
    return pd.Series(np.where(place < len(months), place + 1, 0), index=cells.index).astype(int)


def _event_time(data: pd.DataFrame) -> np.ndarray:
    months = np.sort(data["period"].unique())
    return np.searchsorted(months, data["period"]) - np.searchsorted(months, data["start"])
