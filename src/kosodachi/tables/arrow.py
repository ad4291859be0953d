"""Tables on their way into DuckDB, where a column that is missing as a whole must keep its kind."""

import pandas as pd

BATCH = 100_000  # rows that one thread of DuckDB reads at a time; a table of one batch is read by one thread


def typed(frame):
    """A data frame or a pyarrow Table as a Table in which text stays text, also where a whole column is missing.

    It comes in batches that DuckDB reads side by side; a Table is not copied. Raises pyarrow.ArrowTypeError for an
    object column that holds more than text.
    """
    import pyarrow as pa

    if not isinstance(frame, pa.Table):
        frame = pa.table({name: _column(pa, column) for name, column in frame.items()})
    return pa.Table.from_batches(frame.to_batches(max_chunksize=BATCH), frame.schema)


def _column(pa, column: pd.Series):
    return pa.array(column, type=pa.string(), from_pandas=True) if column.dtype == "object" else pa.array(column)
