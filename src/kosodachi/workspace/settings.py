"""`municipality.yaml` read as a Municipality; every fault with its line and column, all told together.

It reads what was declared. Whether the files are as declared is for `kosodachi check` and the ingest step to see.
"""

from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError

from kosodachi.faults import Fault, refuse
from kosodachi.faults.marks import Marked, read_marked
from kosodachi.municipality import Municipality

OWN_RULES = {
    "plain_name": "E-SET-10",
    "needs_file": "E-SET-11",
    "reason_but_collected": "E-SET-12",
    "needs_reason": "E-SET-13",
    "order_of_dates": "E-SET-14",
    "one_register": "E-SET-15",
    "register_collected": "E-SET-16",
}
WANTED = {
    "bool": "true / false",
    "int": "1, 2, 3 ...",
    "date": "YYYY-MM-DD",
    "string": "text",
    "dict": "key: value",
    "model": "key: value",
}


def read_settings(file: Path) -> Municipality:
    """The municipality that a settings file describes. Raises Fault(s) E-SET-NN, all that were found together."""
    settings, found, _ = _read(file)
    refuse(found)
    return settings


def check_town(folder: Path) -> list[Fault]:
    """All faults of a town's settings and extracts at once.

    A mistyped field is taken for the field it resembles, so that the extracts can be looked at in the same reading.
    """
    from kosodachi.ingest import check

    settings, found, data = _read(folder / "municipality.yaml")
    return found + (check(settings, folder) if (settings := settings or _as_meant(data)) else [])


def _read(file: Path) -> tuple[Municipality | None, list[Fault], object]:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Fault("E-SET-08", where=str(file), why=type(error).__name__) from None
    marked, found = read_marked(raw, file.name)
    try:
        return Municipality.model_validate(marked.data), found, marked.data
    except ValidationError as errors:
        return None, found + [_fault(error, marked) for error in errors.errors(include_url=False)], marked.data


def _fault(error: dict, marked: Marked) -> Fault:
    path, kind, given = (
        tuple(part for part in error["loc"] if part != "[key]"),
        error["type"],
        _short(error.get("input")),
    )
    key, value = marked.where(path), marked.where(path, value=True)
    if kind in OWN_RULES:
        return Fault(OWN_RULES[kind], where=key, part=".".join(map(str, path)) or "municipality")
    if kind == "extra_forbidden":
        return _unknown_field(path, key)
    if kind == "missing":
        return Fault("E-SET-05", where=key, field=path[-1], part=".".join(map(str, path[:-1])) or "municipality")
    if kind == "literal_error":
        return Fault(
            "E-SET-06", where=value, field=path[-1], value=given, allowed=error["ctx"]["expected"].replace(" or ", ", ")
        )
    wanted = next((text for start, text in WANTED.items() if kind.startswith(start)), None) or error["msg"]
    return Fault("E-SET-07", where=value, field=path[-1] if path else "municipality", value=given, wanted=wanted)


def _unknown_field(path: tuple, where: str) -> Fault:
    known = sorted(fields_at(path[:-1]))
    near = get_close_matches(path[-1], known, n=1, cutoff=0.6)
    if near:
        return Fault("E-SET-03", where=where, field=path[-1], near=near[0])
    return Fault("E-SET-04", where=where, field=path[-1], known=", ".join(known))


def fields_at(path: tuple) -> list[str]:
    """The fields of the part of the settings at a path; none for a free mapping such as `columns`."""
    schema = settings_schema()
    part = schema
    for name in path:
        part = _resolved(part, schema)
        part = part.get("properties", {}).get(name) or part.get("additionalProperties") or {}
    return list(_resolved(part, schema).get("properties", {}))


def _resolved(part, schema: dict) -> dict:
    return schema["$defs"][part["$ref"].rsplit("/", 1)[-1]] if isinstance(part, dict) and "$ref" in part else part or {}


def _as_meant(data: object) -> Municipality | None:
    """The settings with every mistyped field renamed to the one it resembles, or dropped; None if that does not mend them."""
    try:
        return Municipality.model_validate(data)
    except ValidationError as errors:
        unknown = [error["loc"] for error in errors.errors(include_url=False) if error["type"] == "extra_forbidden"]
    for path in unknown:
        part = data
        for name in path[:-1]:
            part = part[name]
        value, near = part.pop(path[-1]), get_close_matches(path[-1], fields_at(path[:-1]), n=1, cutoff=0.6)
        if near:
            part.setdefault(near[0], value)
    try:
        return Municipality.model_validate(data)
    except ValidationError:
        return None


def settings_schema() -> dict:
    """The JSON Schema of municipality.yaml, for editors; committed as municipality.schema.json."""
    schema = Municipality.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "kosodachi municipality.yaml"} | schema


def _short(value) -> str:
    text = "..." if isinstance(value, (dict, list)) else "" if value is None else str(value)
    return text if len(text) <= 40 else f"{text[:40]}..."
