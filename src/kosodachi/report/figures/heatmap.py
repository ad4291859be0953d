"""A heat map: numbers in a grid of two categories, each written in its cell; the shade only helps the eye."""

import textwrap

import numpy as np

from kosodachi.report.figures.canvas import INK, MUTED, WIDTH, paper, table_of, wrapped
from kosodachi.report.tables import HIDDEN, kind_of, written
from kosodachi.report.words import label, titled

CROWDED = 0.5  # inches of a cell below which its text is small
SIZE, SMALL = 9, 7
MANY = 15  # rows above which they are set closer
SIDE = 3.2  # inches for the words at the side


def heatmap(released, lang: str, *, row: str | tuple[str, ...], column: str, value: str, order=()):
    """Rows by columns in the order of the table. Hidden numbers are hatched; pairs not in the table stay empty.

    row: a column, or several whose words stand one after another at the side. order: columns that come first, as far
    as the table has them.
    """
    by = (row,) if isinstance(row, str) else tuple(row)
    table = table_of(released, *by, column, value)
    keys, there = list(zip(*(table[name] for name in by))), dict.fromkeys(table[column])
    rows, columns = list(dict.fromkeys(keys)), list(dict.fromkeys([*(name for name in order if name in there), *there]))
    grid, there = np.full((len(rows), len(columns)), np.nan), np.zeros((len(rows), len(columns)), dtype=bool)
    at = [rows.index(key) for key in keys], [columns.index(name) for name in table[column]]
    grid[at], there[at] = table[value].astype("Float64").to_numpy(dtype=float, na_value=np.nan), True
    side = [wrapped(_beside([label(part, lang, released.name) for part in key], lang), lang, SIDE) for key in rows]
    heads, style, high, room = _heads([label(name, lang, released.name) for name in columns], side)
    size = SIZE if room >= CROWDED else SMALL
    tall = max(0.4 if len(rows) <= MANY else 0.28, 0.18 * max(text.count("\n") + 1 for text in side) + 0.04)
    with paper(0.7 + high + tall * len(rows)) as (figure, axes):
        _shades(axes, grid)
        for place in np.argwhere(there):
            _cell(axes, *place, grid, kind_of(released, value), lang, size)
        axes.set_ylim(len(rows), 0)
        axes.set_xticks(np.arange(len(columns)) + 0.5, heads, **style)
        axes.set_yticks(np.arange(len(rows)) + 0.5, side)
        axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
        axes.spines[:].set_visible(False)
        axes.set_xlabel(titled(value, lang, released.name))
    return figure


def _beside(words: list[str], lang: str) -> str:
    """The words of a row: the first, and what tells it apart."""
    more = "、".join(words[1:]) if lang == "ja" else ", ".join(words[1:])
    return words[0] + (f"({more})" if lang == "ja" else f" ({more})") * bool(more)


def _heads(heads: list[str], side: list[str]) -> tuple[list[str], dict, float, float]:
    """The heads, how they are set, and the inches they are high and a cell is wide: in lines that fit a cell, in the size
    that breaks the fewest Japanese words, and upright where even an English word does not fit."""
    room = (WIDTH - 0.4 - max(_inches(line) for text in side for line in text.split("\n"))) / len(heads)
    found = []
    for size in (10, 9, 8, 7):
        lines = [_even(head, room, size) for head in heads]
        most = max(text.count("\n") + 1 for text in lines)
        if most <= 4 and all(_inches(part, size) <= room for text in lines for part in text.split("\n")):
            broken = sum(text.count("\n") for text in lines if not _spaced(text))
            found.append((broken, -size, lines, 0.2 + 0.022 * size * most))
    if not found:
        return heads, {"fontsize": 9, "rotation": 90}, 0.1 + max(_inches(head, 9) for head in heads), room
    _, size, lines, high = min(found, key=lambda one: one[:2])
    return lines, {"fontsize": -size, "linespacing": 1.4}, high, room


def _spaced(text: str) -> bool:
    return " " in text or text.isascii()


def _even(text: str, room: float, size: float) -> str:
    """A head in lines that fit the room as far as words allow; Japanese in lines of about the same length."""
    if _spaced(text):
        return "\n".join(textwrap.wrap(text, int(room / _inches("x", size)), break_long_words=False))
    lines = int(np.ceil(_inches(text, size) / (0.94 * room)))
    return "\n".join(textwrap.wrap(text, max(2, int(np.ceil(len(text) / lines)))))


def _inches(text: str, size: float = 10) -> float:
    """About how wide a text is: letters of the Latin alphabet are about half as wide as high."""
    return sum(0.5 if ord(letter) < 256 else 1.0 for letter in text) * size / 72


def _shades(axes, grid) -> None:
    axes.pcolormesh(grid, cmap="Blues", vmin=min(0.0, np.nanmin(grid, initial=0)), vmax=_most(grid) * 1.15,
                    edgecolors="white", linewidth=1)  # fmt: skip


def _most(grid) -> float:
    return np.nanmax(grid) if np.isfinite(grid).any() else 1.0


def _cell(axes, row, column, grid, kind, lang, size) -> None:
    from matplotlib.patches import Rectangle

    number = grid[row, column]
    known = np.isfinite(number)
    if not known:
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, hatch="////", edgecolor="#b8c2cc", linewidth=0))
    text = written(number, kind, lang) if known else HIDDEN[lang] if kind == "count" else "–"
    ink = "white" if known and number > 0.62 * _most(grid) * 1.15 else INK if known else MUTED
    box = None if known else {"fc": "white", "ec": "none", "pad": 1}
    axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=size, color=ink, bbox=box)
