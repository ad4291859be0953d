"""Nothing but `disclosure` writes under reports/: read from the code itself, in src/ and in the notebooks."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
DOOR = ROOT / "src" / "kosodachi" / "disclosure"
MODULES = [file for file in sorted((ROOT / "src").rglob("*.py")) if DOOR not in file.parents]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
WRITES = {
    "to_csv", "to_parquet", "to_json", "to_html", "to_excel", "to_pickle", "to_feather", "to_markdown", "to_string",
    "write_text", "write_bytes", "write_whole", "savefig", "save", "dump", "mkdir", "makedirs", "touch", "copy", "copy2",
    "copyfile", "copytree", "move", "replace", "rename", "symlink_to", "hardlink_to", "symlink", "savez", "tofile",
}  # fmt: skip
MODE = re.compile("[rwaxbt+]{1,3}")


def written(code: str) -> list[tuple[int, str]]:
    """(line, source) of calls that write a file or may: by name of the function, and open() in a writing mode."""
    found = []
    for call in (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        text = ast.get_source_segment(code, call) or ""
        if name in WRITES or (name == "open" and _may_write(call)) or (name == "print" and "file=" in text):
            found.append((call.lineno, text))
    return found


def _may_write(call: ast.Call) -> bool:
    is_method = isinstance(call.func, ast.Attribute)
    modes = [*call.args[0 if is_method else 1 :][:1], *(word.value for word in call.keywords if word.arg == "mode")]
    told = [str(mode.value) for mode in modes if isinstance(mode, ast.Constant)]
    return any(MODE.fullmatch(mode) and set(mode) & set("wax+") for mode in told)


def under_reports(code: str) -> list[tuple[int, str]]:
    """Writing calls that speak of reports."""
    return [(line, text) for line, text in written(code) if "reports" in text.lower()]


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.relative_to(ROOT / "src").as_posix())
def test_no_module_writes_under_reports(file):
    assert under_reports(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.name)
def test_no_notebook_writes_a_file_but_through_its_step(file):
    for cell in nbformat.read(file, as_version=4).cells:
        if cell.cell_type == "code":
            calls = [text for _, text in written(cell.source) if not _on_tables(text)]
            assert calls == [], "step.write, step.release and say.* are the ways out"


def _on_tables(text: str) -> bool:
    """pandas' own replace, rename and copy, which write no file."""
    return (
        bool(re.search(r"\.(replace|rename|copy)\((?![\"'][./~])", text)) and "os." not in text and "Path" not in text
    )


PLANTED = [
    "frame.to_csv('reports/aoba/x.csv')",
    "(run.reports / 'x.html').write_text(html)",
    "open(places.reports_dir('a') / 'x', 'w')",
    "with (REPORTS / 'x').open('wb') as out:\n    pass",
    "shutil.copyfile(a, run.reports / 'b')",
    "os.replace(half, reports / 'c')",
    "plt.savefig(f'{reports}/c.png')",
]


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_writer_is_seen(code):
    assert len(under_reports(code)) == 1


@pytest.mark.parametrize(
    "code", ["(run.reports / 'x').read_text()", "open(run.reports / 'x')", "frame.to_csv(folder / 'x')"]
)
def test_reading_reports_is_no_writing(code):
    assert under_reports(code) == []


def test_row_level_tables_are_never_named_for_publishing():
    """The modules that stage pages take no table of the analysis zone but through what was released."""
    pages = ROOT / "src" / "kosodachi" / "workspace" / "pages.py"
    text = pages.read_text(encoding="utf-8")
    assert "publish(" in text and "release_page(" in text
    assert "to_parquet" not in text and "research_extract" not in text
