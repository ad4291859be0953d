"""Population: households, their children, names and addresses, and the events that change them.

Codes and dates only; strings are written last, by the systems. Parents are in `adults`.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from kosodachi.synthesis.ages import ages_of_eldest, foreign_chances, gaps
from kosodachi.synthesis.events import DAY, NEVER, YEAR, guarded, moves
from kosodachi.synthesis.naming import alias_names, given_names, surnames
from kosodachi.synthesis.places import Places, draw_addresses
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

__all__ = ["DAY", "NEVER", "YEAR", "Population", "counted", "named", "populate", "resident"]


@dataclass(frozen=True)
class Population:
    """child: one row a child; household: one row a household; both by position.

    child: household, born, female, twin_of (position or -1), moved_in, moved_out, registered, unnamed (noticed before
    it had a given name), care (position in `care` or -1); given and alias_given once `named`.
    household: the columns of `naming.surnames` and `events.guarded`, moved_on, moved_in, moved_out.
    address, old_address: household addresses as codes (places.draw_addresses); old_address[:, 0] is -1 where none.
    care, care_address: see `care.in_care`; empty before it.
    """

    child: pd.DataFrame
    household: pd.DataFrame
    address: np.ndarray
    old_address: np.ndarray
    places: Places
    care: pd.DataFrame = field(default_factory=lambda: _no_care())
    care_address: np.ndarray = field(default_factory=lambda: np.empty((0, 6), dtype=int))

    @property
    def protected(self) -> np.ndarray:
        """Households whose address is kept from view."""
        return self.household["protected_since"].notna().to_numpy()


def _no_care() -> pd.DataFrame:
    return pd.DataFrame({"child": [], "since": [], "foster": [], "registered": []}).astype(
        {"child": int, "since": "datetime64[s]", "foster": bool, "registered": bool}
    )


def populate(scenario: Scenario, where: Places, streams: Streams) -> Population:
    """The population: children born so that they were under 18 at some time from train_as_of to follow_up_until."""
    born, home = _births(scenario, streams.of("population.births"))
    events = moves(int(home.max()) + 1, scenario, streams)
    child = pd.DataFrame({"household": home, "born": born})
    child["moved_in"] = np.fmax(events["moved_in"].to_numpy()[home], born)
    child["moved_out"] = events["moved_out"].to_numpy()[home]
    child, homes = _cut(child[~(child["moved_out"] <= child["born"])], scenario)
    household = surnames(events.iloc[homes].reset_index(drop=True), foreign_chances(child, scenario), scenario, streams)
    household = guarded(household, scenario, streams)
    child["female"] = streams.of("population.sex").random(len(child)) < scenario.people.girl_share
    child["twin_of"] = _twins(child)
    child["unnamed"] = _unnamed(child, scenario, streams.of("events.unnamed"))
    child["care"] = np.full(len(child), -1, dtype=np.int32)
    child["registered"] = _registered(child, scenario, streams.of("population.registered"))
    address = draw_addresses(len(household), where, streams.of("population.address"))
    old = draw_addresses(len(household), where, streams.of("events.address"))
    old[household["moved_on"].isna().to_numpy(), 0] = -1
    return Population(child, household, address, old, where)


def named(population: Population, streams: Streams) -> Population:
    """The population with given names, as codes. They decide nothing else, so only what is written needs them."""
    given = given_names(population.child, population.household, streams.of("population.given"))
    alias = alias_names(population.child, population.household, streams.of("population.alias_given"))
    return replace(population, child=population.child.assign(given=given, alias_given=alias))


def _births(scenario: Scenario, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Days of birth and households, by household and birth; somewhat more than will be kept."""
    dates = scenario.schedule
    first, last = _under_18_since(dates.train_as_of), np.datetime64(dates.follow_up_until)
    n = int(scenario.children * 1.3) + 200
    sizes = rng.choice(np.arange(1, len(scenario.people.sizes) + 1), n, p=scenario.people.sizes)
    age = (ages_of_eldest(n, scenario, rng) * YEAR).astype(int).astype("timedelta64[D]")
    eldest = np.fmin(np.datetime64(dates.judge_as_of) - age, last)
    home, start = np.repeat(np.arange(n), sizes), np.repeat(np.cumsum(sizes) - sizes, sizes)
    later = np.arange(len(home)) > start
    gap = gaps(len(home), scenario.people.twin_share, rng) * later
    since = np.cumsum(gap)
    born = eldest[home] + (since - since[start]).astype("timedelta64[D]")
    seen = (born > first) & (born <= last)
    return born[seen], home[seen]


def _under_18_since(day) -> np.datetime64:
    """The day 18 years before: who was born after it was under 18."""
    return np.datetime64(pd.Timestamp(day) - pd.DateOffset(years=18), "D")


def resident(child: pd.DataFrame, day) -> np.ndarray:
    """Children who live in the town on a day."""
    day = np.datetime64(day)
    return ((child["moved_in"] <= day) & ~(child["moved_out"] <= day)).to_numpy()


def counted(child: pd.DataFrame, day) -> np.ndarray:
    """Children under 18 who live in the town on a day."""
    young = (child["born"] > _under_18_since(day)) & (child["born"] <= np.datetime64(day))
    return young.to_numpy() & resident(child, day)


def _cut(child: pd.DataFrame, scenario: Scenario) -> tuple[pd.DataFrame, np.ndarray]:
    """As many whole households as hold the number of children asked for, and which they are."""
    found = np.cumsum(counted(child, scenario.schedule.judge_as_of))
    last = child["household"].to_numpy()[min(np.searchsorted(found, scenario.children), len(child) - 1)]
    child = child[child["household"] <= last].reset_index(drop=True)
    homes, position = np.unique(child["household"], return_inverse=True)
    return child.assign(household=position), homes


def _twins(child: pd.DataFrame) -> np.ndarray:
    """Position of a twin, -1 for children without one."""
    same = (child["household"].diff() == 0) & (child["born"].diff() == pd.Timedelta(0))
    here = np.flatnonzero(same)
    twin = np.full(len(child), -1)
    twin[here] = here - 1
    twin[here - 1] = here
    return twin


def _registered(child: pd.DataFrame, scenario: Scenario, rng: np.random.Generator) -> np.ndarray:
    """Children whom the register holds: not those who left before its extract begins, nor those never registered."""
    unseen = rng.random(len(child)) < scenario.people.never_registered_share
    gone = child["moved_out"].to_numpy() < np.datetime64(scenario.schedule.train_as_of)
    return ~unseen & ~gone


def _unnamed(child: pd.DataFrame, scenario: Scenario, rng: np.random.Generator) -> np.ndarray:
    """Children whom services noticed before they had a given name; only those born in the town can be."""
    here = (child["moved_in"] <= child["born"]).to_numpy()
    return here & (rng.random(len(child)) < scenario.people.unnamed_infant_share)
