"""Faults of the user's input: what was found, what was expected, what to do, and a stable code.

A fault is told in one to three lines and without a traceback; texts in both languages lie in the YAML files
beside this module, one file a room. Not for errors of the program itself: those keep their traceback.
"""

import os
from functools import cache
from importlib.resources import files

LANGUAGES = ("ja", "en")


def language(chosen: str | None = None) -> str:
    """The language of messages: the one chosen, else KOSODACHI_LANG, else English."""
    wanted = (chosen or os.environ.get("KOSODACHI_LANG") or "en")[:2].lower()
    return wanted if wanted in LANGUAGES else "en"


@cache
def catalogue() -> dict[str, dict]:
    """Every fault by its code: {code: {ja: {found, expected, remedy}, en: {...}}}."""
    import yaml

    texts: dict[str, dict] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            texts |= yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return texts


class Fault(Exception):
    """One fault of the user's input; `values` fill the placeholders of its text."""

    def __init__(self, code: str, *, where: str = "", **values):
        self.code, self.where, self.values = code, where, values
        super().__init__(code)

    def __str__(self) -> str:
        return self.told()

    def told(self, lang: str | None = None) -> str:
        """The fault in one to three lines in the given language."""
        text = catalogue()[self.code][language(lang)]
        place = f"{self.where}: " if self.where else ""
        lines = [f"{self.code} {place}{text['found']}", text.get("expected", ""), text.get("remedy", "")]
        return "\n  ".join(line.format(**self.values) for line in lines if line)

    def __reduce__(self):
        return _again, (type(self), self.code, self.where, self.values)


class Faults(Exception):
    """Several faults, found in one reading and told together."""

    def __init__(self, found: list[Fault]):
        self.found = list(found)
        super().__init__(*(fault.code for fault in found))

    def __str__(self) -> str:
        return self.told()

    def told(self, lang: str | None = None) -> str:
        """All faults, each in one to three lines."""
        return "\n".join(fault.told(lang) for fault in self.found)

    def __reduce__(self):
        return type(self), (self.found,)


def _again(kind, code, where, values):
    return kind(code, where=where, **values)


def refuse(found: list[Fault]) -> None:
    """Raise what was found: nothing, the one fault, or all of them together."""
    if len(found) == 1:
        raise found[0]
    if found:
        raise Faults(found)
