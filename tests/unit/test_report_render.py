"""Pages: one language each, roles in their places, nothing to fetch, no code, a foot that tells the provenance."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from report_samples import FOOTER, notebook

from kosodachi.faults import Fault
from kosodachi.report.page import read_page
from kosodachi.report.render import index_page, page_name, render


class Tags(HTMLParser):
    """Every tag with its attributes, and the depth check of those that must be closed."""

    VOID = {"meta", "link", "br", "hr", "img", "use", "path", "input"}  # noqa: RUF012

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def of(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(params=["ja", "en"])
def lang(request):
    return request.param


@pytest.fixture
def page(monkeypatch, lang):
    return render(notebook(monkeypatch), lang=lang, footer=FOOTER, step="30_link")


def test_a_page_is_in_one_language(page, lang):
    mine, other = {"ja": ("どの記録か", "Which records?"), "en": ("Which records?", "どの記録か")}[lang]
    assert f'<html lang="{lang}">' in page and f"<h1>{mine}</h1>" in page and other not in page
    assert ("日本語だけ。" in page, "English alone." in page) == ((True, False) if lang == "ja" else (False, True))


def test_a_page_asks_for_nothing(page):
    assert not re.search(r"https?://|@import|<script|<iframe|url\((?!#)", page)
    tags = Tags(page)
    loaded = [a.get("src") or a.get("href") for a in [*tags.of("img"), *tags.of("link")]]
    assert loaded == ["data:,"]
    assert tags.of("meta")[-1]["content"].startswith("default-src 'none'")


def test_a_page_shows_no_code_and_stays_light(page):
    assert "secret_code" not in page
    assert len(page.encode()) < 1_500_000


def test_the_order_of_a_page(page, lang):
    words = {
        "ja": ["問い", "一つ目", "表1", "図1", "どのくらい確かか", "使ってはいけない場面", "方法", "作成条件"],
        "en": ["Question", "One &amp; one", "Table 1", "Figure 1", "How sure", "Must not", "Method", "made from"],
    }[lang]
    body = page[page.index("<main") :]
    places = [body.index(word) for word in words]
    assert places == sorted(places)


def test_the_foot_says_where_the_numbers_come_from(page, lang):
    foot = page[page.index("<footer>") :]
    for told in ("abcdef012345", ">7<", "dddddddddddd", {"ja": "合成データ", "en": "Synthetic data"}[lang]):
        assert told in foot
    assert not re.search(r"20\d\d-\d\d-\d\d|\d\d:\d\d", foot)


def test_a_page_is_well_formed_and_its_headings_go_down_one_by_one(page):
    tags = Tags(page)
    assert tags.open == []
    levels = [int(tag[1]) for tag, _ in tags.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in tags.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all(svg["aria-label"] for svg in tags.of("svg"))
    assert any(link.get("href") == "#content" for link in tags.of("a"))


def test_pages_are_the_same_bytes(monkeypatch, lang):
    first, second = (render(notebook(monkeypatch), lang=lang, footer=FOOTER, step="x") for _ in range(2))
    assert first == second


def test_real_data_has_no_banner_and_is_not_called_synthetic(monkeypatch, lang):
    html = render(notebook(monkeypatch), lang=lang, footer={**FOOTER, "synthetic": False})
    assert "banner" not in html[html.index("<body>") :]
    assert not re.search("合成データ|Synthetic data", html)


def test_more_than_three_figures_are_refused(monkeypatch):
    with pytest.raises(Fault) as caught:
        render(notebook(monkeypatch, figures_shown=4), lang="en", footer={})
    assert caught.value.code == "E-REP-03" and caught.value.values["count"] == 4
    assert "<figure>" in render(notebook(monkeypatch, figures_shown=3), lang="en", footer={})


def test_a_heading_before_a_second_answer_opens_a_part(monkeypatch):
    made = notebook(monkeypatch)
    heading = {"cell_type": "markdown", "metadata": {}, "source": "## For the analyst / 分析者向け", "id": "h"}
    made["cells"] += [heading, {**made["cells"][4], "id": "again"}]
    page = read_page(made, "ja")
    assert [part.heading for part in page.parts] == ["", "分析者向け"]
    assert len(page.parts[0].shown) == 2 and page.parts[1].answer == ["一つ目。", "二つ目。", "三つ目。"]
    assert not any("分析者向け" in text for text in page.method)


def test_a_notebook_without_title_is_refused():
    bare = {"cells": [{"cell_type": "markdown", "source": "no heading", "metadata": {}}]}
    with pytest.raises(Fault) as caught:
        read_page(bare, "en", name="x")
    assert caught.value.code == "E-REP-04"


def test_the_front_page_links_every_page_of_its_language(monkeypatch, lang):
    made = notebook(monkeypatch)
    html = index_page({"30_link": made, "90_report": made}, lang=lang, footer=FOOTER)
    links = [link["href"] for link in Tags(html).of("a")]
    assert {f"30_link.{lang}.html", f"90_report.{lang}.html"} <= set(links)
    assert page_name("index", "en" if lang == "ja" else "ja") in links
    assert html.count({"ja": "三つ目。", "en": "Three."}[lang]) == 1
    assert Tags(html).open == []


def test_colours_of_text_stand_out():
    """WCAG contrast of every text colour against the paper and the soft ground: at least 4.5."""
    from kosodachi.report.render import HERE

    css = (HERE / "template" / "page.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css))
    for ink in ("ink", "muted", "accent"):
        for ground in ("#ffffff", colours["soft"], "#fdf8f2"):
            assert contrast(colours[ink], ground) >= 4.5


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_wrapped_japanese_lines_join_without_a_blank():
    from kosodachi.report.render import unwrapped

    assert (
        unwrapped("設定した確率以上だけを名寄せし、\nその下は確認に回します。")
        == "設定した確率以上だけを名寄せし、その下は確認に回します。"
    )
    assert unwrapped("one\ntwo") == "one\ntwo"
    assert unwrapped("分かる。\n**分からないこと**: 別。") == "分かる。\n\n**分からないこと**: 別。"
