"""The command line: exit status, faults without traceback, both languages."""

import subprocess
import sys

import pytest
from fake_workspace import command, make_home, tables, write_notebook


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return make_home(tmp_path_factory.mktemp("cli") / "home")


def test_help_names_every_command(home):
    told = command(home, "--help")
    assert told.returncode == 0
    for name in ("new", "check", "synthesise", "run", "status", "report", "verify", "share", "pool", "items"):
        assert f"\n  {name} " in told.stdout


def test_help_imports_nothing_heavy():
    heavy = "{'pandas', 'papermill', 'duckdb', 'doit', 'pydantic'}"
    code = f"import sys, kosodachi.cli; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "nowhere"], "E-RUN-02"),
        (["run", "testtown", "--set", "n;import os=1"], "E-RUN-06"),
        (["run", "testtown", "--set", "m=1"], "E-RUN-07"),
        (["run", "testtown", "--from", "11_a"], "E-RUN-12"),
        (["run", "testtown", "--run", "../x"], "E-RUN-09"),
        (["verify", "testtown", "--run", "never"], "E-RUN-13"),
        (["share", "testtown", "--to", "x", "--run", "never"], "E-RUN-13"),
        (["synthesise", "nowhere"], "E-RUN-16"),
        (["pool", "nowhere", "elsewhere"], "E-POOL-03"),
    ],
)
def test_the_users_faults_are_told_in_three_lines_with_exit_status_2(home, words, code):
    told = command(home, *words)
    assert told.returncode == 2
    assert told.stderr.startswith(code) and len(told.stderr.strip().splitlines()) <= 3
    assert "Traceback" not in told.stderr and told.stdout == ""


def test_faults_are_told_in_japanese_if_asked(home):
    told = command(home, "status", "nowhere", "--lang", "ja")
    assert told.returncode == 2 and "自治体「nowhere」がありません" in told.stderr


def test_from_and_only_exclude_each_other(home):
    assert command(home, "run", "testtown", "--from", "10_a", "--only", "10_a").returncode == 2


def test_run_status_and_verify_of_one_step(tmp_path):
    home = make_home(tmp_path / "home")
    assert command(home, "status", "testtown").stdout.count("it has not run yet") == 4
    ran = command(home, "run", "testtown", "--only", "30_c", "--set", "n=5", "--no-pages")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("[ 1/1] 30_c") and "because it has not run yet" in ran.stdout
    assert tables(home)["released/30_c/t.csv"] == "30_c 5"
    assert command(home, "verify", "testtown").returncode == 0
    assert "parameter n is now 1 (was 5)" in command(home, "status", "testtown").stdout
    (home / ".kosodachi/testtown/released/30_c/t.csv").write_text("30_c 6")
    changed = command(home, "verify", "testtown")
    assert changed.returncode == 1 and "released/30_c" in changed.stdout


def test_a_step_that_breaks_gives_exit_status_1_and_no_traceback(tmp_path):
    home = make_home(tmp_path / "home")
    write_notebook(home, "30_c", "import kosodachi.faults\n1 / 0")
    told = command(home, "run", "testtown", "--only", "30_c", "--lang", "ja")
    assert told.returncode == 1
    assert "コードセル 2、2 行目で失敗しました: ZeroDivisionError" in told.stderr
    assert "Traceback" not in told.stdout + told.stderr


def test_new_writes_settings_to_fill_in_and_never_over_others(home):
    made = command(home, "new", "midori")
    assert made.returncode == 0 and "kosodachi check midori" in made.stdout
    text = (home / "midori/municipality.yaml").read_text(encoding="utf-8")
    again = command(home, "new", "midori")
    assert again.returncode == 2 and again.stderr.startswith("E-RUN-15")
    assert (home / "midori/municipality.yaml").read_text(encoding="utf-8") == text
    told = command(home, "check", "midori")
    assert told.returncode == 2 and told.stderr.startswith("E-INGEST")


def test_synthesise_refuses_to_write_over_a_real_municipality(home):
    towns = home / "synthetic_data" / "towns"
    towns.mkdir()
    (towns / "midori2.yaml").write_text("not read before the check")
    assert command(home, "new", "midori2").returncode == 0
    told = command(home, "synthesise", "midori2", "--out", "midori2")
    assert told.returncode == 2 and told.stderr.startswith("E-RUN-15")


def test_items_lint_says_that_there_is_no_fault_and_how_much_it_read(home):
    told = command(home, "items", "lint", "--lang", "ja")
    assert told.returncode == 0
    assert "誤りはありません" in told.stdout


def test_items_lint_tells_every_fault_at_once(monkeypatch, capsys):
    from kosodachi import cli, items
    from kosodachi.faults import Fault

    found = [Fault("E-ITEM-01", where="evidence.csv:9", source="a"), Fault("E-ITEM-06", item="b", cohort="c")]
    monkeypatch.setattr(items, "lint", lambda: found)
    monkeypatch.setattr(sys, "argv", ["kosodachi", "items", "lint"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    told = capsys.readouterr().err
    assert "E-ITEM-01 evidence.csv:9" in told
    assert "E-ITEM-06" in told
