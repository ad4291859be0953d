"""`kosodachi pool` end to end: two fabricated municipalities' released folders, a table and a page; and what it refuses."""

import json
import shutil

import pandas as pd
import pytest
from fake_workspace import command, make_home

from kosodachi.disclosure import Forbidden, changed, keep, publish, release, release_text
from kosodachi.effect.trial import TargetTrial
from kosodachi.faults import Fault
from kosodachi.municipality import Disclosure
from kosodachi.workspace.pool import _no_records, pool_runs

STUDY = TargetTrial(judged_as_of="2024-04-01", index_date="2024-05-01", follow_up_until="2025-03-31").facts()
RULE = Disclosure()


def estimates(value, half, n=405):
    rows = [
        ("naive", "difference", n, 0.05, -0.04, 0.14), ("aipw", "ATE", n, value, value - half, value + half),
        ("cox_iptw", "hazard_ratio", n, 0.7, 0.5, 0.98), ("planted_truth", "ATE", n, -0.1, float("nan"), float("nan")),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["method", "estimand", "n", "value", "low", "high"])


def reports(folder, town, value, half, *, study=STUDY, staging=None):
    """A run's reports as the workspace publishes them: released tables, manifest, release.json."""
    staging = staging or folder.with_name(f"{folder.name}-staging")
    tables = staging / "tables/61_effect"
    keep(release(estimates(value, half), name="effect_estimates", by=("method", "estimand"), counts=("n",),
                 values=("value", "low", "high"), behind="n", rule=RULE), tables)  # fmt: skip
    keep(release(study, name="effect_study", by=("aspect", "setting"), rule=RULE), tables)
    forbidden = Forbidden.of(_no_records())
    told = json.dumps({"town": town, "name": {"ja": town, "en": town}, "synthetic": True})
    release_text(told, "manifest.json", staging, kind="manifest", forbidden=forbidden)
    publish(staging, folder, forbidden=forbidden)
    return folder


@pytest.fixture
def two(tmp_path):
    return reports(tmp_path / "aoba", "aoba", -0.12, 0.1), reports(tmp_path / "midori", "midori", -0.05, 0.06)


def test_two_released_folders_become_a_released_table_and_two_pages(two, tmp_path):
    home = make_home(tmp_path / "home")
    told = command(home, "pool", *map(str, two), "--to", str(tmp_path / "out"))
    assert (told.returncode, told.stderr) == (0, "")
    table = pd.read_csv(tmp_path / "out/tables/pooled_effect.csv").set_index("method")
    assert list(table.index) == ["aipw", "cox_iptw"]
    assert table.loc["aipw", "value"] == pytest.approx(-0.0731, abs=5e-5)  # variance .00068 between, by hand
    assert (table["municipalities"] == 2).all() and (table["children"] == 810).all()
    assert changed(tmp_path / "out") == []
    for name, said in (("index.html", "2自治体、約810人"), ("index.en.html", "Over 2 municipalities")):
        html = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert said in html and "midori" in html and "synthetic" in html.lower() + "synthetic" * ("合成" in html)
    again = command(home, "pool", *map(str, two), "--to", str(tmp_path / "again"))
    assert again.returncode == 0
    for file in (tmp_path / "out").rglob("*.*"):
        assert (tmp_path / "again" / file.relative_to(tmp_path / "out")).read_bytes() == file.read_bytes()


def test_a_hand_out_of_two_tables_with_their_records_is_enough(two, tmp_path):
    for name, value in (("east", -0.03), ("west", -0.2)):
        reports(tmp_path / "x" / name, name, value, 0.15, staging=tmp_path / "made" / name)
        shutil.copytree(tmp_path / "made" / name / "tables/61_effect", tmp_path / name)
    with pytest.raises(Fault, match="E-POOL-09"):
        pool_runs([str(two[0]), str(tmp_path / "east")], to=tmp_path / "out")
    folder, count = pool_runs([str(tmp_path / "east"), str(tmp_path / "west")], to=tmp_path / "out", method="aipw")
    assert count == 2 and len(pd.read_csv(folder / "tables/pooled_effect.csv")) == 1
    assert "合成データ" not in (folder / "index.html").read_text(encoding="utf-8").split("</main>")[0]


def rows_of_children(folder):
    pd.DataFrame({"research_id": ["a"], "outcome": [1.0]}).to_csv(folder / "extract.csv", index=False)


def long_table(folder):
    pd.DataFrame({"x": range(600)}).to_csv(folder / "ages.csv", index=False)


def parquet(folder):
    (folder / "research_extract.parquet").write_bytes(b"PAR1")


@pytest.mark.parametrize("put", [rows_of_children, long_table, parquet])
def test_row_level_files_are_refused_and_nothing_is_written(two, tmp_path, put):
    put(two[1])
    with pytest.raises(Fault, match="E-POOL-04"):
        pool_runs(list(map(str, two)), to=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_table_changed_by_hand_is_refused(two, tmp_path):
    file = two[0] / "tables/61_effect/effect_estimates.csv"
    file.write_text(file.read_text().replace("-0.12", "-0.42"))
    with pytest.raises(Fault, match="E-POOL-05"):
        pool_runs(list(map(str, two)), to=tmp_path / "out")


def test_a_table_without_record_or_without_study_is_refused(two, tmp_path):
    (two[0] / "release.json").unlink()
    with pytest.raises(Fault, match="E-POOL-03") as told:
        pool_runs(list(map(str, two)), to=tmp_path / "out")
    assert "effect_estimates" in str(told.value)
    (two[1] / "tables/61_effect/effect_study.csv").unlink()
    with pytest.raises(Fault, match="E-POOL-03"):
        pool_runs([str(two[1]), str(two[1])], to=tmp_path / "out")


def test_the_same_municipality_twice_is_refused_under_any_name(two, tmp_path):
    second = reports(tmp_path / "aoba2", "aoba", -0.3, 0.2)
    with pytest.raises(Fault, match="E-POOL-02"):
        pool_runs([str(two[0]), str(second)], to=tmp_path / "out")
    copy = reports(tmp_path / "renamed", "kita", -0.12, 0.1)
    with pytest.raises(Fault, match="E-POOL-02"):
        pool_runs([str(two[0]), str(copy)], to=tmp_path / "out")
    with pytest.raises(Fault, match="E-POOL-01"):
        pool_runs([str(two[0])], to=tmp_path / "out")


def test_two_tables_of_the_name_or_missing_columns_are_refused(two, tmp_path):
    other = two[0] / "tables/other"
    other.mkdir()
    shutil.copy(two[0] / "tables/61_effect/effect_estimates.csv", other)
    with pytest.raises(Fault, match="E-POOL-10"):
        pool_runs(list(map(str, two)), to=tmp_path / "out")
    hand = tmp_path / "hand"
    keep(release(STUDY, name="effect_study", by=("aspect", "setting"), rule=RULE), hand)
    keep(release(estimates(-0.1, 0.1).drop(columns="high"), name="effect_estimates", by=("method", "estimand"),
                 counts=("n",), values=("value", "low"), behind="n", rule=RULE), hand)  # fmt: skip
    with pytest.raises(Fault, match="E-POOL-11"):
        pool_runs([str(two[1]), str(hand)], to=tmp_path / "out")


def test_a_town_with_a_hidden_interval_is_named(two, tmp_path):
    third = reports(tmp_path / "kita", "kita", -0.1, float("nan"))
    with pytest.raises(Fault, match="E-POOL-08") as told:
        pool_runs([*map(str, two), str(third)], to=tmp_path / "out")
    assert "kita" in told.value.told("ja")
