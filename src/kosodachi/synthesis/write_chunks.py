"""A town too large for memory on disk: chunk after chunk is simulated, written down and appended.

Extracts hold the chunks one after another, so rows are in a system's order within a chunk alone.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from kosodachi.synthesis.asking import changed
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.settings import settings_of
from kosodachi.synthesis.simulate import simulate_chunks
from kosodachi.synthesis.town import Town, render
from kosodachi.synthesis.write import TRUTH, placed, write_words

CHUNK = 50_000  # children written at once; strings take far more memory than codes


def write_chunks(
    scenario: Scenario, folder: Path, *, seed: int | None = None, children: int | None = None, chunk: int = CHUNK,
    said: Callable[[int, int], None] | None = None,
) -> Path:  # fmt: skip
    """The folder of a town as `write_town` writes it, made by chunks of at most `chunk` children; whole or not there.

    said(done, of): called after each chunk.

    The table truth/parameters has a further column, part: the chunk that a value belongs to. Raises E-TOWN-05 to -16.
    """
    whole = changed(scenario, seed=seed, children=children)
    return placed(folder, lambda half: _fill(whole, half, chunk, said))


def _fill(scenario: Scenario, folder: Path, chunk: int, said: Callable[[int, int], None] | None) -> None:
    write_words(settings_of(scenario), folder)
    before, writers = {}, {}
    try:
        for world in simulate_chunks(scenario, chunk=chunk):
            town = render(world)
            for name, content in town.extracts.items():
                _append(content, folder / name)
            for name, table in _told(town, world.part, before).items():
                writers[name] = _appended(table, folder / TRUTH / f"{name}.parquet", writers.get(name))
            if said:
                said(world.part + 1, -(-scenario.children // chunk))
    finally:
        for writer in writers.values():
            writer.close()


def _append(content: bytes, file: Path) -> None:
    """The extract at the end of the file; without its header if the file is there."""
    start = content.index(b"\n") + 1 if file.exists() else 0
    with file.open("ab") as out:
        out.write(content[start:])


def _told(town: Town, part: int, before: dict[str, int]) -> dict[str, pd.DataFrame]:
    """The truth of a chunk with rows counted on from those before; `before` counts the rows of each source."""
    record = town.truth["record"]
    rows = record["row_no"] + record["source"].map(before).fillna(0).astype(int)
    for source, count in record.groupby("source").size().items():
        before[source] = before.get(source, 0) + int(count)
    parameters = town.truth["parameters"].assign(part=part)
    return town.truth | {"record": record.assign(row_no=rows), "parameters": parameters}


def _appended(table: pd.DataFrame, file: Path, writer):
    """The writer of a table's file, with the table written."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if writer is None:
        rows = pa.Table.from_pandas(table, preserve_index=False)
        writer = pq.ParquetWriter(file, rows.schema)
    else:
        rows = pa.Table.from_pandas(table, schema=writer.schema, preserve_index=False)
    writer.write_table(rows)
    return writer
