"""Bars: one number for each category, and for each group within it."""

import numpy as np

from kosodachi.report.figures.canvas import GRID, HATCHES, INK, MUTED, colour, paper, table_of, wrapped
from kosodachi.report.tables import HIDDEN, kind_of, tick, written
from kosodachi.report.words import label, titled


def bars(released, lang: str, *, x: str, y: str, group: str | None = None):
    """Horizontal bars of `y` for each category `x`, in the order of the table; hidden numbers are said in words."""
    table = table_of(released, x, y, group)
    names = list(dict.fromkeys(table[x]))
    groups = list(dict.fromkeys(table[group])) if group else [None]
    thick = 0.78 / len(groups)
    with paper(0.9 + 0.34 * len(names) * max(1, 0.62 * len(groups))) as (figure, axes):
        for place, one in enumerate(groups):
            rows = table[table[group] == one] if group else table
            centre = np.array([names.index(name) for name in rows[x]]) + thick * (place - (len(groups) - 1) / 2)
            _bars(
                axes,
                kind_of(released, y),
                rows[y],
                centre,
                thick,
                place,
                lang,
                name=label(one, lang, released.name) if group else None,
            )
        shown = [wrapped(label(name, lang, released.name), lang, 2.6) for name in names]
        axes.set_yticks(range(len(names)), shown)
        axes.set_ylim(len(names) - 0.5, -0.5)
        _frame(axes, released, y, lang)
        if group:
            figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=min(3, len(groups)))
    return figure


def _bars(axes, kind, numbers, centre, thick, place, lang, *, name) -> None:
    known = numbers.notna().to_numpy()
    values = numbers.astype("Float64").fillna(0).to_numpy(dtype=float)
    axes.barh(
        centre[known], values[known], height=thick * 0.92, color=colour(place), label=name,
        hatch=HATCHES[place % len(HATCHES)], edgecolor="white", linewidth=0.6,
    )  # fmt: skip
    for where, value, is_known in zip(centre, values, known):
        text = written(value, kind, lang) if is_known else HIDDEN[lang] if kind == "count" else "–"
        axes.annotate(
            text, (value if is_known else 0, where), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9,
            color=INK if is_known else MUTED, style="normal",
        )  # fmt: skip


def _frame(axes, released, y: str, lang: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    kind = kind_of(released, y)
    axes.set_xlabel(titled(y, lang, released.name))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=kind == "count"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value, kind)))
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(length=0)
    low, high = axes.get_xlim()
    axes.set_xlim(min(0, low), high * 1.1 if high > 0 else 1)
