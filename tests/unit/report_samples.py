"""Small released tables and a made notebook for the tests of the report room."""

import json

import numpy as np
import pandas as pd

from kosodachi.disclosure import Released
from kosodachi.municipality import Disclosure
from kosodachi.report import figures, say
from kosodachi.report.say import MIME

RULE = Disclosure()
FOOTER = {
    "name": {"ja": "青葉市", "en": "Aoba City"}, "synthetic": True, "seed": 7, "commit": "abcdef0123456789",
    "dirty": False, "data": "d" * 64, "lock": "e" * 64, "packages": {"kosodachi": "0.1.0"},
}  # fmt: skip


def released(name: str, table: dict, *, by, counts=(), shares=(), values=()) -> Released:
    roles = {"by": tuple(by), "counts": tuple(counts), "shares": tuple(shares), "values": tuple(values)}
    return Released(name, pd.DataFrame(table), roles, RULE, 1)


def linked() -> Released:
    """Four sources, the last of them hidden."""
    counts = pd.array([12985, 2410, 65, None], dtype="Int64")
    table = {
        "source": ["a<b", "kenshin", "shukketsu", "sodan"],
        "linked": counts,
        "share": [1.0, 0.1857, 0.005, np.nan],
    }
    return released("links", table, by=["source"], counts=["linked"], shares=["share"])


def curve() -> Released:
    months = [0, 1, 2, 0, 1, 2]
    risk = pd.array([300, 280, 250, 300, 40, None], dtype="Int64")
    table = {"arm": ["x"] * 3 + ["y"] * 3, "month": months, "survival": [1, 0.9, 0.85, 1, 0.8, np.nan], "at_risk": risk}
    return released("curve", table, by=["arm", "month"], counts=["at_risk"], values=["survival"])


def output(call, monkeypatch) -> dict:
    """The one display output of a call, as it stands in a notebook."""
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(json.loads(json.dumps(data))))
    call()
    assert len(shown) == 1
    return {"output_type": "display_data", "metadata": {}, "data": shown[0]}


def said(call, monkeypatch) -> dict:
    return output(call, monkeypatch)["data"][MIME]


def notebook(monkeypatch, *, figures_shown: int = 1) -> dict:
    """A notebook as it would have run: an answer, a table, figures, doubts, limits, text in both languages."""
    table = linked()
    calls = [
        lambda: say.answer(en=["One & one.", "Two.", "Three."], ja=["一つ目。", "二つ目。", "三つ目。"]),
        lambda: say.table(table, en="Linked records", ja="名寄せした記録"),
        *[lambda: say.figure(figures.bars, table, x="source", y="linked", en="Bars", ja="棒", alt_en="a", alt_ja="替")]
        * figures_shown,
        lambda: say.how_sure(en=["Fairly sure."], ja=["おおむね確かです。"]),
        lambda: say.not_for(en=["Any single child."], ja=["個々の子ども。"]),
    ]  # fmt: skip
    opening = (
        "# Which records? / どの記録か\n\n**Question.** Which ones?\n**問い** どれか。\n\nFor analysts.\n\n分析者向け。"
    )
    texts = [
        (opening, []),
        ("## Linking / 名寄せ\nWe link.\n\n名寄せします。", []),
        ("English alone.", ["en"]),
        ("日本語だけ。", ["ja"]),
    ]
    cells = [{"cell_type": "markdown", "metadata": {"tags": tags}, "source": text} for text, tags in texts]
    for call in calls:
        outputs = [output(call, monkeypatch)]
        cells.append(
            {"cell_type": "code", "metadata": {}, "source": "secret_code()", "execution_count": 1, "outputs": outputs}
        )
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place}"
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
