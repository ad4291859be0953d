"""Alternative care: children who live in an institution or with foster parents, likelier where need is high.

Benefits keyed to the parent stop. The register follows for those whose registration was moved; the others are still
registered with their family. No reasons and no returns home are simulated.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from kosodachi.synthesis.events import NEVER, YEAR, day_between
from kosodachi.synthesis.need import Latent, chance
from kosodachi.synthesis.places import draw_addresses
from kosodachi.synthesis.population import Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

FOSTER = 0.235  # of children in alternative care; an assumption near the published share of foster placements
REGISTERED = 0.6  # whose resident registration was moved with them
WITHIN = 6  # years before the end in which placements began
CHILDREN_AN_INSTITUTION = 20_000


def in_care(population: Population, need: Latent, scenario: Scenario, streams: Streams) -> Population:
    """The population with `care` (one row a child in care: child, since, foster, registered), their addresses, and the
    position in it of each child (-1 none)."""
    rng, child = streams.of("lives.care"), population.child
    score = need.factors["caregiving"][:, -1]
    taken = rng.random(len(child)) < chance(
        scenario.loadings.alternative_care * score, scenario.people.alternative_care_share
    )
    who = np.flatnonzero(taken)
    draw = rng.random((len(who), 3))
    since = _since(child.iloc[who], draw[:, 0], scenario)
    placed = ~np.isnat(since)
    who, since, draw = who[placed], since[placed], draw[placed]
    foster = draw[:, 1] < FOSTER
    institutions = max(1, round(scenario.children / CHILDREN_AN_INSTITUTION))
    homes = draw_addresses(institutions + len(who), population.places, rng)
    homes[:, 4] = -1
    address = np.where(foster[:, None], homes[institutions:], homes[rng.integers(0, institutions, len(who))])
    care = pd.DataFrame({"child": who, "since": since, "foster": foster, "registered": draw[:, 2] < REGISTERED})
    position = np.full(len(child), -1, dtype=np.int32)
    position[who] = np.arange(len(who))
    return replace(population, child=child.assign(care=position), care=care, care_address=address)


def _since(child: pd.DataFrame, draw: np.ndarray, scenario: Scenario) -> np.ndarray:
    """The day of the placement: after birth and arrival, before departure and the end of follow-up; NaT if none is."""
    end = np.datetime64(scenario.schedule.follow_up_until)
    first = np.fmax(np.fmax(child["born"].to_numpy(), child["moved_in"].to_numpy()), end - int(WITHIN * YEAR))
    return day_between(draw, first.astype("datetime64[D]"), np.fmin(child["moved_out"].to_numpy(), end))


def care_since(population: Population, child: np.ndarray | None = None) -> np.ndarray:
    """Since when children (positions; all if not given) live in alternative care; NaT for those who do not."""
    held = population.child["care"].to_numpy()
    held = held if child is None else held[child]
    since = np.append(population.care["since"].to_numpy().astype("datetime64[D]"), NEVER)
    return since[held]
