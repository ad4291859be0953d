"""Runs one notebook with papermill: `python -m kosodachi.workspace.execute`, started by `child`.

The job comes as one JSON line on standard input; what became of it goes to outcome.json in the working folder. When
standard input closes, the runner is gone and so is this process. No value of a failing cell is passed on.
"""

import json
import os
import re
import sys
import threading
from pathlib import Path

OUTCOME = "outcome.json"
FAULT = re.compile(r"E-[A-Z]+-\d\d ")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def main() -> None:
    """Reads the job, runs it, writes its outcome."""
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_runner, daemon=True).start()
    outcome = execute(Path(job["notebook"]), Path(job["executed"]), job["parameters"])
    Path(OUTCOME).write_text(json.dumps(outcome), encoding="utf-8")


def execute(notebook: Path, executed: Path, parameters: dict) -> dict:
    """{ok: true}, or what went wrong: a fault's text, or cell, line and type of the exception."""
    sys.modules["rfc3987_syntax"] = None  # papermill's imports do without it, and it takes a second of each step
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from kosodachi.workspace import notebooks

    try:
        papermill.execute_notebook(
            notebook, executed, parameters=parameters, kernel_name="python3", progress_bar=False, autosave_cell_every=0
        )
    except PapermillExecutionError as error:
        return failure(error, notebooks.read(notebook))
    except Exception as error:
        return {"ok": False, "died": True, "error": type(error).__name__}
    clean = notebooks.without_run_details(notebooks.read(executed))
    executed.write_text(json.dumps(clean, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return {"ok": True}


def failure(error, notebook: dict) -> dict:
    """A fault in its own words; of any other exception where it arose and its type, no message."""
    from kosodachi.workspace import notebooks

    if error.ename in ("Fault", "Faults") and FAULT.match(error.evalue):
        return {"ok": False, "fault": error.evalue}
    sources = [notebooks.source(cell) for cell in notebooks.code_cells(notebook)]
    cell = sources.index(error.source) + 1 if error.source in sources else error.exec_count
    trace = COLOUR.sub("", "\n".join(error.traceback))
    lines = re.findall(r"Cell In\[\d+\], line (\d+)", trace)
    places = re.findall(r"kosodachi[/\\]([\w/\\]+\.py):(\d+)", trace)
    return {
        "ok": False,
        "cell": cell,
        "line": int(lines[-1]) if lines else 1,
        "error": error.ename,
        "place": "{}:{}".format(*places[-1]) if places else "",
    }


def _end_with_the_runner() -> None:
    sys.stdin.read()
    os._exit(3)


if __name__ == "__main__":
    main()
