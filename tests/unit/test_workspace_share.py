"""What a research partner takes away: the table as the run recorded it, its scores, and a record of both."""

import json

import pandas as pd
import pytest
import yaml
from fake_workspace import PLAN, environment, make_home

from kosodachi.faults import Fault
from kosodachi.workspace import hashes, manifest, stale, store
from kosodachi.workspace.context import open_run
from kosodachi.workspace.share import hand_out

COPY = pd.DataFrame({"age": [3, 7, 11], "district": ["第一小", "第二小", "第一小"]})


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run whose step 80_share made a synthetic copy and released its scores."""
    home = make_home(tmp_path / "home")
    for name, value in environment(home).items():
        if name.startswith("KOSODACHI_"):
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("KOSODACHI_WORK", raising=False)
    monkeypatch.delenv("KOSODACHI_REPORTS", raising=False)
    plan = PLAN | {"80_share": {"makes": ["research_extract", "synthetic_copy"]}}
    (home / "notebooks/plan.yaml").write_text(yaml.safe_dump({"steps": plan}, sort_keys=False))
    run = open_run("testtown")
    store.write_table(run.work, "synthetic_copy", COPY)
    (run.work / "released/80_share").mkdir(parents=True)
    (run.work / "released/80_share/copy_scores.csv").write_text("metric,value\nquality,0.9\n")
    made = {name: stale.hash_of(run.work / name) for name in ("analysis/synthetic_copy.parquet", "released/80_share")}
    manifest.write(
        run.work, manifest.about(run) | {"steps": {"80_share": {"status": "done", "inputs": {}, "outputs": made}}}
    )
    return run


def test_the_synthetic_copy_leaves_with_scores_and_a_record(run, tmp_path):
    assert hand_out(run, "synthetic", tmp_path / "partner") == 3
    given = {file.name for file in (tmp_path / "partner").rglob("*") if file.is_file()}
    assert given == {"synthetic_copy.parquet", "synthetic_copy.csv", "copy_scores.csv", "release.json"}
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "partner/synthetic_copy.csv"), COPY)
    told = json.loads((tmp_path / "partner/release.json").read_text(encoding="utf-8"))
    assert (told["rows"], told["what"], told["row_level_data_of_real_children"]) == (3, "synthetic_copy", False)
    assert all(hashes.of_file(tmp_path / "partner" / name) == value for name, value in told["files"].items())
    assert set(told["files"]) == {"synthetic_copy.parquet", "synthetic_copy.csv", "scores/copy_scores.csv"}


def test_nothing_leaves_that_the_run_did_not_make(run, tmp_path):
    with pytest.raises(Fault, match="E-RUN-13"):
        hand_out(run, "extract", tmp_path / "partner")
    assert not (tmp_path / "partner").exists()


def test_a_changed_table_does_not_leave(run, tmp_path):
    store.write_table(run.work, "synthetic_copy", COPY.head(2))
    with pytest.raises(Fault, match="E-RUN-17"):
        hand_out(run, "synthetic", tmp_path / "partner")


def test_rows_never_go_under_reports_or_into_a_folder_in_use(run, tmp_path):
    (tmp_path / "used").mkdir()
    (tmp_path / "used/file").touch()
    for folder in (run.reports / "rows", run.work / "rows", tmp_path / "used"):
        with pytest.raises(Fault, match="E-RUN-14"):
            hand_out(run, "synthetic", folder)
