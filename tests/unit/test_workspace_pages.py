"""The pages of a run: published whole, rendered again only if something changed, refused if they name somebody."""

import json
import shutil

import pandas as pd
import pytest
from fake_workspace import environment, make_home, write_notebook

from kosodachi import disclosure
from kosodachi.disclosure import Forbidden
from kosodachi.faults import Fault, Faults
from kosodachi.workspace import pages
from kosodachi.workspace.context import open_run
from kosodachi.workspace.run import Wish, run_town
from kosodachi.workspace.verify import verified

IMPORTS = """import pandas as pd
from kosodachi.disclosure import release
from kosodachi.report import say
from kosodachi.workspace.step import Step"""
SHOWS = """step = Step.open("30_c", town=town, run=run)
counts = pd.DataFrame({"source": ["juki"], "records": [123]})
released = step.release(release(counts, name="t", by=("source",), counts=("records",), rule=step.settings.disclosure))
say.answer(en=["One.", "Two.", "Three."], ja=["一。", "二。", "三。"])
say.table(released, en="Records", ja="記録")"""
FILES = {
    "index.html",
    "index.en.html",
    "30_c.ja.html",
    "30_c.en.html",
    "tables/30_c/t.csv",
    "manifest.json",
    "release.json",
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    home = make_home(tmp_path_factory.mktemp("pages") / "home")
    write_notebook(home, "30_c", IMPORTS, SHOWS, title="# What is here / ここに何があるか")
    with pytest.MonkeyPatch.context() as patch:
        _enter(patch, home)
        assert run_town(open_run("testtown"), Wish(only="30_c"), say=lambda _: None)[0] == 0
        assert pages.write_pages(open_run("testtown")) == [f"pages: {home / 'reports' / 'testtown'}"]
    return home


@pytest.fixture
def home(ran, tmp_path, monkeypatch):
    shutil.copytree(ran, tmp_path / "home")
    _enter(monkeypatch, tmp_path / "home")
    return tmp_path / "home"


def _enter(patch, home):
    for name in ("KOSODACHI_WORK", "KOSODACHI_REPORTS", "KOSODACHI_KEY", "KOSODACHI_ZONE"):
        patch.delenv(name, raising=False)
    for name, value in environment(home).items():
        if name.startswith("KOSODACHI_"):
            patch.setenv(name, value)


def published(home) -> dict[str, bytes]:
    folder = home / "reports" / "testtown"
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_pages_in_both_languages_released_tables_and_the_manifest_are_published(home):
    there = published(home)
    assert set(there) == FILES
    assert "一。" in there["30_c.ja.html"].decode() and "One." in there["30_c.en.html"].decode()
    assert b"125" in there["tables/30_c/t.csv"] and b"123" not in there["tables/30_c/t.csv"]
    record = json.loads(there["manifest.json"])
    assert record["steps"]["30_c"]["status"] == "done" and record["packages"]["duckdb"]
    assert str(home) not in there["manifest.json"].decode()


def test_nothing_is_rendered_if_nothing_changed(home, monkeypatch):
    monkeypatch.setattr(disclosure, "publish", lambda *_, **__: pytest.fail("published again"))
    assert pages.write_pages(open_run("testtown"))[0].startswith("pages: fresh")


def test_a_corrected_sentence_reaches_the_page_without_a_run(home):
    before = published(home)
    file = home / "notebooks/30_c.ipynb"
    file.write_text(file.read_text().replace("What is here", "What lies here"))
    pages.write_pages(open_run("testtown"))
    after = published(home)
    assert "What lies here" in after["30_c.en.html"].decode() and "One." in after["30_c.en.html"].decode()
    assert after["tables/30_c/t.csv"] == before["tables/30_c/t.csv"]
    assert verified(open_run("testtown"))[1] == []


def test_verify_notices_a_changed_page(home):
    (home / "reports/testtown/30_c.en.html").write_text("forged")
    assert verified(open_run("testtown"))[1] == ["pages: 30_c.en.html is not as the run wrote it"]


def test_a_page_that_names_somebody_is_refused_and_the_old_pages_stay(home, monkeypatch):
    known = Forbidden.of(pd.DataFrame({"name_raw": ["青葉 花子"], "name": ["青葉花子"]}))
    monkeypatch.setattr(pages, "_forbidden", lambda _: known)
    before = published(home)
    file = home / "notebooks/30_c.ipynb"
    file.write_text(json.dumps(json.loads(file.read_text().replace("What is here", "青葉花子"))), encoding="utf-8")
    with pytest.raises((Fault, Faults)) as refused:
        pages.write_pages(open_run("testtown"))
    assert "E-DISC-15" in str(refused.value) and "花子" not in str(refused.value)
    assert published(home) == before
