"""A YAML file as data together with where each part of it stands, so that a fault can name line and column.

Every scalar is read as text (a code `01` or `no` stays what was typed); pydantic turns it into what a field wants.
Not a general YAML reader: keys are plain text, and a key that stands twice is refused.
"""

from dataclasses import dataclass, field

from kosodachi.faults import Fault

NULL = "tag:yaml.org,2002:null"
MOST_NODES = 20_000


@dataclass(frozen=True)
class Marked:
    """Data of a YAML file, with the place (line, column; counted from 1) of each key and each value by path."""

    file: str
    data: object = None
    keys: dict[tuple, tuple[int, int]] = field(default_factory=dict)
    values: dict[tuple, tuple[int, int]] = field(default_factory=dict)

    def where(self, path: tuple, *, value: bool = False) -> str:
        """`file:line:column` of a path, or of the nearest part above it that is there."""
        for length in range(len(path), -1, -1):
            part = tuple(path[:length])
            at = (self.values if value and length == len(path) else self.keys).get(part) or self.values.get(part)
            if at:
                return f"{self.file}:{at[0]}:{at[1]}"
        return self.file


def read_marked(raw: bytes, file: str) -> tuple[Marked, list[Fault]]:
    """The data with its places, and the keys that stand twice. Raises Fault E-SET-01 (not YAML) or E-SET-09 (not UTF-8)."""
    import yaml

    try:
        text = raw.decode("utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Fault("E-SET-09", where=f"{file}:{line}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file
        raise Fault("E-SET-01", where=place, why=getattr(error, "problem", None) or "?") from None
    walk = _Walk(file)
    return Marked(file, walk.data(node, ()), walk.keys, walk.values), walk.found


class _Walk:
    def __init__(self, file: str):
        self.file, self.keys, self.values, self.found, self.nodes = file, {}, {}, [], 0

    def data(self, node, path: tuple):
        self.nodes += 1
        if node is None or self.nodes > MOST_NODES:
            raise Fault("E-SET-01", where=self.file, why="empty" if node is None else "too many parts")
        self.values[path] = _place(node)
        if node.id == "scalar":
            return None if node.tag == NULL else node.value
        if node.id == "sequence":
            return [self.data(part, (*path, number)) for number, part in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node, path: tuple) -> dict:
        data = {}
        for key, value in node.value:
            name = key.value if key.id == "scalar" else "?"
            if name in data:
                first = self.keys[(*path, name)][0]
                self.found.append(
                    Fault("E-SET-02", where="{}:{}:{}".format(self.file, *_place(key)), key=name, first=first)
                )
                continue
            self.keys[(*path, name)] = _place(key)
            data[name] = self.data(value, (*path, name))
        return data


def _place(node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
