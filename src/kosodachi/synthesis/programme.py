"""Outreach under capacity: staff pick among eligible pupils by what is on record, in the month of the index date.

Staff take worse children more often, so those offered do worse than the others even where the offer helps.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.asking import eligible_children
from kosodachi.synthesis.attendance import Attendance
from kosodachi.synthesis.calendar import Months, fiscal_year
from kosodachi.synthesis.lives import OUTREACH, Lives
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
LEAN_LIMIT = 1.6  # log-odds; keeps the chance of an offer away from 0 and 1
CHANNELS = (0.45, 0.25, 0.2, 0.1)
REACHED_WITHOUT_CONSENT = 0.6


def chosen(
    population: Population, seen: Lives, school: Attendance, need: Latent, scenario: Scenario, streams: Streams
) -> pd.DataFrame:
    """One row a pupil at school in the index month and the year before: child, row (of attendance), visible score,
    eligible, propensity (chance of an offer), offered, would_consent, would_start (if offered)."""
    table = _candidates(population, seen, school, scenario)
    table["eligible"] = _top(table["visible"].to_numpy(), eligible_children(scenario))
    table = _offered(table, need, scenario, streams.of("programme.choice"))
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


def _top(score: np.ndarray, k: int) -> np.ndarray:
    """The k highest; ties go to the earlier position."""
    top = np.zeros(len(score), dtype=bool)
    top[np.argsort(-score, kind="stable")[:k]] = True
    return top


def _offered(table: pd.DataFrame, need: Latent, scenario: Scenario, rng: np.random.Generator) -> pd.DataFrame:
    """Staff's choice: the highest of their leaning plus logistic noise among the eligible, up to the capacity."""
    asked, eligible = scenario.programme, table["eligible"].to_numpy()
    score = table["visible"].to_numpy()
    lean = asked.selection * (score - score[eligible].mean()) / max(score[eligible].std(), 1e-9)
    year = need.at(fiscal_year(scenario.schedule.index_date))
    lean = np.clip(lean + asked.staff_know * need.score[table["child"], year], -LEAN_LIMIT, LEAN_LIMIT)
    priority = np.where(eligible, lean + rng.logistic(size=len(lean)), -np.inf)
    offered = _top(priority, min(scenario.capacity.outreach_per_month, int(eligible.sum())))
    cut = priority[offered].min()
    return table.assign(offered=offered, propensity=np.where(eligible, 1 / (1 + np.exp(cut - lean)), 0.0))


def outreach_log(table: pd.DataFrame, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """One row an offer: child, offered, contacted, consented (1, 0, -1 not reached), started, channel (code)."""
    rng, n = streams.of("programme.log"), len(table)
    start, willing = np.datetime64(scenario.schedule.index_date), table["would_consent"].to_numpy()
    days_left = (pd.Timestamp(start) + pd.offsets.MonthEnd(0)).day - pd.Timestamp(start).day + 1
    offered = start + rng.integers(0, days_left, n)
    contacted = offered + rng.integers(1, 15, n) * DAY
    reached = willing | (rng.random(n) < REACHED_WITHOUT_CONSENT)
    began = contacted + rng.integers(2, 16, n) * DAY
    log = pd.DataFrame({
        "child": table["child"], "offered": offered, "contacted": np.where(reached, contacted, NEVER),
        "consented": np.where(reached, willing.astype(int), -1),
        "started": np.where(table["would_start"], began, NEVER), "channel": rng.choice(len(CHANNELS), n, p=CHANNELS),
    })  # fmt: skip
    return log[table["offered"].to_numpy()].sort_values(["offered", "child"], ignore_index=True)


def cases_after(log: pd.DataFrame, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """Consultation cases that outreach opened, in the columns of `Lives.consultation`."""
    rng = streams.of("programme.cases")
    opened = log["started"].to_numpy() + rng.integers(5, 120, len(log)) * DAY
    opens = (rng.random(len(log)) < scenario.programme.case_after_start) & ~np.isnat(opened)
    kind = np.where(rng.random(len(log)) < 0.5, 2, 1)
    table = pd.DataFrame({"child": log["child"], "opened": opened, "kind": kind, "closed": NEVER, "route": OUTREACH})
    return table[opens].reset_index(drop=True)
