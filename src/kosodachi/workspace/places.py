"""Where things lie: the repository, a town's folder, a run's working store and its reports."""

import os
import re
from pathlib import Path

from kosodachi.faults import Fault

PLAN = Path("notebooks") / "plan.yaml"
SETTINGS = "municipality.yaml"


def home() -> Path:
    """The workspace folder: KOSODACHI_HOME, else the nearest folder upward that holds notebooks/plan.yaml."""
    if chosen := os.environ.get("KOSODACHI_HOME"):
        return Path(chosen).resolve()
    for folder in (here := Path.cwd().resolve(), *here.parents):
        if (folder / PLAN).exists():
            return folder
    raise Fault("E-RUN-01", folder=str(here))


def town_dir(town: str) -> Path:
    """The folder of a town's settings and extracts: a path given as such, else a name in synthetic_data/."""
    for folder in (Path(town), home() / "synthetic_data" / town):
        if (folder / SETTINGS).is_file():
            return folder.resolve()
    raise Fault("E-RUN-02", town=town)


def run_name(name: str) -> str:
    """The name of a run. Raises Fault E-RUN-09 if it is no folder name."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", name):
        raise Fault("E-RUN-09", name=name)
    return name


def work_dir(run: str, data_dir: str | None = None) -> Path:
    """The working store of a run. Row-level data never lies under reports/."""
    base = Path(os.environ.get("KOSODACHI_WORK") or data_dir or home() / ".kosodachi")
    return base.expanduser().resolve() / run


def reports_dir(run: str) -> Path:
    """The folder of a run's released pages and tables."""
    return Path(os.environ.get("KOSODACHI_REPORTS") or home() / "reports").resolve() / run
