"""The frame of a name's sound: its consonants in rows, voiced as unvoiced, without vowels, glides and small kana.

Clerks write foreign names by ear (シルバ, シルヴァ; グエン, グェン), and the frame survives most of it. It is far too
coarse for Japanese names: use it only where one side is written by its sound.
"""

import numpy as np

END = 0x0A
ROWS = {
    "k": "カキクケコガギグゲゴ", "s": "サシスセソザジズゼゾ", "t": "タチツテトダヂヅデド", "n": "ナニヌネノン",
    "h": "ハヒフヘホバビブベボパピプペポヴ", "m": "マミムメモ", "r": "ラリルレロ",
}  # fmt: skip
TABLE = np.zeros(0x3100, dtype=np.uint8)
TABLE[END] = END
for _row, _kana in ROWS.items():
    TABLE[[ord(sign) for sign in _kana]] = ord(_row)


def frames(kana: list[str]) -> list[str | None]:
    """One letter a consonant of each kana text (full-width katakana); None where there is none."""
    if not kana:
        return []
    text = np.frombuffer("\n".join(kana).encode("utf-32-le"), dtype=np.uint32)
    signs = TABLE[np.where(text < len(TABLE), text, 0)]
    return [frame or None for frame in signs[signs > 0].tobytes().decode("ascii").split("\n")]
