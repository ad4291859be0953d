"""What the runner says, in Japanese and English, from messages.yaml beside this module."""

from functools import cache
from importlib.resources import files

from kosodachi.faults import language


@cache
def _texts() -> dict[str, dict[str, str]]:
    import yaml

    return yaml.safe_load((files(__package__) / "messages.yaml").read_text(encoding="utf-8"))


def told(key: str, *, lang: str | None = None, **values) -> str:
    """The message called `key`, with its placeholders filled."""
    return _texts()[key][language(lang)].format(**values)
