"""The list of licences names exactly the packages that pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_direct_dependency_is_listed_with_its_licence():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = (
        project["project"]["dependencies"]
        + project["dependency-groups"]["dev"]
        + project["project"]["optional-dependencies"]["spark"]
    )
    names = {re.match(r"[\w.-]+", one)[0] for one in asked}
    rows = re.findall(r"^\| ([\w.-]+)[^|]*\| (\S[^|]*) \|", (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8"), re.M)
    listed = dict(rows)
    listed.pop("package", None)
    assert set(listed) == names
    assert all(listed.values())
