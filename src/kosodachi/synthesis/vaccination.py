"""Vaccinations: what falls due at which age, when it was given, and what the town hears of it.

The schedule is that of routine vaccination in outline: one row a visit, whatever is given at it. The later part of a
window is `late`; lateness and vaccinations that were never given rise with need. Clinics report with a delay, so the
last weeks are not complete.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.events import table_of
from kosodachi.synthesis.known import Known
from kosodachi.synthesis.need import chance
from kosodachi.synthesis.population import DAY, NEVER

# Months of age at which a visit can be made, and by which it should have been.
VISITS = {
    "hib_1": (2, 4), "hib_2": (3, 6), "hib_3": (4, 8), "bcg": (5, 9), "measles_1": (12, 24), "varicella_2": (18, 36),
    "encephalitis_1": (36, 48), "measles_2": (60, 75), "encephalitis_2": (108, 120), "diphtheria_2": (132, 144),
}  # fmt: skip
OPEN, DUE = np.array(list(VISITS.values())).T
MONTH = 30.44
EARLY = 3.0  # how much those in time crowd at the beginning of the window: a power of the draw
LATE = (1.5, 90.0)  # gamma shape and scale in days of the delay after the due day
REPORTED_WITHIN = 60  # days until a clinic's report arrives


def vaccinations(known: Known) -> pd.DataFrame:
    """One row a child and visit due in the years held: child, visit, due, given (NaT: not given, or not yet reported)."""
    rng, asked = known.streams.of("lives.vaccination"), known.scenario.lives
    last, first = np.datetime64(known.scenario.schedule.follow_up_until), np.datetime64(f"{asked.checkups_from}-04-01")
    child, visit, opens, due = _due(known, first, last)
    never, late = _who(known, child, rng.random(len(child)))
    wait = rng.random(len(child)) ** EARLY * ((due - opens) / DAY)
    given = opens + _days(wait)
    given[late] = due[late] + _days(1 + rng.gamma(*LATE, int(late.sum())))
    heard = given + _days(rng.random(len(child)) * REPORTED_WITHIN)
    gone = known.population.child["moved_out"].to_numpy()[child] <= given
    shown = ~never & ~gone & (heard <= last)
    return table_of({"child": child, "visit": visit, "due": due, "given": np.where(shown, given, NEVER)})


def _who(known: Known, child: np.ndarray, draw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vaccinations never given, and those given late; the shares asked for are those of the average household."""
    logit, asked = known.scenario.loadings.vaccination * known.need.home["caregiving"][:, -1], known.scenario.lives
    never, late = (chance(logit, share)[known.home[child]] for share in (asked.vaccinated_never, asked.vaccinated_late))
    return draw < never, draw > 1 - late


def _due(known: Known, first: np.datetime64, last: np.datetime64) -> tuple:
    """Visits that fell due in the town within the years held: child, visit, the first and the last day of the window."""
    people = known.population.child
    born = people["born"].to_numpy().astype("datetime64[D]")
    due = born[:, None] + _days(DUE * MONTH)
    came = np.fmax(people["moved_in"].to_numpy().astype("datetime64[D]"), born)[:, None]
    left = people["moved_out"].to_numpy()[:, None]
    child, visit = np.nonzero((due >= first) & (due <= last) & (came <= due) & ~(left <= due))
    opens = np.fmax(born[child] + _days(OPEN * MONTH)[visit], came[child, 0])
    return child, visit, opens, due[child, visit]


def _days(number: np.ndarray) -> np.ndarray:
    return np.asarray(number).astype(int).astype("timedelta64[D]")
