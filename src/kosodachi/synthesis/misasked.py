"""What is wrong with one setting of a scenario, as a fault: its name, its place, and what would be possible."""

from difflib import SequenceMatcher
from typing import get_args

from pydantic import BaseModel

from kosodachi.faults import Fault
from kosodachi.faults.marks import Marked
from kosodachi.synthesis.people import ERROR_TYPES, SYSTEMS, Design
from kosodachi.synthesis.scenario import Scenario

BOUNDS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
WANTED = {"bool": "true / false", "int": "1, 2, 3 ...", "float": "0.1, 2 ...", "date": "YYYY-MM-DD", "string": "text",
          "dict": "name: value", "model": "name: value", "tuple": "[a, b, ...]", "above_zero": "> 0"}  # fmt: skip
OWN = {
    "shares_of_one": "E-TOWN-18",
    "correlations": "E-TOWN-19",
    "each_once": "E-TOWN-20",
    "needs_register": "E-TOWN-21",
    "register_collected": "E-TOWN-22",
    "order_of_dates": "E-TOWN-23",
    "plain_name": "E-TOWN-25",
}
CHOICES = {
    frozenset(SYSTEMS): "E-TOWN-26",
    frozenset(ERROR_TYPES): "E-TOWN-27",
    frozenset(get_args(Design)): "E-TOWN-28",
}


def fault_of(error: dict, marked: Marked | None = None) -> Fault:
    """The fault of one pydantic error of a scenario."""
    path = tuple(part for part in error["loc"] if part != "[key]")
    kind, name, context = error["type"], ".".join(map(str, path)) or "scenario", error.get("ctx", {})
    of_key = kind in ("extra_forbidden", "missing") or error["loc"][-1:] == ("[key]",)
    where = marked.where(path, value=not of_key) if marked else ""
    if kind == "missing":
        return Fault("E-TOWN-02", where=where, name=name)
    if kind == "extra_forbidden":
        known = nearest(str(path[-1]), settings_at(path[:-1]))
        return Fault("E-TOWN-03", where=where, name=name, known=", ".join(known))
    if kind in ("literal_error", "unknown_layer"):
        return _unknown(error, name, where)
    if kind in OWN:
        return Fault(OWN[kind], where=where, **({"name": name, "found": error["input"]} | context))
    bounds = [f"{BOUNDS[rule]} {bound}" for rule, bound in context.items() if rule in BOUNDS]
    wanted = next((text for start, text in WANTED.items() if kind.startswith(start)), error["msg"])
    return Fault("E-TOWN-05", where=where, name=name, found=_short(error["input"]), why=" ".join(bounds) or wanted)


def _unknown(error: dict, name: str, where: str) -> Fault:
    """A value or a key that is none of those that can be chosen."""
    allowed = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
    given = str(error["ctx"].get("given", error["input"]))
    code = CHOICES.get(frozenset(allowed), "E-TOWN-04")
    return Fault(code, where=where, name=name, given=_short(given), expected=", ".join(nearest(given, allowed)))


def nearest(given: str, known) -> list[str]:
    """The known names, that which resembles most first."""
    return sorted(known, key=lambda name: (-SequenceMatcher(None, given, name).ratio(), name))


def settings_at(path: tuple) -> list[str]:
    """The settings of the part of a scenario at a path; those at the top if that part has none."""
    part = Scenario
    for name in path:
        found = _model_in(part.model_fields[name].annotation) if name in getattr(part, "model_fields", {}) else None
        part = found or part
    return list(part.model_fields)


def _model_in(annotation) -> type[BaseModel] | None:
    """The model that a field holds, itself or in a tuple or mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)


def _short(value) -> str:
    text = "..." if isinstance(value, (dict, list)) else str(value)
    return text if len(text) <= 40 else f"{text[:40]}..."
