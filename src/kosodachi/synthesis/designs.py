"""Designs of outreach: which eligible pupil is offered support in which month, within the capacity of staff.

capacity_cut: staff take the worst first, as they see it, in the index month. lottery: a part as before, the rest by lot
among those next in line. stepped_wedge: schools join in waves in random order until every eligible pupil had an offer.
staggered: schools join in waves, those with most on record first, so that waves are not alike. none: no offers.
Staff may override the record: some pupils are placed by their own judgement.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.synthesis.calendar import Months, fiscal_year
from kosodachi.synthesis.need import Latent
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

LEAN_LIMIT = 1.6  # log-odds; keeps the chance of an offer away from 0 and 1
BY_SCHOOL = ("stepped_wedge", "staggered")
NOT_OFFERED = -1


def offers(table: pd.DataFrame, need: Latent, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """The pupils with offer_month (from April; -1 never), offered (in the index month), propensity, overridden.

    propensity: the chance of an offer in the index month; missing where the design leaves it open. overridden: placed
    by staff's own judgement. table: one row a pupil with child, visible, eligible, school.
    """
    design = {"capacity_cut": _cut, "lottery": _lottery, "none": _none}.get(scenario.programme.design, _waves)
    override = streams.of("programme.overrides").random(len(table)) < scenario.programme.overrides
    lean = _Lean(_lean(table, need, scenario), _know(table, need, scenario), override, scenario.programme.overrides)
    month, propensity = design(table, lean, scenario, streams)
    index = Months.of(scenario.schedule).index
    propensity = np.round(propensity, 9)  # the same on every machine
    return table.assign(offer_month=month, offered=month == index, propensity=propensity, overridden=override)


@dataclass(frozen=True)
class _Lean:
    """How much staff lean towards a pupil, in log-odds: by the record, by their own judgement, and which was used."""

    by_record: np.ndarray
    own: np.ndarray
    override: np.ndarray
    share: float

    @property
    def used(self) -> np.ndarray:
        return np.where(self.override, self.own, self.by_record)

    def chance(self, cut: float) -> np.ndarray:
        """The chance that leaning plus logistic noise is above the cut, before it is known whose place is overridden."""
        by_record, own = (1 / (1 + np.exp(cut - lean)) for lean in (self.by_record, self.own))
        return (1 - self.share) * by_record + self.share * own


def _lean(table: pd.DataFrame, need: Latent, scenario: Scenario) -> np.ndarray:
    """How much staff lean towards a pupil by what is on record and what they know besides."""
    asked, eligible, score = scenario.programme, table["eligible"].to_numpy(), table["visible"].to_numpy()
    lean = asked.selection * (score - score[eligible].mean()) / max(score[eligible].std(), 1e-9)
    return np.clip(lean + _know(table, need, scenario), -LEAN_LIMIT, LEAN_LIMIT)


def _know(table: pd.DataFrame, need: Latent, scenario: Scenario) -> np.ndarray:
    """How much staff lean towards a pupil by need that no record shows."""
    year = need.at(fiscal_year(scenario.schedule.index_date))
    return np.clip(scenario.programme.staff_know * need.score[table["child"], year], -LEAN_LIMIT, LEAN_LIMIT)


def _priority(table: pd.DataFrame, lean: _Lean, streams: Streams) -> np.ndarray:
    """Staff's order: leaning plus logistic noise among the eligible."""
    noise = streams.of("programme.choice").logistic(size=len(table))
    return np.where(table["eligible"].to_numpy(), lean.used + noise, -np.inf)


def _cut(table: pd.DataFrame, lean: _Lean, scenario: Scenario, streams: Streams) -> tuple:
    """The first in staff's order, up to the capacity."""
    eligible, priority = table["eligible"].to_numpy(), _priority(table, lean, streams)
    offered = top(priority, min(scenario.capacity.outreach_per_month, int(eligible.sum())))
    cut = priority[offered].min()
    return _in_index_month(offered, scenario), np.where(eligible, lean.chance(cut), 0.0)


