"""Rows that no reader can read: a date that no calendar has, in a column that the row cannot do without."""

import numpy as np

from kosodachi.synthesis.streams import Streams
from kosodachi.synthesis.systems import View

# The column that is spoilt in each system, and what stands there instead.
SPOILT = {
    "juki": ("生年月日", "4280230"),
    "jidofuyo": ("支給開始日", "9050231"),
    "kenshin": ("生年月日", "R3.2.30"),
    "shukketsu": ("生年月日", "2014/2/30"),
    "sodan": ("受付日", "令和5年2月30日"),
    "shien": ("案内日", "2024/5/32"),
    "seikatsu_hogo": ("保護開始日", "9050231"),
    "shugaku_enjo": ("認定日", "2024/2/30"),
    "hoiku": ("生年月日", "R3.2.30"),
    "iryohi_josei": ("生年月日", "4280230"),
    "gakuryoku": ("生年月日", "2014/2/30"),
    "kokuho_zei": ("生年月日", "4280230"),
    "jido_teate": ("生年月日", "4280230"),
    "yobo": ("接種期限日", "9050231"),
}


def spoil(view: View, system: str, rows: int, streams: Streams) -> View:
    """The view with some rows that cannot be read; their mistake is logged as unreadable."""
    rows = min(rows, len(view.table))
    chosen = streams.of(f"systems.{system}.unreadable").choice(len(view.table), rows, replace=False) if rows else []
    column, text = SPOILT[system]
    table, flag = view.table.copy(), np.zeros(len(view.table), dtype=bool)
    flag[chosen] = True
    table.loc[flag, column] = text
    return View(table, view.child, view.errors.assign(unreadable=flag))
