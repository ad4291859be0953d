"""What a system wrote, in the one form in which records are compared. Whole columns at a time, over distinct values.

Raw text is never thrown away by these functions: they return new columns beside it.
"""

from kosodachi.ingest.normalise import addresses, dates, kana, names

__all__ = ["addresses", "dates", "kana", "names"]
