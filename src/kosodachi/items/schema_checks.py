"""Checks of form: every file of the catalogue and every row of evidence and sources against its schema, each fault with
file, line and column.

A row that keeps to its schema can still be wrong: see `checks` for what contradicts itself, and the paper for the rest.
"""

from collections.abc import Iterator, Mapping

import pandas as pd
from pydantic import BaseModel, ValidationError

from kosodachi.faults import Fault
from kosodachi.items.evidence_rows import EvidenceRow, SourceRow
from kosodachi.items.specification import Item, item_texts


def catalogue_faults(texts: Mapping[str, str] | None = None) -> list[Fault]:
    """Faults of form (E-ITEM-16) of all files of the catalogue, by name; default: the package's own. A file is named
    after its item."""
    texts = item_texts() if texts is None else texts
    return [fault for name, text in sorted(texts.items()) for fault in _of_file(name, text)]


def row_faults(rows: pd.DataFrame, sources: pd.DataFrame) -> list[Fault]:
    """Faults of form of every row of evidence.csv and sources.csv, by line; a source that stands twice."""
    tables = (("evidence.csv", rows, EvidenceRow), ("sources.csv", sources, SourceRow))
    found = [fault for file, table, model in tables for fault in _of_table(file, table, model)]
    twice = sources[sources["source_id"].duplicated()]
    return found + [
        Fault("E-ITEM-16", where=f"sources.csv:{at + 2}", name="source_id", why=f"{row['source_id']} stands twice")
        for at, row in twice.iterrows()
    ]


def _of_table(file: str, table: pd.DataFrame, model: type[BaseModel]) -> Iterator[Fault]:
    named = [column for column in model.model_fields if column in table]
    for at, row in zip(table.index, table[named].to_dict("records")):
        for name, why, _ in _wrong(model, row):
            yield Fault("E-ITEM-16", where=f"{file}:{at + 2}", name=name, why=why)


def _of_file(name: str, text: str) -> Iterator[Fault]:
    import yaml

    try:
        given, tree = yaml.safe_load(text), yaml.compose(text)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark
        yield Fault("E-ITEM-16", where=f"{name}:{at.line + 1}:{at.column + 1}", name="YAML", why=str(error.problem))
        return
    for key, why, path in _wrong(Item, given):
        yield Fault("E-ITEM-16", where=f"{name}:{_place(tree, path)}", name=key, why=why)
    if isinstance(given, dict) and f"{given.get('item_id')}.yaml" != name:
        yield Fault(
            "E-ITEM-16", where=f"{name}:{_place(tree, ('item_id',))}", name="item_id", why="not the file's name"
        )


def _wrong(model: type[BaseModel], given) -> list[tuple[str, str, tuple]]:
    try:
        model.model_validate(given)
    except ValidationError as error:
        return [(".".join(map(str, e["loc"])) or "file", e["msg"], e["loc"]) for e in error.errors()]
    return []


def _place(node, path: tuple) -> str:
    """Line and column of the deepest part of a path that exists in a YAML tree."""
    import yaml

    mark = node.start_mark if node is not None else None
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            pair = (node.value[step], node.value[step])
        else:
            pair = None
        if pair is None:
            break
        mark, node = pair[0].start_mark, pair[1]
    return f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
