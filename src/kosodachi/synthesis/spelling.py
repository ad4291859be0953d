"""How clerks vary a name: older kanji, long vowels, small kana, unvoiced kana. Each is a function of one string."""

import re

# New form -> older forms that municipal systems hold; all are in CP932 except those below, which only Unicode has.
OLDER = {
    "高": "髙", "崎": "﨑", "辺": "邉邊", "浜": "濵濱", "斎": "齋齊", "桜": "櫻", "沢": "澤", "広": "廣", "栄": "榮",
    "徳": "德", "黒": "黑",
    "島": "嶋嶌", "真": "眞", "恵": "惠", "竜": "龍", "国": "國", "関": "關", "滝": "瀧", "条": "條",
}  # fmt: skip
UNICODE_ONLY = {"吉": "𠮷"}

_LONG = (
    (re.compile(r"([オコソトノホモヨロゴゾドボポョウクスツヌフムユルグズブプュ])ウ"), r"\1ー"),
    (re.compile("オオ"), "オー"),
)
_SMALL = str.maketrans("ャュョッァィゥェォ", "ヤユヨツアイウエオ")
_VOICED = str.maketrans("ガギグゲゴザジズゼゾダヂヅデドバビブベボ", "カキクケコサシスセソタチツテトハヒフヘホ")


def older_form(text: str, choice: int, *, unicode_only: bool = False) -> str:
    """The text with older forms of its kanji; the same text if it has none. choice tells rival older forms apart."""
    for new, old in (OLDER | (UNICODE_ONLY if unicode_only else {})).items():
        text = text.replace(new, old[choice % len(old)])
    return text


def long_vowels(kana: str) -> str:
    """Katakana with long vowels written by the mark: ユウキ -> ユーキ."""
    for pattern, mark in _LONG:
        kana = pattern.sub(mark, kana)
    return kana


def large_kana(kana: str) -> str:
    """Katakana with small letters written large: ショウコ -> シヨウコ."""
    return kana.translate(_SMALL)


def unvoiced(kana: str) -> str:
    """Katakana with the voicing after the first letter dropped: ナカジマ -> ナカシマ."""
    return kana[:1] + kana[1:].translate(_VOICED)


def outside_jis(text: str, placeholder: str) -> str:
    """The text with each character that JIS X 0208 lacks lost to the placeholder: 髙橋 -> 〓橋."""
    return "".join(placeholder if not _in_jis(sign) else sign for sign in text)


def _in_jis(sign: str) -> bool:
    try:
        sign.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return True
