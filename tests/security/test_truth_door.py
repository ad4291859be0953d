"""The truth of a synthetic town is opened through one door, `step.truth(name)`, by steps that declare it, for scoring.

Scorers take what the door gives: linkage.score, items.observed, judgement.at_capacity, effect.planted_truth; and
synthesis.planted, families, gaps, mistakes and calibration in 10_town.
"""

import ast
import shutil
from pathlib import Path

import pandas as pd
import pytest

from kosodachi.faults import Fault
from kosodachi.workspace import notebooks, sandbox
from kosodachi.workspace.context import open_run
from kosodachi.workspace.plan import read_plan
from kosodachi.workspace.step import BASE, INPUT, Step

ROOT = Path(__file__).parents[2]
PLAN = read_plan(ROOT / "notebooks" / "plan.yaml")
FILES = sorted(file for file in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in file.parts)
TRUTHS = sorted(file.stem for file in (ROOT / "synthetic_data" / "aoba" / "truth").glob("*.parquet"))
# Parts of the workspace that put the truth in its place, guard its door or write it.
AT_THE_DOOR = {"workspace/step.py", "workspace/sandbox.py", "workspace/stale.py", "synthesis/write.py", "synthesis/write_chunks.py"}  # fmt: skip
PAST_THE_DOOR = {"input_dir", "base", "declared", "_declared", "__dict__", "read_parquet", "read_table", "read_csv"}
FOREIGN = {"os", "pathlib", "io", "glob", "shutil", "subprocess", "sys", "duckdb", "pyarrow", "importlib", "builtins"}


def tree_of(file: Path) -> ast.Module:
    cells = map(notebooks.source, notebooks.code_cells(notebooks.read(file)))
    return ast.parse("\n".join(cells))


def calls_of_truth(tree: ast.AST) -> list[ast.Call]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return [node for node in calls if node.func.attr == "truth"]


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_notebook_opens_just_the_truth_that_its_step_declares(file):
    asked = [node.args[0].value for node in calls_of_truth(tree_of(file))]
    assert sorted(asked) == sorted(PLAN.steps[file.stem].truth), "each declared truth once, by its plain name"
    assert set(asked) <= set(TRUTHS)


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_notebook_has_no_way_past_the_door(file):
    tree = tree_of(file)
    nodes = list(ast.walk(tree))
    opened = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "Step.open"]
    assert [node.args[0].value for node in opened] == [file.stem], (
        "a step opens itself, not another step's declarations"
    )
    assert not {node.attr for node in nodes if isinstance(node, ast.Attribute)} & PAST_THE_DOOR
    imported = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    imported |= {
        f"{node.module}.{name.name}" for node in nodes if isinstance(node, ast.ImportFrom) for name in node.names
    }
    assert not {name.split(".")[0] for name in imported} & FOREIGN
    of_workspace = {name.split(".")[2] for name in imported if name.startswith("kosodachi.workspace.")}
    assert of_workspace <= {"step", "plan", "places"}
    assert not [ast.unparse(node) for node in nodes if names_the_place(node)]


def names_the_place(node: ast.AST) -> bool:
    """Whether a part of a program says where the truth lies: a path that ends in its folder, or begins with it."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        last = node.right
        return (isinstance(last, ast.Name) and last.id == "TRUTH") or (
            isinstance(last, ast.Constant) and last.value == "truth"
        )
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and (
        text.startswith("truth/") or text.endswith("/truth") or (".parquet" in text and "truth" in text)
    )


def test_no_stage_names_the_place_of_the_truth():
    package, named = ROOT / "src" / "kosodachi", set()
    for file in package.rglob("*.py"):
        if any(map(names_the_place, ast.walk(ast.parse(file.read_text(encoding="utf-8"))))):
            named.add(file.relative_to(package).as_posix())
    assert named == AT_THE_DOOR


@pytest.mark.parametrize(
    "text", ['folder / "truth"', 'open("truth/latent.parquet")', 'f"truth/{name}.parquet"', "half / TRUTH"]
)
def test_the_guard_sees_a_path_to_the_truth(text):
    assert any(map(names_the_place, ast.walk(ast.parse(text))))


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "aoba"
    shutil.copytree(ROOT / "synthetic_data" / "aoba", folder)
    return folder


@pytest.fixture
def made(town, tmp_path, monkeypatch):
    """Builds the sandbox of a step and stands in it, as the step's own process does."""
    monkeypatch.setenv("KOSODACHI_WORK", str(tmp_path))
    monkeypatch.setenv("KOSODACHI_HOME", str(ROOT))

    def enter(step: str) -> sandbox.Sandbox:
        box = sandbox.build(open_run(str(town)), step)
        for name, place in ((BASE, box.base), (INPUT, box.input), ("KOSODACHI_HOME", box.folder)):
            monkeypatch.setenv(name, str(place))
        monkeypatch.chdir(box.folder)
        return box

    return enter


@pytest.mark.parametrize("name", list(PLAN.steps))
def test_a_step_finds_in_its_sandbox_the_truth_that_it_declares_and_no_other(made, name):
    box, declared = made(name), PLAN.steps[name].truth
    there = {file.stem for file in box.folder.rglob("*.parquet") if file.parent.name == "truth"}
    assert there == set(declared)
    step = Step.open(name, town="aoba")
    for table in TRUTHS:
        if table in declared:
            assert len(step.truth(table)) > 0
        else:
            with pytest.raises(Fault, match="E-RUN-04"):
                step.truth(table)
    assert not [file for file in box.folder.rglob("*") if file.is_symlink()], "no link leads out to the town"


def test_a_step_that_calls_itself_by_another_name_finds_nothing_behind_the_door(made):
    made("80_share")
    assert Step.open("30_link", town="aoba").truth("record") is None


def test_the_door_gives_research_ids_and_no_register_number(made):
    made("61_effect")
    outcome = Step.open("61_effect", town="aoba").truth("outcome")
    assert "register_no" not in outcome and outcome["research_id"].str.fullmatch("[0-9a-f]{16}").all()


def test_real_data_has_no_truth_whatever_lies_beside_it(made, town):
    settings = town / "municipality.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("synthetic: true", "synthetic: false"), encoding="utf-8")
    try:
        made("61_effect")
        assert Step.open("61_effect", town="aoba").truth("outcome") is None
    finally:
        settings.write_text(text, encoding="utf-8")


def test_the_truth_is_where_the_guard_looks():
    assert TRUTHS == ["latent", "missing", "needs", "outcome", "parameters", "person", "record"]
    assert all(len(pd.read_parquet(ROOT / "synthetic_data" / "aoba" / "truth" / f"{name}.parquet")) for name in TRUTHS)
