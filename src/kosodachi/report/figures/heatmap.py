"""A heat map: numbers in a grid of two categories, each written in its cell; the shade only helps the eye."""

import numpy as np

from kosodachi.report.figures.canvas import INK, MUTED, paper, table_of, wrapped
from kosodachi.report.tables import HIDDEN, kind_of, written
from kosodachi.report.words import label, titled


def heatmap(released, lang: str, *, row: str, column: str, value: str):
    """Rows by columns in the order of the table. Hidden numbers are hatched; pairs not in the table stay empty."""
    table = table_of(released, row, column, value)
    rows, columns = list(dict.fromkeys(table[row])), list(dict.fromkeys(table[column]))
    grid, there = np.full((len(rows), len(columns)), np.nan), np.zeros((len(rows), len(columns)), dtype=bool)
    at = [rows.index(name) for name in table[row]], [columns.index(name) for name in table[column]]
    grid[at], there[at] = table[value].astype("Float64").to_numpy(dtype=float, na_value=np.nan), True
    names = [wrapped(label(name, lang, released.name), lang, 4.5 / len(columns)) for name in columns]
    lines = max(name.count("\n") for name in names)
    with paper(1.0 + 0.17 * lines + 0.4 * len(rows)) as (figure, axes):
        most = np.nanmax(grid) if np.isfinite(grid).any() else 1.0
        least = min(0.0, np.nanmin(grid, initial=0))
        axes.pcolormesh(grid, cmap="Blues", vmin=least, vmax=most * 1.15, edgecolors="white", linewidth=1)
        for place in np.argwhere(there):
            _cell(axes, *place, grid[tuple(place)], most, kind_of(released, value), lang)
        axes.set_ylim(len(rows), 0)
        axes.set_xticks(np.arange(len(columns)) + 0.5, names)
        axes.set_yticks(np.arange(len(rows)) + 0.5, [label(name, lang, released.name) for name in rows])
        axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
        axes.spines[:].set_visible(False)
        axes.set_xlabel(titled(value, lang, released.name))
    return figure


def _cell(axes, row, column, number, most, kind, lang) -> None:
    from matplotlib.patches import Rectangle

    known = np.isfinite(number)
    if not known:
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, hatch="////", edgecolor="#b8c2cc", linewidth=0))
    text = written(number, kind, lang) if known else HIDDEN[lang] if kind == "count" else "–"
    ink = "white" if known and number > 0.62 * most * 1.15 else INK if known else MUTED
    box = None if known else {"fc": "white", "ec": "none", "pad": 1}
    axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=9, color=ink, bbox=box)
