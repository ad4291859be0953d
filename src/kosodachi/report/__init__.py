"""What people see: figures, tables and sentences in Japanese and English, and the pages made of them.

It shows only what the disclosure rule let through, and computes no result of its own.
"""

from kosodachi.report import figures, say, summary, words
from kosodachi.report.facts import facts

__all__ = ["facts", "figures", "say", "summary", "words"]
