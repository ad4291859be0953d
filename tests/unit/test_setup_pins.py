"""environment.yml, pyproject.toml and requirements.lock agree, and name no place to fetch from."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement

HOME = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (HOME / "requirements.lock").read_text(encoding="utf-8")
PINS = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(?: *; *([^\\\n]*))?", LOCK, re.M)
WANTED = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]


def name_of(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def pinned(name: str) -> list[str]:
    return [version for pin, version, _ in PINS if name_of(pin) == name_of(name)]


@pytest.mark.parametrize("line", WANTED)
def test_every_pin_satisfies_the_project(line):
    wanted = Requirement(line)
    versions = pinned(wanted.name)
    assert versions and all(wanted.specifier.contains(version) for version in versions)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_each_python_gets_one_version_of_each_direct_dependency(python):
    here = {"python_version": python, "python_full_version": f"{python}.5", "sys_platform": "linux"}
    fitting = [name_of(pin) for pin, _, marker in PINS if not marker or Marker(marker).evaluate(here)]
    counts = {line: fitting.count(name_of(Requirement(line).name)) for line in WANTED}
    assert set(counts.values()) == {1}, counts


def test_the_store_engine_and_its_encryption_have_the_same_version():
    assert pinned("duckdb") == pinned("duckdb-extension-httpfs") == ["1.5.5"]


def test_the_lock_has_names_versions_and_hashes_only():
    assert "://" not in LOCK and "--index" not in LOCK and "--find-links" not in LOCK
    entries = [block for block in re.split(r"\n(?=\S)", LOCK) if not block.startswith("#")]
    assert len(entries) == len(PINS) and all("--hash=sha256:" in block for block in entries)


def test_no_torch_and_no_gpu_packages():
    assert not [pin for pin, *_ in PINS if name_of(pin) == "torch" or name_of(pin).startswith(("nvidia", "triton"))]


def test_setuptools_is_locked_for_installing_without_isolation():
    assert pinned("setuptools")


def test_the_conda_file_is_thin_and_fits():
    wanted = yaml.safe_load((HOME / "environment.yml").read_text(encoding="utf-8"))
    packages = {line.partition("=")[0]: line.partition("=")[2] for line in wanted["dependencies"]}
    assert set(packages) == {"python", "uv", "make", "openjdk"}
    assert Requirement(f"x{PROJECT['project']['requires-python']}").specifier.contains(f"{packages['python']}.0")
    assert f"--python-version {packages['python']}" in (HOME / "bootstrap.py").read_text().replace('", "', " ").replace(
        '",\n', " "
    )


def test_the_makefile_only_calls_bootstrap():
    lines = (HOME / "Makefile").read_text(encoding="utf-8").splitlines()
    recipes = [line.strip() for line in lines if line.startswith("\t@")]
    assert recipes == ["@$(PYTHON) bootstrap.py $@"]


def test_bootstrap_needs_nothing_but_python():
    tree = ast.parse((HOME / "bootstrap.py").read_text(encoding="utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert named <= set(sys.stdlib_module_names)


def test_the_spark_lock_adds_pyspark_and_repeats_no_other_version():
    lock = (HOME / "requirements-spark.lock").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock, re.M))
    wanted = Requirement(PROJECT["project"]["optional-dependencies"]["spark"][0])
    assert wanted.specifier.contains(pins[wanted.name])
    assert all(version in (pinned(name) or [version]) for name, version in pins.items())
    assert lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock and "--index" not in lock and "--find-links" not in lock
