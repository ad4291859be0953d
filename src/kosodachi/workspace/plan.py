"""The plan: which notebook needs and makes what, read from notebooks/plan.yaml. It runs nothing."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kosodachi.faults import Fault

EXTRACTS, RELEASED, ATTRIBUTES = "extracts", "released", "attributes"
AFTER = "after"  # the parameter that names an earlier run of the town, for steps that continue one


class PlannedStep(BaseModel):
    """One step: the notebook of the same name, the zone it may enter, what it needs and makes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: Literal["identifier", "analysis"] = "analysis"
    needs: tuple[str, ...] = ()
    truth: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    continues: tuple[str, ...] = ()


class Plan(BaseModel):
    """All steps in the order in which they stand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: dict[str, PlannedStep]


def read_plan(file: Path) -> Plan:
    """The plan in a YAML file."""
    import yaml

    return Plan.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))


def makers(plan: Plan) -> dict[str, str]:
    """Table -> the step that makes it."""
    return {table: name for name, step in plan.steps.items() for table in step.makes}


def follows(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Step -> the earlier steps it needs something of. Raises Fault E-RUN-10 if none makes what a step needs."""
    made, before, earlier = makers(plan), {}, []
    for name, step in plan.steps.items():
        tables = [need for need in step.needs if need not in (EXTRACTS, RELEASED)]
        for table in tables:
            if made.get(table) not in earlier:
                raise Fault("E-RUN-10", step=name, table=table)
        wanted = {made[table] for table in tables} | (set(earlier) if RELEASED in step.needs else set())
        before[name] = tuple(step for step in earlier if step in wanted)
        earlier.append(name)
    return before


def after(plan: Plan, first: str) -> set[str]:
    """A step and all that follow from it, directly or not."""
    reached = {first}
    for name, before in follows(plan).items():
        if reached & set(before):
            reached.add(name)
    return reached
