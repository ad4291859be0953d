"""Runs notebooks in their order and keeps only what is checked: outputs of cells tagged keep_output, counts 1..n.

Run after a change that should move numbers: `python tests/notebooks/refresh.py [NOTEBOOK ...]`. Read the diff.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

KEPT, COMPARED = "keep_output", "nbval-check-output"
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def refresh(file: Path) -> None:
    """Executes one notebook in place with its own defaults and strips it to what nbval compares."""
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(
        notebook, kernel_name="python3", timeout=600, resources={"metadata": {"path": str(NOTEBOOKS)}}
    ).execute()
    for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        cell.execution_count = count
        cell.metadata.pop("execution", None)
        tags = cell.metadata.get("tags", [])
        cell.outputs = cell.outputs if KEPT in tags else []
        if KEPT in tags and COMPARED not in tags:
            tags.append(COMPARED)
        for output in cell.outputs:
            if "execution_count" in output:
                output["execution_count"] = count
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(notebook, file)


if __name__ == "__main__":
    for chosen in map(Path, sys.argv[1:]) if sys.argv[1:] else sorted(NOTEBOOKS.glob("*.ipynb")):
        print(chosen.name, flush=True)
        refresh(chosen)
