"""A town is on disk whole or not at all, whatever stops the writing."""

import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from kosodachi import cli
from kosodachi.faults import Fault
from kosodachi.synthesis import read_scenario, simulate, synthesise, write_chunks, write_town

TEXT = (Path(__file__).resolve().parents[2] / "synthetic_data" / "towns" / "aoba.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def small():
    return synthesise(read_scenario(TEXT), children=150)


def test_a_town_is_written_whole_and_can_be_written_again(small, tmp_path):
    folder = write_town(small, tmp_path / "aoba")
    first = {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert {str(name) for name in first} >= {"municipality.yaml", "README.md", "juki.csv", "truth/record.parquet"}
    write_town(small, folder)
    assert {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()} == first
    assert [file.name for file in tmp_path.iterdir()] == ["aoba"]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_interrupted_write_leaves_nothing_or_the_town_of_before(small, tmp_path, monkeypatch, error):
    def torn(*_, **__):
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(pd.DataFrame, "to_parquet", torn)
        with pytest.raises(error):
            write_town(small, tmp_path / "aoba")
    assert list(tmp_path.iterdir()) == []
    folder = write_town(small, tmp_path / "aoba")
    before = (folder / "juki.csv").read_bytes()
    monkeypatch.setattr(pd.DataFrame, "to_parquet", torn)
    with pytest.raises(error):
        write_town(synthesise(read_scenario(TEXT), children=150, seed=3), folder)
    assert [file.name for file in tmp_path.iterdir()] == ["aoba"]
    assert (folder / "juki.csv").read_bytes() == before


def test_what_a_killed_write_left_behind_is_cleared(small, tmp_path):
    (tmp_path / ".aoba.99.part").mkdir()
    write_town(small, tmp_path / "aoba")
    assert [file.name for file in tmp_path.iterdir()] == ["aoba"]


@pytest.mark.parametrize("name", ["notes.txt", "truth/mine.csv"])
def test_a_folder_with_other_files_is_not_replaced(small, tmp_path, name):
    folder = write_town(small, tmp_path / "aoba")
    (folder / name).write_text("mine", encoding="utf-8")
    with pytest.raises(Fault) as told:
        write_town(small, folder)
    assert told.value.code == "E-TOWN-10" and name in str(told.value)
    assert (folder / name).read_text(encoding="utf-8") == "mine"


def test_a_municipality_that_is_not_synthetic_is_not_replaced(small, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "municipality.yaml").write_text("synthetic: false\n", encoding="utf-8")
    with pytest.raises(Fault, match="E-TOWN-10"):
        write_town(small, tmp_path / "real")


def test_a_town_in_one_chunk_is_the_town(small, tmp_path):
    one, many = tmp_path / "one", tmp_path / "many"
    write_town(small, one)
    write_chunks(read_scenario(TEXT), many, children=150)
    for name, content in small.extracts.items():
        assert (many / name).read_bytes() == content, name
    assert (many / "municipality.yaml").read_bytes() == (one / "municipality.yaml").read_bytes()
    for name in ("person", "record", "latent", "outcome", "missing"):
        pd.testing.assert_frame_equal(*(pd.read_parquet(at / "truth" / f"{name}.parquet") for at in (one, many)))


def test_chunks_stand_one_after_another_with_rows_counted_on(tmp_path):
    folder = write_chunks(read_scenario(TEXT), tmp_path / "town", children=450, chunk=150)
    record, person = (pd.read_parquet(folder / "truth" / f"{name}.parquet") for name in ("record", "person"))
    for source, encoding in (("juki", "cp932"), ("shukketsu", "utf-8-sig")):
        table = pd.read_csv(folder / f"{source}.csv", encoding=encoding, dtype=str)
        rows = record.loc[record["source"] == source, "row_no"]
        assert rows.tolist() == list(range(1, len(table) + 1)) and table.iloc[:, 0].str.startswith("99").all()
    register = pd.read_csv(folder / "juki.csv", encoding="cp932", dtype=str)["宛名番号"]
    held = record.query("source == 'juki' and error == ''").merge(person, on="person_id")
    assert (register.to_numpy()[held["row_no"] - 1] == held["register_no"]).all() and register.is_unique


def test_a_broken_chunk_leaves_nothing(tmp_path, monkeypatch):
    calls = []
    whole = sys.modules["kosodachi.synthesis.write_chunks"].render

    def fails_late(world):
        calls.append(world.part)
        if len(calls) == 2:
            raise OSError("disk full")
        return whole(world)

    monkeypatch.setattr(sys.modules["kosodachi.synthesis.write_chunks"], "render", fails_late)
    with pytest.raises(OSError):
        write_chunks(read_scenario(TEXT), tmp_path / "town", children=450, chunk=150)
    assert list(tmp_path.iterdir()) == []


def test_an_effect_that_those_who_start_cannot_have_is_refused():
    with pytest.raises(Fault) as told:
        simulate(read_scenario(TEXT.replace("programme: {", "programme: {effect: -0.6, ")))
    assert told.value.code == "E-TOWN-16" and "-0.6" in told.value.told("ja")


def test_a_killed_process_leaves_no_town(tmp_path):
    """SIGKILL between two chunks: the folder is not there, and the next write clears what was left."""
    folder = tmp_path / "big"
    code = (
        "from kosodachi.synthesis import read_scenario, write_chunks; from pathlib import Path; import sys, time;"
        "write_chunks(read_scenario(sys.argv[1]), Path(sys.argv[2]), children=400, chunk=100,"
        " said=lambda done, of: (print(done, flush=True), time.sleep(60)))"
    )
    process = subprocess.Popen([sys.executable, "-c", code, TEXT, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().strip() == "1"
    process.kill()
    process.wait()
    assert not folder.exists() and list(tmp_path.glob(".big.*.part"))
    write_chunks(read_scenario(TEXT), folder, children=400, chunk=200)
    assert (folder / "municipality.yaml").is_file() and not list(tmp_path.glob(".big.*"))


TORN = """
import os, signal, sys
from pathlib import Path
from kosodachi.synthesis import read_scenario, write_chunks
module = sys.modules["kosodachi.synthesis.write_chunks"]
seen = []

def torn(content, file):
    seen.append(file)
    with file.open("ab") as out:
        out.write(content[: len(content) // 2])
        if len(seen) == 9:
            out.flush()
            os.kill(os.getpid(), signal.SIGKILL)

module._append = torn
write_chunks(read_scenario(sys.argv[1]), Path(sys.argv[2]), children=400, chunk=100, seed=2)
"""


@pytest.mark.parametrize("before", [False, True])
def test_a_process_killed_within_a_file_leaves_nothing_or_the_town_of_before(small, tmp_path, before):
    folder = tmp_path / "town"
    if before:
        write_town(small, folder)
    process = subprocess.run([sys.executable, "-c", TORN, TEXT, str(folder)], check=False)
    assert process.returncode == -signal.SIGKILL and list(tmp_path.glob(".town.*.part"))
    assert folder.exists() == before
    if before:
        assert all((folder / name).read_bytes() == content for name, content in small.extracts.items())
    write_town(small, folder)
    assert [file.name for file in tmp_path.iterdir()] == ["town"]


def test_a_process_killed_between_old_and_new_loses_neither(small, tmp_path):
    folder = write_town(small, tmp_path / "town")
    folder.rename(tmp_path / ".town.99.old")
    (tmp_path / ".town.99.part").mkdir()
    (tmp_path / ".town.99.old" / "mine.txt").write_text("a file of somebody's", encoding="utf-8")
    with pytest.raises(Fault, match="E-TOWN-10"):
        write_town(small, folder)
    assert (folder / "mine.txt").is_file(), "the town of before is back in its place"
    (folder / "mine.txt").unlink()
    write_town(small, folder)
    assert [file.name for file in tmp_path.iterdir()] == ["town"]


def test_a_full_disk_is_told_and_the_town_of_before_stays(tmp_path, monkeypatch):
    from kosodachi.synthesis import write
    from kosodachi.workspace.begin import synthetic_town

    file = tmp_path / "trial.yaml"
    file.write_text(TEXT, encoding="utf-8")
    folder = synthetic_town(str(file), seed=1, children=300, out=tmp_path / "town")
    before = (folder / "juki.csv").read_bytes()

    def full(town, half):
        half.mkdir()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "_write_into", full)
    with pytest.raises(Fault, match="E-TOWN-17") as told:
        synthetic_town(str(file), seed=2, children=300, out=folder)
    assert "No space left" in str(told.value) and (folder / "juki.csv").read_bytes() == before
    assert not list(tmp_path.glob(".town.*"))


def test_a_large_town_is_made_by_chunks_and_says_so(tmp_path, monkeypatch):
    from kosodachi.workspace import begin

    file = tmp_path / "trial.yaml"
    file.write_text(TEXT, encoding="utf-8")
    told = []
    monkeypatch.setattr(begin, "IN_ONE", 250)
    begin.synthetic_town(str(file), seed=1, children=300, out=tmp_path / "town", said=lambda *step: told.append(step))
    assert told == [(1, 1)] and (tmp_path / "town" / "truth" / "person.parquet").is_file()


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", "part 1 of 3: 0 s, about 0 s left\n"), ("ja", "3 分割中 1 個目まで作成: 0秒経過、残り約0秒\n")],
)
def test_progress_is_told_in_one_line_a_part_of_a_large_town(capsys, monkeypatch, lang, told):
    monkeypatch.setenv("KOSODACHI_LANG", lang)
    cli._chunks_said()(1, 1)
    cli._chunks_said()(1, 3)
    assert capsys.readouterr().err == told
