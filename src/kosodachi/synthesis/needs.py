"""Kinds of need, year by year: each is the tail of a mixture of factors among the ages that it can concern.

hardship, neglect or abuse risk, non-attendance, young carers, isolation, developmental support. Rates are those asked
for; the truth table `parameters` says which of them were published somewhere. What makes each kind is assumed.
"""

import numpy as np

from kosodachi.synthesis.asked_need import NEEDS, Need
from kosodachi.synthesis.factors import combined
from kosodachi.synthesis.need import Latent, tail
from kosodachi.synthesis.population import YEAR, Population

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
    found, able = {}, concerned(population, need.years)
    for kind in NEEDS:
        makes, can = MADE_OF[kind][0], able[kind]
        score = combined(np.array(list(makes.values())), [need.factors[name] for name in makes])
        found[kind] = can & (score > tail(score[can], asked.kinds[kind])) if can.any() else can
    return found


def concerned(population: Population, years: np.ndarray) -> dict[str, np.ndarray]:
    """Whether each kind of need can concern each child in each year, by its age: {kind: (children, years) bool}."""
    begins = ((years - 1970) * 12 + 3).astype("datetime64[M]").astype("datetime64[D]")
    age = (begins[None, :] - population.child["born"].to_numpy()[:, None]) / np.timedelta64(1, "D") / YEAR
    return {kind: (age >= low) & (age < below) for kind, (_, (low, below)) in MADE_OF.items()}
