"""Adults: the parents of each household as people, and which of them benefits are paid to.

Only what benefits need: sex, day of birth, name. Grandparents, and parents who live elsewhere, are not here.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.naming import drawn_names
from kosodachi.synthesis.population import DAY, Population
from kosodachi.synthesis.streams import Streams

MOTHERS = 0.889  # of single parents; 1.195 of 1.344 million households in 2021 (MHLW)
MOTHER_RECEIVES = 0.3  # of couples; benefits go to the parent with the higher income
AGE_AT_BIRTH = (30.5, 5.2)  # mean and spread in years of a mother's age at the birth of her eldest here
OLDER_FATHER = (1.8, 3.5)


def adults(population: Population, single_since: np.ndarray, streams: Streams) -> pd.DataFrame:
    """One row an adult, by household: household, female, born, recipient (one a household)."""
    rng, n = streams.of("population.adults"), len(population.household)
    eldest = population.child.groupby("household")["born"].min().to_numpy().astype("datetime64[D]")
    years = np.clip(rng.normal(*AGE_AT_BIRTH, n), 17, 46)
    mother = eldest - _days(years)
    father = mother - _days(np.clip(rng.normal(*OLDER_FATHER, n), -12, 18))
    single, with_mother = ~np.isnat(single_since), rng.random(n) < MOTHERS
    receives = np.where(single, with_mother, rng.random(n) < MOTHER_RECEIVES)
    here = np.column_stack([~single | with_mother, ~single | ~with_mother])
    table = pd.DataFrame({
        "household": np.repeat(np.arange(n), 2), "female": np.tile([True, False], n),
        "born": np.column_stack([mother, father]).ravel(),
        "recipient": np.column_stack([receives, ~receives]).ravel(),
    })  # fmt: skip
    return table[here.ravel()].reset_index(drop=True)


def _days(years: np.ndarray) -> np.ndarray:
    return (years * 365.25).astype(int) * DAY


def recipient_names(people: pd.DataFrame, population: Population, streams: Streams) -> tuple[np.ndarray, np.ndarray]:
    """Codes of the surname and given name of each household's recipient, by position of the household."""
    receives = people[people["recipient"]].reset_index(drop=True)
    given = drawn_names(receives, population.household, streams.of("population.adult_given"))
    return population.household["surname"].to_numpy(), given
