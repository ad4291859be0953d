"""Words on the pages: what columns, codes and tables are called in Japanese and in English.

Each room keeps its own file in words/. The same term may mean one thing in one room and another in the next, so a
table's own room is asked first: the file that names the table. A term that no file knows is shown as it is.
"""

from functools import cache
from importlib.resources import files

from kosodachi.faults import LANGUAGES
from kosodachi.tables import KINDS

_LEARNT: dict[str, dict[str, str]] = {}


@cache
def vocabularies() -> tuple[dict[str, dict[str, str]], ...]:
    """The terms of each file in words/, {term: {ja, en}}, in the order of the file names; then kinds of sources."""
    import yaml

    found = sorted((files(__package__) / "words").iterdir(), key=lambda file: file.name)
    texts = [file.read_text(encoding="utf-8") for file in found if file.name.endswith(".yaml")]
    kinds = {kind.name: {"ja": kind.ja, "en": kind.en} for kind in KINDS.values()}
    return (*(yaml.load(text, Loader=yaml.BaseLoader) or {} for text in texts), kinds)


def label(term, lang: str, within: str | None = None) -> str:
    """What a term is called in `ja` or `en`, first by the room whose file names the table `within`; else the term."""
    known = _known(str(term), within)
    return known.get(lang) or str(term)


def titled(term, lang: str, within: str | None = None) -> str:
    """The label as it stands at the head of a column or an axis: in English with a capital."""
    text = label(term, lang, within)
    return text[:1].upper() + text[1:] if lang == "en" else text


def learn(terms: dict[str, dict[str, str]]) -> None:
    """Adds words that only the municipality knows, such as the names of its own sources; they come first."""
    _LEARNT.update(terms)


def unknown(terms, within: str | None = None) -> list[str]:
    """The terms that have no words in one of the languages, sorted."""
    return sorted({str(t) for t in terms if not all(_known(str(t), within).get(lang) for lang in LANGUAGES)})


def _known(term: str, within: str | None) -> dict[str, str]:
    rooms = sorted(vocabularies(), key=lambda room: within not in room)
    return next((room[term] for room in (_LEARNT, *rooms) if term in room), {})
