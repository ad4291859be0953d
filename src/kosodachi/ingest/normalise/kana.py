"""Kana of names as they are compared, and a code of one ASCII byte a kana.

DuckDB's edit distances count bytes and Spark's count characters; on the code both count kana. The code also folds what
clerks write differently for one sound: long vowels, small kana, ヅ/ズ, ヂ/ジ. Not for printing a reading.
"""

import string
from functools import cache

import numpy as np
import pandas as pd

from kosodachi.ingest.normalise.names import _kept, split
from kosodachi.ingest.normalise.text import (
    END,
    HYPHENS,
    SIZE,
    before,
    codes_of,
    columns,
    members,
    over_distinct,
    table,
    tidy_table,
    with_single_blanks,
)
from kosodachi.ingest.normalise.width import in_one_width

HIRAGANA = {chr(code): chr(code + 0x60) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
LOOK_ALIKE = dict(zip("一二口力夕八卜工", "ーニロカタハトエ"))
KATAKANA = "".join(map(chr, range(0x30A1, 0x30FB)))
VOICED = dict(zip("カキクケコサシスセソタチツテトハヒフヘホウ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ"))
LONG, AGAIN, AGAIN_VOICED = ord("ー"), ord("ヽ"), ord("ヾ")

SMALL = dict(zip("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ"))
SAME_SOUND = {"ヂ": "ジ", "ヅ": "ズ", "ヲ": "オ", "ヰ": "イ", "ヱ": "エ", "ヴ": "ブ", "ヷ": "バ", "ヸ": "ビ", "ヹ": "ベ", "ヺ": "ボ"}  # fmt: skip
ROWS = {"ア": "アカサタナハマヤラワガザダバパ", "イ": "イキシチニヒミリギジビピ", "ウ": "ウクスツヌフムユルグズブプ",
        "エ": "エケセテネヘメレゲゼデベペ", "オ": "オコソトノホモヨロゴゾドボポ"}  # fmt: skip
LENGTHENED = {"ア": "ア", "イ": "イ", "ウ": "ウ", "エ": "エイ", "オ": "オウ"}
KANA = "".join(ROWS.values()) + "ンー"
# 94 printable signs less 24 letters that stand for themselves (C and Q are read as K) leave 70: 69 kana and one for the rest.
_SIGNS = [sign for sign in string.printable[:94] if sign not in "ABDEFGHIJKLMNOPRSTUVWXYZ"]
CODES = dict(zip(KANA, _SIGNS)) | {"C": "K", "Q": "K"} | {sign: sign for sign in "ABDEFGHIJKLMNOPRSTUVWXYZ"}
OTHER = _SIGNS[len(KANA)]
PARTS = ("kana", "surname", "given")


def clean(values: pd.Series) -> pd.Series:
    """Full-width katakana with one blank between the parts; small kana kept; hyphens after a kana become ー."""
    return columns(values, lambda texts: (_cleaned(texts),), ("kana",))["kana"]


def parts(values: pd.Series) -> pd.DataFrame:
    """Columns kana (joined), surname and given (None without a separator)."""
    return columns(values, lambda texts: split(_cleaned(texts)), PARTS)


def parts_and_codes(values: pd.Series) -> pd.DataFrame:
    """Columns kana, surname, given and kana_code, surname_code, given_code, straight from what a source wrote."""

    def kernel(texts: list[str]) -> tuple[np.ndarray, ...]:
        whole = split(_cleaned(texts))
        return (*whole, *map(_sounds, whole))

    return columns(values, kernel, (*PARTS, *(f"{part}_code" for part in PARTS)))


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
    codes = _katakana()[in_one_width(texts, first=_tidied())]
    codes = codes[_kept()[codes] | (codes == AGAIN) | (codes == AGAIN_VOICED)]
    codes = codes[(codes != LONG) | members(KATAKANA)[before(codes)]]
    return _spelt_out(with_single_blanks(codes))


def _spelt_out(codes: np.ndarray) -> np.ndarray:
    """ヽ repeats the kana before it and ヾ repeats it with its voice, one after the other."""
    while (again := ((codes == AGAIN) | (codes == AGAIN_VOICED)) & members(KATAKANA)[before(codes)]).any():
        kana = before(codes)
        codes = np.where(again, np.where(codes == AGAIN, kana, _voice()[kana]), codes)
    return codes


def _sounds(codes: np.ndarray) -> np.ndarray:
    """The code signs of joined katakana: one sound one sign, every second sign of a long vowel ー."""
    codes = _one_sound()[codes]
    vowel, longer = _vowels()
    long = (vowel[before(codes)] & longer[codes]) > 0
    start = np.maximum.accumulate(np.where(~long, np.arange(len(codes)), 0))
    codes = np.where(long & ((np.arange(len(codes)) - start) % 2 == 1), LONG, codes)
    return _signs()[codes]


@cache
def _tidied() -> np.ndarray:
    return tidy_table()[table(dict.fromkeys(HYPHENS, "ー"))]


@cache
def _katakana() -> np.ndarray:
    return table({**HIRAGANA, **LOOK_ALIKE})


@cache
def _voice() -> np.ndarray:
    return table(VOICED)


@cache
def _one_sound() -> np.ndarray:
    return table({**SMALL, **SAME_SOUND})


@cache
def _vowels() -> tuple[np.ndarray, np.ndarray]:
    """A bit for the vowel that a kana ends on, and bits for the vowels that a sign lengthens."""
    ends, lengthens = np.zeros(SIZE, dtype="u1"), np.zeros(SIZE, dtype="u1")
    for bit, (vowel, row) in enumerate(ROWS.items()):
        ends[[ord(kana) for kana in row]] = 1 << bit
        lengthens[[ord(sign) for sign in LENGTHENED[vowel] + "ー"]] |= 1 << bit
    return ends, lengthens


@cache
def _signs() -> np.ndarray:
    signs = np.full(SIZE, ord(OTHER), dtype="<u4")
    for kana, sign in CODES.items():
        signs[ord(kana)] = ord(sign)
    signs[END] = END
    return signs
