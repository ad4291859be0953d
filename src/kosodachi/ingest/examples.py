"""The examples of how extracts are read: run against the code, and written as the pages docs/normalisation*.md.

One list serves the test and the reader, so the pages cannot say what the code does not do. It is no list of all that
systems write: it holds the traps that are known.
"""

import unicodedata
from functools import cache
from importlib.resources import files

import pandas as pd

from kosodachi.ingest.name_sets import name_set
from kosodachi.ingest.normalise import addresses, dates, kana, names
from kosodachi.ingest.people import identifiers
from kosodachi.ingest.values import read_values
from kosodachi.municipality import Source

CITY = "青葉市"
SOURCE = Source(
    kind="resident_register", label={"ja": "台帳", "en": "Register"}, file="a.csv",
    codes={"sex": {"1": "male", "2": "female"}, "district": {"01": "north"}, "address_protected": {"1": "yes", "0": "no"}},
)  # fmt: skip
HEADS = {
    "name": {"en": ("name", "surname", "given name"), "ja": ("氏名", "氏", "名")},
    "kana": {"en": ("kana", "surname", "given name"), "ja": ("カナ", "氏", "名")},
    "sound": {"en": ("other spelling", "code"), "ja": ("別の書き方", "コード")},
    "set": {"en": ("names kept",), "ja": ("残す氏名",)},
    "date": {"en": ("day, or why not",), "ja": ("日付、または読めない理由",)},
    "address": {"en": ("address", "chome", "block", "building"), "ja": ("住所", "丁目", "番地", "建物・部屋")},
    "value": {"en": ("column", "value, or why not"), "ja": ("項目", "値、または読めない理由")},
}
TEXT = {
    "en": ("# How names, dates and addresses are read", "What a source writes becomes one form for comparison; what it wrote stays beside it. Each rule with its examples, which a test runs.\n\nThis page is written from `src/kosodachi/ingest/data/examples.yaml` by `python docs/refresh.py`.", "written", "what it shows"),
    "ja": ("# 氏名・日付・住所の読み方", "システムの書き方を比べられる形にそろえ、元の書き方も残します。規則ごとの例は、すべてテストで確かめています。\n\nこのページは `src/kosodachi/ingest/data/examples.yaml` から `python docs/refresh.py` で作ります。", "元の書き方", "例の内容"),
}  # fmt: skip


@cache
def rules() -> tuple[dict, ...]:
    """The rules with their examples, as examples.yaml has them; all scalars are text, ~ is None."""
    import yaml

    text = (files(__package__) / "data" / "examples.yaml").read_text(encoding="utf-8")
    return tuple(_plain(yaml.load(text, Loader=yaml.BaseLoader)))


def _plain(node):
    if isinstance(node, dict):
        return {name: _plain(value) for name, value in node.items()}
    return [_plain(value) for value in node] if isinstance(node, list) else None if node == "~" else node


def made_of(rule: dict, example: dict):
    """What the code makes of an example, in the form of its `read`."""
    return {"name": _name, "kana": _kana, "sound": _sound, "set": _set, "date": _date, "address": _address, "value": _value}[
        rule["kind"]
    ](rule, example)  # fmt: skip


def page(lang: str) -> str:
    """The page of all rules in `en` or `ja`, as Markdown."""
    title, about, written, shows = TEXT[lang]
    parts = [title, about]
    for rule in rules():
        heads = [written, *HEADS[rule["kind"]][lang], shows]
        rows = [_row(rule, example, lang) for example in rule["examples"]]
        table = [_line(heads), _line(["---"] * len(heads)), *map(_line, rows)]
        parts.append(f"## {rule[lang]}\n\n{rule[f'why_{lang}']}\n\n" + "\n".join(table))
    return "\n\n".join(parts) + "\n"


def _row(rule: dict, example: dict, lang: str) -> list[str]:
    written, read = example["written"], example["read"]
    if rule["kind"] == "sound":
        return [_code(written[0]), _code(written[1]), _same(read, lang), example[lang]]
    if rule["kind"] == "set":
        told = "<br>".join(f"{column} {_code(text)}" for column, text in written.items())
        return [told, "<br>".join(_code(name) for name in read), example[lang]]
    if rule["kind"] == "value":
        return [_code(written), _code(example["column"]), _code(read), example[lang]]
    return [_code(written), *(_code(part) for part in (read if isinstance(read, list) else [read])), example[lang]]


def _same(read: str, lang: str) -> str:
    return {"en": read, "ja": {"same": "同じ", "different": "異なる"}[read]}[lang]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str | None) -> str:
    """Text as code; what cannot be seen by its number, missing as a dash."""
    if text is None:
        return "—"
    shown = "".join(f"⟨U+{ord(sign):04X}⟩" if _unseen(sign) else sign for sign in text).replace("|", "\\|")
    return f"`{shown}`" if shown.strip() else "` `" if shown else "(—)"


def _unseen(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cf", "Co", "Cc") or unicodedata.name(sign, "").startswith("VARIATION")


def _column(text) -> pd.Series:
    return pd.Series([text], dtype=object)


def _name(rule: dict, example: dict) -> list:
    return names.parts(_column(example["written"])).loc[0].tolist()


def _kana(rule: dict, example: dict) -> list:
    """The parts of the kana; the codes must say the same."""
    written = _column(example["written"])
    read, coded = kana.parts(written), kana.with_codes(written)
    own = pd.DataFrame({part: kana.coded(read[part]) for part in kana.PARTS})
    assert own.to_numpy().tolist() == coded[list(kana.CODED)].to_numpy().tolist()
    return read.loc[0].tolist()


def _sound(rule: dict, example: dict) -> str:
    one, other = kana.with_codes(pd.Series(example["written"], dtype=object))["kana_code"]
    return "same" if one == other else "different"


def _set(rule: dict, example: dict) -> list[str]:
    """Names with their kind; in the rule of blank kana with their reading, ? where a part of it is not known."""
    raw = pd.DataFrame({column: _column(text) for column, text in example["written"].items()})
    people = identifiers(raw, {}, municipality=CITY).assign(record_id="r")
    table = name_set(raw, people)
    if rule["id"] != "kana_of_name":
        return [f"{row.kind} {row.name_}" for row in table.rename(columns={"name": "name_"}).itertuples()]
    given = kana.of_kana(people["given"])[0] if people["kana"][0] is None else None
    reading = people["kana"][0] or (f"?{given}" if given else "")
    assert (reading == "") == (people["given_code"][0] is None)
    return [f"current {people['name'][0]} = {reading}".rstrip()]


def _date(rule: dict, example: dict) -> str | None:
    read = dates.iso(_column(example["written"]), era_codes=rule["era"]).loc[0]
    assert read["day"] is None or read["problem"] is None
    return read["day"] or read["problem"]


def _address(rule: dict, example: dict) -> list:
    read = addresses.parts(_column(example["written"]), municipality=CITY).loc[0]
    return read[["address", "chome", "block", "building"]].tolist()


def _value(rule: dict, example: dict) -> str | None:
    written = example["written"] if example["written"].strip() else None
    read = read_values(_column(written), example["column"], SOURCE)
    value = read.value[0]
    value = None if pd.isna(value) else f"{value:g}" if isinstance(value, float) else value
    assert value is None or read.problem[0] is None
    return value or read.problem[0]
