"""kill -9 of the runner: the next run goes on where it died, tables come out equal, the manifest stays JSON."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_workspace import PLAN, command, environment, make_home, tables, write_notebook

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX signal")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    home = make_home(tmp_path_factory.mktemp("calm") / "home")
    assert command(home, "run", "testtown", "--no-pages").returncode == 0
    return tables(home)


def start(home):
    called = [sys.executable, "-m", "kosodachi.cli", "run", "testtown", "--no-pages"]
    return subprocess.Popen(
        called, env=environment(home), cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def watch(home, runner, until) -> dict:
    """Reads the manifest again and again until `until` says so; it must be valid JSON each time."""
    file, limit, record = home / ".kosodachi/testtown/manifest.json", time.monotonic() + 120, {"steps": {}}
    while not until(record) and runner.poll() is None and time.monotonic() < limit:
        if file.exists():
            record = json.loads(file.read_text(encoding="utf-8"))
        time.sleep(0.01)
    return record


def kill(runner):
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait()


def status_of(record, step):
    return record["steps"].get(step, {}).get("status")


def test_it_goes_on_at_the_step_it_died_in(tmp_path, undisturbed):
    home = make_home(tmp_path / "home")
    runner = start(home)
    watch(home, runner, lambda record: status_of(record, "20_b") == "running")
    time.sleep(random.Random(20260401).uniform(0.2, 1.2))
    kill(runner)
    again = command(home, "run", "testtown", "--no-pages")
    assert again.returncode == 0, again.stderr
    said = {line.split("] ")[1].split()[0]: line for line in again.stdout.splitlines()}
    assert list(said) == list(PLAN)
    assert "fresh" in said["10_a"]
    assert "it was stopped midway" in said["20_b"]
    assert tables(home) == undisturbed


def test_killed_at_a_random_moment_nothing_is_half_written(tmp_path, undisturbed):
    home = make_home(tmp_path / "home")
    runner = start(home)
    moment = time.monotonic() + random.Random(os.getpid()).uniform(0.5, 8)
    watch(home, runner, lambda _: time.monotonic() > moment)
    kill(runner)
    assert all(undisturbed[name] == text for name, text in tables(home).items())
    assert command(home, "run", "testtown", "--no-pages").returncode == 0
    assert tables(home) == undisturbed
    left = [place.name for place in (home / ".kosodachi/testtown").iterdir()]
    assert not {".steps", ".finished/20_b"} & set(left)


def test_the_processes_of_a_step_end_with_its_runner(tmp_path):
    home = make_home(tmp_path / "home")
    write_notebook(home, "10_a", "import time", "time.sleep(120)")
    runner = start(home)
    limit = time.monotonic() + 60
    while len(below := _below(runner.pid)) < 2 and time.monotonic() < limit:
        time.sleep(0.1)
    kill(runner)
    while any(map(_alive, below)) and time.monotonic() < limit + 30:
        time.sleep(0.1)
    assert len(below) >= 2 and not any(map(_alive, below))


def _below(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    task = Path(f"/proc/{pid}/task/{pid}/children")
    if not Path("/proc/self/task").exists():
        pytest.skip("this system does not list processes in /proc")
    children = [int(word) for word in task.read_text().split()] if task.exists() else []
    return children + [further for child in children for further in _below(child)]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
