"""A workspace of four tiny notebooks that need no pandas: enough to watch the runner at work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

PLAN = {
    "10_a": {"zone": "identifier", "needs": ["extracts"], "truth": ["person"], "makes": ["ingest_counts"]},
    "20_b": {"needs": ["ingest_counts"], "makes": ["link_bands"]},
    "30_c": {"makes": ["reject_counts"]},
    "90_d": {"needs": ["link_bands", "released"], "makes": ["field_coverage"]},
}
OPEN = """import os, pathlib
base = pathlib.Path(os.environ["KOSODACHI_STEP_BASE"])
here = pathlib.Path.cwd()
files = [file for part in ("input", "store") for file in (here / part).rglob("*") if file.is_file()]
seen = sorted(file.relative_to(here).as_posix() for file in files)
ours = sorted(name for name in os.environ if name.startswith("KOSODACHI_"))"""
WRITE = """(base / "analysis").mkdir(exist_ok=True)
(base / "analysis" / "{table}.parquet").write_text(f"{table} {{n}} {{seen}} {{ours}} {{town}} {{run}}")"""
RELEASE = """(base / "released" / "{step}").mkdir(parents=True)
_ = (base / "released" / "{step}" / "t.csv").write_text(f"{step} {{n}}")"""
SETTINGS = {
    "name": {"ja": "試験町", "en": "Testtown"},
    "key": "testtown",
    "synthetic": True,
    "schedule": {
        "train_as_of": "2023-04-01",
        "judge_as_of": "2024-04-01",
        "index_date": "2024-05-01",
        "follow_up_until": "2025-03-31",
    },
    "sources": {
        "juki": {
            "kind": "resident_register",
            "label": {"ja": "住民基本台帳", "en": "Resident register"},
            "file": "juki.csv",
            "encoding": "utf-8",
            "columns": {
                "宛名番号": "person_no", "世帯番号": "household_no", "氏名": "name", "氏名カナ": "kana",
                "生年月日": "birth_date", "性別": "sex",
            },
            "codes": {"sex": {"1": "male", "2": "female"}},
            "purpose": "test",
            "legal_basis": "69-2-2",
        }
    },
}  # fmt: skip


def cell(kind: str, text: str, *tags: str) -> dict:
    extra = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {
        "cell_type": kind,
        "id": f"c{abs(hash(text)) % 10**8}",
        "metadata": {"tags": list(tags)},
        "source": text,
        **extra,
    }


def write_notebook(home: Path, step: str, *codes: str, n: int = 1, title: str = "") -> None:
    parameters = f'town = "aoba"\nrun = ""\nn = {n}'
    cells = [
        cell("markdown", title or f"# {step}"),
        cell("code", parameters, "parameters"),
        *(cell("code", code) for code in codes),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    text = json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})
    (home / "notebooks" / f"{step}.ipynb").write_text(text, encoding="utf-8")


def usual(step: str) -> list[str]:
    return [OPEN, WRITE.format(table=PLAN[step]["makes"][0]), RELEASE.format(step=step)]


def make_home(home: Path) -> Path:
    """A folder with plan, notebooks and one town, whose extract has a neighbour that nobody declared."""
    town = home / "synthetic_data" / "testtown"
    (home / "notebooks").mkdir(parents=True)
    (town / "truth").mkdir(parents=True)
    (home / "notebooks" / "plan.yaml").write_text(yaml.safe_dump({"steps": PLAN}, sort_keys=False), encoding="utf-8")
    (town / "municipality.yaml").write_text(
        yaml.safe_dump(SETTINGS, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    (town / "juki.csv").write_text("宛名番号,世帯番号,氏名,氏名カナ,生年月日,性別\n", encoding="utf-8")
    (town / "undeclared.csv").write_text("not for any step", encoding="utf-8")
    for name in ("person", "outcome"):
        (town / "truth" / f"{name}.parquet").write_text(name, encoding="utf-8")
    for step in PLAN:
        write_notebook(home, step, *usual(step))
    return home


def environment(home: Path) -> dict[str, str]:
    ours = {"KOSODACHI_HOME": str(home), "KOSODACHI_KEY_FILE": str(home / "key"), "KOSODACHI_LANG": "en"}
    return {name: value for name, value in os.environ.items() if not name.startswith("KOSODACHI_")} | ours


def command(home: Path, *words: str) -> subprocess.CompletedProcess:
    """The command line, as a person would call it."""
    called = [sys.executable, "-m", "kosodachi.cli", *words]
    return subprocess.run(
        called, env=environment(home), cwd=home, capture_output=True, text=True, timeout=240, check=False
    )


def tables(home: Path) -> dict[str, str]:
    """All tables and released files of the run, by name."""
    work = home / ".kosodachi" / "testtown"
    found = [*work.glob("analysis/*"), *work.glob("released/*/*")]
    return {file.relative_to(work).as_posix(): file.read_text(encoding="utf-8") for file in sorted(found)}
