"""The forest plot draws every estimate there is, names those that are not shown, and is the same every time."""

import re

import numpy as np
import pytest
from report_samples import released

from kosodachi.faults import Fault
from kosodachi.report import figures
from kosodachi.report.figures.canvas import as_svg


def weights(town=(1.4, np.nan)):
    table = {
        "item_id": ["absence_days", "single_parent"] * 2,
        "estimate_from": ["from_literature"] * 2 + ["from_town"] * 2,
        "weight": [0.6, 0.4, *town],
        "low": [-0.7, -1.0, 0.7, np.nan],
        "high": [1.9, 1.8, 2.1, np.nan],
    }
    return released("item_weights", table, by=["item_id", "estimate_from"], values=["weight", "low", "high"])


def drawn(lang="en", **given) -> str:
    return as_svg(figures.forest(weights(**given), lang, label="item_id", group="estimate_from", value="weight"))


def test_groups_are_named_and_what_is_not_shown_is_said():
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawn())
    assert {"many days absent", "single parent (proxy)", "literature", "this town"} <= set(texts)
    assert [text for text in texts if "not shown" in text] == ["not shown: this town"]
    assert "表示なし: この自治体" in drawn("ja")
    assert "not shown" not in drawn(town=(1.4, 0.2))


def test_the_same_table_gives_the_same_drawing():
    assert drawn() == drawn()


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(Fault) as caught:
        figures.forest(weights(), "en", label="item_id", group="estimate_from", value="wieght")
    assert caught.value.code == "E-REP-05"
