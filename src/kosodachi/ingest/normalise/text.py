"""Whole columns of text rewritten as arrays of code points: values one behind the other, looked up and cut by masks.

A rule is a look-up table or a comparison of each sign with its neighbours, so a million names take tenths of a second
and no rule runs value by value. Signs that Unicode folds to several (㈱, ㋿) are rare: their values go through Python.
Few distinct values are worked on once each. Ref.: tables over joined UTF-32, 0.05 s a million names.
"""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

BETWEEN = "\x1e"
END = ord(BETWEEN)
SIZE = 0x110000
DROP = 0
SELECTORS = [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x200B, 0x2010), *range(0x202A, 0x202F),
             *range(0x2060, 0x2065), 0x00AD, 0xFEFF, 0x180E]  # fmt: skip
CONTROLS = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if code != END]
HYPHENS = "-‐‑‒–—―−－﹣~～〜ｰ─━ー"
SAMPLE, FEW = 2_000, 0.25
PART, WORKERS = 16_384, 4


def columns(
    values: pd.Series, kernel: Callable[[list[str]], tuple[np.ndarray, ...]], names: tuple[str, ...], *, shared=False
):
    """A frame with one column a name, from arrays of code points that the kernel makes of the values; blank becomes None.

    The kernel sees each value once where values repeat often (or are `shared`, as a household's address), and parts of a long column at the same time. Missing stays
    missing; the index is that of `values`.
    """
    array = values.to_numpy(dtype=object)
    there = np.flatnonzero(pd.notna(array))
    if not len(there):
        return pd.DataFrame({name: missing(values.index) for name in names})
    full = len(there) == len(array)
    filled = array if full else array[there]
    codes, filled = pd.factorize(filled) if shared or _often_repeated(filled) else (None, filled)
    table = {}
    for name, texts in zip(names, _in_parts(filled, kernel)):
        texts = texts if codes is None else texts[codes]
        table[name] = texts if full else np.full(len(array), None, dtype=object)
        if not full:
            table[name][there] = texts
    return pd.DataFrame(table, index=values.index, columns=list(names), copy=False)


def _in_parts(filled: np.ndarray, kernel) -> list[np.ndarray]:
    """Texts by column. A part fits the processor's cache, and numpy lets parts run side by side."""

    def part(at: int) -> list[np.ndarray]:
        return [texts_of(codes) for codes in kernel(filled[at : at + PART].tolist())]

    starts = range(0, len(filled), PART)
    if len(starts) == 1:
        return part(0)
    with ThreadPoolExecutor(min(WORKERS, os.cpu_count() or 1)) as pool:
        return [np.concatenate(texts) for texts in zip(*pool.map(part, starts))]


