"""The one way into reports/: recorded, unchanged, without identifiers, whole or not at all."""

import base64
import csv
import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from kosodachi.disclosure import Forbidden, catalogue, changed, keep, publish, release, release_page, release_text
from kosodachi.disclosure import publish as publish_function
from kosodachi.faults import Fault, Faults
from kosodachi.municipality import Disclosure

NOBODY = Forbidden.of(pd.DataFrame({"name_raw": ["山田　太郎"], "person_no": ["9912345678"]}))


def released(name="t", groups=("a", "b"), numbers=(30, 3)):
    return release(pd.DataFrame({"group": groups, "n": numbers}), name=name, by="group", counts="n", rule=Disclosure())


@pytest.fixture
def staging(tmp_path):
    folder = tmp_path / "staging"
    keep(released(), folder / "tables")
    release_page("<html><p>はじめに</p></html>", "index.html", folder, forbidden=NOBODY)
    release_text('{"run": "t"}', "manifest.json", folder, kind="manifest", forbidden=NOBODY)
    return folder


def contents(folder):
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def codes(error):
    return {fault.code for fault in error.found} if isinstance(error, Faults) else {error.code}


# --- keep ----------------------------------------------------------------------------------------------------------


def test_a_kept_table_has_its_record_and_the_same_bytes_every_time(tmp_path):
    for place in ("one", "two"):
        keep(released(), tmp_path / place)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert (tmp_path / "one" / "t.csv").read_text(encoding="utf-8") == "group,n\na,30\nb,\n"
    record = json.loads((tmp_path / "one" / "t.release.json").read_text(encoding="utf-8"))
    assert record["kind"] == "table" and record["rows"] == 2 and record["suppressed"] == 1
    assert record["rule"] == {"threshold": 10, "rounding": 5} and record["roles"]["counts"] == ["n"]
    assert not [file for file in (tmp_path / "one").iterdir() if file.name.startswith(".")]


@pytest.mark.parametrize(
    "formula", ["=1+1", "＝HYPERLINK(1)", "+1", "-1", "@SUM(A1)", " =1", "　＝1", "\t=1", "＋1", "－1", "＠x"]
)
def test_no_cell_runs_as_a_formula(tmp_path, formula):
    keep(released(groups=(formula, "b")), tmp_path)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        cell = list(csv.reader(file))[1][0]
    assert cell == f"'{formula}"


def test_numbers_below_zero_stay_numbers(tmp_path):
    table = pd.DataFrame({"g": ["a"], "n": [50], "effect": [-0.25]})
    keep(release(table, name="e", by="g", counts="n", values="effect", rule=Disclosure()), tmp_path)
    assert pd.read_csv(tmp_path / "e.csv")["effect"].tolist() == [-0.25]


# --- pages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        "<p>山田太郎</p>",
        "<p>山田 <b>太郎</b></p>",
        "<table><tr><td>山田</td><td>太郎</td></tr></table>",
        '<img alt="山田太郎">',
        "<!-- 山田太郎 -->",
        "<p>&#23665;&#30000;太郎</p>",
        "<svg><text><tspan>山田</tspan><tspan>太郎</tspan></text></svg>",
        f'<img src="data:image/svg+xml;base64,{base64.b64encode("<svg><text>山田太郎</text></svg>".encode()).decode()}">',
        '<img src="data:image/svg+xml,%3Csvg%3E%3Ctext%3E%E5%B1%B1%E7%94%B0%E5%A4%AA%E9%83%8E%3C/text%3E%3C/svg%3E">',
        '<script type="application/json">{"n": "\\u5c71\\u7530\\u592a\\u90ce"}</script>',
        "<p>No. 9912345678</p>",
        "<p>９９１２３４５６７８</p>",
    ],
)
def test_a_page_that_names_someone_is_refused_and_not_written(tmp_path, html):
    with pytest.raises(Fault) as caught:
        release_page(html, "page.html", tmp_path / "staging", forbidden=NOBODY)
    assert caught.value.code == "E-DISC-15"
    assert "山田" not in str(caught.value) and "9912345678" not in str(caught.value), (
        "a fault never repeats what it found"
    )
    assert not (tmp_path / "staging").exists()


@pytest.mark.parametrize(
    "name", ["../out.html", "/out.html", "a\\b.html", "page.exe", "release.json", ".hidden.html", "c:x.html"]
)
def test_a_page_stays_in_its_folder(tmp_path, name):
    with pytest.raises(Fault, match="E-DISC-16"):
        release_page("<p></p>", name, tmp_path / "staging", forbidden=NOBODY)
    assert not list(tmp_path.rglob("*.html"))


# --- publish -------------------------------------------------------------------------------------------------------


def test_publish_writes_all_files_and_one_catalogue(staging, tmp_path):
    there = publish(staging, tmp_path / "reports" / "t", forbidden=NOBODY)
    assert there == ["index.html", "manifest.json", "tables/t.csv"]
    assert sorted(contents(tmp_path / "reports" / "t")) == [*there[:2], "release.json", there[2]]
    kinds = {path: record["kind"] for path, record in catalogue(tmp_path / "reports" / "t").items()}
    assert kinds == {"index.html": "page", "manifest.json": "manifest", "tables/t.csv": "table"}
    assert changed(tmp_path / "reports" / "t") == []
    assert [p.name for p in (tmp_path / "reports").iterdir()] == ["t"], "nothing is left beside it"


