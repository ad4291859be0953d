"""Family consultation: which cases come to be known, of which kind and through whom.

Not every need is known, and not alike: infants, families with foreign names, girls and some districts are known less
often at the same need, so that no case is not no need. Some cases are opened without need.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.need import Latent, chance
from kosodachi.synthesis.needs import LEADS, needs
from kosodachi.synthesis.population import DAY, NEVER, YEAR, Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

KINDS = ("abuse", "rearing", "non_attendance", "development", "other")
ROUTES = (
    "school",
    "nursery",
    "health_centre",
    "family",
    "neighbour",
    "police",
    "child_guidance_centre",
    "other",
    "outreach",
)
OUTREACH = len(ROUTES) - 1
KIND_SHARES = (0.22, 0.38, 0.16, 0.12, 0.12)
ROUTE_SHARES = {
    "infant": (0.0, 0.22, 0.4, 0.14, 0.06, 0.06, 0.07, 0.05),
    "pupil": (0.4, 0.0, 0.04, 0.2, 0.07, 0.1, 0.12, 0.07),
}
WITH_SIBLINGS = 1.2  # cases including siblings, for each case opened
SCHOOL_AGE = 6


def consultations(population: Population, need: Latent, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """Cases opened in the years held, a row a child (child, opened, closed, kind, route); siblings are sometimes taken
    into the same case."""
    rng, n, years = streams.of("lives.consultation"), len(population.child), len(need.years)
    logit = scenario.loadings.consultation * need.score + ascertainment(population, need.years, scenario, streams)
    chances = chance(logit, scenario.lives.consultation_rate / WITH_SIBLINGS)
    at, year = np.nonzero(rng.random((n, years)) < chances)
    opened = _in_year(need.years[year], rng)
    kind = _kinds(at, year, needs(population, need, scenario.need), scenario.lives.leads, rng)
    first = pd.DataFrame({"child": at, "opened": opened, "kind": kind})
    table = pd.concat([first, _siblings(first, population, scenario, rng)], ignore_index=True)
    table = _closed(table, rng, np.datetime64(scenario.schedule.follow_up_until))
    table["route"] = _routes(table, population, rng)
    who, day = population.child.iloc[table["child"]], table["opened"].to_numpy()
    here = (day >= who["moved_in"].to_numpy()) & ~(day >= who["moved_out"].to_numpy())
    return table[here].drop_duplicates(["child", "opened"]).reset_index(drop=True)


def ascertainment(population: Population, years: np.ndarray, scenario: Scenario, streams: Streams) -> np.ndarray:
    """How much likelier a case is at the same need, in log-odds, by group and district: shape (children, years)."""
    asked, groups = scenario.lives.ascertainment, known_groups(population, years)
    shift = sum(asked[name] * member for name, member in groups.items())
    return (shift + by_district(population, scenario, streams)[:, None]).astype(np.float32)


def known_groups(population: Population, years: np.ndarray) -> dict[str, np.ndarray]:
    """Who belongs to each group that is known more or less often: {group: (children, years) or (children, 1) bool}."""
    child = population.child
    begins = ((years - 1970) * 12 + 3).astype("datetime64[M]").astype("datetime64[D]")
    age = (begins[None, :] - child["born"].to_numpy()[:, None]) / DAY / YEAR
    foreign = population.household["foreign"].to_numpy()[child["household"].to_numpy()]
    return {"below_school_age": age < SCHOOL_AGE, "foreign_name": foreign[:, None],
            "girl": child["female"].to_numpy()[:, None]}  # fmt: skip


def by_district(population: Population, scenario: Scenario, streams: Streams) -> np.ndarray:
    """How much likelier a case is in each child's school district, in log-odds."""
    spread, districts = scenario.lives.ascertainment_by_district, len(population.places.district_effect)
    drawn = spread * streams.of("lives.ascertainment").standard_normal(districts)
    home = population.child["household"].to_numpy()
    return drawn[population.places.town_district[population.address[home, 0]]]


def _kinds(at: np.ndarray, year: np.ndarray, held: dict[str, np.ndarray], leads: float, rng) -> np.ndarray:
    """The kind of each case: as usual, and likelier that to which the child's needs lead."""
    weight = np.tile(KIND_SHARES, (len(at), 1))
    for kind, to in LEADS.items():
        weight[:, KINDS.index(to)] *= np.where(held[kind][at, year], leads, 1.0)
    steps = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    return (rng.random(len(at))[:, None] > steps).sum(axis=1).clip(0, len(KINDS) - 1)


def _in_year(years: np.ndarray, rng) -> np.ndarray:
    start = ((years - 1970) * 12 + 3).astype("datetime64[M]").astype("datetime64[D]")
    return start + rng.integers(0, 365, len(years)).astype("timedelta64[D]")


def _siblings(first: pd.DataFrame, population: Population, scenario: Scenario, rng) -> pd.DataFrame:
    """Siblings taken into a case on the same day."""
    home = population.child["household"]
    cases = first.assign(household=home.to_numpy()[first["child"]])
    people = pd.DataFrame({"household": home.to_numpy(), "sibling": np.arange(len(home))})
    both = cases.merge(people, on="household")
    both = both[both["sibling"] != both["child"]].sort_values(["child", "opened", "sibling"], ignore_index=True)
    taken = both[rng.random(len(both)) < scenario.lives.sibling_case]
    return taken.assign(child=taken["sibling"])[["child", "opened", "kind"]]


def _closed(table: pd.DataFrame, rng, last: np.datetime64) -> pd.DataFrame:
    closed = table["opened"].to_numpy() + rng.gamma(1.6, 130, len(table)).astype(int).astype("timedelta64[D]")
    return table.assign(closed=np.where(closed <= last, closed, NEVER))


def _routes(table: pd.DataFrame, population: Population, rng) -> np.ndarray:
    """Who brought the case, by the child's age at the time."""
    born = population.child["born"].to_numpy()[table["child"]]
    years = (table["opened"].to_numpy() - born) / DAY / YEAR
    steps = np.cumsum(list(ROUTE_SHARES.values()), axis=1)[(years >= SCHOOL_AGE).astype(int)]
    return (rng.random(len(table))[:, None] > steps).sum(axis=1).clip(0, OUTREACH - 1)


def among_follow_up(cases: pd.DataFrame, children: int, scenario: Scenario) -> np.ndarray:
    """Children with a case opened from the index date to the end of follow-up, other than through outreach."""
    dates, day = scenario.schedule, cases["opened"].to_numpy()
    here = (day >= np.datetime64(dates.index_date)) & (day <= np.datetime64(dates.follow_up_until))
    here &= cases["route"].to_numpy() != OUTREACH
    return np.bincount(cases["child"].to_numpy()[here], minlength=children) > 0


def known_in(consultation: pd.DataFrame, children: int, as_of, months: int) -> np.ndarray:
    """Children with a case opened in the months after a day, other than through outreach."""
    start = np.datetime64(as_of)
    end = np.datetime64(pd.Timestamp(as_of) + pd.DateOffset(months=months))
    opened = consultation["opened"].to_numpy()
    here = (opened >= start) & (opened < end) & (consultation["route"].to_numpy() != OUTREACH)
    return np.bincount(consultation["child"].to_numpy()[here], minlength=children) > 0
