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
TO_REVIEW = "twin"


def twins(register: pd.DataFrame) -> pd.DataFrame:
    """Pairs of children of one household and birth date: first, second (person numbers). Of three, each with the next."""
    home = register["household_no"].where(register["household_no"].notna(), register["address"])
    child = pd.DataFrame({"first": person_keys(register), "home": home, "birth_date": register["birth_date"]})
    child = child.dropna().sort_values(["home", "birth_date", "first"])
    child["second"] = child.groupby(["home", "birth_date"])["first"].shift(-1)
    return child.dropna(subset="second")[["first", "second"]].reset_index(drop=True)


def mix_ups(links: Links, register: pd.DataFrame) -> pd.DataFrame:
    """Mix-ups of twins by source: source, numbers (linked to twins), telling, mixed, rate, expected.

    telling: numbers of twins, linked or sent to review as such, in pairs with two or more. mixed: half differences of
    two or more among them, less those that chance differences of one explain: with a share q of pairs that differ by
    one, at most q^2 / 4 differ by two. rate: mixed / telling, drawn towards the rate of all sources with the weight of
    `BORROWED` numbers, because one source holds few twins. expected: mix-ups among the links: those that show there,
    and the rate of the numbers in pairs that cannot tell.
    """
    pairs = twins(register)
    claims = links.pairs[(links.pairs["band"] == "link") | (links.pairs["reason"] == TO_REVIEW)]
    rows = [{"source": source, **_of_source(rows, pairs)} for source, rows in claims.groupby("source")]
    table = pd.DataFrame(rows, columns=["source", "numbers", "telling", "mixed", "left", "untold"])
    telling = table["telling"].sum()
    pooled = table["mixed"].sum() / telling if telling else 0.0
    table["rate"] = (table["mixed"] + pooled * BORROWED) / (table["telling"] + BORROWED)
    table["expected"] = table.pop("left") + table["rate"] * table.pop("untold")
    return table


def _of_source(claims: pd.DataFrame, pairs: pd.DataFrame) -> dict:
    linked = claims[claims["band"] == "link"]
    (first, second), kept = _numbers(claims, pairs), _numbers(linked, pairs)
    told = first + second >= 2
    return {
        "numbers": int(sum(kept).sum()),
        "telling": int((first + second)[told].sum()),
        "mixed": _mixed(first[told], second[told]),
        "left": _mixed(kept[0][told], kept[1][told]),
        "untold": int(sum(kept)[~told].sum()),
    }


def _numbers(rows: pd.DataFrame, pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the source at the first and at the second twin of each pair."""
    held = rows["register_no"].value_counts()
    return tuple(pairs[side].map(held).fillna(0).to_numpy(int) for side in ("first", "second"))


def _mixed(first: np.ndarray, second: np.ndarray) -> float:
    apart = np.abs(first - second)
    chance = len(apart) * (apart == 1).mean() ** 2 / 4 if len(apart) else 0.0
    return max(0.0, float((apart // 2).sum() - chance))
