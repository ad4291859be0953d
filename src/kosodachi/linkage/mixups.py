"""Records that a system filled in with the particulars of a twin: they link well, to the wrong child.

Twins are of one age, so a source should hold equally many numbers of both. A number filed under the other twin makes the
two differ by two; a number too many, or a child not there, makes them differ by one. Pairs that differ by two beyond
what chance differences explain are counted as mix-ups.

Not good for: two numbers exchanged with each other, and mix-ups of siblings of different age or of strangers. They show
in no count; only a person who knows the child, or another paper, finds them.
"""

import numpy as np
import pandas as pd

from kosodachi.linkage.link import Links
from kosodachi.linkage.prepare import person_keys

BORROWED = 20.0


def twins(register: pd.DataFrame) -> pd.DataFrame:
    """Pairs of children of one household and birth date: first, second (person numbers). Of three, each with the next."""
    home = register["household_no"].where(register["household_no"].notna(), register["address"])
    child = pd.DataFrame({"first": person_keys(register), "home": home, "birth_date": register["birth_date"]})
    child = child.dropna().sort_values(["home", "birth_date", "first"])
    child["second"] = child.groupby(["home", "birth_date"])["first"].shift(-1)
    return child.dropna(subset="second")[["first", "second"]].reset_index(drop=True)


def mix_ups(links: Links, register: pd.DataFrame) -> pd.DataFrame:
    """Mix-ups of twins by source: source, numbers (linked to twins), telling (in pairs with two or more), mixed, rate.

    mixed: half differences of two or more, less those that chance differences of one explain: with a share q of pairs
    that differ by one, at most q^2 / 4 differ by two. rate: mixed / telling, drawn towards the rate of all sources
    with the weight of `BORROWED` numbers, because one source holds few twins.
    """
    linked = links.pairs[links.pairs["band"] == "link"]
    pairs = twins(register)
    rows = [{"source": source, **_of_source(rows, pairs)} for source, rows in linked.groupby("source")]
    table = pd.DataFrame(rows, columns=["source", "numbers", "telling", "mixed"])
    telling = table["telling"].sum()
    pooled = table["mixed"].sum() / telling if telling else 0.0
    return table.assign(rate=(table["mixed"] + pooled * BORROWED) / (table["telling"] + BORROWED))


def _of_source(linked: pd.DataFrame, pairs: pd.DataFrame) -> dict:
    held = linked["register_no"].value_counts()
    first, second = (pairs[side].map(held).fillna(0).to_numpy(int) for side in ("first", "second"))
    told = first + second >= 2
    apart = np.abs(first - second)[told]
    chance = len(apart) * (apart == 1).mean() ** 2 / 4 if len(apart) else 0.0
    return {
        "numbers": int((first + second).sum()),
        "telling": int((first + second)[told].sum()),
        "mixed": max(0.0, float((apart // 2).sum() - chance)),
    }
