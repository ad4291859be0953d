"""Kana of names as they are compared, and a code of one ASCII byte a kana.

DuckDB's edit distances count bytes and Spark's count characters; on the code both count kana. The code also folds what
clerks write differently for one sound: long vowels, small kana, ヅ/ズ, ヂ/ジ. Not for printing a reading.
"""

import string
from functools import cache

import numpy as np
import pandas as pd

from kosodachi.ingest.normalise.names import KEPT as NAME
from kosodachi.ingest.normalise.names import UNNAMED, kind_of, named, split
from kosodachi.ingest.normalise.text import (
    END,
    HYPHENS,
    SIZE,
    codes_in,
    codes_of,
    columns,
    earlier,
    exchanged,
    kinds_table,
    over_distinct,
    table,
    tidy_table,
    with_single_blanks,
    words_in,
)
from kosodachi.ingest.normalise.width import in_one_width

HIRAGANA = {chr(code): chr(code + 0x60) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
LOOK_ALIKE = dict(zip("一二口力夕八卜工", "ーニロカタハトエ"))
KATAKANA = "".join(map(chr, range(0x30A1, 0x30FB)))
VOICED = dict(zip("カキクケコサシスセソタチツテトハヒフヘホウ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ"))
LONG, AGAIN, AGAIN_VOICED = np.uint32(ord("ー")), ord("ヽ"), ord("ヾ")
VOWELS, LENGTHENS, KEPT, SPOKEN = 0b11111, 5, 1 << 10, 1 << 11

SMALL = dict(zip("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ"))
SAME_SOUND = {"ヂ": "ジ", "ヅ": "ズ", "ヲ": "オ", "ヰ": "イ", "ヱ": "エ", "ヴ": "ブ", "ヷ": "バ", "ヸ": "ビ", "ヹ": "ベ", "ヺ": "ボ"}  # fmt: skip
SOUNDS = SMALL | SAME_SOUND
ROWS = {"ア": "アカサタナハマヤラワガザダバパ", "イ": "イキシチニヒミリギジビピ", "ウ": "ウクスツヌフムユルグズブプ",
        "エ": "エケセテネヘメレゲゼデベペ", "オ": "オコソトノホモヨロゴゾドボポ"}  # fmt: skip
LENGTHENED = {"ア": "ア", "イ": "イ", "ウ": "ウ", "エ": "エイ", "オ": "オウ"}
KANA = "".join(ROWS.values()) + "ンー"
# 94 printable signs less 24 letters that stand for themselves (C and Q are read as K) leave 70: 69 kana and one for the rest.
_SIGNS = [sign for sign in string.printable[:94] if sign not in "ABDEFGHIJKLMNOPRSTUVWXYZ"]
CODES = dict(zip(KANA, _SIGNS)) | {"C": "K", "Q": "K"} | {sign: sign for sign in "ABDEFGHIJKLMNOPRSTUVWXYZ"}
OTHER = _SIGNS[len(KANA)]
PARTS = ("kana", "surname", "given")
CODED = ("kana_code", "surname_code", "given_code")


def clean(values: pd.Series) -> pd.Series:
    """Full-width katakana with one blank between the parts; small kana kept; hyphens after a kana become ー."""
    return columns(values, lambda texts: (_cleaned(texts),), ("kana",))["kana"]


def parts(values: pd.Series) -> pd.DataFrame:
    """Columns kana (joined), surname and given (None without a separator, or if it only stands for a name)."""
    return columns(values, lambda texts: named(split(_cleaned(texts)), UNNAMED), PARTS)


def with_codes(values: pd.Series) -> pd.DataFrame:
    """Columns kana and kana_code, surname_code, given_code, straight from what a source wrote.

    A reading of what only stands for a given name (ベビー) is left out.
    """

    def kernel(texts: list[str]) -> tuple[np.ndarray, ...]:
        whole, surname, given = split(_cleaned(texts))
        codes = tuple(map(_sounds, (whole, surname, given)))
        at = words_in(codes[2], _unnamed())
        return (exchanged(whole, at, surname) if len(at) else whole, *named(codes, _unnamed()))

    return columns(values, kernel, ("kana", *CODED), few=CODED[1:])


def codes_alone(values: pd.Series) -> pd.Series:
    """The column kana_code of `with_codes` alone."""

    def kernel(texts: list[str]) -> tuple[np.ndarray, ...]:
        return named(tuple(map(_sounds, split(_cleaned(texts)))), _unnamed())[:1]

    return columns(values, kernel, CODED[:1])["kana_code"]


@cache
def _unnamed() -> tuple[str, ...]:
    return tuple(coded(pd.Series([name for name in UNNAMED if name[0] in KATAKANA], dtype=object)))


def joined_of(values: pd.Series) -> pd.Series:
    """Kana without blanks and separators, straight from what a source wrote."""
    return columns(values, lambda texts: split(_cleaned(texts))[:1], ("kana",))["kana"]


def of_kana(names: pd.Series) -> pd.Series:
    """The reading of names that are written in kana alone; missing for all others."""
    some = over_distinct(names, lambda texts: texts.where(texts.str.fullmatch(r"[ぁ-ゖァ-ヺーゝゞヽヾ]+"), None))
    return joined_of(some)


def coded(kana: pd.Series) -> pd.Series:
    """One ASCII byte a kana of joined katakana, equal for spellings of one sound; オオノ and オノ stay apart."""
    return columns(kana, lambda texts: (_sounds(codes_of(texts)),), ("code",))["code"]


def _cleaned(texts: list[str]) -> np.ndarray:
    codes = in_one_width(texts, first=_tidied)
    kinds = _kinds().take(codes)
    kept = (kinds & KEPT) != 0
    if not kept.all():
        codes, kinds = codes.compress(kept), kinds.compress(kept)
    codes = _katakana().take(codes)
    stray = codes == LONG
    if stray.any():
        stray &= ~earlier((kinds & SPOKEN) != 0)
        codes = codes.compress(~stray) if stray.any() else codes
    return _spelt_out(with_single_blanks(codes))


def _spelt_out(codes: np.ndarray) -> np.ndarray:
    """ヽ repeats the kana before it and ヾ repeats it with its voice, one after the other."""
    marks = np.flatnonzero((codes == AGAIN) | (codes == AGAIN_VOICED))
    while (ready := (_kinds()[codes[marks - 1]] & SPOKEN) != 0).any():
        at, marks = marks[ready], marks[~ready]
        kana = codes[at - 1]
        codes[at] = np.where(codes[at] == AGAIN, kana, _voice()[kana])
    return codes


def _sounds(codes: np.ndarray) -> np.ndarray:
    """The code signs of joined katakana: one sound one sign, every second sign of a long vowel ー."""
    kinds = _kinds().take(codes)
    signs = _signs().take(codes)
    long = np.flatnonzero((kinds >> LENGTHENS)[1:] & kinds[:-1] & VOWELS) + 1
    run = long - np.maximum.accumulate(np.where(np.diff(long, prepend=-1) == 1, 0, long)) if len(long) else long
    signs[long.compress(run % 2 == 0)] = ord(CODES["ー"])
    return signs


@cache
def _tidied() -> np.ndarray:
    return tidy_table()[table(dict.fromkeys(HYPHENS, "ー"))]


@cache
def _kinds() -> np.ndarray:
    """The kinds of each code point as bits: kept in kana; a katakana; the vowel it ends on; the vowels it lengthens."""
    kept = [*np.flatnonzero(kind_of() & NAME), AGAIN, AGAIN_VOICED]
    kana = [*codes_in(KATAKANA), *(ord(sign) for sign in HIRAGANA if HIRAGANA[sign] in KATAKANA)]
    kana += [ord(sign) for sign, read in LOOK_ALIKE.items() if read in KATAKANA]
    vowels = []
    for bit, (vowel, row) in enumerate(ROWS.items()):
        vowels.append((1 << bit, [ord(sign) for sign in KATAKANA if SOUNDS.get(sign, sign) in row]))
        longer = [ord(sign) for sign in KATAKANA + "ー" if SOUNDS.get(sign, sign) in LENGTHENED[vowel] + "ー"]
        vowels.append((1 << bit + LENGTHENS, longer))
    return kinds_table(*vowels, (KEPT, kept), (SPOKEN, kana))


@cache
def _katakana() -> np.ndarray:
    return table({**HIRAGANA, **LOOK_ALIKE})


@cache
def _voice() -> np.ndarray:
    return table(VOICED)


@cache
def _signs() -> np.ndarray:
    signs = np.full(SIZE, ord(OTHER), dtype="u1")
    for kana in [*KATAKANA, *CODES]:
        signs[ord(kana)] = ord(CODES.get(SOUNDS.get(kana, kana), OTHER))
    signs[END] = END
    return signs
