"""Starts the process of one step with what it may have: its sandbox, its zone, the key only in the identifier zone."""

import contextlib
import json
import os
import subprocess
import sys

from kosodachi.faults import language
from kosodachi.workspace import keys, notebooks
from kosodachi.workspace.context import Run
from kosodachi.workspace.execute import OUTCOME
from kosodachi.workspace.sandbox import Sandbox
from kosodachi.workspace.step import BASE, INPUT


def execute(run: Run, step: str, made: Sandbox, given: dict, *, key: str | None) -> dict:
    """What became of the step (see `execute.execute`)."""
    job = {
        "notebook": str(run.notebook(step)),
        "executed": str(made.executed),
        "parameters": injected(run, step, given),
    }
    with (made.folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "kosodachi.workspace.execute"],
            cwd=made.folder, env=environment(run, step, made, key=key), stdin=subprocess.PIPE, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(json.dumps(job).encode() + b"\n")
                child.stdin.flush()
            status = child.wait()
        finally:
            child.kill()
            child.wait()
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
    outcome = made.folder / OUTCOME
    if status == 0 and outcome.exists():
        return json.loads(outcome.read_text(encoding="utf-8"))
    return {"ok": False, "died": True, "error": f"exit status {status}"}


def injected(run: Run, step: str, given: dict) -> dict:
    """The parameters papermill injects: what was given, and town and run where the notebook declares them."""
    declared = notebooks.parameters(notebooks.read(run.notebook(step)))
    own = {"town": run.settings.key, "run": run.name}
    return {name: value for name, value in (own | given).items() if name in declared}


def environment(run: Run, step: str, made: Sandbox, *, key: str | None) -> dict[str, str]:
    """The environment of the step's process: nothing of ours but what is named here."""
    zone = run.plan.steps[step].zone
    own = {
        BASE: str(made.base),
        INPUT: str(made.input),
        keys.ZONE: zone,
        "KOSODACHI_HOME": str(made.folder),
        "KOSODACHI_LANG": language(),
        "IPYTHONDIR": str(made.folder / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
    }
    if zone == "identifier" and key:
        own[keys.KEY] = key
    return {name: value for name, value in os.environ.items() if not name.startswith("KOSODACHI_")} | own
