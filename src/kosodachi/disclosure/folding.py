"""Text as a reader takes it in: escapes undone, tags gone, widths and kana folded, dates and addresses in one form.

It reads text only. Letters drawn in a picture, or packed inside a compressed part of one, stay unread.
"""

import base64
import binascii
import html
import json
import re
import unicodedata
from urllib.parse import unquote_to_bytes

JAPANESE = "぀-ヿ㐀-䶿一-鿿々〆豈-﫿\U00020000-\U0003134f"
CELL, BARRIER = "\t", "\x1e"
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
TAG = re.compile(r"<!--|-->|<(/?)([A-Za-z][A-Za-z0-9:-]*)\b[^<>]*>")
CELLS = {"td", "th", "dt", "dd"}
INLINE = {"a", "b", "i", "u", "s", "em", "strong", "span", "small", "sub", "sup", "mark", "code", "ruby", "tspan",
          "font", "wbr", "abbr", "bdo", "var", "kbd", "q", "cite", "ins", "del", "label"}  # fmt: skip
DATA_URI = re.compile(r"data:([A-Za-z0-9.+/-]*)((?:;[A-Za-z0-9=._-]+)*),([^\"'\s<>)]*)")
ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
JOINED = re.compile(f"(?<=[{JAPANESE}])[ \\t,;|\"'=・]+(?=[{JAPANESE}])")
TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
ERAS = {
    "明治": 1867,
    "大正": 1911,
    "昭和": 1925,
    "平成": 1988,
    "令和": 2018,
    "M": 1867,
    "T": 1911,
    "S": 1925,
    "H": 1988,
    "R": 2018,
}
ERA_DIGITS = {
    "1": (1867,),
    "2": (1911,),
    "3": (1925, 1911),
    "4": (1988,),
    "5": (2018, 1925),
    "7": (1988,),
    "9": (2018,),
}
WESTERN = re.compile(r"(?<![0-9.])(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?![0-9])")
ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|(?<![A-Za-z])[MTSHR])\s?(\d{1,2}|元)\s?[年./-]\s?(\d{1,2})\s?[月./-]\s?(\d{1,2})(?![0-9])"
)
DIGITS = re.compile(r"(?<![0-9A-Za-z.])(\d{7,8})(?![0-9A-Za-z])")
DASHES = re.compile(r"(?<=\d)\s?[‐‑‒–—―−ー-]\s?(?=\d)")
BLOCKS = re.compile(r"(?<=\d)\s?(?:丁目|番地の|番地|番|号|の)\s?(?=\d)")
CHOME = re.compile(r"([一二三四五六七八九十]{1,3})(?=丁目)")
ADDRESS = re.compile(f"([{JAPANESE}]{{2,}})(\\d+(?:-\\d+)*)")
KANJI = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def fold(text: str) -> str:
    """Text in NFKC without invisible characters: half-width kana and full-width digits in their usual form."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", INVISIBLE.sub("", text)))


def katakana(text: str) -> str:
    """Hiragana as katakana, character by character."""
    return text.translate(TO_KATAKANA)


def decoded(data: bytes) -> str:
    """Bytes as text: UTF-8, else CP932, else UTF-16 with its mark; what cannot be read is dropped."""
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "cp932")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="ignore")


def views(text: str) -> list[str]:
    """The ways to read a text: as it is, without its tags, and what its data: URIs hold. Lines keep their numbers."""
    text = ESCAPES.sub(lambda found: json.loads(f'"{found[0]}"'), text) if "\\u" in text else text
    inner = [part for found in DATA_URI.finditer(text) for part in _inside(found)] if "data:" in text else []
    read = [fold(html.unescape(text))]
    if TAG.search(text):
        read.append(fold(html.unescape(TAG.sub(_instead, text))))
    return read + inner


def _instead(tag: re.Match) -> str:
    """What stands for a tag: nothing, the edge of a cell, or a barrier; lines inside the tag are kept."""
    name = (tag[2] or "").lower()
    mark = "" if name in INLINE or not name else CELL if name in CELLS else BARRIER
    return mark + "\n" * tag[0].count("\n")


def _inside(uri: re.Match) -> list[str]:
    try:
        data = unquote_to_bytes(uri[3])
        data = base64.b64decode(data) if ";base64" in uri[2].lower() else data
    except (binascii.Error, ValueError):
        return []
    return views(decoded(data))


def tight(text: str) -> str:
    """Text without the blanks, commas and cell edges that stand between Japanese characters of one line."""
    return JOINED.sub("", text)


def dates(text: str):
    """Dates written in the text, as (place, ISO).

    Read: 2016-01-05, 2016/1/5, 2016年1月5日, 平成28年1月5日, H28.1.5, 4280105 (either set of era digits), 20160105.
    """
    for found in WESTERN.finditer(text):
        yield found.start(), _iso(int(found[1]), found[2], found[3])
    for found in ERA.finditer(text):
        yield found.start(), _iso(ERAS[found[1]] + (1 if found[2] == "元" else int(found[2])), found[3], found[4])
    for found in DIGITS.finditer(text):
        digits = found[1]
        if len(digits) == 8:
            yield found.start(), _iso(int(digits[:4]), digits[4:6], digits[6:])
        else:
            for base in ERA_DIGITS.get(digits[0], ()):
                yield found.start(), _iso(base + int(digits[1:3]), digits[3:5], digits[5:])


def _iso(year: int, month: str, day: str) -> str:
    return f"{year:04d}-{int(month):02d}-{int(day):02d}"


def blocks(text: str):
    """Places with house numbers in the text, as (place, name before the numbers, numbers as in 1-2-3)."""
    text = CHOME.sub(lambda found: str(_number(found[1])), text)
    text = BLOCKS.sub("-", DASHES.sub("-", text))
    for found in ADDRESS.finditer(text):
        yield found.start(), found[1], found[2]


def _number(kanji: str) -> int:
    tens, _, ones = kanji.rpartition("十")
    return (KANJI.get(tens, 1) * 10 if "十" in kanji else 0) + KANJI.get(ones, 0)