def test_the_same_staging_gives_the_same_bytes(staging, tmp_path):
    publish(staging, tmp_path / "a", forbidden=NOBODY)
    publish(staging, tmp_path / "b", forbidden=NOBODY)
    publish(staging, tmp_path / "b", forbidden=NOBODY)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_whole_replaces_and_single_files_replace_only_themselves(staging, tmp_path):
    destination, page = tmp_path / "r", tmp_path / "page"
    publish(staging, destination, forbidden=NOBODY)
    release_page("<p>新</p>", "index.html", page, forbidden=NOBODY)
    assert publish(page, destination, forbidden=NOBODY, whole=False) == ["index.html", "manifest.json", "tables/t.csv"]
    assert (destination / "index.html").read_text(encoding="utf-8") == "<p>新</p>" and changed(destination) == []
    assert publish(page, destination, forbidden=NOBODY) == ["index.html"]
    assert not (destination / "tables").exists()


def _no_record(staging):
    (staging / "extra.csv").write_text("a\n1\n", encoding="utf-8")


def _other_bytes(staging):
    (staging / "tables" / "t.csv").write_text("group,n\na,31\n", encoding="utf-8")


def _broken_record(staging):
    (staging / "tables" / "t.release.json").write_text("[]", encoding="utf-8")


def _leak(staging):
    release_page("<p>山田太郎</p>", "leak.html", staging, forbidden=Forbidden())


def _leak_in_record(staging):
    record = json.loads((staging / "index.html.release.json").read_text(encoding="utf-8")) | {"note": "山田太郎"}
    (staging / "index.html.release.json").write_text(json.dumps(record), encoding="utf-8")


def _leak_in_name(staging):
    release_page("<p></p>", "山田太郎.html", staging, forbidden=Forbidden())


def _link(staging):
    os.symlink("/etc/hostname", staging / "link.html")


def _parquet(staging):
    (staging / "rows.parquet").write_bytes(b"PAR1")


@pytest.mark.parametrize(
    "spoil, code",
    [
        (_no_record, "E-DISC-13"), (_broken_record, "E-DISC-13"), (_other_bytes, "E-DISC-14"), (_leak, "E-DISC-15"),
        (_leak_in_record, "E-DISC-15"), (_leak_in_name, "E-DISC-15"), (_link, "E-DISC-16"), (_parquet, "E-DISC-16"),
    ],
)  # fmt: skip
def test_one_bad_file_and_nothing_is_written(staging, tmp_path, spoil, code):
    destination = tmp_path / "r"
    publish(staging, destination, forbidden=NOBODY)
    before = contents(destination)
    spoil(staging)
    with pytest.raises((Fault, Faults)) as caught:
        publish(staging, destination, forbidden=NOBODY)
    assert code in codes(caught.value)
    assert "山田" not in str(caught.value)
    assert contents(destination) == before


def test_somebody_elses_folder_is_left_alone(staging, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Fault, match="E-DISC-17"):
        publish(staging, tmp_path / "mine", forbidden=NOBODY)
    assert contents(tmp_path / "mine") == {"thesis.txt": b"mine"}


def test_what_was_changed_by_hand_is_seen(staging, tmp_path):
    publish(staging, tmp_path / "r", forbidden=NOBODY)
    (tmp_path / "r" / "index.html").write_text("other", encoding="utf-8")
    (tmp_path / "r" / "manifest.json").unlink()
    (tmp_path / "r" / "new.csv").write_text("a", encoding="utf-8")
    assert changed(tmp_path / "r") == ["index.html", "manifest.json", "new.csv"]


@pytest.mark.parametrize("die_at", [1, 2, 3, 4, 5, 6, 7, 8])
def test_a_kill_leaves_the_old_folder_or_the_new_one(staging, tmp_path, die_at):
    """The process ends at its n-th rename; afterwards the folder is whole, and the next call mends and publishes."""
    destination = tmp_path / "r"
    publish(staging, destination, forbidden=NOBODY)
    old = contents(destination)
    release_page("<p>新</p>", "index.html", staging, forbidden=NOBODY)
    script = f"""
import os, sys
import pandas as pd
from kosodachi.disclosure import Forbidden, publish
real, seen = os.replace, [0]
def dying(*args):
    seen[0] += 1
    if seen[0] == {die_at}:
        os._exit(9)
    return real(*args)
os.replace = dying
publish({str(staging)!r}, {str(destination)!r}, forbidden=Forbidden())
"""
    subprocess.run([sys.executable, "-c", script], check=False, timeout=120)
    from kosodachi.disclosure.publish import mend

    mend(destination)
    now = contents(destination)
    assert now == old or (now["index.html"].decode() == "<p>新</p>" and changed(destination) == [])
    publish_function(staging, destination, forbidden=NOBODY)
    assert changed(destination) == [] and [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
