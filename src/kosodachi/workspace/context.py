"""One run of one town: where its parts lie, and what was declared. It reads settings and plan and runs nothing."""

from dataclasses import dataclass
from pathlib import Path

from kosodachi.municipality import Municipality
from kosodachi.workspace import places
from kosodachi.workspace.plan import Plan, read_plan
from kosodachi.workspace.settings import read_settings


@dataclass(frozen=True)
class Run:
    """A run by its name: the town's folder and settings, the working store, the reports, the plan."""

    name: str
    town: Path
    settings: Municipality
    home: Path
    work: Path
    reports: Path
    plan: Plan

    def notebook(self, step: str) -> Path:
        """The notebook of a step, as it stands in the repository."""
        return self.home / "notebooks" / f"{step}.ipynb"

    def executed(self, step: str) -> Path:
        """The notebook of a step as it ran last."""
        return self.work / "notebooks" / f"{step}.ipynb"


def open_run(town: str, name: str = "") -> Run:
    """The run called `name` (the town's key if empty) of a town given by its folder or its name.

    Raises Fault E-RUN-02 (unknown town), E-RUN-09 (the name is no folder name), and the faults of the settings.
    """
    folder = places.town_dir(town)
    settings = read_settings(folder / places.SETTINGS)
    name = places.run_name(name or settings.key)
    home = places.home()
    work = places.work_dir(name, settings.data_dir)
    return Run(name, folder, settings, home, work, places.reports_dir(name), read_plan(home / places.PLAN))