def _lottery(table: pd.DataFrame, lean: _Lean, scenario: Scenario, streams: Streams) -> tuple:
    """A share of the places in staff's order; the others by lot among `lottery_margin` pupils a place, next in line."""
    certain, drawn, line = places_by_lot(scenario, int(table["eligible"].sum()))
    order = np.argsort(-_priority(table, lean, streams), kind="stable")
    first, margin = order[:certain], order[certain : certain + line]
    won = streams.of("programme.lottery").permutation(len(margin))[:drawn]
    offered, propensity = np.zeros(len(table), dtype=bool), np.zeros(len(table))
    offered[first] = offered[margin[won]] = True
    propensity[first], propensity[margin] = 1.0, drawn / max(line, 1)
    return _in_index_month(offered, scenario), propensity


def places_by_lot(scenario: Scenario, eligible: int) -> tuple[int, int, int]:
    """Places given in staff's order, places given by lot, and how many pupils the lot is drawn among."""
    asked, places = scenario.programme, min(scenario.capacity.outreach_per_month, eligible)
    certain = int(places * asked.lottery_certain)
    return certain, places - certain, min(round((places - certain) * asked.lottery_margin), eligible - certain)


def _waves(table: pd.DataFrame, lean: _Lean, scenario: Scenario, streams: Streams) -> tuple:
    """Schools join wave by wave; each month staff reach out to the first in their order at the schools that joined."""
    asked, months = scenario.programme, Months.of(scenario.schedule)
    joins = months.index + asked.wave_months * _wave_of(table, scenario, streams)
    priority, offered = _priority(table, lean, streams), np.full(len(table), NOT_OFFERED)
    for month in range(months.index, months.outcome.stop):
        waiting = table["eligible"].to_numpy() & (joins <= month) & (offered == NOT_OFFERED)
        taken = top(np.where(waiting, priority, -np.inf), min(scenario.capacity.outreach_per_month, int(waiting.sum())))
        offered[taken] = month
    first = table["eligible"].to_numpy() & (joins == months.index)
    open_ = asked.design != "stepped_wedge" or (offered[first] != months.index).any()
    share = np.nan if open_ else _schools_in_first(table, joins, months.index)
    return offered, np.where(table["eligible"], share, 0.0)


def _wave_of(table: pd.DataFrame, scenario: Scenario, streams: Streams) -> np.ndarray:
    """The wave of each pupil's school, 0 first: schools of a random or of a declining order in equal waves."""
    eligible = table[table["eligible"]]
    schools = np.sort(eligible["school"].unique())
    if scenario.programme.design == "stepped_wedge":
        order = schools[streams.of("programme.waves").permutation(len(schools))]
    else:
        order = (
            eligible.groupby("school")["visible"].mean().sort_values(ascending=False, kind="stable").index.to_numpy()
        )
    wave = pd.Series(np.arange(len(order)) * scenario.programme.waves // max(len(order), 1), index=order)
    return table["school"].map(wave).fillna(scenario.programme.waves).to_numpy(int)


def _schools_in_first(table: pd.DataFrame, joins: np.ndarray, index: int) -> float:
    here = table["eligible"].to_numpy()
    return table.loc[here & (joins == index), "school"].nunique() / table.loc[here, "school"].nunique()


def _none(table: pd.DataFrame, lean: _Lean, scenario: Scenario, streams: Streams) -> tuple:
    return np.full(len(table), NOT_OFFERED), np.zeros(len(table))


def _in_index_month(offered: np.ndarray, scenario: Scenario) -> np.ndarray:
    return np.where(offered, Months.of(scenario.schedule).index, NOT_OFFERED)


def top(score: np.ndarray, k: int) -> np.ndarray:
    """The k highest; ties go to the earlier position."""
    chosen = np.zeros(len(score), dtype=bool)
    chosen[np.argsort(-score, kind="stable")[:k]] = True
    return chosen
