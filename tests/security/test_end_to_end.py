"""What a whole run leaves behind holds no identifier: the stores, the notebooks, the pages; and a second municipality runs without code.

`make test` runs every notebook first and says in KOSODACHI_MADE where; the second municipality is run here, as its own
officers would.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from kosodachi.disclosure import Forbidden, find_in_folder, identifier_columns
from kosodachi.ingest import ingest, read_files
from kosodachi.workspace.keys import pseudonym_key
from kosodachi.workspace.settings import read_settings

ROOT = Path(__file__).parents[2]
AOBA, MINORI = ROOT / "synthetic_data" / "aoba", ROOT / "tests" / "spec" / "towns" / "minori"


def forbidden_of(town: Path) -> Forbidden:
    settings = read_settings(town / "municipality.yaml")
    read = ingest(settings, read_files(town, settings), key=pseudonym_key(settings))
    return Forbidden.of(read.identifier_records, record_ids=False)


def found(folder: Path, forbidden: Forbidden) -> dict[str, set[str]]:
    """Kinds of identifiers by file. Days of events may fall on somebody's birthday: own birthdays are looked for apart."""
    kinds = {
        file: {one.kind for one in seen} - {"birth_date"} for file, seen in find_in_folder(folder, forbidden).items()
    }
    return {file: kind for file, kind in kinds.items() if kind}


@pytest.fixture(scope="module")
def made() -> Path:
    if "KOSODACHI_MADE" not in os.environ:
        pytest.skip("run by make test, after the notebooks")
    return Path(os.environ["KOSODACHI_MADE"]) / "aoba"


def kosodachi(base: Path, *words: str) -> subprocess.CompletedProcess:
    places = {"WORK": base / "work", "REPORTS": base / "reports", "KEY_FILE": base / "key"}
    return subprocess.run(
        [sys.executable, "-m", "kosodachi.cli", *words], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {f"KOSODACHI_{name}": str(place) for name, place in places.items()},
    )  # fmt: skip


@pytest.fixture(scope="module")
def second_town(tmp_path_factory) -> Path:
    base = tmp_path_factory.mktemp("second")
    shutil.copytree(MINORI, base / "minori")
    ran = kosodachi(base, "run", str(base / "minori"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (base / "reports" / "said.log").write_text(ran.stdout + ran.stderr, encoding="utf-8")
    return base


def test_the_analysis_zone_of_a_whole_run_holds_no_identifier(made):
    forbidden = forbidden_of(AOBA)
    assert len(list(made.rglob("*.parquet"))) > 10
    assert identifier_columns(made) == {}
    assert found(made / "analysis", forbidden) == {}
    assert find_in_folder(made / "released", forbidden) == {}


def test_no_date_of_the_analysis_zone_is_the_childs_own_birthday(made):
    settings = read_settings(AOBA / "municipality.yaml")
    read = ingest(settings, read_files(AOBA, settings), key=pseudonym_key(settings))
    born = pd.to_datetime(read.identifier_records.set_index("record_id")["birth_date"], errors="coerce")
    for source in read.attributes:
        table = pd.read_parquet(made / "analysis" / f"attributes_{source}.parquet").set_index("record_id")
        own = table.select_dtypes("datetime").eq(born.reindex(table.index).to_numpy()[:, None])
        assert (own.mean() < 0.05).all(), source  # the first of a month is the birthday of one child in thirty


def test_a_planted_leak_is_found(made, tmp_path):
    shutil.copytree(made / "analysis", tmp_path / "analysis")
    settings = read_settings(AOBA / "municipality.yaml")
    records = ingest(settings, read_files(AOBA, settings), key=pseudonym_key(settings)).identifier_records
    leak = pd.DataFrame({"note": [f"{records['name'].iloc[5]}さん"]})
    leak.to_parquet(tmp_path / "analysis" / "child.parquet")
    assert list(found(tmp_path / "analysis", forbidden_of(AOBA))) == ["child.parquet"]


def test_the_identifier_zone_is_unreadable_without_its_key(made):
    names = pd.read_csv(AOBA / "juki.csv", encoding="cp932", dtype=str)["氏名"].str.replace("　", "").head(50)
    files = sorted((made / "identifier").iterdir())
    assert {file.suffix for file in files} == {".duckdb"}
    for file in files:
        content = file.read_bytes()
        assert not [name for name in names if name.encode() in content]


def test_another_municipality_runs_on_its_settings_alone(second_town):
    reports = second_town / "reports" / "minori"
    for lang in ("ja", "en"):
        assert len(list(reports.glob(f"*.{lang}.html"))) >= 9
    linked = pd.read_csv(reports / "tables" / "30_link" / "links_by_source.csv")
    assert len(linked) > 3


def test_nothing_the_other_municipality_left_holds_an_identifier(second_town):
    forbidden = forbidden_of(MINORI)
    assert find_in_folder(second_town / "reports", forbidden) == {}
    assert identifier_columns(second_town / "work") == {}
    for folder in ("analysis", "released", "notebooks"):
        assert found(second_town / "work" / "minori" / folder, forbidden) == {}, folder


def test_the_next_month_continues_the_run_before_and_research_ids_stay(second_town):
    """The school's list is shorter by twenty rows; a run that does not exist cannot be continued."""
    town = second_town / "april"
    shutil.copytree(MINORI, town)
    rows = (town / "gakko.csv").read_bytes().splitlines(keepends=True)
    (town / "gakko.csv").write_bytes(b"".join(rows[:-20]))
    refused = kosodachi(second_town, "run", str(town), "--run", "april", "--set", "after=nobody", "--no-pages")
    assert refused.returncode == 2 and "E-RUN-19" in refused.stderr
    for step in ("20_ingest", "30_link"):
        words = ("--set", "after=minori") if step == "30_link" else ()
        ran = kosodachi(second_town, "run", str(town), "--run", "april", "--only", step, "--no-pages", *words)
        assert ran.returncode == 0, ran.stderr
    before, now = (
        pd.read_parquet(second_town / "work" / run / "analysis" / "person_link.parquet").set_index("record_id")
        for run in ("minori", "april")
    )
    assert len(now) == len(before) - 20
    both = now.join(before, rsuffix="_before", how="inner")
    same = both["research_id"].fillna("-").eq(both["research_id_before"].fillna("-"))
    assert len(both) == len(now) and same.mean() > 0.995
