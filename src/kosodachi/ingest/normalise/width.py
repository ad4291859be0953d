"""One width for every sign: Unicode's NFKC by look-up, capitals if wanted, dakuten joined to their kana.

Equal to unicodedata's NFKC, text by text, which a test holds; only faster on a column. Variant kanji are not its matter.
"""

import unicodedata
from functools import cache

import numpy as np

from kosodachi.ingest.normalise.text import END, SIZE, before, codes_of, mapped, tidy_table, value_of

DAKUTEN, HANDAKUTEN = 0x3099, 0x309A
JAMO = (*range(0x1100, 0x1200), *range(0xA960, 0xA980), *range(0xD7B0, 0xD800), *range(0xFFA0, 0xFFDD))


def narrowed(text: str, *, capitals: bool) -> str:
    """One text in one width."""
    text = unicodedata.normalize("NFKC", text)
    return unicodedata.normalize("NFKC", text.upper()) if capitals else text


def in_one_width(
    texts: list[str], *, first: np.ndarray | None = None, capitals: bool = True, further=None
) -> np.ndarray:
    """The code points of the texts after the table `first` (tidy_table if None), in one width.

    further: (table of signs, function of a text): texts that hold such a sign go through the function as well, after
    width; the sign counts as it is written or as it becomes.
    """
    first = tidy_table() if first is None else first
    codes = mapped(codes_of(texts), first)
    signs, odd = _looked_up(codes, capitals)
    special = odd[codes]
    if further is not None:
        special |= further[0][signs[codes]]
    if special.any():
        texts = list(texts)
        for number in np.unique(value_of(codes)[special]):
            plain = narrowed(_tidied(texts[number], first), capitals=capitals)
            texts[number] = further[1](plain) if further is not None else plain
        codes = mapped(codes_of(texts), first)
        signs, _ = _looked_up(codes, capitals)
    return _voiced(signs[codes])


def _tidied(text: str, first: np.ndarray) -> str:
    return mapped(codes_of([text]), first)[:-1].tobytes().decode("utf-32-le")


def _looked_up(codes: np.ndarray, capitals: bool) -> tuple[np.ndarray, np.ndarray]:
    """The table of single signs and the table of odd ones, filled as far as the code points need."""
    signs, odd, known = _tables(capitals)
    there = np.flatnonzero(np.bincount(codes, minlength=SIZE))
    for code in there[~known[there]]:
        folded = narrowed(chr(code), capitals=capitals)
        single = len(folded) == 1 and not _joins(code)
        signs[code], odd[code], known[code] = ord(folded) if single else code, not single, True
    return signs, odd


@cache
def _tables(capitals: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    known = np.zeros(SIZE, dtype=bool)
    known[[END, DAKUTEN, HANDAKUTEN, 0xFF9E, 0xFF9F]] = True
    signs = np.arange(SIZE, dtype="<u4")
    signs[[0xFF9E, 0xFF9F]] = DAKUTEN, HANDAKUTEN
    return signs, np.zeros(SIZE, dtype=bool), known


def _joins(code: int) -> bool:
    """Whether a sign may join the one before it; the marks of kana are seen to apart."""
    return unicodedata.category(chr(code))[0] == "M" or code in JAMO


def _voiced(codes: np.ndarray) -> np.ndarray:
    marks = np.flatnonzero((codes == DAKUTEN) | (codes == HANDAKUTEN))
    if not len(marks):
        return codes
    codes, kana, mark = codes.copy(), before(codes)[marks], codes[marks]
    joint = _joint()[(mark == HANDAKUTEN).astype(int), np.where(kana < 0x3100, kana, 0)]
    whole = joint > 0
    codes[marks[whole] - 1] = joint[whole]
    return np.delete(codes, marks[whole])


@cache
def _joint() -> np.ndarray:
    """[mark, kana] -> the kana with its mark, 0 if there is none."""
    found = np.zeros((2, 0x3100), dtype="<u4")
    for row, mark in enumerate((DAKUTEN, HANDAKUTEN)):
        for kana in range(0x3040, 0x3100):
            both = unicodedata.normalize("NFC", chr(kana) + chr(mark))
            found[row, kana] = ord(both) if len(both) == 1 else 0
    return found
