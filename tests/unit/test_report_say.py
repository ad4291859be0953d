"""What `say` emits: both languages at once, released tables alone, hidden cells in words, same bytes for same data."""

import dataclasses
import re

import pytest
from report_samples import curve, linked, output, released, said

from kosodachi.faults import Fault
from kosodachi.report import figures, say
from kosodachi.report.figures.canvas import as_svg
from kosodachi.report.tables import as_html

DRAWINGS = [
    (figures.bars, linked, {"x": "source", "y": "linked"}),
    (figures.bars, curve, {"x": "month", "y": "at_risk", "group": "arm"}),
    (figures.steps, curve, {"x": "month", "y": "survival", "group": "arm", "at_risk": "at_risk"}),
    (figures.lines, curve, {"x": "month", "y": "survival", "group": "arm"}),
    (figures.heatmap, curve, {"row": "arm", "column": "month", "value": "at_risk"}),
    (figures.intervals, curve, {"label": ("arm", "month"), "value": "survival", "low": "survival", "high": "survival"}),
]
NAMES = [drawing.__name__ + str(place) for place, (drawing, *_) in enumerate(DRAWINGS)]


def test_one_output_holds_both_languages(monkeypatch):
    said_once = said(lambda: say.answer(en=["A.", "B.", "C."], ja=["甲。", "乙。", "丙。"]), monkeypatch)
    assert said_once == {"role": "answer", "en": ["A.", "B.", "C."], "ja": ["甲。", "乙。", "丙。"]}


def test_the_view_in_jupyter_follows_the_chosen_language(monkeypatch):
    monkeypatch.setenv("KOSODACHI_LANG", "ja")
    html = output(lambda: say.how_sure(en=["Sure <b>."], ja=["確か。"]), monkeypatch)["data"]["text/html"]
    assert "確か" in html and "Sure" not in html
    monkeypatch.delenv("KOSODACHI_LANG")
    both = output(lambda: say.how_sure(en=["Sure <b>."], ja=["確か。"]), monkeypatch)["data"]["text/html"]
    assert "確か" in both and "Sure &lt;b&gt;." in both


@pytest.mark.parametrize(("en", "ja"), [(["A."], ["甲。", "乙。", "丙。"]), (["A.", "B.", "C."], ["甲。"] * 4)])
def test_an_answer_has_three_sentences(en, ja):
    with pytest.raises(Fault) as caught:
        say.answer(en=en, ja=ja)
    assert caught.value.code == "E-REP-02"


def test_both_languages_are_wanted():
    with pytest.raises(Fault) as caught:
        say.table(linked(), en="Records", ja="")
    assert caught.value.code == "E-REP-06"
    with pytest.raises(TypeError):
        say.how_sure(en="one sentence, not a list", ja=["一文"])


SHOWN = [
    lambda table: say.table(table, en="x", ja="x"),
    lambda table: say.figure(figures.bars, table, x="source", y="linked", en="x", ja="x"),
]


@pytest.mark.parametrize("show", SHOWN)
def test_what_was_not_released_is_refused(show):
    with pytest.raises(Fault) as caught:
        show(linked().table)
    assert caught.value.code == "E-REP-01"


@pytest.mark.parametrize(("drawing", "table", "options"), DRAWINGS, ids=NAMES)
def test_drawings_refuse_what_was_not_released(drawing, table, options):
    with pytest.raises(Fault) as caught:
        drawing(table().table, "en", **options)
    assert caught.value.code == "E-REP-01"


@pytest.mark.parametrize(("drawing", "table", "options"), DRAWINGS, ids=NAMES)
def test_a_figure_is_the_same_bytes_and_asks_for_nothing(drawing, table, options):
    svgs = {as_svg(drawing(table(), "ja", **options), alt="代替") for _ in range(2)}
    assert len(svgs) == 1
    svg = svgs.pop()
    assert not re.search(r"http|<metadata|<script|@import|\d{4}-\d\d-\d\dT", svg)
    assert svg.startswith('<svg class="figure" role="img" aria-label="代替"')
    assert 100 < len(svg) < 120_000