def _often_repeated(filled: np.ndarray) -> bool:
    """Whether an evenly spread sample holds few distinct values; it decides the way, never the result."""
    sample = filled[:: max(1, len(filled) // SAMPLE)]
    return len(set(sample)) < FEW * len(sample)


def over_distinct(values: pd.Series, function: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """The values after a function on the Series of distinct ones (index = the value); blank and missing become None."""
    codes, distinct = pd.factorize(values.to_numpy(dtype=object))
    if not len(distinct):
        return missing(values.index)
    done = function(pd.Series(distinct, index=pd.Index(distinct, dtype=object), dtype=object)).to_numpy(dtype=object)
    done = np.append(np.where(pd.isna(done) | (done == ""), None, done), None)
    return pd.Series(done[codes], index=values.index, dtype=object)


def missing(index: pd.Index) -> pd.Series:
    """A column without any value on an index."""
    return pd.Series(np.full(len(index), None, dtype=object), index=index, dtype=object)


def codes_of(texts: list[str]) -> np.ndarray:
    """The code points of the texts, each text ended by END. A lone surrogate is written as a question mark."""
    joined = BETWEEN.join(texts) + BETWEEN
    if joined.count(BETWEEN) != len(texts):
        joined = BETWEEN.join(text.replace(BETWEEN, " ") for text in texts) + BETWEEN
    return np.frombuffer(joined.encode("utf-32-le", "replace"), "<u4")


def texts_of(codes: np.ndarray) -> np.ndarray:
    """The texts of code points as an array of objects; an empty one is None."""
    texts = np.array(codes.tobytes().decode("utf-32-le").split(BETWEEN)[:-1], dtype=object)
    ends = np.flatnonzero(codes == END)
    texts[np.diff(ends, prepend=-1) == 1] = None
    return texts


def holding(values: pd.Series, signs: str) -> pd.Series:
    """The values that hold one of the signs; the others are missing."""
    array = values.to_numpy(dtype=object)
    there = np.flatnonzero(pd.notna(array))
    found = np.full(len(array), None, dtype=object)
    joined = BETWEEN.join(array[there])
    if any(sign in joined for sign in signs):
        codes = codes_of(array[there].tolist())
        hits = np.flatnonzero(np.logical_or.reduce([codes == ord(sign) for sign in signs]))
        at = there[np.unique(np.searchsorted(np.flatnonzero(codes == END), hits))]
        found[at] = array[at]
    return pd.Series(found, index=values.index, dtype=object)


def before(codes: np.ndarray, steps: int = 1) -> np.ndarray:
    """The code points some places before each; END before the first."""
    found = np.full(len(codes), END, codes.dtype)
    found[steps:] = codes[: max(0, len(codes) - steps)]
    return found


def after(codes: np.ndarray, steps: int = 1) -> np.ndarray:
    """The code points some places after each; END after the last."""
    found = np.full(len(codes), END, codes.dtype)
    found[: max(0, len(codes) - steps)] = codes[steps:]
    return found


def earlier(mask: np.ndarray, steps: int = 1) -> np.ndarray:
    """Whether the mask holds some places before."""
    found = np.zeros(len(mask), dtype=bool)
    found[steps:] = mask[: max(0, len(mask) - steps)]
    return found


def later(mask: np.ndarray, steps: int = 1) -> np.ndarray:
    """Whether the mask holds some places on."""
    found = np.zeros(len(mask), dtype=bool)
    found[: max(0, len(mask) - steps)] = mask[steps:]
    return found


def value_of(codes: np.ndarray) -> np.ndarray:
    """The number of the value that each code point stands in, from 0; an END belongs to the value it ends."""
    ends = codes == END
    return np.cumsum(ends, dtype="i4") - ends


def kinds_table(*kinds: tuple[int, Iterable[int]]) -> np.ndarray:
    """A table of code points: the bits of the kinds (bit, code points) that each is of."""
    found = np.zeros(SIZE, dtype="u4")
    for bit, signs in kinds:
        found[list(signs)] |= bit
    return found


def codes_in(signs: str) -> list[int]:
    """The code points of the signs."""
    return [ord(sign) for sign in signs]


def table(pairs: dict[str, str], *, drop=()) -> np.ndarray:
    """A look-up table of code points: each character of `pairs` becomes its partner, those of `drop` become DROP."""
    codes = np.arange(SIZE, dtype="<u4")
    codes[[ord(old) for old in pairs]] = [ord(new) for new in pairs.values()]
    codes[list(drop)] = DROP
    return codes


def mapped(codes: np.ndarray, by: np.ndarray) -> np.ndarray:
    """The code points after a table; those that it drops are gone."""
    found = by[codes]
    gone = found == DROP
    return found[~gone] if gone.any() else found


def with_single_blanks(codes: np.ndarray) -> np.ndarray:
    """Runs of blanks become one, blanks at either end of a value are gone."""
    blank = codes == 0x20
    if not blank.any():
        return codes
    kept = ~(blank & earlier(blank | (codes == END)))
    kept[0] = not blank[0]
    codes = codes[kept]
    return codes[~((codes == 0x20) & later(codes == END))]


@cache
def tidy_table() -> np.ndarray:
    """Variation selectors and invisible marks vanish, control characters become blanks, separate dakuten become joining ones."""
    blanks = {chr(code): " " for code in CONTROLS if code}
    return table({"゛": "\u3099", "゜": "\u309a", **blanks}, drop=[0, *SELECTORS])


@cache
def variant_table() -> np.ndarray:
    """Every variant kanji of variants.yaml becomes the first of its class; small ヶ and ヵ become large."""
    import yaml

    lines = yaml.safe_load((files(__package__) / "variants.yaml").read_text(encoding="utf-8"))
    pairs = {variant: group[0] for line in lines for group in line.split() for variant in group[1:]}
    return table({**pairs, "ヶ": "ケ", "ヵ": "カ"})
