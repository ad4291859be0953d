"""The runner on four tiny notebooks: what runs again and why, what a step can reach, what a failure leaves behind."""

import json
import shutil

import pytest
from fake_workspace import PLAN, environment, make_home, tables, usual, write_notebook

from kosodachi.faults import Fault, Faults
from kosodachi.workspace import child, parameters, sandbox, stale, status
from kosodachi.workspace.context import open_run
from kosodachi.workspace.lock import locked
from kosodachi.workspace.run import Wish, recovered, run_town, why_failed
from kosodachi.workspace.verify import verified


def run_it(**wish):
    lines = []
    ended, session = run_town(open_run("testtown"), Wish(**wish), say=lines.append)
    return ended, lines, session


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A workspace whose four steps have run, two at a time."""
    home = make_home(tmp_path_factory.mktemp("ran") / "home")
    with pytest.MonkeyPatch.context() as patch:
        _enter(patch, home)
        assert run_it(jobs=2)[0] == 0
    return home


@pytest.fixture
def home(ran, tmp_path, monkeypatch):
    """A copy of it for one test."""
    shutil.copytree(ran, tmp_path / "home")
    _enter(monkeypatch, tmp_path / "home")
    return tmp_path / "home"


def _enter(patch, home):
    for name, value in environment(home).items():
        if name.startswith("KOSODACHI_"):
            patch.setenv(name, value)
    for name in ("KOSODACHI_WORK", "KOSODACHI_REPORTS", "KOSODACHI_KEY", "KOSODACHI_ZONE"):
        patch.delenv(name, raising=False)


@pytest.fixture
def no_kernel(monkeypatch):
    monkeypatch.setattr(child, "execute", lambda *_, **__: pytest.fail("a kernel was started"))


def why(step, **given):
    run = open_run("testtown")
    found = stale.why(run, step, record(run)["steps"].get(step), given)
    return found and found.told("en")


def record(run):
    return json.loads((run.work / "manifest.json").read_text(encoding="utf-8"))


def test_a_second_run_starts_no_kernel_and_says_every_step_is_fresh(home, no_kernel):
    ended, lines, _ = run_it()
    assert ended == 0
    assert [line.split()[-3] for line in lines] == ["fresh"] * len(PLAN)


def test_a_step_reaches_its_declared_inputs_and_nothing_else(home):
    made = tables(home)
    assert (
        "['input/juki.csv', 'input/municipality.yaml', 'input/truth/person.parquet']"
        in made["analysis/ingest_counts.parquet"]
    )
    assert "['input/municipality.yaml', 'store/analysis/ingest_counts.parquet']" in made["analysis/link_bands.parquet"]
    last = made["analysis/field_coverage.parquet"]
    assert all(f"store/released/{step}/t.csv" in last for step in ("10_a", "20_b", "30_c"))
    assert "ingest_counts" not in last


def test_the_key_is_in_the_environment_of_identifier_steps_alone(home):
    made = tables(home)
    assert "'KOSODACHI_KEY'" in made["analysis/ingest_counts.parquet"]
    for table in ("link_bands", "reject_counts", "field_coverage"):
        assert "KEY" not in made[f"analysis/{table}.parquet"]
    secret = (home / "key").read_text()
    everything = [file for file in (home / ".kosodachi").rglob("*") if file.is_file()]
    assert not [file for file in everything if secret.encode() in file.read_bytes()]


def test_town_and_run_are_injected_by_name_not_by_path(home):
    assert tables(home)["analysis/link_bands.parquet"].endswith("testtown testtown")
    executed = (home / ".kosodachi/testtown/notebooks/20_b.ipynb").read_text()
    assert str(home) not in executed and "papermill" not in executed


TOWN, STORE = "synthetic_data/testtown", ".kosodachi/testtown"


@pytest.mark.parametrize(
    ("file", "step", "told"),
    [
        (f"{TOWN}/juki.csv", "10_a", "extract juki.csv changed"),
        (f"{TOWN}/truth/person.parquet", "10_a", "the town's truth person changed"),
        (f"{STORE}/analysis/ingest_counts.parquet", "20_b", "table ingest_counts changed"),
        (
            f"{STORE}/analysis/link_bands.parquet",
            "20_b",
            "its analysis/link_bands.parquet is no longer as the run left it",
        ),
        (f"{STORE}/released/30_c/t.csv", "90_d", "what 30_c released changed"),
        ("requirements.lock", "30_c", "the locked package versions changed"),
    ],
)
def test_the_reason_is_the_first_difference_in_plain_words(home, file, step, told):
    assert why(step) is None
    (home / file).write_text("something else")
    assert why(step) == told


def test_changed_code_is_a_reason(home):
    write_notebook(home, "20_b", "x = 1")
    assert why("20_b") == "the code of its notebook changed"


def test_changed_settings_and_parameters_are_reasons(home):
    assert why("20_b", n=7) == "parameter n is now 7 (was 1)"
    settings = home / "synthetic_data/testtown/municipality.yaml"
    settings.write_text("# a comment changes nothing\n" + settings.read_text())
    assert why("30_c") is None
    settings.write_text(settings.read_text() + "capacity: {reviewed: 7}\n")
    assert why("30_c") == "municipality.yaml changed"


def test_a_corrected_sentence_runs_nothing(home):
    file = home / "notebooks/20_b.ipynb"
    file.write_text(file.read_text().replace("# 20_b", "# A better title"))
    assert why("20_b") is None


def test_what_follows_runs_only_if_its_inputs_changed(home):
    write_notebook(home, "20_b", *usual("20_b"), "same_result = True")
    ended, lines, _ = run_it()
    assert ended == 0
    assert [line.split()[2 if line[1] == " " else 1] for line in lines] == ["10_a", "20_b", "30_c", "90_d"]
    assert [("fresh" in line) for line in lines] == [True, False, True, True]
    assert "last time" in lines[1] and "because the code of its notebook changed" in lines[1]


@pytest.mark.parametrize("name", ["n;import os", "class", "not a name", "", "__import__('os')", "town"])
def test_a_name_that_is_no_name_is_refused(name, no_kernel):
    with pytest.raises(Fault, match="E-RUN-06"):
        parameters.asked([f"{name}=1"])


@pytest.mark.parametrize(
    ("pair", "code"), [("undeclared=1", "E-RUN-07"), ("n=[1]", "E-RUN-08"), ("n=2.5", "E-RUN-08"), ("n=x", "E-RUN-08")]
)
def test_undeclared_names_and_other_types_are_refused_before_a_kernel_starts(home, no_kernel, pair, code):
    before = tables(home)
    with pytest.raises((Fault, Faults), match=code):
        run_it(given=parameters.asked([pair]))
    assert tables(home) == before


@pytest.mark.parametrize(
    ("text", "default", "value"),
    [("2", 1.5, 2.0), ("2024-05", "2023-01", "2024-05"), ("true", False, True), ("-3", 1, -3)],
)
def test_values_take_the_type_of_the_default(text, default, value):
    assert parameters.like(text, default) == value
    assert type(parameters.like(text, default)) is type(default)


@pytest.mark.parametrize(
    ("text", "default"), [("NaN", 1.5), ("Infinity", 1.5), ("true", 1), ("null", 1), ("__import__('os')", 1)]
)
def test_values_that_are_not_plain_are_none(text, default):
    with pytest.raises(ValueError):
        parameters.like(text, default)


def test_a_failing_step_tells_where_without_values_and_leaves_the_rest(home):
    before = tables(home)
    write_notebook(home, "20_b", OVERWRITES, 'secret = "鈴木 花子"\nraise ValueError(secret)')
    ended, lines, session = run_it()
    assert ended == 1
    told = "\n".join(why_failed(session))
    assert told.startswith("step 20_b failed in code cell 3, line 2: ValueError")
    assert tables(home) == before
    entry = record(session.run)["steps"]["20_b"]
    assert (entry["status"], entry["cell"], entry["line"]) == ("failed", 3, 2)
    assert "鈴木" not in told + json.dumps(entry, ensure_ascii=False) + "".join(lines)
    assert not (session.run.work / sandbox.SANDBOXES).exists()
    assert status.states(session.run)["20_b"][0] == "failed"
    assert why("20_b") == "it failed last time"


OVERWRITES = """import os, pathlib
base = pathlib.Path(os.environ["KOSODACHI_STEP_BASE"])
(base / "analysis" / "link_bands.parquet").write_text("half of it")"""


def test_a_fault_raised_in_a_notebook_is_told_in_its_own_words_with_exit_status_2(home):
    write_notebook(home, "30_c", 'from kosodachi.faults import Fault\nraise Fault("E-RUN-03", table="estimates")')
    ended, _, session = run_it(only="30_c")
    assert ended == 2
    (told,) = why_failed(session)
    assert told.splitlines()[0] == "E-RUN-03 table estimates is not there yet"
    assert len(told.splitlines()) == 3 and "Traceback" not in told


def test_an_unusable_key_stops_the_run_before_a_kernel_starts(home, no_kernel):
    (home / "key").write_text("not a key")
    before = tables(home)
    with pytest.raises(Fault, match="E-KEY-01"):
        run_it(first="10_a")
    assert tables(home) == before


def test_only_one_process_runs_a_run(home):
    with locked(open_run("testtown").work), pytest.raises(Fault, match="E-RUN-11"):
        run_it()
    assert run_it()[0] == 0


def _killed(*_):
    raise KeyError("killed here")


def test_results_put_aside_whole_are_taken_in_by_the_next_run(home, monkeypatch):
    write_notebook(home, "30_c", *usual("30_c"), n=2)
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "take_in", _killed)
        with pytest.raises(KeyError):
            run_it(only="30_c")
    assert tables(home)["released/30_c/t.csv"] == "30_c 1"
    entry = recovered(open_run("testtown"))["steps"]["30_c"]
    assert tables(home)["released/30_c/t.csv"] == "30_c 2"
    assert entry["status"] == "done"
    assert why("30_c") is None


def test_a_table_no_longer_made_leaves_the_store(home):
    write_notebook(home, "30_c", "x = 1")
    assert run_it(only="30_c")[0] == 0
    assert not [name for name in tables(home) if "reject_counts" in name or "30_c" in name]


def test_verify_notices_a_changed_byte(home):
    run = open_run("testtown")
    count, found = verified(run)
    assert found == [] and count > 30
    file = run.work / "analysis" / "link_bands.parquet"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert verified(run)[1] == [
        "20_b: analysis/link_bands.parquet is not as the run wrote it",
        "90_d: table link_bands changed",
    ]


def test_the_plan_must_be_in_the_order_of_making(home):
    plan = home / "notebooks/plan.yaml"
    plan.write_text("steps:\n  20_b: {needs: [ingest_counts]}\n  10_a: {makes: [ingest_counts]}\n")
    with pytest.raises(Fault, match="E-RUN-10"):
        run_it()


def test_a_run_name_is_a_plain_folder_name(home):
    with pytest.raises(Fault, match="E-RUN-09"):
        open_run("testtown", "../elsewhere")
