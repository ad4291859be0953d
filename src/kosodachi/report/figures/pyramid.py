"""A population pyramid: numbers of two groups to the left and right of the ages, the eldest on top."""

import numpy as np

from kosodachi.report.figures.canvas import GRID, HATCHES, INK, MUTED, colour, paper, table_of
from kosodachi.report.tables import HIDDEN, kind_of, tick, written
from kosodachi.report.words import label, titled


def pyramid(released, lang: str, *, x: str, y: str, group: str):
    """Bars of `y` for each age `x` in the order of the table, from below; the first group to the left. Hidden numbers
    are said in words, never drawn as 0."""
    table = table_of(released, x, y, group)
    ages, groups = list(dict.fromkeys(table[x])), list(dict.fromkeys(table[group]))[:2]
    most = table[y].astype("Float64").max() or 1.0
    with paper(0.9 + 0.24 * len(ages)) as (figure, axes):
        for place, (one, sign) in enumerate(zip(groups, (-1, 1))):
            rows = table[table[group] == one]
            at = np.array([ages.index(age) for age in rows[x]])
            _side(
                axes, rows[y], at, sign, place, kind_of(released, y), label(one, lang, released.name), lang, float(most)
            )
        axes.set_yticks(range(len(ages)), [label(age, lang, released.name) for age in ages])
        axes.set_ylim(-0.6, len(ages) - 0.4)
        axes.set_ylabel(titled(x, lang, released.name))
        _across(axes, released, y, lang, float(most))
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=2)
    return figure


def _side(axes, numbers, at, sign, place, kind, name, lang, most) -> None:
    known = numbers.notna().to_numpy()
    values = numbers.astype("Float64").fillna(0).to_numpy(dtype=float)
    axes.barh(at[known], sign * values[known], height=0.86, color=colour(place), label=name,
              hatch=HATCHES[place], edgecolor="white", linewidth=0.5)  # fmt: skip
    for where, value, is_known in zip(at, values, known):
        text = written(value, kind, lang) if is_known else HIDDEN[lang]
        axes.annotate(
            text, (sign * (value if is_known else 0.02 * most), where), xytext=(4 * sign, 0), textcoords="offset points",
            va="center", ha="left" if sign > 0 else "right", fontsize=8, color=INK if is_known else MUTED,
        )  # fmt: skip


def _across(axes, released, y: str, lang: str, most: float) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    kind = kind_of(released, y)
    axes.set_xlim(-most * 1.18, most * 1.18)
    axes.set_xlabel(titled(y, lang, released.name))
    axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(abs(value), kind)))
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.spines[["bottom", "left"]].set_visible(False)
    axes.tick_params(length=0)
