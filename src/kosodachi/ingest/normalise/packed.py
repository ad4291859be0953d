"""Short texts as whole numbers, so that a text that occurs a thousand times is made once.

Of a million surnames a few thousand differ. Eight ASCII signs or four others fit into one number; longer texts, which are
few in such columns, are made one by one.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

END = 0x1E
FITS = {1: 8, 4: 4}  # bytes a code point -> signs in a number
WIDE = 0xFFFF


@dataclass(frozen=True)
class Packed:
    """Values as numbers, signs from the left and ENDs behind them; longer ones by place, as texts. size: signs in a number."""

    keys: np.ndarray
    longer: np.ndarray
    texts: list[str]
    size: int


def packed(codes: np.ndarray) -> Packed:
    """The values of code points, each ended by END."""
    size, ends = FITS[codes.itemsize], np.flatnonzero(codes == END)
    begins = np.append(0, ends[:-1] + 1)
    lengths = ends - begins
    longer = lengths > size
    if codes.itemsize > 1 and codes.max(initial=0) > WIDE:
        longer[np.searchsorted(ends, np.flatnonzero(codes > WIDE))] = True
    longer = np.flatnonzero(longer)
    texts = [codes[begins[at] : ends[at]].astype("<u4").tobytes().decode("utf-32-le") for at in longer]
    return Packed(_keys(codes, begins, ends, size, int(lengths.max(initial=0))), longer, texts, size)


def _keys(codes: np.ndarray, place: np.ndarray, ends: np.ndarray, size: int, most: int) -> np.ndarray:
    bits = np.uint64(64 // size)
    keys = codes.take(place).astype("u8")
    for sign in range(1, size):
        if sign < most:
            place = np.minimum(place + 1, ends)
        keys <<= bits
        keys |= codes.take(place) if sign < most else np.uint64(END)
    return keys


def unpacked(parts: list[Packed]) -> np.ndarray:
    """The texts of all parts, one behind the other; equal ones are one object, an empty one is None."""
    numbers, distinct = pd.factorize(np.concatenate([part.keys for part in parts]))
    texts = _texts(distinct, parts[0].size).take(numbers)
    begin = 0
    for part in parts:
        texts[begin + part.longer] = part.texts
        begin += len(part.keys)
    return texts


def _texts(keys: np.ndarray, size: int) -> np.ndarray:
    signs = keys.astype(">u8").view("u1" if size == 8 else ">u2").reshape(len(keys), size)
    ended = np.full((len(keys), size + 1), END, dtype=signs.dtype)
    ended[:, :size] = signs
    kept = ended != END
    kept[:, size] = True
    joined = ended[kept].tobytes().decode("latin-1" if size == 8 else "utf-16-be", "replace")
    texts = np.array(joined.split(chr(END))[:-1], dtype=object)
    texts[~kept[:, 0]] = None
    return texts
