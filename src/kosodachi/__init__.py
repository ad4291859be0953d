"""kosodachi: a reproducible research workspace for municipal child-data linkage."""

__version__ = "0.1.0"
