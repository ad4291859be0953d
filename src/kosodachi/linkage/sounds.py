"""The frame of a name's sound: its consonants in rows, voiced as unvoiced, without vowels, glides and small kana.

Clerks write foreign names by ear (シルバ, シルヴァ; グエン, グェン), and the frame survives most of it. It is far too
coarse for Japanese names: use it only where one side is written by its sound.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

END = 0x0A
ROWS = {
    "k": "カキクケコガギグゲゴ", "s": "サシスセソザジズゼゾ", "t": "タチツテトダヂヅデド", "n": "ナニヌネノン",
    "h": "ハヒフヘホバビブベボパピプペポヴ", "m": "マミムメモ", "r": "ラリルレロ",
}  # fmt: skip
TABLE = np.zeros(0x3100, dtype=np.uint8)
TABLE[END] = END
for _row, _kana in ROWS.items():
    TABLE[[ord(sign) for sign in _kana]] = ord(_row)


def frames(kana: pa.ChunkedArray) -> pa.ChunkedArray:
    """One letter a consonant of each kana text (full-width katakana); missing where there is none."""
    return pa.chunked_array([_frames(chunk) for chunk in kana.chunks], type=pa.string())


def _frames(kana: pa.Array) -> pa.Array:
    """All texts are joined, looked up sign by sign, and cut again at their ends."""
    lines = pc.replace_substring(kana.fill_null(""), "\n", "")
    joined = pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), "\n")[0].as_py()
    text = np.frombuffer(f"{joined}\n".encode("utf-32-le"), dtype=np.uint32)
    signs = TABLE[np.where(text < len(TABLE), text, 0)]
    signs = signs[signs > 0]
    ends = np.flatnonzero(signs == END)
    bounds = np.append(0, ends - np.arange(len(ends))).astype(np.int32)
    cut = pa.StringArray.from_buffers(len(kana), pa.py_buffer(bounds), pa.py_buffer(signs[signs != END]))
    return pc.if_else(pc.equal(cut, ""), None, cut)
