"""The pages of a run in a real browser: they open at once, ask for nothing, show Japanese, fit a telephone and print.

Needs Chromium, Japanese fonts and the pages of a run: `make pilot` first. KOSODACHI_REPORTS names another
folder of pages, or of runs.
"""

import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from chromium import Chromium, program

pytestmark = pytest.mark.browser

HOME = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("KOSODACHI_REPORTS") or HOME / "reports").resolve()
REPORTS = FOLDER if (FOLDER / "index.html").exists() else FOLDER / "aoba"
PAGES = sorted(page for page in REPORTS.rglob("*.html"))
MOST_PAGES, MOST_BYTES, MOST_SECONDS = 6, 1_500_000, 1.0
JAPANESE_ALONE = r"^[぀-ヿ㐀-䶿一-鿿、。「」・ー]+$"
MARK = """(() => { for (const e of document.querySelectorAll('body *')) for (const n of e.childNodes)
  if (n.nodeType === 3 && /%s/.test(n.data.trim())) { e.setAttribute('data-ja', ''); break; } })()"""
LEVELS = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
UNNAMED = "[...document.querySelectorAll('svg, img')].filter(e => !(e.getAttribute('aria-label') || e.alt)).length"
LOADING = (
    "[...document.querySelectorAll('[src], link[href], image, script, iframe')].map(e => e.outerHTML.slice(0, 80))"
)
LOADED = "(t => (t.loadEventStart - t.navigationStart) / 1000)(performance.timing)"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OVERLAPS = """(() => { const found = []; for (const svg of document.querySelectorAll('svg.figure')) {
  const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
    const w = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (w > 3 && h > 0.4 * Math.min(p.height, q.height)) found.push(a + ' / ' + b); })); } return found; })()"""


@pytest.fixture(scope="module")
def browser():
    if not program():
        pytest.fail("no Chromium on this machine; set KOSODACHI_CHROMIUM or install it")
    with Chromium() as opened:
        opened.size(1000, 900)
        opened.open("about:blank")
        yield opened


@pytest.fixture(params=PAGES, ids=[page.name for page in PAGES])
def page(request) -> Path:
    return request.param


def test_there_are_pages_in_both_languages():
    names = {page.name for page in PAGES}
    assert {"index.html", "index.en.html"} <= names, f"no pages in {REPORTS}: run make pilot"
    steps = {name.split(".")[0] for name in names} - {"index"}
    assert {f"{step}.{lang}.html" for step in steps for lang in ("ja", "en")} <= names
    assert "90_report" in steps


def test_it_opens_at_once_without_error_or_request(browser, page):
    browser.size(1000, 900)
    events = browser.open(page.as_uri())
    asked = {
        event["params"]["request"]["url"] for event in events if event.get("method") == "Network.requestWillBeSent"
    }
    assert {address for address in asked if not address.startswith("data:")} == {page.as_uri()}
    wrong = ("Network.loadingFailed", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
    assert [event for event in events if event.get("method") in wrong] == []
    assert [text for text in browser.run(LOADING) if 'href="data:' not in text] == []
    assert browser.run(LOADED) < MOST_SECONDS
    assert page.stat().st_size < MOST_BYTES


def test_it_can_be_read_by_everyone(browser, page):
    browser.open(page.as_uri())
    lang = browser.run("document.documentElement.lang")
    assert lang == ("en" if page.name.endswith(".en.html") else "ja")
    levels = browser.run(LEVELS)
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert browser.run(UNNAMED) == 0
    assert browser.run("document.querySelector('a').getAttribute('href')") == "#content"


@pytest.mark.parametrize("width", [375, 1000])
def test_nothing_runs_out_of_the_window_or_over_another(browser, page, width):
    browser.size(width, 800)
    browser.open(page.as_uri())
    assert browser.run(TOO_WIDE) <= 0
    assert browser.run(OVERLAPS) == []


def test_links_lead_to_pages(browser, page):
    browser.open(page.as_uri())
    links = browser.run("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")
    assert [link for link in links if not link.startswith(("#", "http")) and not (page.parent / link).is_file()] == []


def test_japanese_is_drawn_with_japanese_fonts(browser, page):
    if not shutil.which("fc-list"):
        pytest.skip("fc-list is not here to say which fonts are Japanese")
    listed = subprocess.run(["fc-list", ":lang=ja", "family"], capture_output=True, text=True, check=True).stdout
    japanese = {name.strip() for line in listed.splitlines() for name in line.split(",")}
    browser.open(page.as_uri())
    browser.run(MARK % JAPANESE_ALONE)
    used = browser.fonts("[data-ja]")
    assert used, "no Japanese text on the page"
    assert used <= japanese, f"glyphs may be missing: {used - japanese}"


def test_it_prints_on_at_most_six_a4_pages_method_included(browser, page, tmp_path):
    browser.open(page.as_uri())
    pdf = browser.pdf()
    boxes = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) <= MOST_PAGES
    sizes = {tuple(round(float(number)) for number in box.split()[2:]) for box in boxes}
    assert sizes <= {(595, 842), (596, 842), (594, 842)}
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not here to read the print")
    file = tmp_path / "page.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    printed = re.sub(r"\s", "", told)
    last = browser.run("[...document.querySelectorAll('.method .text p')].slice(-1).map(p => p.textContent).join('')")
    assert re.sub(r"\s", "", last or "")[:20] in printed
