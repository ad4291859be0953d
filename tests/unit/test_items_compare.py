"""`kosodachi items compare`: two released registers of items, said line by line."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from kosodachi.cli import app
from kosodachi.faults import Fault

COLUMNS = ["item_id", "decision", "basis", "why", "citations", "decided_by", "version"]
BEFORE = [
    ("absence_days", "use", "paper", "on_paper", "a", "rule_alone", "1"),
    ("many_siblings", "use", "paper", "on_paper", "b", "rule_alone", "1"),
    ("school_aid", "cannot", "none", "no_system", "-", "rule_alone", "1"),
]


@pytest.fixture(autouse=True)
def language(monkeypatch):
    """--lang sets the language for the whole process; other tests get back what they had."""
    monkeypatch.setenv("KOSODACHI_LANG", "en")


def written(folder, name, rows, columns=COLUMNS):
    file = folder / name
    pd.DataFrame(rows, columns=columns).to_csv(file, index=False)
    return str(file)


def test_what_was_added_dropped_and_changed_is_said(tmp_path):
    after = [
        ("absence_days", "use", "paper", "on_paper", "a; c", "rule_alone", "2"),
        ("many_siblings", "not_used", "paper", "too_unlikely", "b", "rule_alone", "2"),
        ("school_aid", "use", "hearing", "on_hearing", "-", "rule_alone", "2"),
    ]
    files = written(tmp_path, "a.csv", BEFORE), written(tmp_path, "b.csv", after)
    told = CliRunner().invoke(app, ["items", "compare", *files, "--lang", "en"]).stdout.splitlines()
    assert told == [
        "added: school_aid (cannot, no_system -> use, on_hearing)",
        "dropped: many_siblings (use, on_paper -> not_used, too_unlikely)",
        "changed: absence_days (citations; use, on_paper -> use, on_paper)",
        "3 items differ",
    ]


def test_a_file_that_is_no_register_is_refused(tmp_path):
    file = written(tmp_path, "a.csv", [("x",)], ["item_id"])
    for wrong in (file, str(tmp_path / "none.csv")):
        caught = CliRunner().invoke(app, ["items", "compare", wrong, wrong])
        assert isinstance(caught.exception, Fault)
        assert caught.exception.code == "E-ITEM-15"


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_equal_registers_differ_in_nothing(tmp_path, lang):
    file = written(tmp_path, "a.csv", BEFORE)
    told = CliRunner().invoke(app, ["items", "compare", file, file, "--lang", lang]).stdout
    assert told.strip() in ("0 items differ", "0 項目が異なります")
