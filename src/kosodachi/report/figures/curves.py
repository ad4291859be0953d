"""Curves over time or dose: steps for survival, lines for the rest. They end where numbers are hidden."""

import numpy as np
import pandas as pd

from kosodachi.report.figures.canvas import DASHES, GRID, INK, MARKERS, colour, paper, table_of
from kosodachi.report.tables import HIDDEN, kind_of, tick, written
from kosodachi.report.words import label, titled


def steps(released, lang: str, *, x: str, y: str, group=None, low=None, high=None, at_risk=None):
    """Step curves (Kaplan-Meier) with bands, and below them the numbers at risk where the table has them."""
    groups = _parts(released, x, y, group, low, high, at_risk)
    below = 0.45 + 0.24 * len(groups) if at_risk else 0.0
    with paper(3.2, below=below) as (figure, axes):
        upper, lower = axes if at_risk else (axes, None)
        for place, (name, rows) in enumerate(groups.items()):
            _curve(
                upper, rows, x, y, low, high, place, "post", name=label(name, lang, released.name) if group else None
            )
        _frame(figure, upper, released, x, y, lang, named=bool(group))
        upper.set_ylim(0, None)
        if at_risk:
            _numbers_at_risk(lower, released, groups, x, at_risk, lang)
    return figure


def lines(released, lang: str, *, x: str, y: str, group=None, low=None, high=None):
    """Lines with a mark at each number, and bands where `low` and `high` are given."""
    groups = _parts(released, x, y, group, low, high)
    with paper(3.2) as (figure, axes):
        for place, (name, rows) in enumerate(groups.items()):
            _curve(axes, rows, x, y, low, high, place, None, name=label(name, lang, released.name) if group else None)
        _frame(figure, axes, released, x, y, lang, named=bool(group))
    return figure


def _parts(released, x, y, group, *others) -> dict:
    table = table_of(released, x, y, group, *others)
    names = list(dict.fromkeys(table[group])) if group else [""]
    parts = {name: table[table[group] == name] if group else table for name in names}
    return {name: rows.sort_values(x, kind="stable") for name, rows in parts.items()}


def _curve(axes, rows, x, y, low, high, place, step, *, name) -> None:
    times, values = rows[x].to_numpy(), _floats(rows[y])
    style = {"color": colour(place), "linestyle": DASHES[place % len(DASHES)], "linewidth": 2, "label": name}
    if low and high:
        band = _floats(rows[low]), _floats(rows[high])
        axes.fill_between(times, *band, step=step, color=colour(place), alpha=0.15, linewidth=0)
    if step:
        axes.step(times, values, where=step, **style)
    else:
        axes.plot(times, values, marker=MARKERS[place % len(MARKERS)], markeredgecolor="white", markersize=7, **style)


def _frame(figure, axes, released, x, y, lang, *, named: bool) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    kind = kind_of(released, y)
    axes.set_title(titled(y, lang, released.name), loc="left", fontsize=10)
    axes.set_xlabel(titled(x, lang, released.name))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value, kind)))
    if np.issubdtype(released.table[x].dtype, np.number):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.tick_params(length=3, labelbottom=True)
    if named:
        entries = axes.get_legend_handles_labels()
        figure.legend(*entries, loc="outside upper left", ncols=min(3, len(entries[0])), handlelength=3)


def _numbers_at_risk(axes, released, groups, x, at_risk, lang) -> None:
    """A row of numbers a group, below the months of the curve."""
    times = sorted(set(released.table[x]))
    chosen = times[:: max(1, len(times) // 6)]
    for place, rows in enumerate(groups.values()):
        counts = rows.set_index(x)[at_risk]
        for time in (time for time in chosen if time in counts.index):
            text = HIDDEN[lang] if pd.isna(counts[time]) else written(counts[time], "count", lang)
            axes.text(time, place, text, ha="center", va="center", fontsize=9, color=INK)
    axes.set_yticks(range(len(groups)), [label(name, lang, released.name) for name in groups], fontsize=9)
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_title(titled(at_risk, lang, released.name), loc="left", fontsize=9)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelbottom=False)


def _floats(column) -> np.ndarray:
    return column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
