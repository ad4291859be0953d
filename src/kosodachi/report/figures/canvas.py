"""The paper that figures are drawn on: fonts, colours, axes, and SVG text that is the same bytes every time."""

import io
import re
from contextlib import contextmanager

from kosodachi.report.tables import columns_of, shown

INK, MUTED, GRID = "#1f2a37", "#4b5a6b", "#d5dce4"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#aa4499", "#7a6a00", "#56b4e9")
HATCHES = ("", "////", "\\\\\\\\", "xxxx", "----", "||||")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (8, 3)))
MARKERS = ("o", "s", "^", "D", "v", "P")
FONT = "IPAexGothic"
WIDTH = 7.0


@contextmanager
def paper(height: float, *, below: float = 0.0):
    """An empty figure and its axes (inches), in the house style; `below` adds a second axes under the first."""
    import matplotlib
    import matplotlib_fontja  # noqa: F401  (registers the Japanese font)
    from matplotlib.figure import Figure

    style = {
        "font.family": FONT, "font.size": 10, "text.color": INK, "axes.labelcolor": INK, "ytick.color": INK,
        "xtick.color": MUTED, "axes.edgecolor": MUTED, "axes.spines.top": False, "axes.spines.right": False,
        "hatch.linewidth": 0.7, "axes.axisbelow": True, "axes.unicode_minus": False, "legend.frameon": False,
    }  # fmt: skip
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(WIDTH, height + below), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.12, h_pad=0.08)
        if below:
            yield figure, figure.subplots(2, sharex=True, height_ratios=(height, below))
        else:
            yield figure, figure.add_subplot()


def table_of(released, *columns):
    """The columns of a released table that a drawing needs. Raises Fault E-REP-01, E-REP-05."""
    columns_of(shown(released), [column for column in columns if column])
    return released.table.reset_index(drop=True)


def wrapped(text: str, lang: str, inches: float) -> str:
    """A label in lines of at most so many inches at the size of the text."""
    import textwrap

    letters = inches * 72 / 10 * (1.0 if lang == "ja" else 1.8)
    return "\n".join(textwrap.wrap(text, max(2, int(letters)), break_long_words=lang == "ja")) or text


def colour(place: int) -> str:
    """The colour of the group at this place; safe for colour-blind readers (Okabe and Ito, 2008)."""
    return COLOURS[place % len(COLOURS)]


def as_svg(figure, *, alt: str = "") -> str:
    """A figure as inline SVG with text left as text: same bytes for same data, no date, no address, ids of its own."""
    from hashlib import sha256
    from html import escape

    import matplotlib

    raw = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "kosodachi"}):
        figure.savefig(raw, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = raw.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", text[text.index("<svg") :], flags=re.S)
    text = re.sub(r' xmlns(:xlink)?="[^"]*"', "", text)
    text = text.replace(f"'{FONT}'", "sans-serif").replace(FONT, "sans-serif")
    mark = "f" + sha256(text.encode()).hexdigest()[:8]
    text = re.sub(r'\bid="', f'id="{mark}-', text)
    text = re.sub(r'(href="|url\()#', rf"\1#{mark}-", text)
    for size in ("width", "height"):
        text = re.sub(rf'(<svg\b[^>]*?) {size}="[^"]*"', r"\1", text, count=1)
    text = text.replace("<svg", f'<svg class="figure" role="img" aria-label="{escape(alt, quote=True)}"', 1)
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())
