"""What the makers of benefits look at, and spells cut to the time in which a child can have them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.synthesis.allowance import school_end
from kosodachi.synthesis.attendance import Attendance
from kosodachi.synthesis.care import care_since
from kosodachi.synthesis.events import table_of
from kosodachi.synthesis.lives import Lives
from kosodachi.synthesis.need import Latent
from kosodachi.synthesis.population import DAY, NEVER, Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams


@dataclass(frozen=True)
class Known:
    """What the makers of benefits look at. hardship: by household, standard normal plus what a single parent adds."""

    population: Population
    need: Latent
    lives: Lives
    school: Attendance
    scenario: Scenario
    streams: Streams
    hardship: np.ndarray

    @property
    def home(self) -> np.ndarray:
        """Household of each child."""
        return self.population.child["household"].to_numpy()


def of_children(known: Known, child: np.ndarray, since: np.ndarray, until: np.ndarray) -> pd.DataFrame:
    """Spells of children (positions) between two days each: child, start, end. They begin with birth or arrival at the
    earliest, and end with school, departure or alternative care at the latest; no end is shown after follow-up."""
    people = known.population.child
    born = people["born"].to_numpy()[child]
    start = np.fmax(np.fmax(since, born), people["moved_in"].to_numpy()[child])
    end = np.fmin(np.fmin(until, school_end(born) - DAY), people["moved_out"].to_numpy()[child])
    end = np.fmin(end, care_since(known.population, child))
    last = np.datetime64(known.scenario.schedule.follow_up_until)
    return table_of({"child": child, "start": start, "end": np.where(end <= last, end, NEVER)})
