"""Intervals: estimates with their uncertainty, one a line, as in a forest plot. An interval says nothing about bias."""

import pandas as pd

from kosodachi.report.figures.canvas import COLOURS, GRID, INK, MUTED, paper, table_of, wrapped
from kosodachi.report.tables import kind_of, tick, written
from kosodachi.report.words import label as word
from kosodachi.report.words import titled


def intervals(released, lang: str, *, label, value="value", low="low", high="high", reference=None, percent=False):
    """Points with intervals, one a row; `label` is a column or several, `reference` a line such as 0 or 1.

    `percent` writes shares as %.
    """
    columns = [label] if isinstance(label, str) else list(label)
    table = table_of(released, *columns, value, low, high)
    kind = "share" if percent else kind_of(released, value).replace("value", "decimal")
    names = [
        wrapped(" / ".join(word(part, lang, released.name) for part in row), lang, 2.6)
        for row in table[columns].itertuples(index=False, name=None)
    ]
    known = table[value].notna()
    with paper(0.9 + 0.42 * len(table)) as (figure, axes):
        if reference is not None:
            axes.axvline(reference, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
        for place, (point, least, most, is_known) in enumerate(zip(table[value], table[low], table[high], known)):
            if is_known:
                _one(axes, place, float(point), least, most, kind, lang)
            else:
                _beside(axes, place, {"ja": "表示なし", "en": "not shown"}[lang], MUTED)
        _frame(axes, names, titled(value, lang, released.name), kind)
    return figure


def _one(axes, place, point, least, most, kind, lang) -> None:
    whole = pd.notna(least) and pd.notna(most)
    if whole:
        axes.plot([float(least), float(most)], [place, place], color=COLOURS[0], linewidth=2.2, solid_capstyle="butt")
        axes.plot([float(least), float(most)], [place, place], "|", color=COLOURS[0], markersize=9)
    axes.plot([point], [place], "o", color=COLOURS[0], markeredgecolor="white", markersize=7)
    text = written(point, kind, lang)
    if whole:
        between = {"ja": "〜", "en": " to "}[lang]
        text += f" ({written(least, kind, lang)}{between}{written(most, kind, lang)})"
    _beside(axes, place, text, INK)


def _beside(axes, place, text, ink) -> None:
    at = {"xycoords": ("axes fraction", "data"), "va": "center", "annotation_clip": False}
    axes.annotate(text, (1.02, place), fontsize=9, color=ink, **at)


def _frame(axes, names, title, kind) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlabel(title)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=(1, 2, 2.5, 5, 10)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value, kind)))
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=0)
    axes.margins(x=0.06)
