"""Kana of names as they are compared, and a code of one ASCII byte a kana.

DuckDB's edit distances count bytes and Spark's count characters; on the code both count kana. The code also folds what
clerks write differently for one sound: long vowels, small kana, ヅ/ズ, ヂ/ジ. Not for printing a reading.
"""

import re
import string
import unicodedata
from functools import cache

import numpy as np
import pandas as pd

from kosodachi.ingest.normalise.names import _split, joined
from kosodachi.ingest.normalise.text import BETWEEN, HYPHENS, looked_up, over_distinct, rewritten, table, tidy_table

HIRAGANA = {chr(code): chr(code + 0x60) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
LOOK_ALIKE = dict(zip("一二口力夕八卜工", "ーニロカタハトエ"))
_LONG = table(dict.fromkeys(HYPHENS, "ー"))
_KATAKANA = table({**HIRAGANA, **LOOK_ALIKE})
_MARKED = re.compile("([ァ-ヺ])([ヽヾ]+)")
_STRAY = re.compile(r"(?<![ァ-ヺー])ー+|(?<=ー)ー+")
_NOT_KANA = re.compile(rf"[^\w{BETWEEN} ・,、/_=]")
_BLANKS = re.compile(r" {2,}")
_EDGES = re.compile(rf" *{BETWEEN} *")
VOICED = dict(zip("カキクケコサシスセソタチツテトハヒフヘホウ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴ"))

SMALL = dict(zip("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ"))
SAME_SOUND = {
    "ヂ": "ジ",
    "ヅ": "ズ",
    "ヲ": "オ",
    "ヰ": "イ",
    "ヱ": "エ",
    "ヴ": "ブ",
    "ヷ": "バ",
    "ヸ": "ビ",
    "ヹ": "ベ",
    "ヺ": "ボ",
}
_SOUNDS = table({**SMALL, **SAME_SOUND})
ROWS = {"ア": "アカサタナハマヤラワガザダバパ", "イ": "イキシチニヒミリギジビピ", "ウ": "ウクスツヌフムユルグズブプ",
        "エ": "エケセテネヘメレゲゼデベペ", "オ": "オコソトノホモヨロゴゾドボポ"}  # fmt: skip
LENGTHENED = {"ア": "ア", "イ": "イ", "ウ": "ウ", "エ": "エイ", "オ": "オウ"}
_LONG_VOWEL = re.compile("|".join(f"[{ROWS[vowel]}][{LENGTHENED[vowel]}ー]" for vowel in ROWS))
KANA = "".join(ROWS.values()) + "ンー"
# 94 printable signs less 24 letters that stand for themselves (C and Q are read as K) leave 70: 69 kana and one for the rest.
_SIGNS = [sign for sign in string.printable[:94] if sign not in "ABDEFGHIJKLMNOPRSTUVWXYZ"]
CODES = dict(zip(KANA, _SIGNS)) | {"C": "K", "Q": "K"} | {sign: sign for sign in "ABDEFGHIJKLMNOPRSTUVWXYZ"}
OTHER = _SIGNS[len(KANA)]


def clean(values: pd.Series) -> pd.Series:
    """Full-width katakana with one blank between the parts; small kana kept; hyphens after a kana become ー."""
    return rewritten(values, _tidy, _one_width, _katakana, _plain, _repeated)


def parts(values: pd.Series) -> pd.DataFrame:
    """Columns kana (joined), surname and given (None without a separator)."""
    spoken = clean(values)
    return pd.DataFrame({
        "kana": joined(spoken),
        "surname": over_distinct(spoken, lambda names: _split(names)[0]),
        "given": over_distinct(spoken, lambda names: _split(names)[1]),
    })  # fmt: skip


def joined_of(values: pd.Series) -> pd.Series:
    """Kana without blanks and separators, straight from what a source wrote."""
    return joined(clean(values))


def of_kana(names: pd.Series) -> pd.Series:
    """The reading of names that are written in kana alone; missing for all others."""
    return over_distinct(
        names, lambda texts: joined_of(texts.where(texts.str.fullmatch(r"[ぁ-ゖァ-ヺーゝゞヽヾ]+"), None))
    )


def coded(kana: pd.Series) -> pd.Series:
    """One ASCII byte a kana of joined katakana, equal for spellings of one sound; オオノ and オノ stay apart."""
    return rewritten(kana, _sounds, _bytes)


def _tidy(text: str) -> str:
    return looked_up(looked_up(text, _LONG), tidy_table())


def _one_width(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())


def _katakana(text: str) -> str:
    return looked_up(text, _KATAKANA)


def _plain(text: str) -> str:
    text = _STRAY.sub("", _NOT_KANA.sub("", text))
    return _EDGES.sub(BETWEEN, _BLANKS.sub(" ", text)).strip(" ")


def _repeated(text: str) -> str:
    return _MARKED.sub(_spelt_out, text)


def _spelt_out(found: re.Match) -> str:
    kana = found[1]
    for mark in found[2]:
        kana += VOICED.get(kana[-1], kana[-1]) if mark == "ヾ" else kana[-1]
    return kana


def _sounds(text: str) -> str:
    return _LONG_VOWEL.sub(lambda found: found[0][0] + "ー", looked_up(text, _SOUNDS))


def _bytes(text: str) -> str:
    codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
    return _byte_table()[codes].tobytes().decode("ascii")


@cache
def _byte_table() -> np.ndarray:
    signs = np.full(0x110000, ord(OTHER), dtype="u1")
    for kana, sign in (CODES | {BETWEEN: BETWEEN}).items():
        signs[ord(kana)] = ord(sign)
    return signs
