"""Names: surnames and given names with their kana, foreign names, and the shares they are drawn by.

Names are drawn at random, none is anybody's. Surname shares follow (rank + 4)^-0.75 over about 2,400 surnames, which
gives 1.6 % for the first, 10 % for the first ten and 33 % for the first hundred; published for Japan: 1.5, 10.2 and
33.4 % (Meiji Yasuda 2018, 6.55 million people). The shares of given names are assumptions.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from kosodachi.synthesis.forms import full_width

SURNAME_LAW, GIVEN_LAW = (4.0, 0.75), (30.0, 0.9)
SEXES = ("male", "female")
SURNAMES = 2348  # Japanese surnames in `names()`; kept here so that codes can be drawn without reading the book


@dataclass(frozen=True)
class Names:
    """Arrays of strings by code. Surname codes from `foreign_from` on are foreign; shares sum to 1.

    given_from: first code of a sex. foreign: group of each foreign surname, and spans of given codes by group and sex.
    """

    surname: np.ndarray
    surname_kana: np.ndarray
    surname_by_ear: np.ndarray
    surname_share: np.ndarray
    foreign_from: int
    given: np.ndarray
    given_kana: np.ndarray
    given_by_ear: np.ndarray
    given_share: dict[str, np.ndarray]
    given_from: dict[str, int]
    foreign: dict[str, np.ndarray]


@cache
def names() -> Names:
    """All names; read once. The common ones come from gimei (MIT)."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    book = yaml.load((files("gimei") / "data" / "names.yml").read_text(encoding="utf-8"), Loader=loader)
    surnames = _surnames(book["last_name"], _data("surname_parts.yaml"))
    given = {
        sex: [[kanji, kana, kana] for kanji, _, kana in book["first_name"][sex] if len(kanji) <= 3] for sex in SEXES
    }
    return _joined(surnames, given, _data("foreign_names.yaml")["groups"])


def _data(name: str) -> dict:
    import yaml

    return yaml.safe_load((files(__package__) / "data" / name).read_text(encoding="utf-8"))


def _surnames(common: list[list[str]], parts: dict) -> list[list[str]]:
    """Surnames by rank: the leading ones, the further common ones, then rarer ones put together, in a fixed order."""
    known = {kanji: kana for kanji, _, kana in common}
    rest = [kanji for kanji in known if kanji not in parts["leading"]]
    fronts, backs = parts["front"].items(), parts["back"].items()
    made = {f + b: a + z for f, a in fronts for b, z in backs if f != b and f + b not in known}
    order = np.random.default_rng(20240401).permutation(len(made))
    rare = np.array(list(made), dtype=object)[order].tolist()
    known |= made
    return [[kanji, known[kanji], known[kanji]] for kanji in [*parts["leading"], *rest, *rare]]


def _joined(surnames: list, given: dict[str, list], groups: dict) -> Names:
    foreign_surnames = [(i, _wide(row)) for i, group in enumerate(groups.values()) for row in group["surname"]]
    foreign_given = {sex: [[_wide(row) for row in group[sex]] for group in groups.values()] for sex in SEXES}
    start, spans = sum(map(len, given.values())), {}
    for sex, lists in foreign_given.items():
        ends = start + np.cumsum([len(rows) for rows in lists])
        spans[sex] = np.column_stack([ends - [len(rows) for rows in lists], ends])
        start = int(ends[-1])
    further = [row for lists in foreign_given.values() for rows in lists for row in rows]
    share = {sex: _shuffled(_law(len(given[sex]), *GIVEN_LAW), number) for number, sex in enumerate(SEXES)}
    return Names(
        *np.array(surnames + [row for _, row in foreign_surnames], dtype=object).T,
        _law(len(surnames), *SURNAME_LAW), len(surnames),
        *np.array(given["male"] + given["female"] + further, dtype=object).T,
        share, {"male": 0, "female": len(given["male"])},
        {"group": np.array([group for group, _ in foreign_surnames]), **spans},
    )  # fmt: skip


@cache
def surname_shares() -> np.ndarray:
    """Shares of the Japanese surnames by code, without reading the book of names."""
    return _law(SURNAMES, *SURNAME_LAW)


@cache
def foreign_surnames() -> int:
    """How many foreign surnames there are; their codes follow the Japanese ones."""
    return sum(len(group["surname"]) for group in _data("foreign_names.yaml")["groups"].values())


def _wide(row: list[str]) -> list[str]:
    return [full_width(row[0]), row[1], row[2]]


def _law(n: int, offset: float, power: float) -> np.ndarray:
    weights = (np.arange(n) + offset) ** -power
    return weights / weights.sum()


def _shuffled(shares: np.ndarray, number: int) -> np.ndarray:
    """Which given name is popular is fixed, not drawn anew for each town."""
    return shares[np.random.default_rng([20240401, number]).permutation(len(shares))]
