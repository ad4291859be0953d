"""A released table as HTML: caption, scoped headers, numbers to the right, hidden cells as a mark and never as 0.

It writes what it is given; whether a cell may be shown was decided by the disclosure rule before.
"""

import numbers
from datetime import date
from html import escape

import pandas as pd

from kosodachi.disclosure import Released
from kosodachi.faults import Fault
from kosodachi.report.words import label, titled

MINUS = "\N{MINUS SIGN}"
HIDDEN = {"ja": "秘匿", "en": "hidden"}
NOTES = {
    "ja": {
        "hidden": "秘匿: {n}未満の件数、またはそれを逆算できる件数。",
        "none": "–: 該当がないか、もとになる人数が少ないため表示していません。",
        "rounded": "件数は{step}の倍数に丸めています。",
        "shares": "割合は丸めた件数から計算しています。",
    },
    "en": {
        "hidden": "Hidden: fewer than {n}, or a number that would give such a count away. ",
        "none": "–: there is none, or too few children stand behind it. ",
        "rounded": "Counts are rounded to multiples of {step}. ",
        "shares": "Shares are computed from rounded counts.",
    },
}


def shown(released):
    """What was released, as it is. Raises Fault E-REP-01 for anything else: nothing unreleased is shown."""
    if not isinstance(released, Released):
        raise Fault("E-REP-01", kind=type(released).__name__)
    return released


def as_html(released, lang: str, *, caption: str, columns=None, percent=()) -> str:
    """The table in one language, with a note of what is hidden and rounded."""
    names = columns_of(released, columns)
    frame = released.table[names]
    kinds = {name: _finer(frame[name], kind_of(released, name, percent)) for name in names}
    head = "".join(_header(name, kinds[name], lang, released.name) for name in names)
    rows = [_row(released, dict(zip(names, row)), kinds, lang) for row in frame.itertuples(index=False, name=None)]
    note = note_of(released, names, lang)
    under = f'<p class="note">{escape(note)}</p>' if note else ""
    return (
        f'<div class="table"><table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>{under}</div>"
    )


SHORT = 5  # characters of a word that is not broken: Japanese could break anywhere


def columns_of(released, columns=None) -> list[str]:
    """The columns to show. Raises Fault E-REP-05 for one that was not released."""
    names = list(columns or released.table.columns)
    for name in names:
        if name not in released.table:
            there = ", ".join(map(str, released.table.columns))
            raise Fault("E-REP-05", column=name, table=released.name, columns=there)
    return names


def kind_of(released, column: str, percent=()) -> str:
    """What a column holds: `by`, `count`, `share` or `value`."""
    if column in percent or column in released.roles.get("shares", ()):
        return "share"
    if column in released.roles.get("by", ()):
        return "by"
    return "count" if column in released.roles.get("counts", ()) else "value"


def written(value, kind: str, lang: str, within: str | None = None) -> str:
    """A cell as text: counts with thousands separators, shares in percent, codes by their words; missing as a dash."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return "–"
    if isinstance(value, (bool, str)) or not isinstance(value, numbers.Real):
        return str(value)[:10] if isinstance(value, (date, pd.Timestamp)) else label(value, lang, within)
    if kind == "share":
        return f"{100 * float(value) + 0.0:.1f}%".replace("-", MINUS)
    if kind == "by":
        return f"{value:g}"
    return _number(float(value) + 0.0, kind).replace("-", MINUS)


def tick(value: float, kind: str) -> str:
    """A number at an axis, as short as it can be."""
    text = f"{100 * value:.10g}%" if kind == "share" else f"{value:,.10g}"
    return text.replace("-", MINUS)


def _number(value: float, kind: str) -> str:
    if kind != "decimal" and value == int(value):
        return f"{int(value):,}"
    size = abs(value)
    decimals = 4 if 0 < size < 0.0005 else 3 if size < 10 else 2 if size < 100 else 1
    return f"{value:,.{decimals}f}"


def _finer(column: pd.Series, kind: str) -> str:
    """`decimal` for values of which any has a fraction, so that a column reads evenly."""
    if kind != "value" or not pd.api.types.is_float_dtype(column):
        return kind
    return "decimal" if (column.dropna() % 1 != 0).any() else kind


def _header(name: str, kind: str, lang: str, within: str) -> str:
    side = "" if kind == "by" else ' class="number"'
    return f'<th scope="col"{side}>{escape(titled(name, lang, within))}</th>'


def _row(released, row: dict, kinds: dict, lang: str) -> str:
    cells = []
    for place, (name, value) in enumerate(row.items()):
        hidden = kinds[name] in ("count", "share") and pd.isna(value)
        text = HIDDEN[lang] if hidden and kinds[name] == "count" else written(value, kinds[name], lang, released.name)
        words = kinds[name] == "by" or isinstance(value, str)
        tag, scope = ("th", ' scope="row"') if place == 0 and kinds[name] == "by" else ("td", "")
        whole = tag == "td" and words and 1 < len(text) <= SHORT
        style = " ".join(
            filter(None, ["" if words else "number", "hidden" if hidden else "", "short" if whole else ""])
        )
        cells.append(f"<{tag}{scope}{f' class={chr(34)}{style}{chr(34)}' if style else ''}>{escape(text)}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"


def note_of(released, names, lang: str) -> str:
    """What the reader must know of hidden, missing and rounded numbers; empty if there are none of them.

    A hidden count is not said to be under the threshold: some are hidden because they would give another one away.
    """
    kinds = {name: kind_of(released, name) for name in names}
    missing = {kinds[name] for name in names if released.table[name].isna().any()}
    n, step = released.rule.threshold, released.rule.rounding
    said = {
        "hidden": "count" in missing,
        "none": bool(missing & {"share", "value"}),
        "rounded": step > 1 and bool({"count", "share"} & set(kinds.values())),
        "shares": "share" in kinds.values(),
    }
    return "".join(NOTES[lang][term].format(n=n, step=step) for term, holds in said.items() if holds).strip()
