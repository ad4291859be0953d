"""The plan: which notebook needs and makes what, read from notebooks/plan.yaml. It says what may be reached, and runs nothing."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

EXTRACTS, RELEASED, ATTRIBUTES = "extracts", "released", "attributes"


class PlannedStep(BaseModel):
    """One step: the notebook of the same name, the zone it may enter, what it needs and makes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Literal["identifier", "analysis"] = "analysis"
    needs: tuple[str, ...] = ()
    truth: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()


class Plan(BaseModel):
    """All steps in the order in which they stand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: dict[str, PlannedStep]


def read_plan(file: Path) -> Plan:
    """The plan in a YAML file."""
    import yaml

    return Plan.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
