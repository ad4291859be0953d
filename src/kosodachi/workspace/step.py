"""What a notebook holds in its hand: its settings, the tables it declared, and the door to what may leave.

Under `kosodachi run` the base folder is a fresh one that holds only what the step declared; in JupyterLab it is the
run's own store. Either way an undeclared table is refused. This keeps a step honest; it is no wall against malice.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from kosodachi.disclosure import Released, keep
from kosodachi.faults import Fault
from kosodachi.municipality import Municipality
from kosodachi.report.kept import kept
from kosodachi.report.words import learn
from kosodachi.tables import contract_of
from kosodachi.tables.pseudonyms import pseudonyms
from kosodachi.workspace import keys, places, store
from kosodachi.workspace.plan import ATTRIBUTES, EXTRACTS, RELEASED, PlannedStep, read_plan
from kosodachi.workspace.settings import read_settings

BASE, INPUT = "KOSODACHI_STEP_BASE", "KOSODACHI_STEP_INPUT"
EARLIER = "earlier"


@dataclass(frozen=True)
class Step:
    """One step of one run. Make it with `Step.open` in the first code cell after the imports."""

    name: str
    declared: PlannedStep
    settings: Municipality
    base: Path
    input_dir: Path

    @classmethod
    def open(cls, name: str, *, town: str, run: str = "") -> "Step":
        """The step called `name` for a town; its tables lie in the run's store (run defaults to the town's key)."""
        declared = read_plan(places.home() / places.PLAN).steps[name]
        folder = Path(os.environ.get(INPUT) or places.town_dir(town))
        settings = read_settings(folder / places.SETTINGS)
        learn({source: spec.label.model_dump() for source, spec in settings.sources.items()})
        base = os.environ.get(BASE) or places.work_dir(run or settings.key, settings.data_dir)
        return cls(name, declared, settings, Path(base), folder)

    def read(self, table: str) -> pd.DataFrame:
        """A declared table of either zone."""
        self._declared(table, self.declared.needs)
        return store.read_table(self.base, table)

    def continued(self, after: str) -> dict[str, pd.DataFrame] | None:
        """The tables of the earlier run `after` that the step continues, by name; None if `after` is empty.

        Raises Fault E-RUN-03 for a table that the earlier run did not make.
        """
        if not after:
            return None
        handed = self.base / EARLIER
        base = handed if handed.is_dir() else places.work_dir(places.run_name(after), self.settings.data_dir)
        return {table: store.read_table(base, table) for table in self.declared.continues}

    def attributes(self) -> dict[str, pd.DataFrame]:
        """The attribute tables of all collected sources, by source."""
        self._declared(ATTRIBUTES, self.declared.needs)
        return {
            source: store.read_table(self.base, f"{ATTRIBUTES}_{source}")
            for source, spec in self.settings.sources.items()
            if spec.collected
        }

    def write(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        """The table as its contract wants it, after it was written whole."""
        self._declared(name, self.declared.makes)
        return store.write_table(self.base, name, table)

    def extracts(self) -> Path:
        """The folder of the municipality's extracts, read-only by habit."""
        self._declared(EXTRACTS, self.declared.needs)
        return self.input_dir

    def truth(self, table: str) -> pd.DataFrame | None:
        """A table of a synthetic town's truth, for scoring alone; None where no truth exists, as of real data."""
        self._declared(table, self.declared.truth)
        file = self.input_dir / "truth" / f"{table}.parquet"
        if not self.settings.synthetic or not file.exists():
            return None
        truth = pd.read_parquet(file)
        if "register_no" in truth:
            truth["research_id"] = pseudonyms(self.pseudonym_key, "person", truth.pop("register_no"))
        return truth

    def release(self, released: Released) -> Released:
        """Keeps what the disclosure rule let through, for the pages; returns it for showing."""
        return keep(released, self.base / RELEASED / self.name)

    def released(self, step: str, name: str) -> Released | None:
        """A table that an earlier step released, read again from its CSV and record; None if there is none.

        Raises Fault E-RUN-04 if this step does not declare `released`, E-REP-07 if the file is not as it was released.
        """
        self._declared(RELEASED, self.declared.needs)
        return kept(self.base / RELEASED / step, name)

    @cached_property
    def pseudonym_key(self) -> bytes:
        """What research ids are drawn from; only in the identifier zone for real data."""
        return keys.pseudonym_key(self.settings)

    def _declared(self, asked: str, declared: tuple[str, ...]) -> None:
        family = ATTRIBUTES if asked.startswith(f"{ATTRIBUTES}_") else asked
        if family not in declared:
            raise Fault("E-RUN-04", step=self.name, asked=asked, declared=", ".join(declared) or "-")
        if family not in (ATTRIBUTES, EXTRACTS, RELEASED) and declared is not self.declared.truth:
            contract_of(family)
