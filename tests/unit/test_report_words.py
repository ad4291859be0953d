"""Every column and code of every released table found has words in both languages.

Tables are looked for where a run leaves them, in the working store. Without a run there is none.
"""

import json
import os
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from kosodachi.report import words

HOME = Path(__file__).resolve().parents[2]
STORE = Path(os.environ.get("KOSODACHI_WORK") or HOME / ".kosodachi")
TABLES = sorted(STORE.glob("*/released/*/*.csv"))
CODE = re.compile(r"[a-z][a-z_]*")
FREE = {"citations"}  # names of sources of evidence, which stand as they are


@pytest.fixture(scope="module", autouse=True)
def names_of_sources():
    """The names that municipalities give their sources, as `Step.open` learns them."""
    for file in HOME.glob("synthetic_data/*/municipality.yaml"):
        sources = yaml.safe_load(file.read_text(encoding="utf-8"))["sources"]
        words.learn({name: source["label"] for name, source in sources.items()})


def test_released_tables_have_words():
    if not TABLES:
        pytest.skip("no released table found: run the notebooks first")
    missing = {f"{file.parent.name}/{file.stem}": without_words(file) for file in TABLES}
    assert {name: terms for name, terms in missing.items() if terms} == {}


def without_words(file: Path) -> list[str]:
    """The columns and codes of a released table that have no words in one of the languages."""
    record = json.loads(file.with_suffix(".release.json").read_text(encoding="utf-8"))
    table = pd.read_csv(file, keep_default_na=False, dtype=str)
    labels = [column for column in record["roles"]["by"] if column not in FREE]
    codes = {value for column in labels for value in table[column] if CODE.fullmatch(value)}
    learnt = {code for code in codes if code.startswith("x_")}  # covariates are named after items by the notebook
    return words.unknown({*table.columns, *(codes - learnt)}, file.stem)
