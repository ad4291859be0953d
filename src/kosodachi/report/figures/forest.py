"""A forest plot with several estimates for each line: literature, this town, both. An interval says nothing about bias."""

from kosodachi.report.figures.canvas import GRID, INK, MARKERS, MUTED, colour, paper, table_of, wrapped
from kosodachi.report.tables import kind_of, tick
from kosodachi.report.words import label as word
from kosodachi.report.words import titled

SPREAD = 0.62


def forest(released, lang: str, *, label: str, group: str, value="value", low="low", high="high", reference=None):
    """Points with intervals by `label`, one under another by `group` in the order of the table; what is hidden or not
    known is said in words."""
    table = table_of(released, label, group, value, low, high)
    names, groups = list(dict.fromkeys(table[label])), list(dict.fromkeys(table[group]))
    with paper(1.2 + 0.3 * len(names) * max(1, 0.7 * len(groups))) as (figure, axes):
        if reference is not None:
            axes.axvline(reference, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
        for place, one in enumerate(groups):
            rows = table[table[group] == one].set_index(label).reindex(names)
            at = [line + SPREAD * (place - (len(groups) - 1) / 2) / len(groups) for line in range(len(names))]
            _points(axes, rows[[value, low, high]].to_numpy(dtype=float, na_value=float("nan")), at, place,
                    word(one, lang, released.name))  # fmt: skip
        _frame(axes, [wrapped(word(name, lang, released.name), lang, 2.6) for name in names])
        axes.set_xlabel(titled(value, lang, released.name))
        _ticks(axes, kind_of(released, value).replace("value", "decimal"))
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=min(3, len(groups)))
        _unknown(axes, table, names, label, group, value, lang)
    return figure


def _points(axes, numbers, at, place: int, name: str) -> None:
    style = {"color": colour(place), "linewidth": 1.8, "solid_capstyle": "butt"}
    for where, (_, least, most) in zip(at, numbers):
        axes.plot([least, most], [where, where], **style)
    axes.plot(numbers[:, 0], at, MARKERS[place], color=colour(place), markeredgecolor="white", markersize=6, label=name)


def _unknown(axes, table, names, label, group, value, lang) -> None:
    """Names beside a line the groups of which nothing is shown."""
    missing = table[table[value].isna()]
    for line, name in enumerate(names):
        left = [word(one, lang) for one in missing.loc[missing[label] == name, group]]
        if left:
            text = {"ja": "表示なし: ", "en": "not shown: "}[lang] + {"ja": "、", "en": ", "}[lang].join(left)
            axes.annotate(text, (1.02, line), xycoords=("axes fraction", "data"), va="center", fontsize=8, color=INK,
                          annotation_clip=False)  # fmt: skip


def _ticks(axes, kind: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(6, steps=(1, 2, 2.5, 5, 10)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda number, _: tick(number, kind)))


def _frame(axes, names) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.spines["left"].set_visible(False)
    axes.tick_params(length=0)
    axes.margins(x=0.06)
