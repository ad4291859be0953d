"""What a notebook says: answers, doubts, limits, tables and figures, each one display output in both languages.

Every output holds a view for JupyterLab and, for the pages, `application/vnd.kosodachi+json` with a role and both
languages, so that one run yields both. It checks form, not truth: a sentence is as good as the table it was taken from.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape

from kosodachi.faults import LANGUAGES, Fault
from kosodachi.report.tables import as_html, note_of, shown

MIME = "application/vnd.kosodachi+json"
ANSWER, HOW_SURE, NOT_FOR, TABLE, FIGURE = "answer", "how_sure", "not_for", "table", "figure"
_HELD: ContextVar[list | None] = ContextVar("held", default=None)


@contextmanager
def held() -> Iterator[list]:
    """The display outputs of what is said inside, kept and not shown: for a page that no notebook made."""
    outputs: list = []
    before = _HELD.set(outputs)
    try:
        yield outputs
    finally:
        _HELD.reset(before)


def answer(*, en: list[str], ja: list[str]) -> None:
    """Says the answer: three sentences a language, numbers first. Raises Fault E-REP-02 for more or fewer."""
    for lang, sentences in (("en", en), ("ja", ja)):
        if len(sentences) != 3:
            raise Fault("E-REP-02", count=len(sentences), lang=lang)
    _say_sentences(ANSWER, en=en, ja=ja)


def how_sure(*, en: list[str], ja: list[str]) -> None:
    """Says how sure the answer is: error of the links, sample, assumptions."""
    _say_sentences(HOW_SURE, en=en, ja=ja)


def not_for(*, en: list[str], ja: list[str]) -> None:
    """Says what the page must not be used for."""
    _say_sentences(NOT_FOR, en=en, ja=ja)


def table(released, *, en: str, ja: str, columns=None, percent=()) -> None:
    """Shows a released table with its caption; `columns` chooses and orders, `percent` names shares to write as %."""
    shown(released)
    options = {"columns": columns, "percent": percent}
    html = {lang: as_html(released, lang, caption=text, **options) for lang, text in _both(TABLE, en, ja)}
    _display(TABLE, html, html, plain=f"[{released.name}]", name=released.name)


def figure(drawing, released, *, en: str, ja: str, alt_en: str = "", alt_ja: str = "", **options) -> None:
    """Shows a drawing of `figures` of a released table, in both languages, with caption and alternative text."""
    from kosodachi.report.figures.canvas import as_svg

    shown(released)
    captions = dict(_both(FIGURE, en, ja))
    alts = {"en": alt_en or en, "ja": alt_ja or ja}
    drawn = [name for name in options.values() if isinstance(name, str) and name in released.table]
    said = {
        lang: {
            "svg": as_svg(drawing(released, lang, **options), alt=alts[lang]),
            "alt": alts[lang],
            "caption": caption,
            "note": note_of(released, drawn, lang),
        }
        for lang, caption in captions.items()
    }
    views = {lang: figure_html(**part) for lang, part in said.items()}
    _display(FIGURE, said, views, plain=f"[{released.name}]", name=released.name)


def figure_html(*, svg: str, caption: str, note: str = "", alt: str = "") -> str:
    """A figure with caption and note as HTML; the alternative text is the label of the SVG."""
    under = f'<p class="note">{escape(note)}</p>' if note else ""
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption>{under}</figure>"


def _say_sentences(role: str, *, en, ja) -> None:
    said = {lang: [str(sentence) for sentence in sentences] for lang, sentences in _both(role, en, ja)}
    views = {lang: "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences) for lang, sentences in said.items()}
    _display(role, said, views, plain="\n".join(sentence for lang in _wanted() for sentence in said[lang]))


def _both(what: str, en, ja) -> list[tuple]:
    for lang, text in (("en", en), ("ja", ja)):
        if isinstance(text, str) and what not in (TABLE, FIGURE):
            raise TypeError(f"say.{what}: {lang}= is a list of sentences")
        if not text:
            raise Fault("E-REP-06", lang=lang, what=what)
    return [("en", en), ("ja", ja)]


def _wanted() -> tuple[str, ...]:
    chosen = (os.environ.get("KOSODACHI_LANG") or "")[:2].lower()
    return (chosen,) if chosen in LANGUAGES else LANGUAGES


def _display(role: str, said: dict, views: dict, *, plain: str, **more) -> None:
    view = "".join(f'<div lang="{lang}" class="kosodachi {role}">{views[lang]}</div>' for lang in _wanted())
    bundle = {MIME: {"role": role, **more, **said}, "text/html": view, "text/plain": plain}
    if (outputs := _HELD.get()) is not None:
        outputs.append({"output_type": "display_data", "data": bundle, "metadata": {}})
        return
    from IPython.display import display

    display(bundle, raw=True)
