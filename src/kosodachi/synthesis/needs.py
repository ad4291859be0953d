"""Kinds of need, year by year: each is the tail of a mixture of factors among the ages that it can concern.

hardship, neglect or abuse risk, non-attendance, young carers, isolation, developmental support. Rates are those asked
for; none is a published prevalence unless its scenario says so.
"""

import numpy as np

from kosodachi.synthesis.need import Latent, tail
from kosodachi.synthesis.population import YEAR, Population
from kosodachi.synthesis.scenario import NEEDS, Need

# What makes each kind, and the ages (from, below) that it can concern.
MADE_OF = {
    "neglect_or_abuse_risk": ({"caregiving": 0.7, "shocks": 0.5, "economic": 0.3}, (0, 18)),
    "hardship": ({"economic": 1.0, "shocks": 0.3}, (0, 18)),
    "non_attendance": ({"school": 1.0, "health": 0.3}, (6, 15)),
    "young_carer": ({"caregiving": 0.6, "economic": 0.4, "health": 0.2}, (10, 18)),
    "isolation": ({"caregiving": 0.6, "shocks": 0.6}, (0, 6)),
    "developmental_support": ({"health": 1.0}, (0, 18)),
}

# The kind of consultation case in which a kind of need becomes known.
LEADS = {
    "neglect_or_abuse_risk": "abuse", "hardship": "other", "non_attendance": "non_attendance", "young_carer": "rearing",
    "isolation": "rearing", "developmental_support": "development",
}  # fmt: skip


def needs(population: Population, need: Latent, asked: Need) -> dict[str, np.ndarray]:
    """Whether each child has each kind of need in each year: {kind: (children, years) bool}."""
    born = population.child["born"].to_numpy()
    begins = ((need.years - 1970) * 12 + 3).astype("datetime64[M]").astype("datetime64[D]")
    age = (begins[None, :] - born[:, None]) / np.timedelta64(1, "D") / YEAR
    found = {}
    for kind in NEEDS:
        makes, (low, below) = MADE_OF[kind]
        score = sum(np.float32(weight) * need.factors[name] for name, weight in makes.items())
        can = (age >= low) & (age < below)
        found[kind] = can & (score > tail(score[can], asked.kinds[kind])) if can.any() else can
    return found
