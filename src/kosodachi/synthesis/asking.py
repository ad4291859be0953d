"""Scenarios read, changed and checked: what is impossible is refused by name, before anything is drawn or written.

All faults of a file are told together, each with its line and column.
"""

from contextlib import suppress
from importlib.resources import files

from pydantic import ValidationError

from kosodachi.faults import Fault, refuse
from kosodachi.faults.marks import Marked, read_marked
from kosodachi.synthesis.impossible import eligible_children, impossible
from kosodachi.synthesis.misasked import fault_of
from kosodachi.synthesis.scenario import Scenario

__all__ = ["changed", "eligible_children", "read_scenario"]
USUAL = "usual"  # `errors: usual` asks for the rates of mistakes in data/usual_errors.yaml


def read_scenario(text: str | bytes, *, file: str = "scenario") -> Scenario:
    """The scenario in a YAML text; `errors: usual` stands for the usual rates of mistakes.

    file: what the text is called in faults. Raises E-TOWN-01 to -09, -11 to -15 and -18 to -29, all faults together.
    """
    raw = text.encode() if isinstance(text, str) else text
    try:
        marked, twice = read_marked(raw, file)
    except Fault as fault:
        raise Fault("E-TOWN-01", where=fault.where, why=fault.values.get("why", "UTF-8")) from None
    if not isinstance(marked.data, dict):
        raise Fault("E-TOWN-01", where=f"{file}:1", why=f"a {type(marked.data).__name__} at the top")
    found = [Fault("E-TOWN-29", where=fault.where, **fault.values) for fault in twice]
    usual = {"errors": _usual_errors()} if marked.data.get("errors") == USUAL else {}
    scenario, wrong = _judged(marked.data | usual, marked)
    refuse(found + wrong)
    return scenario


def _usual_errors() -> dict:
    import yaml

    return yaml.safe_load((files(__package__) / "data" / "usual_errors.yaml").read_text(encoding="utf-8"))


def changed(scenario: Scenario, *, seed: int | None = None, children: int | None = None) -> Scenario:
    """The scenario with another seed or size; the capacity of staff grows and shrinks with the town."""
    raw = scenario.model_dump()
    if seed is not None:
        raw["seed"] = seed
    if children is not None:
        raw["children"] = children
        scale = children / scenario.children
        raw["capacity"] = {name: max(1, round(value * scale)) for name, value in raw["capacity"].items()}
    result, wrong = _judged(raw)
    refuse(wrong)
    return result


def _judged(raw: dict, marked: Marked | None = None) -> tuple[Scenario | None, list[Fault]]:
    """The scenario, and all that is wrong: of single settings, and of settings together where none of them is wrong."""
    try:
        scenario = Scenario.model_validate(raw)
        return scenario, impossible(scenario, marked)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    found = [fault_of(one, marked) for one in errors]
    rest, wrong = _without(raw, errors), {one["loc"][0] for one in errors if one["loc"]}
    with suppress(ValidationError):  # if what is needed is missing, the rest is told once it is there
        found += impossible(Scenario.model_validate(rest), marked, but=wrong)
    return None, found


def _without(raw: dict, errors: list[dict]) -> dict:
    """The settings without the parts that are wrong."""
    names = {one["loc"][0] for one in errors if one["loc"]}
    return {name: value for name, value in raw.items() if name not in names}
