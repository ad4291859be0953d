"""Adults: the parents of each household as people: who heads it, whom benefits are paid to, what they are called.

Sex, day of birth, names. Grandparents, and parents who live elsewhere, are not here.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.lives import Lives
from kosodachi.synthesis.names import SURNAMES, surname_shares
from kosodachi.synthesis.naming import alias_names, drawn_names
from kosodachi.synthesis.population import DAY, Population
from kosodachi.synthesis.streams import Streams

MOTHERS = 0.889  # of single parents; 1.195 of 1.344 million households in 2021 (MHLW)
MOTHER_RECEIVES = 0.3  # of couples; benefits go to the parent with the higher income
MOTHER_HEADS = 0.07  # of couples
OWN_NAME = 0.25  # of single mothers with children of another surname, where no surname of a child changed
AGE_AT_BIRTH = (30.5, 5.2)  # mean and spread in years of a mother's age at the birth of her eldest here
OLDER_FATHER = (1.8, 3.5)


def adults(population: Population, seen: Lives, streams: Streams) -> pd.DataFrame:
    """One row an adult, by household: household, female, born, recipient and head (one each a household), surname (code).

    The surname is that of the household, except for some single mothers who took back a name of their own.
    """
    rng, n = streams.of("population.adults"), len(population.household)
    child = population.child
    first = np.searchsorted(child["household"].to_numpy(), np.arange(n))
    eldest = np.minimum.reduceat(child["born"].to_numpy().astype("datetime64[D]").astype(int), first).astype(
        "datetime64[D]"
    )
    mother = eldest - _days(np.clip(rng.normal(*AGE_AT_BIRTH, n), 17, 46))
    father = mother - _days(np.clip(rng.normal(*OLDER_FATHER, n), -12, 18))
    single, with_mother = ~np.isnat(seen.single_since), rng.random(n) < MOTHERS
    receives = np.where(single, with_mother, rng.random(n) < MOTHER_RECEIVES)
    heads = np.where(single, with_mother, streams.of("population.heads").random(n) < MOTHER_HEADS)
    here = np.column_stack([~single | with_mother, ~single | ~with_mother]).ravel()
    surname = population.household["surname"].to_numpy()
    table = pd.DataFrame({
        "household": np.repeat(np.arange(n), 2), "female": np.tile([True, False], n),
        "born": np.column_stack([mother, father]).ravel(),
        "recipient": np.column_stack([receives, ~receives]).ravel(),
        "head": np.column_stack([heads, ~heads]).ravel(),
        "surname": np.column_stack([_own(surname, population, single & with_mother, streams), surname]).ravel(),
    })  # fmt: skip
    return table[here].reset_index(drop=True)


def _days(years: np.ndarray) -> np.ndarray:
    return (years * 365.25).astype(int) * DAY


def _own(surname: np.ndarray, population: Population, single_mother: np.ndarray, streams: Streams) -> np.ndarray:
    """Surnames of mothers."""
    rng, household = streams.of("population.own_surname"), population.household
    can = single_mother & ~household["foreign"].to_numpy() & (household["old_surname"].to_numpy() < 0)
    took = can & (rng.random(len(surname)) < OWN_NAME)
    own = surname.copy()
    own[took] = rng.choice(SURNAMES, int(took.sum()), p=surname_shares())
    return own


def named_adults(people: pd.DataFrame, population: Population, streams: Streams) -> pd.DataFrame:
    """The adults with given names and those of their aliases, as codes (-1 no alias)."""
    given = drawn_names(people, population.household, streams.of("population.adult_given"))
    alias = alias_names(people, population.household, streams.of("population.adult_alias"))
    return people.assign(given=given, alias_given=alias)


def adult_of(people: pd.DataFrame, homes: int, whose: str) -> np.ndarray:
    """Position in the adults of each household's head, recipient or mother (of a household without one, the father)."""
    at = np.full(homes, -1)
    home, chosen = people["household"].to_numpy(), people["female" if whose == "mother" else whose].to_numpy()
    at[home[~chosen]] = np.flatnonzero(~chosen)
    at[home[chosen]] = np.flatnonzero(chosen)
    return at
