"""Who is called what: surnames of households and how they change, given names of children."""

import numpy as np
import pandas as pd

from kosodachi.synthesis.names import SEXES, SURNAMES, Names, foreign_surnames, names, surname_shares
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

NEVER = np.datetime64("NaT", "D")
ALIKE = 0.5  # share of twins whose names begin with the same kanji
CHANGED_WITHIN = 4 * 365


def surnames(household: pd.DataFrame, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """Households with surname, old_surname (-1 none), surname_changed_on, foreign, older_form (0, or which form)."""
    people, n = scenario.people, len(household)
    rng, change = streams.of("population.surname"), streams.of("events.surname")
    ours = rng.choice(SURNAMES, n, p=surname_shares())
    theirs = rng.integers(SURNAMES, SURNAMES + foreign_surnames(), n)
    foreign = rng.random(n) < people.foreign_share
    older = np.where(rng.random(n) < people.older_form_share, rng.integers(1, 3, n), 0)
    before = change.choice(SURNAMES, n, p=surname_shares())
    day = np.datetime64(scenario.schedule.judge_as_of) - change.integers(1, CHANGED_WITHIN, n)
    changed = (change.random(n) < people.surname_change_share) & ~foreign & (before != ours)
    return household.assign(
        surname=np.where(foreign, theirs, ours),
        old_surname=np.where(changed, before, -1),
        surname_changed_on=np.where(changed, day, NEVER),
        foreign=foreign,
        older_form=older,
    )


def given_names(child: pd.DataFrame, household: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Codes of given names by sex; children of a household have different ones, twins often alike ones."""
    book = names()
    given = _alike(_drawn(child, household, book, rng), child, household, book, rng)
    for _ in range(4):
        again = pd.DataFrame({"h": child["household"], "kana": book.given_kana[given]}).duplicated().to_numpy()
        given = np.where(again, _drawn(child, household, book, rng), given)
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
