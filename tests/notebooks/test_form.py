"""The form of every notebook: what a reader can rely on, what nbval can check, and that no row is shown."""

import ast
from pathlib import Path

import pytest

from kosodachi.report.page import MOST, MOST_OF, opening
from kosodachi.report.page_text import in_language
from kosodachi.workspace import notebooks
from kosodachi.workspace.plan import read_plan

HOME = Path(__file__).resolve().parents[2] / "notebooks"
FILES = sorted(file for file in HOME.rglob("*.ipynb") if ".ipynb_checkpoints" not in file.parts)
MOST_LINES = 15
SHOWING = {"answer", "how_sure", "not_for", "table", "figure"}
FORBIDDEN = {"display", "print", "exec", "eval", "open", "globals", "__import__"}


@pytest.fixture(params=FILES, ids=[file.stem for file in FILES])
def notebook(request) -> dict:
    return notebooks.read(request.param)


def trees(notebook: dict) -> list[ast.Module]:
    return [ast.parse(notebooks.source(cell)) for cell in notebooks.code_cells(notebook)]


def test_the_plan_names_exactly_the_notebooks_that_exist():
    assert sorted(read_plan(HOME / "plan.yaml").steps) == [file.stem for file in sorted(HOME.glob("*.ipynb"))]


def test_it_opens_with_title_and_question_in_both_languages(notebook):
    first = notebook["cells"][0]
    assert first["cell_type"] == "markdown"
    said = {lang: opening(notebooks.source(first), lang) for lang in ("ja", "en")}
    assert said["ja"][0] != said["en"][0], "title in both languages: # English title / 日本語の題"
    for lang, (title, question, readers) in said.items():
        assert in_language(title, lang) == title
        assert question, f"a question in {lang}: **Question.** ... / **問い** ..."
        assert readers, f"who should read it, in {lang}"


def test_one_parameters_cell_comes_first_and_one_import_cell_second(notebook):
    cells = notebooks.code_cells(notebook)
    tagged = [place for place, cell in enumerate(cells) if "parameters" in notebooks.tags(cell)]
    importing = [place for place, tree in enumerate(trees(notebook)) if any(map(is_import, ast.walk(tree)))]
    assert (tagged, importing) == ([0], [1])
    assert {"town", "run"} <= set(notebooks.parameters(notebook))


def is_import(node: ast.AST) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))


def test_a_sentence_stands_before_each_code_cell(notebook):
    cells = notebook["cells"]
    code = [place for place, cell in enumerate(cells) if cell["cell_type"] == "code"]
    bare = [place for place in code[2:] if cells[place - 1]["cell_type"] != "markdown"]
    assert bare == []


def test_cells_are_short_and_define_nothing(notebook):
    for cell in notebooks.code_cells(notebook):
        lines = notebooks.source(cell).strip("\n").split("\n")
        assert len(lines) <= MOST_LINES, f"{len(lines)} lines: {lines[0]}"
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    assert [node.name for tree in trees(notebook) for node in ast.walk(tree) if isinstance(node, kinds)] == []


def test_its_text_is_in_both_languages(notebook):
    texts = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    said = {
        lang: [text for cell in texts if (text := in_language(notebooks.source(cell), lang, notebooks.tags(cell)))]
        for lang in ("ja", "en")
    }
    assert abs(len(said["ja"]) - len(said["en"])) <= 1, {lang: len(parts) for lang, parts in said.items()}


def test_only_check_cells_keep_outputs_and_each_says_something(notebook):
    cells = notebooks.code_cells(notebook)
    kept = [cell for cell in cells if "keep_output" in notebooks.tags(cell)]
    assert kept
    for cell in kept:
        assert "nbval-check-output" in notebooks.tags(cell), "nbval --nbval-lax compares only cells with this tag"
        assert "facts(" in notebooks.source(cell) and cell["execution_count"]
        assert "".join("".join(output.get("text", "")) for output in cell["outputs"]).strip()
    assert [cell["outputs"] for cell in cells if cell not in kept and cell["outputs"]] == []


def test_execution_counts_run_from_one(notebook):
    counts = [cell["execution_count"] for cell in notebooks.code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_nothing_is_shown_but_through_say_and_facts(notebook):
    """A last expression would be displayed, rows and all; `_ = ...` keeps it quiet."""
    for tree in trees(notebook):
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            assert is_showing(tree.body[-1].value), ast.unparse(tree.body[-1])[:80]
        called = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & FORBIDDEN


def is_showing(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func
    if isinstance(name, ast.Attribute):
        return isinstance(name.value, ast.Name) and name.value.id == "say" and name.attr in SHOWING
    return isinstance(name, ast.Name) and name.id == "facts"


def test_it_keeps_no_trace_of_a_machine(notebook):
    assert set(notebook["metadata"]) <= {"kernelspec"}
    assert [cell["metadata"] for cell in notebook["cells"] if set(cell["metadata"]) - {"tags"}] == []
    assert not [cell for cell in notebook["cells"] if cell.get("attachments")]


def test_at_most_three_figures_and_three_tables_or_as_many_as_its_page_takes(notebook, request):
    """10_town has more: what a municipality holds has five sides, and no answer in one of them alone."""
    code = "\n".join(map(notebooks.source, notebooks.code_cells(notebook)))
    most = MOST_OF.get(request.node.callspec.id, MOST)
    assert code.count("say.figure(") <= most and code.count("say.table(") <= most
    assert code.count("say.answer(") >= 1
