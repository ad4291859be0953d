"""Pages as HTML: nbconvert with a small template of our own, code hidden, one language a page.

A page asks nothing of any network: styles and figures are inside, there is no script, and its own policy forbids both.
How notebooks must be written is told in page.py. A page says what its notebook says; it checks no claim.
"""

import re
from functools import cache
from pathlib import Path

from kosodachi.faults import LANGUAGES
from kosodachi.report.page import read_page
from kosodachi.report.words import label

HERE = Path(__file__).parent
FRONT = "90_report"


def page_name(step: str, lang: str) -> str:
    """The file of a step's page; `index` is the front page, which opens in Japanese."""
    return f"{step}.{lang}.html" if step != "index" or lang != "ja" else "index.html"


def render(notebook, *, lang: str, footer: dict, step: str = "", langs=LANGUAGES) -> str:
    """The page of an executed notebook (its JSON) in one language.

    `footer` tells where the numbers come from, as a manifest does; any key may be missing: name {ja, en}, synthetic,
    hypothetical, seed, commit, dirty, lock, packages {kosodachi}, and data, the hash of the extracts. `langs` are the
    languages that have pages. Raises Fault E-REP-03, E-REP-04.
    """
    page = read_page(notebook, lang, name=step)
    page.method = [unwrapped(lowered(text)) for text in page.method]
    page.about = unwrapped(page.about)
    return _html("page.html.j2", notebook, lang=lang, page=page, step=step, footer=footer, langs=langs)


def index_page(notebooks: dict, *, lang: str, footer: dict, langs=LANGUAGES) -> str:
    """The front page: the answer of 90_report, then every notebook with its question and first sentence.

    `notebooks` holds executed notebooks by step, in order.
    """
    pages = {step: read_page(notebook, lang, name=step) for step, notebook in notebooks.items()}
    front = pages.get(FRONT)
    empty = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return _html("index.html.j2", empty, lang=lang, pages=pages, front=front, step="index", footer=footer, langs=langs)


def lowered(text: str) -> str:
    """Markdown with its headings at level 3 and below, where the method stands on a page."""
    return re.sub(r"^(#{1,6})(?=\s)", lambda found: "#" * min(6, max(3, len(found[1]) + 1)), text, flags=re.M)


def unwrapped(text: str) -> str:
    """Markdown whose wrapped Japanese lines join without a blank; a line that opens in bold opens a paragraph."""
    text = re.sub(r"(?<=\S)\n(?=\*\*[^*\n]{3,}\*\*)", "\n\n", text)
    wide = "[\u3001-\u30ff\u3400-\u9fff\uff01-\uff5e]"
    return re.sub(rf"(?<={wide})\n(?={wide})", "", text)


def provenance(footer: dict, lang: str) -> list[tuple[str, str]]:
    """What the foot of a page tells: label and value, without date or path."""
    commit = (footer.get("commit") or "–")[:12]
    if footer.get("dirty"):
        commit += f" {label('page_dirty', lang)}"
    told = {
        "page_commit": commit,
        "page_seed": str(footer.get("seed", "–")),
        "page_data": (footer.get("data") or "–")[:12],
        "page_lock": (footer.get("lock") or "–")[:12],
        "page_version": footer.get("packages", {}).get("kosodachi", "–"),
    }
    return [(label(term, lang), value) for term, value in told.items()]


def _html(template: str, notebook, *, lang: str, footer: dict, langs, step: str, **parts) -> str:
    from nbformat import from_dict

    resources = {
        "said": parts,
        "lang": lang,
        "step": step,
        "town": (footer.get("name") or {}).get(lang, ""),
        "footer": footer,
        "provenance": provenance(footer, lang),
        "others": [(other, page_name(step, other)) for other in langs if other != lang],
        "word": lambda term: label(f"page_{term}", lang),
        "page_name": lambda name: page_name(name, lang),
    }
    html, _ = _exporter(template).from_notebook_node(from_dict(notebook), resources=resources)
    return "\n".join(line.rstrip() for line in html.split("\n") if line.strip()) + "\n"


@cache
def _exporter(template: str):
    from nbconvert import HTMLExporter

    return HTMLExporter(
        template_name="template",
        template_file=template,
        extra_template_basedirs=[str(HERE)],
        default_preprocessors=[],
        exclude_anchor_links=True,
    )
