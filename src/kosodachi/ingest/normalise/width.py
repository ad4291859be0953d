"""One width for every sign: Unicode's NFKC by look-up, capitals if wanted, dakuten joined to their kana.

Equal to unicodedata's NFKC, text by text, which a test holds; only faster on a column. Variant kanji are not its matter.
"""

import unicodedata
from functools import cache

import numpy as np

from kosodachi.ingest.normalise.text import DROP, END, SIZE, codes_of, tidy_table, value_of

DAKUTEN, HANDAKUTEN = 0x3099, 0x309A
UNKNOWN, ODD = 0xFFFFFFFF, 0xFFFFFFFE
JAMO = (*range(0x1100, 0x1200), *range(0xA960, 0xA980), *range(0xD7B0, 0xD800), *range(0xFFA0, 0xFFDD))


def narrowed(text: str, *, capitals: bool) -> str:
    """One text in one width."""
    text = unicodedata.normalize("NFKC", text)
    return unicodedata.normalize("NFKC", text.upper()) if capitals else text


def in_one_width(texts: list[str], *, first=tidy_table, capitals: bool = True, further=None) -> np.ndarray:
    """The code points of the texts after the table that `first` makes, in one width.

    further: (signs as they are in one width, function of a text): texts that hold such a sign go through the function too.
    """
    signs = _signs(first, capitals)
    codes = codes_of(texts)
    found = _looked_up(codes, signs, first(), capitals)
    special = _special(found, further[0] if further is not None else "")
    if special is not None:
        texts = list(texts)
        for number in np.unique(value_of(codes)[special]):
            plain = narrowed(_after(first(), texts[number]), capitals=capitals)
            texts[number] = further[1](plain) if further is not None else plain
        codes = codes_of(texts)
        found = _looked_up(codes, signs, first(), capitals)
        found = np.where(found == ODD, codes, found)
    if not len(found) or found.min() != DROP:
        return _voiced(found)
    return _voiced(found.compress(found != DROP))


def _special(found: np.ndarray, signs: str) -> np.ndarray | None:
    """Where one sign is not enough, or stands one of the signs; None if nowhere."""
    special = [found == ODD] if len(found) and found.max() == ODD else []
    special += [there for sign in signs if (there := found == ord(sign)).any()]
    return np.logical_or.reduce(special) if special else None


def _after(first: np.ndarray, text: str) -> str:
    codes = first[codes_of([text])[:-1]]
    return codes[codes != DROP].tobytes().decode("utf-32-le")


def _looked_up(codes: np.ndarray, signs: np.ndarray, first: np.ndarray, capitals: bool) -> np.ndarray:
    """The codes by the table of single signs, which is filled as far as they need; ODD where one sign is not enough."""
    found = signs.take(codes)
    if not len(found) or found.max() != UNKNOWN:
        return found
    for code in np.unique(codes[found == UNKNOWN]):
        tidy = int(first[code])
        folded = narrowed(chr(tidy), capitals=capitals)
        signs[code] = tidy if tidy == DROP else ord(folded) if len(folded) == 1 and not _joins(tidy) else ODD
    return signs.take(codes)


@cache
def _signs(first, capitals: bool) -> np.ndarray:
    """The table of single signs for a first table and a case, to be filled."""
    signs = np.full(SIZE, UNKNOWN, dtype="<u4")
    signs[END] = END
    for code, mark in ((DAKUTEN, DAKUTEN), (HANDAKUTEN, HANDAKUTEN), (0xFF9E, DAKUTEN), (0xFF9F, HANDAKUTEN)):
        signs[code] = mark
    signs[[ord("゛"), ord("゜")]] = DAKUTEN, HANDAKUTEN
    return signs


def _joins(code: int) -> bool:
    """Whether a sign may join the one before it; the marks of kana are seen to apart."""
    return unicodedata.category(chr(code))[0] == "M" or code in JAMO


def _voiced(codes: np.ndarray) -> np.ndarray:
    marks = np.flatnonzero((codes - DAKUTEN) < 2)  # unsigned: the two marks and nothing else
    if not len(marks):
        return codes
    codes, kana, mark = codes.copy(), np.where(marks > 0, codes[marks - 1], 0), codes[marks]
    joint = _joint()[(mark == HANDAKUTEN).astype(int), np.where(kana < 0x3100, kana, 0)]
    whole = joint > 0
    marks = marks.compress(whole)
    codes[marks - 1] = joint.compress(whole)
    kept = np.ones(len(codes), dtype=bool)
    kept[marks] = False
    return codes.compress(kept)


@cache
def _joint() -> np.ndarray:
    """[mark, kana] -> the kana with its mark, 0 if there is none."""
    found = np.zeros((2, 0x3100), dtype="<u4")
    for row, mark in enumerate((DAKUTEN, HANDAKUTEN)):
        for kana in range(0x3040, 0x3100):
            both = unicodedata.normalize("NFC", chr(kana) + chr(mark))
            found[row, kana] = ord(both) if len(both) == 1 else 0
    return found
