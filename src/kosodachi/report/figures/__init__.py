"""Drawings of released tables. Each returns a matplotlib figure in one language; `say.figure` shows it in both.

They draw what is in the table and nothing else: no smoothing, no estimate of their own. Hidden cells are marked in
words, never drawn as 0; groups differ by colour and by pattern, so that a black-and-white print reads the same.
"""

from kosodachi.report.figures.bars import bars
from kosodachi.report.figures.curves import lines, steps
from kosodachi.report.figures.forest import forest
from kosodachi.report.figures.heatmap import heatmap
from kosodachi.report.figures.intervals import intervals
from kosodachi.report.figures.pyramid import pyramid

__all__ = ["bars", "forest", "heatmap", "intervals", "lines", "pyramid", "steps"]
