"""Who is called what: surnames of households and how they change, aliases, given names.

A surname changes after a divorce, or with a remarriage; some children changed it both times. Foreign names are
registered in the alphabet, with an alias for some, or in katakana.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.names import SEXES, SURNAMES, Names, foreign_surnames, names, surname_shares
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

NEVER = np.datetime64("NaT", "D")
ALIKE = 0.5  # share of twins whose names begin with the same kanji
CHANGED_WITHIN = 4 * 365
DRAWN_AGAIN = 50  # times at most; a name drawn again meets a sibling's in a few of a hundred cases
CHANGED_TWICE = 0.5  # of those with a changed surname and a remarriage: changed after the divorce too
SINGLE_FOR = (365, 6 * 365)  # days between a divorce and a remarriage


def surnames(household: pd.DataFrame, chances: np.ndarray, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """The households with their surnames, as codes, and how they came by them. chances: of a foreign name.

    surname; old_surname (-1 none) until surname_changed_on; oldest_surname (-1 none) until oldest_changed_on; foreign,
    alphabet (registered in it), alias_surname (-1 none); older_form (0, or which form); divorced_on and remarried_on of
    those who remarried.
    """
    people, n = scenario.people, len(household)
    rng, change = streams.of("population.surname"), streams.of("events.surname")
    ours = rng.choice(SURNAMES, n, p=surname_shares())
    theirs = rng.integers(SURNAMES, SURNAMES + foreign_surnames(), n)
    foreign = rng.random(n) < chances
    older = np.where(rng.random(n) < people.older_form_share, rng.integers(1, 3, n), 0)
    before = change.choice(SURNAMES, n, p=surname_shares())
    day = np.datetime64(scenario.schedule.judge_as_of) - change.integers(1, CHANGED_WITHIN, n)
    changed = (change.random(n) < people.surname_change_share) & ~foreign & (before != ours)
    household = household.assign(
        surname=np.where(foreign, theirs, ours),
        old_surname=np.where(changed, before, -1),
        surname_changed_on=np.where(changed, day, NEVER),
        foreign=foreign,
        older_form=older,
    )
    return _in_alphabet(_remarried(household, scenario, streams.of("events.remarriage")), scenario, streams)


def _remarried(household: pd.DataFrame, scenario: Scenario, rng: np.random.Generator) -> pd.DataFrame:
    """Some changes of surname come with a remarriage, after a divorce that had brought a change in part of them."""
    n, changed_on = len(household), household["surname_changed_on"].to_numpy()
    remarried = ~np.isnat(changed_on) & (rng.random(n) < scenario.people.remarriage_share)
    divorced = changed_on - rng.integers(*SINGLE_FOR, n).astype("timedelta64[D]")
    first = rng.choice(SURNAMES, n, p=surname_shares())
    twice = remarried & (rng.random(n) < CHANGED_TWICE)
    twice &= (first != household["old_surname"].to_numpy()) & (first != household["surname"].to_numpy())
    return household.assign(
        oldest_surname=np.where(twice, first, -1),
        oldest_changed_on=np.where(twice, divorced + rng.integers(30, 240, n).astype("timedelta64[D]"), NEVER),
        divorced_on=np.where(remarried, divorced, NEVER),
        remarried_on=np.where(remarried, changed_on, NEVER),
    )


def _in_alphabet(household: pd.DataFrame, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """Which foreign names are registered in the alphabet, and the aliases of some of them."""
    rng, n, people = streams.of("events.alias"), len(household), scenario.people
    alphabet = household["foreign"].to_numpy() & (rng.random(n) < people.alphabet_share)
    has = alphabet & (rng.random(n) < people.alias_share)
    alias = np.full(n, -1)
    alias[has] = rng.choice(SURNAMES, int(has.sum()), p=surname_shares())
    return household.assign(alphabet=alphabet, alias_surname=alias)


def alias_names(people: pd.DataFrame, household: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Codes of the given name in the registered alias of people of a household; -1 where the household has none."""
    book, given = names(), np.full(len(people), -1)
    here = np.flatnonzero(household["alias_surname"].to_numpy()[people["household"].to_numpy()] >= 0)
    girl = people["female"].to_numpy()[here]
    ours = [
        book.given_from[sex] + rng.choice(len(book.given_share[sex]), len(here), p=book.given_share[sex])
        for sex in SEXES
    ]
    given[here] = np.where(girl, ours[1], ours[0])
    return given


def given_names(child: pd.DataFrame, household: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Codes of given names by sex; children of a household have different ones, twins often alike ones."""
    book, home = names(), child["household"].to_numpy()
    given = _alike(_drawn(child, household, book, rng), child, household, book, rng)
    for _ in range(DRAWN_AGAIN):
        again = np.flatnonzero(pd.DataFrame({"home": home, "kana": book.given_kana[given]}).duplicated())
        if not len(again):
            break
        given[again] = _drawn(child.iloc[again], household, book, rng)
    return given


def drawn_names(people: pd.DataFrame, household: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Codes of given names by sex and household, drawn without regard to who else has them."""
    return _drawn(people, household, names(), rng)


def _drawn(child: pd.DataFrame, household: pd.DataFrame, book: Names, rng: np.random.Generator) -> np.ndarray:
    home, girl, n = child["household"].to_numpy(), child["female"].to_numpy(), len(child)
    ours = [book.given_from[sex] + rng.choice(len(book.given_share[sex]), n, p=book.given_share[sex]) for sex in SEXES]
    group = book.foreign["group"][np.maximum(household["surname"].to_numpy() - book.foreign_from, 0)][home]
    spans = np.where(girl[:, None], book.foreign["female"][group], book.foreign["male"][group])
    theirs = spans[:, 0] + (rng.random(n) * (spans[:, 1] - spans[:, 0])).astype(int)
    return np.where(household["foreign"].to_numpy()[home], theirs, np.where(girl, ours[1], ours[0]))


def _alike(given: np.ndarray, child: pd.DataFrame, household: pd.DataFrame, book: Names, rng) -> np.ndarray:
    """Some second twins get a name that begins with the kanji of the first, if there is one for their sex."""
    twin = child["twin_of"].to_numpy()
    second = np.flatnonzero((twin >= 0) & (twin < np.arange(len(twin))))
    ours = ~household["foreign"].to_numpy()[child["household"].to_numpy()[second]]
    second = second[ours & (rng.random(len(second)) < ALIKE)]
    head = np.array([name[0] for name in book.given.tolist()])
    changed, draw = given.copy(), rng.random(len(second))
    for sex, girl in zip(SEXES, (False, True)):
        codes = book.given_from[sex] + np.arange(len(book.given_share[sex]))
        codes = codes[np.argsort(head[codes], kind="stable")]
        these = child["female"].to_numpy()[second] == girl
        wanted = head[given[twin[second]]]
        low, high = (np.searchsorted(head[codes], wanted, side=side) for side in ("left", "right"))
        pick = codes[np.minimum(low + (draw * (high - low)).astype(int), len(codes) - 1)]
        chosen = these & (high > low)
        changed[second[chosen]] = pick[chosen]
    return changed
