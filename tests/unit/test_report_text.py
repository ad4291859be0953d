"""Which text belongs to which language, and how numbers, words and check cells are written."""

import numpy as np
import pandas as pd
import pytest

from kosodachi.report import facts, words
from kosodachi.report.page_text import half, in_language, language_of
from kosodachi.report.tables import written


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Which records are the same child (名寄せ)?", "en"),
        ("どの記録が同じ子どもか", "ja"),
        ("AIPW、Kaplan–Meier、Cox による推定を示します。", "ja"),
        ("kosodachi (子育ち) links records", "en"),
        ("`link_bands` は名寄せの結果です", "ja"),
        ("---", None),
        ("12,345", None),
    ],
)
def test_the_language_of_a_line(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize("heading", ["Linking / 名寄せ", "名寄せ / Linking", "Linking ／ 名寄せ", "Linking／名寄せ"])
def test_a_heading_in_two_halves(heading):
    assert (half(heading, "en"), half(heading, "ja")) == ("Linking", "名寄せ")


def test_a_slash_that_does_not_part_languages_stays():
    assert half("Precision / recall / 適合率と再現率", "en") == "Precision / recall"
    assert half("Precision / recall", "en") == "Precision / recall"
    assert half("Precision / recall", "ja") == ""


def test_untagged_cells_give_each_language_its_lines():
    text = "## Doubt / 疑い\n\nA point:\n- one\n\n点は次のとおり。\n- 一つ\n\n| a | b |\n|---|---|\n| x | y |"
    assert in_language(text, "ja") == "## 疑い\n\n点は次のとおり。\n- 一つ"
    assert in_language(text, "en").endswith("| x | y |")
    assert "疑い" not in in_language(text, "en")


def test_a_tag_decides_for_the_whole_cell():
    assert in_language("English 日本語", "ja", ["ja"]) == "English 日本語"
    assert in_language("English 日本語", "en", ["ja"]) == ""


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (12985, "count", "12,985"), (0, "count", "0"), (0.1857, "share", "18.6%"), (1.0, "share", "100.0%"),
        (-0.026, "value", "−0.026"), (0.0004, "value", "0.0004"), (3.44, "value", "3.440"), (123.456, "value", "123.5"),
        (2024, "by", "2024"), (np.nan, "value", "–"), (pd.NA, "count", "–"), (-0.0, "value", "0"),
        (pd.Timestamp("2024-05-01"), "by", "2024-05-01"),
    ],
)  # fmt: skip
def test_how_a_cell_is_written(value, kind, text):
    assert written(value, kind, "en") == text


def test_facts_are_one_a_line_at_fixed_decimals(capsys):
    facts(
        linked=np.int64(2345),
        f1=0.991234,
        none=None,
        missing=pd.NA,
        no=float("nan"),
        zero=-0.00001,
        right=True,
    )
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert dict(lines) == {
        "linked": "2345", "f1": "0.9912", "none": "-", "missing": "-", "no": "-", "zero": "0.0000", "right": "True",
    }  # fmt: skip


def test_every_word_has_both_languages():
    for room in words.vocabularies():
        bad = [
            term for term, text in room.items() if not isinstance(text, dict) or not (text.get("ja") and text.get("en"))
        ]
        assert bad == []


def test_a_tables_own_room_is_asked_first(monkeypatch):
    rooms = (
        {"value": {"ja": "甲", "en": "first"}},
        {"mine": {"ja": "表", "en": "table"}, "value": {"ja": "乙", "en": "own"}},
    )
    monkeypatch.setattr(words, "vocabularies", lambda: rooms)
    assert words.label("value", "en") == "first"
    assert words.label("value", "en", "mine") == "own"
    assert words.label("never heard of", "ja") == "never heard of"
    assert words.unknown(["value", "never heard of"]) == ["never heard of"]


def test_words_that_a_municipality_brings_come_first(monkeypatch):
    monkeypatch.setattr(words, "_LEARNT", {})
    words.learn({"juki": {"ja": "住民記録", "en": "register"}})
    assert words.label("juki", "ja") == "住民記録"
