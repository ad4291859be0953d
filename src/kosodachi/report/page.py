"""A notebook as a page in one language: title, question, answer, what is shown, doubts, limits, method.

Convention of notebooks, read tolerantly:
  first cell      `# English title / 日本語の題`; then `**Question.** ...` and `**問い** ...`; the rest says who should
                  read it
  markdown cells  the method: tagged `ja` or `en` they belong to that language, untagged they hold both (page_text.py)
  `## Heading`    right before a `say.answer` opens a part of the page of its own, as in 90_report (council, analyst)
  say.*           outputs with role and both languages; all else a notebook shows stays in the notebook
"""

import re
from dataclasses import dataclass, field

from kosodachi.faults import Fault
from kosodachi.report.page_text import HEADING, in_language, language_of
from kosodachi.report.say import ANSWER, FIGURE, HOW_SURE, MIME, NOT_FOR, TABLE, figure_html
from kosodachi.report.words import label

MOST = 3
MOST_OF = {
    "10_town": 5,  # what a municipality holds has five sides: ages, households, coverage, gaps, mistakes
    "40_items": 6,  # a choice is defended by its grounds, availability, coverage, likeness, cost of leaving out, thresholds
}
QUESTION = re.compile(r"^\*\*\s*(?:Question|問い)\s*[.。:：]?\s*\*\*\s*[.。:：]?\s*(.*)$", re.I)


@dataclass
class Part:
    """One answer with what belongs to it; `heading` is empty on a page with one part."""

    heading: str = ""
    answer: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    how_sure: list[str] = field(default_factory=list)
    not_for: list[str] = field(default_factory=list)


@dataclass
class Page:
    """What a page says in one language; `about` and `method` are markdown, `shown` of a part is HTML."""

    title: str
    question: str
    about: str
    parts: list[Part]
    method: list[str]

    @property
    def answer(self) -> list[str]:
        """The first answer on the page."""
        return next((part.answer for part in self.parts if part.answer), [])


def read_page(notebook: dict, lang: str, *, name: str = "") -> Page:
    """The page of an executed notebook. Raises Fault E-REP-03 (too many figures or tables), E-REP-04 (no title)."""
    cells = notebook["cells"]
    title, question, about = opening(_source(cells[0]), lang, name=name)
    page = Page(title, question, about, [Part()], [])
    counts = {FIGURE: 0, TABLE: 0}
    for cell in cells[1:]:
        if cell["cell_type"] == "markdown":
            page.method += filter(None, [in_language(_source(cell), lang, _tags(cell))])
        for said in _said(cell):
            _take(page, said, lang, counts)
    for role, count in counts.items():
        if count > MOST_OF.get(name, MOST):
            raise Fault(
                "E-REP-03",
                count=count,
                kind=label(f"page_{role}", lang),
                notebook=name or title,
                most=MOST_OF.get(name, MOST),
            )
    page.parts = [part for part in page.parts if part.answer or part.shown or part.how_sure or part.not_for]
    return page


def opening(text: str, lang: str, *, name: str = "") -> tuple[str, str, str]:
    """Title, question and the rest of the first cell in one language; a title in the other alone is taken too."""
    lines = in_language(text, lang).split("\n")
    titles = [heading[2] for line in lines if (heading := HEADING.match(line))]
    question, rest = _question([line for line in lines if not HEADING.match(line)])
    titles = titles or [heading[2] for line in text.split("\n") if (heading := HEADING.match(line))]
    if not titles:
        raise Fault("E-REP-04", notebook=name or text[:40])
    return titles[0], question, "\n".join(rest).strip()


def _question(lines: list[str]) -> tuple[str, list[str]]:
    """The question, to the end of its sentence block, and the other lines."""
    start = next((place for place, line in enumerate(lines) if QUESTION.match(line)), None)
    if start is None:
        return "", lines
    end = start + 1
    while end < len(lines) and lines[end].strip() and not lines[end].startswith("**"):
        end += 1
    asked = [QUESTION.match(lines[start])[1], *lines[start + 1 : end]]
    between = "" if language_of(asked[0]) == "ja" else " "
    question = between.join(line.strip() for line in asked)
    question = question if language_of(question) == "ja" else question[:1].upper() + question[1:]
    return question, lines[:start] + lines[end:]


def _take(page: Page, said: dict, lang: str, counts: dict) -> None:
    """Puts one thing said where it belongs on the page."""
    role, mine = said["role"], said[lang]
    if role == ANSWER and page.parts[-1].answer:
        page.parts.append(Part())
    part = page.parts[-1]
    if role == ANSWER:
        part.answer, part.heading = mine, _heading_before(page)
    elif role in (HOW_SURE, NOT_FOR):
        getattr(part, role).extend(mine)
    elif role in counts:
        counts[role] += 1
        part.shown.append(numbered(said, lang, counts[role]))


def _heading_before(page: Page) -> str:
    """The `## heading` that stands alone right before an answer; it then heads the part and leaves the method."""
    if page.method and re.fullmatch(r"##\s+[^\n]+", page.method[-1]):
        return page.method.pop().lstrip("# ")
    return ""


def numbered(said: dict, lang: str, count: int) -> str:
    """A figure or table as HTML with its number before the caption."""
    between = "" if lang == "ja" else " "
    number = f'<span class="no">{label("page_" + said["role"], lang)}{between}{count}</span> '
    if said["role"] == TABLE:
        return said[lang].replace("<caption>", f"<caption>{number}", 1)
    return figure_html(**said[lang]).replace("<figcaption>", f"<figcaption>{number}", 1)


def _said(cell: dict) -> list[dict]:
    outputs = cell.get("outputs", []) if cell["cell_type"] == "code" else []
    return [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]


def _source(cell: dict) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def _tags(cell: dict) -> list[str]:
    return cell.get("metadata", {}).get("tags", [])
