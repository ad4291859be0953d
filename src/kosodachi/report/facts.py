"""The check cell of a notebook: the numbers that matter, one a line at fixed decimals, so a change shows in review."""

import numbers

import pandas as pd


def facts(**numbers_that_matter) -> None:
    """Prints one `name  value` a line: integers plain, floats to 4 decimals, what is missing as `-`."""
    width = max(map(len, numbers_that_matter), default=0)
    for name, value in numbers_that_matter.items():
        print(f"{name:<{width}}  {plain(value)}")


def plain(value) -> str:
    """A number as the check cell writes it."""
    if value is None or value is pd.NA or value is pd.NaT:
        return "-"
    if isinstance(value, str) or str(value) in ("True", "False"):
        return str(value)
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return "-" if value != value else f"{round(float(value), 4) + 0.0:.4f}"
    return str(value)
