"""What can be read from a notebook without running it: its code, its parameters, the rooms of the package it uses."""

import ast
import json
from pathlib import Path

from kosodachi.faults import Fault
from kosodachi.workspace import hashes

INJECTED = "injected-parameters"


def read(file: Path) -> dict:
    """A notebook as the JSON it is. Raises Fault E-RUN-05 if there is none or it cannot be read."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Fault("E-RUN-05", notebook=file.name, why=type(error).__name__) from None


def code_cells(notebook: dict, *, tagged: str | None = None) -> list[dict]:
    """The code cells, without those that papermill injected; of one tag only if asked."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and INJECTED not in tags(cell)]
    return [cell for cell in cells if tagged is None or tagged in tags(cell)]


def tags(cell: dict) -> list[str]:
    """The tags of a cell."""
    return cell.get("metadata", {}).get("tags", [])


def source(cell: dict) -> str:
    """The text of a cell; notebooks keep it as one string or as lines."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


def code_hash(notebook: dict) -> str:
    """Hash of the code alone, so that a corrected sentence runs nothing again."""
    return hashes.of_json([source(cell) for cell in code_cells(notebook)])


def parameters(notebook: dict) -> dict:
    """The names and default values that the `parameters` cell assigns."""
    found: dict = {}
    for cell in code_cells(notebook, tagged="parameters"):
        for line in ast.parse(source(cell)).body:
            if isinstance(line, ast.Assign) and all(isinstance(target, ast.Name) for target in line.targets):
                found |= {target.id: ast.literal_eval(line.value) for target in line.targets}
    return found


def rooms(notebook: dict) -> set[str]:
    """The rooms of the package that the code imports, by name."""
    named: set[str] = set()
    for cell in code_cells(notebook):
        for node in ast.walk(_parsed(source(cell))):
            if isinstance(node, ast.ImportFrom) and node.module == "kosodachi":
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                named |= _room(node.module or "")
            elif isinstance(node, ast.Import):
                named |= set().union(*(_room(alias.name) for alias in node.names))
    return named


def with_current_text(executed: dict, current: dict) -> dict:
    """The notebook as it reads now, with the outputs of the run: text may be corrected without a run."""
    outputs = iter(code_cells(executed))
    cells = []
    for cell in current["cells"]:
        ran = next(outputs) if cell["cell_type"] == "code" else {}
        kept = {key: ran[key] for key in ("outputs", "execution_count") if key in ran}
        cells.append({**cell, **kept})
    return {**executed, "cells": cells}


def without_run_details(notebook: dict) -> dict:
    """The executed notebook without paths, clock times and durations, so that equal runs give equal files."""
    cells = []
    for count, cell in enumerate(notebook["cells"]):
        meta = {key: value for key, value in cell.get("metadata", {}).items() if key not in ("papermill", "execution")}
        cells.append(
            {**cell, "metadata": meta, "id": cell.get("id") if INJECTED not in tags(cell) else f"injected-{count}"}
        )
    meta = {key: value for key, value in notebook["metadata"].items() if key in ("kernelspec",)}
    return {**notebook, "metadata": meta, "cells": cells}


def _room(module: str) -> set[str]:
    parts = module.split(".")
    return {parts[1]} if parts[0] == "kosodachi" and len(parts) > 1 else set()


def _parsed(code: str) -> ast.AST:
    try:
        return ast.parse(code)
    except SyntaxError:
        return ast.Module([], [])
