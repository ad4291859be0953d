"""Outreach under capacity: pupils eligible by what is on record, and the log of what staff did.

Under a capacity cut staff take worse children more often, so those offered do worse than the others even where the
offer helps. Other designs are in `designs`.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.asking import eligible_children
from kosodachi.synthesis.attendance import Attendance
from kosodachi.synthesis.calendar import Months, fiscal_year
from kosodachi.synthesis.designs import offers, top
from kosodachi.synthesis.lives import Lives
from kosodachi.synthesis.need import Latent
from kosodachi.synthesis.population import DAY, NEVER, YEAR, Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

# Weights of what is on record, in the score that makes a pupil eligible and that staff lean on.
VISIBLE = {
    "absence": 1.3,
    "allowance": 0.6,
    "consultation": 0.9,
    "checkup_missed": 0.5,
    "caries": 0.3,
    "siblings": 0.25,
}
CHANNELS = (0.45, 0.25, 0.2, 0.1)
REACHED_WITHOUT_CONSENT = 0.6
SHORTEST_MONTH = 28


def chosen(
    population: Population, seen: Lives, school: Attendance, need: Latent, scenario: Scenario, streams: Streams
) -> pd.DataFrame:
    """One row a pupil at school in the index month and the year before: child, row (of attendance), school (code),
    visible score, eligible, offer_month, offered, propensity, overridden (`designs.offers`), would_consent, would_start (if
    offered)."""
    table = _candidates(population, seen, school, scenario)
    table["school"] = _school(table, school, population)
    table["eligible"] = top(table["visible"].to_numpy(), eligible_children(scenario))
    table = offers(table, need, scenario, streams)
    draw = streams.of("programme.consent").random(len(table))
    return table.assign(would_consent=draw < scenario.programme.consent, would_start=draw < scenario.programme.started)


def _candidates(population: Population, seen: Lives, school: Attendance, scenario: Scenario) -> pd.DataFrame:
    """Pupils in both fiscal years around the index date, with the score of what is on record."""
    year, month = fiscal_year(scenario.schedule.index_date), Months.of(scenario.schedule).index
    rows = school.pupil[["child", "year"]].assign(
        row=np.arange(len(school.pupil)), days=np.maximum(school.days, 0).sum(axis=1)
    )
    before = rows.loc[rows["year"] == year - 1, ["child", "days"]]
    now = rows.loc[(rows["year"] == year) & school.enrolled[:, month], ["child", "row"]].merge(before, on="child")
    signs = visible_signs(population, seen, scenario.schedule.judge_as_of).iloc[now["child"]].reset_index(drop=True)
    signs["absence"] = np.log1p(now["days"].to_numpy())
    score = sum(weight * signs[name].to_numpy(float) for name, weight in VISIBLE.items())
    return now[["child", "row"]].assign(visible=score)


def _school(table: pd.DataFrame, school: Attendance, population: Population) -> np.ndarray:
    """Code of the school in the index month: elementary schools first, then junior high schools."""
    where, pupil = population.places, school.pupil.iloc[table["row"]]
    district = pupil["district"].to_numpy()
    return np.where(pupil["junior"], len(where.elementary) + where.junior_of(district), district)


def visible_signs(population: Population, seen: Lives, as_of) -> pd.DataFrame:
    """What is on record of each child on a day, 0 or 1: allowance, consultation (of the household), checkup_missed,
    caries (two or more), siblings (two or more)."""
    day, n = np.datetime64(as_of), len(population.child)
    home, born = population.child["household"].to_numpy(), population.child["born"].to_numpy()
    paid, due, cases = seen.allowance, seen.checkup, seen.consultation
    paid = paid[(paid["start"] <= day) & ~(paid["end"] < day)]
    due = due[due["due"] < day]
    minor = (born <= day) & (born > day - int(18 * YEAR))
    sizes = np.bincount(home[minor], minlength=home.max() + 1)
    return pd.DataFrame({
        "allowance": _any(paid["child"], n),
        "consultation": np.isin(home, home[cases.loc[cases["opened"] < day, "child"]]).astype(int),
        "checkup_missed": _any(due.loc[~due["attended"], "child"], n),
        "caries": _any(due.loc[due["attended"] & (due["caries"] >= 2), "child"], n),
        "siblings": (sizes[home] >= 3).astype(int),
    })  # fmt: skip


def _any(children: pd.Series, n: int) -> np.ndarray:
    return (np.bincount(children.to_numpy(), minlength=n) > 0).astype(int)


def outreach_log(table: pd.DataFrame, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """One row an offer: child, offered, contacted, consented (1, 0, -1 not reached), started, channel (code)."""
    rng, n = streams.of("programme.log"), len(table)
    start, willing = np.datetime64(scenario.schedule.index_date), table["would_consent"].to_numpy()
    days_left = (pd.Timestamp(start) + pd.offsets.MonthEnd(0)).day - pd.Timestamp(start).day + 1
    offered = _offer_day(table["offer_month"].to_numpy(), start, rng.integers(0, days_left, n), scenario)
    contacted = offered + rng.integers(1, 15, n) * DAY
    reached = willing | (rng.random(n) < REACHED_WITHOUT_CONSENT)
    began = contacted + rng.integers(2, 16, n) * DAY
    log = pd.DataFrame({
        "child": table["child"], "offered": offered, "contacted": np.where(reached, contacted, NEVER),
        "consented": np.where(reached, willing.astype(int), -1),
        "started": np.where(table["would_start"], began, NEVER), "channel": rng.choice(len(CHANNELS), n, p=CHANNELS),
    })  # fmt: skip
    return log[table["offer_month"].to_numpy() >= 0].sort_values(["offered", "child"], ignore_index=True)


def _offer_day(month: np.ndarray, start: np.datetime64, later: np.ndarray, scenario: Scenario) -> np.ndarray:
    """The day of an offer: in the index month from the index date on, in later months from the 1st."""
    index = Months.of(scenario.schedule).index
    first = (start.astype("datetime64[M]") + (month - index)).astype("datetime64[D]")
    return np.where(month > index, first + np.minimum(later, SHORTEST_MONTH - 1), start + later)
