"""The parameters a run hands to notebooks.

Papermill runs an injected name as code, so a name is let through only if the notebook's own parameters cell assigns it,
and a value only if it is a plain one of the same type.
"""

import json
import keyword
import math

from kosodachi.faults import Fault, refuse

RESERVED = ("town", "run")


def asked(pairs: list[str]) -> dict[str, str]:
    """What `--set name=value` asks for, as text. Raises Fault E-RUN-06 for a name that is none."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.isidentifier() or keyword.iskeyword(name) or name in RESERVED:
            raise Fault("E-RUN-06", name=_shown(name))
        found[name] = value
    return found


def given(wanted: dict[str, str], defaults: dict[str, dict]) -> dict[str, dict]:
    """Per step the values that differ from its defaults; every name must be declared by some step.

    Raises Faults E-RUN-07 (nobody declares the name) and E-RUN-08 (the value is of another type).
    """
    faults, chosen = [], {step: {} for step in defaults}
    for name, text in wanted.items():
        steps = [step for step, declared in defaults.items() if name in declared]
        if not steps:
            known = sorted({key for declared in defaults.values() for key in declared} - set(RESERVED))
            faults.append(Fault("E-RUN-07", name=name, known=", ".join(known) or "-"))
        for step in steps:
            try:
                chosen[step][name] = like(text, defaults[step][name])
            except ValueError:
                kind = type(defaults[step][name]).__name__
                faults.append(Fault("E-RUN-08", name=name, value=_shown(text), step=step, kind=kind))
    refuse(faults)
    return chosen


def like(text: str, default):
    """The value of a text, of the same type as the default. Raises ValueError if it is none."""
    if isinstance(default, str):
        return text
    value = json.loads(text)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not finite")
    if isinstance(default, float) and type(value) is int:
        return float(value)
    if isinstance(value, (list, dict)) or type(value) is not type(default):
        raise ValueError("another type")
    return value


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "..."
