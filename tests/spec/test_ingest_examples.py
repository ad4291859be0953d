"""How extracts are read, rule by rule: the examples of the documentation, run; and the pages, as fresh as the examples."""

from pathlib import Path

import pandas as pd
import pytest

from kosodachi.ingest.examples import made_of, page, rules
from kosodachi.ingest.normalise import kana
from kosodachi.ingest.normalise.text import variant_table

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLES = [pytest.param(rule, example, id=f"{rule['id']}: {example['en']}") for rule in rules() for example in rule["examples"]]  # fmt: skip


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_is_read_as_the_documentation_says(rule, example):
    assert made_of(rule, example) == example["read"]


def test_every_rule_and_example_is_told_in_both_languages():
    for rule in rules():
        assert all(rule[key] for key in ("en", "ja", "why_en", "why_ja"))
        assert all(example["en"] and example["ja"] for example in rule["examples"])
    named = [(rule["id"], str(example["written"])) for rule in rules() for example in rule["examples"]]
    assert len(named) == len(set(named)), "an example stands twice"


@pytest.mark.parametrize(("name", "lang"), [("normalisation.md", "en"), ("normalisation.ja.md", "ja")])
def test_the_pages_are_written_from_the_examples(name, lang):
    """If this fails: python docs/refresh.py"""
    assert (DOCS / name).read_text(encoding="utf-8") == page(lang)


def test_the_code_has_one_ascii_byte_a_kana():
    every = "".join(chr(code) for code in range(0x30A1, 0x30FB))
    code = kana.coded(pd.Series(list(every), dtype=object))
    assert code.str.len().eq(1).all() and code.map(str.isascii).all()
    long = kana.coded(pd.Series(["ジュンイチロウ"], dtype=object))[0]
    assert long.isascii() and len(long) == 7
    assert code[[sign in kana.KANA for sign in every]].nunique() == len(kana.KANA) - 1
    assert len(set(kana.CODES[sign] for sign in kana.KANA) | {kana.OTHER}) == len(kana.KANA) + 1


def test_no_class_of_variants_meets_another():
    """A character of two classes would fold to whichever was read last; a head that is folded itself would not be stable."""
    import yaml

    file = Path(kana.__file__).with_name("variants.yaml")
    groups = [group for line in yaml.safe_load(file.read_text(encoding="utf-8")) for group in line.split()]
    signs = [sign for group in groups for sign in group]
    assert len(signs) == len(set(signs))
    folded = variant_table()
    assert all(folded[folded[ord(sign)]] == folded[ord(sign)] for sign in signs)


def test_characters_that_differ_stay_apart():
    folded = variant_table()
    for one, other in ("斎斉", "坂阪", "太大", "太犬", "土士", "未末", "己巳", "祐裕", "郎朗"):
        assert folded[ord(one)] != folded[ord(other)], (one, other)