def test_a_hidden_number_is_said_in_words_and_never_drawn_as_zero():
    svg = as_svg(figures.bars(linked(), "en", x="source", y="linked"))
    assert ">hidden<" in svg
    assert svg.count("hidden") == 1
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert {"12,985", "2,410", "65"} <= set(texts)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(Fault) as caught:
        figures.bars(linked(), "en", x="source", y="lnked")
    assert caught.value.code == "E-REP-05"
    assert caught.value.values["columns"] == "source, linked, share"


def test_a_table_has_caption_scopes_numbers_to_the_right_and_a_note():
    html = as_html(linked(), "en", caption="Records & links")
    assert "<caption>Records &amp; links</caption>" in html
    assert html.count('<th scope="col"') == 3 and html.count('<th scope="row"') == 4
    assert "a&lt;b" in html and "a<b" not in html
    assert '<td class="number">12,985</td>' in html and '<td class="number">18.6%</td>' in html
    assert '<td class="number hidden">hidden</td>' in html
    assert "fewer than 10" in html and "multiples of 5" in html


def test_nothing_hidden_nothing_said_of_it():
    table = linked()
    whole = dataclasses.replace(table, table=table.table.head(3))
    html = as_html(whole, "ja", caption="表")
    assert "秘匿" not in html and "5の倍数" in html
    plain = released("p", {"item": ["a"], "weight": [0.5]}, by=["item"], values=["weight"])
    assert 'class="note"' not in as_html(plain, "ja", caption="表")


def test_columns_can_be_chosen_and_ordered():
    html = as_html(linked(), "en", caption="x", columns=["linked", "source"])
    assert html.index("Linked") < html.index("Source") and "Share" not in html


def texts_of(figure) -> dict[str, object]:
    axes = figure.axes[0]
    return {"heads": [text.get_text() for text in axes.get_xticklabels()], "upright": axes.get_xticklabels()[0].get_rotation() == 90,
            "side": [text.get_text() for text in axes.get_yticklabels()]}  # fmt: skip


def grid_of(names: list[str]):
    groups, sources = (list(column) for column in zip(*((group, name) for group in ("all", "twin") for name in names)))
    table = {"group": groups, "reason": ["blank"] * len(groups), "source": sources, "records": [20] * len(groups)}
    return released("town_gaps", table, by=["group", "reason", "source"], counts=["records"])


def test_long_heads_of_a_heat_map_are_broken_into_lines_and_many_stand_upright():
    words = ["Child-rearing allowance", "National health insurance", "School attendance", "Vaccination"]
    few = texts_of(figures.heatmap(grid_of(words), "en", row="group", column="source", value="records"))
    assert "National health\ninsurance" in few["heads"] and not few["upright"]
    many = grid_of([f"{word} {place}" for word in words for place in range(5)])
    assert texts_of(figures.heatmap(many, "en", row="group", column="source", value="records"))["upright"]
    kanji = [
        "児童扶養手当",
        "プッシュ型支援記録",
        "国民健康保険・所得",
        "子ども医療費助成",
        "住民基本台帳",
        "予防接種",
    ] * 2
    heads = [f"{name}{place}" for place, name in enumerate(kanji)]
    drawn = texts_of(figures.heatmap(grid_of(heads), "ja", row="group", column="source", value="records"))
    assert [head.replace("\n", "") for head in drawn["heads"]] == heads and not drawn["upright"]
    assert all(len(line) <= 5 for head in drawn["heads"] for line in head.split("\n"))


def test_a_heat_map_may_have_two_words_a_row_and_an_order_of_its_own():
    drawn = figures.heatmap(
        grid_of(["b", "c", "a"]), "ja", row=("group", "reason"), column="source", value="records", order=("z", "a", "b")
    )
    assert texts_of(drawn)["side"] == ["全児童(空欄)", "双子など(空欄)"] and texts_of(drawn)["heads"] == ["a", "b", "c"]
