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

from kosodachi.ingest.normalise.packed import packed, unpacked

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
    values: pd.Series,
    kernel: Callable[[list[str]], tuple[np.ndarray, ...]],
    names: tuple[str, ...],
    *,
    few: tuple[str, ...] = (),
) -> pd.DataFrame:
    """A frame with one column a name, from arrays of code points that the kernel makes of the values; blank becomes None.

    The kernel sees each value once where values repeat often, and parts of a long column at the same time. Columns in
    `few` are known to hold few distinct texts. Missing stays missing; the index is that of `values`.
    """
    array, repeated = values.to_numpy(dtype=object), tuple(name in few for name in names)
    if _often_repeated(array):
        codes, distinct = pd.factorize(array)
        made = _in_parts(distinct, kernel, repeated) if len(distinct) else [distinct] * len(names)
        return framed(dict(zip(names, made)), codes, values.index)
    try:  # a column without a missing value, which joining its texts tells for nothing
        table = _in_parts(array, kernel, repeated)
    except TypeError:
        there = np.flatnonzero(pd.notna(array))
        table = [np.full(len(array), None, dtype=object) for _ in names]
        for column, texts in zip(table, _in_parts(array[there], kernel, repeated)):
            column[there] = texts
    return pd.DataFrame(dict(zip(names, table)), index=values.index, copy=False)


def framed(distinct: dict[str, np.ndarray], codes: np.ndarray, index: pd.Index) -> pd.DataFrame:
    """A frame of columns that are known by distinct value; -1 is None."""
    table = {name: np.append(made, None).take(codes) for name, made in distinct.items()}
    return pd.DataFrame(table, index=index, copy=False)


def _in_parts(filled: np.ndarray, kernel, repeated: tuple[bool, ...]) -> list[np.ndarray]:
    """Texts by column. A part fits the processor's cache, and numpy lets parts run side by side.

    `take` and `compress` are what numpy does fastest, and without holding up the other parts.
    """

    def part(at: int) -> list:
        made = kernel(filled[at : at + PART].tolist())
        return [packed(codes) if few else texts_of(codes) for codes, few in zip(made, repeated)]

    starts = range(0, len(filled), PART)
    if len(starts) == 1:
        return [texts_of(codes) for codes in kernel(filled.tolist())]
    with ThreadPoolExecutor(min(WORKERS, os.cpu_count() or 1)) as pool:
        parts = list(zip(*pool.map(part, starts)))
    return [unpacked(texts) if few else np.concatenate(texts) for texts, few in zip(parts, repeated)]


def together(*jobs: Callable[[], object]) -> list:
    """What the jobs return, each begun in its turn: while one makes texts of Python, numpy works for another."""
    with ThreadPoolExecutor(min(max(1, len(jobs)), os.cpu_count() or 1)) as pool:
        return [begun.result() for begun in [pool.submit(job) for job in jobs]]


def _often_repeated(filled: np.ndarray) -> bool:
    """Whether an evenly spread sample holds few distinct values, or none; it decides the way, never the result."""
    sample = filled[:: max(1, len(filled) // SAMPLE)]
    return len(set(sample)) < FEW * len(sample) or not len(sample) or not pd.notna(sample).any()


def over_distinct(values: pd.Series, function: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """The values after a function on the Series of distinct ones (index = the value); blank and missing become None."""
    return all_over_distinct(values, lambda texts: {"": function(texts)})[""] if len(values) else missing(values.index)


def all_over_distinct(values: pd.Series, function: Callable[[pd.Series], dict[str, pd.Series]]) -> pd.DataFrame:
    """Several columns made by a function on the Series of distinct values, as `over_distinct` has one."""
    codes, distinct = pd.factorize(values.to_numpy(dtype=object))
    index = pd.Index(distinct, dtype=object)
    made = function(pd.Series(distinct, index=index, dtype=object))
    return framed({name: _or_none(column) for name, column in made.items()}, codes, values.index)


def _or_none(column) -> np.ndarray:
    """The column as an array of objects; what is missing or empty is None."""
    column = np.array(column, dtype=object)
    column[pd.isna(column) | (column == "")] = None
    return column


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
    """The texts of code points (of ASCII: one byte each) as an array of objects; an empty one is None."""
    joined = codes.tobytes().decode("ascii" if codes.dtype == "u1" else "utf-32-le")
    texts = np.array(joined.split(BETWEEN)[:-1], dtype=object)
    if joined[:1] == BETWEEN or 2 * BETWEEN in joined:
        texts[np.diff(np.flatnonzero(codes == END), prepend=-1) == 1] = None
    return texts


def holding(values: pd.Series, signs: str) -> pd.Series:
    """The values that hold one of the signs; the others are missing."""
    array = values.to_numpy(dtype=object)
    found, there = np.full(len(array), None, dtype=object), np.arange(len(array))
    try:
        joined = BETWEEN.join(array)
    except TypeError:
        there = np.flatnonzero(pd.notna(array))
        joined = BETWEEN.join(array[there])
    if any(sign in joined for sign in signs):
        codes = codes_of(array[there].tolist())
        hits = np.flatnonzero(np.logical_or.reduce([codes == ord(sign) for sign in signs]))
        at = there[np.unique(np.searchsorted(np.flatnonzero(codes == END), hits))]
        found[at] = array[at]
    return pd.Series(found, index=values.index, dtype=object)


def words_in(codes: np.ndarray, words: tuple[str, ...]) -> np.ndarray:
    """The numbers of the values that are one of a few words (each of two signs or more)."""
    ends = np.flatnonzero(codes == END)
    begins = np.append(0, ends[:-1] + 1)
    hit = np.full(len(ends), 0xFFFF, dtype="u2")
    for place, signs in enumerate(_heads(words)):
        hit &= signs.take(codes.take(begins + place, mode="clip"), mode="clip")
    near = np.flatnonzero(hit)
    same = [codes[begins[at] : ends[at]].astype("<u4").tobytes().decode("utf-32-le") in words for at in near]
    return near[np.array(same, dtype=bool)]


@cache
def _heads(words: tuple[str, ...]) -> tuple[np.ndarray, ...]:
    """A table for each of the first three signs: the words, as bits, that have a sign there."""
    tables = np.zeros((3, 0x10000), dtype="u2")
    for bit, word in enumerate(words):
        for place, sign in enumerate((word + BETWEEN)[:3]):
            tables[place, ord(sign)] |= 1 << bit
    return tuple(tables)


def exchanged(codes: np.ndarray, at: np.ndarray, others: np.ndarray | None = None) -> np.ndarray:
    """The code points with some values as in `others`, or else empty."""
    texts, other = (_plain_texts(given) if given is not None else None for given in (codes, others))
    for number in at:
        texts[number] = other[number] if other else ""
    return codes_of(texts).astype(codes.dtype)


def _plain_texts(codes: np.ndarray) -> list[str]:
    return codes.astype("<u4").tobytes().decode("utf-32-le").split(BETWEEN)[:-1]


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
    found = by.take(codes)
    gone = found == DROP
    return found.compress(~gone) if gone.any() else found


def with_single_blanks(codes: np.ndarray) -> np.ndarray:
    """Runs of blanks become one, blanks at either end of a value are gone."""
    blank = codes == 0x20
    if not blank.any():
        return codes
    kept = ~(blank & earlier(blank | (codes == END)))
    kept[0] = not blank[0]
    codes = codes if kept.all() else codes.compress(kept)
    last = (codes == 0x20) & later(codes == END)
    return codes.compress(~last) if last.any() else codes


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
