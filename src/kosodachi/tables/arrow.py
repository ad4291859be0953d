"""Tables on their way into DuckDB, where a column that is missing as a whole must keep its kind."""

import pandas as pd


def typed(frame):
    """A data frame as a pyarrow Table in which text stays text, also where a whole column is missing.

    A pyarrow Table comes back as it is. Raises pyarrow.ArrowTypeError for an object column that holds more than text.
    """
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        return frame
    return pa.table({name: _column(pa, column) for name, column in frame.items()})


def _column(pa, column: pd.Series):
    return pa.array(column, type=pa.string(), from_pandas=True) if column.dtype == "object" else pa.array(column)
