"""Which lines of a notebook's text belong to which language.

A cell tagged `ja` or `en` belongs to that language whole. In an untagged cell each line goes by its script: a line with
enough kana and kanji is Japanese, a line of letters is English, a line of neither (a rule, a blank) belongs to both.
A line `English / 日本語`, such as a heading, gives each language its half. It translates nothing.
"""

import re

JAPANESE = re.compile(r"[぀-ヿ㐀-䶿一-鿿々〆]")
LATIN = re.compile(r"[A-Za-z]")
ASIDE = re.compile(r"`[^`]*`|\([^()]*\)|（[^（）]*）|\]\([^)]*\)|https?://\S+|\*\*|<[^>]*>")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
FENCE = re.compile(r"^\s*(```|~~~)")


def language_of(text: str) -> str | None:
    """`ja`, `en`, or None where the text has letters of neither; asides in brackets and code do not count."""
    core = ASIDE.sub(" ", text)
    core = core if JAPANESE.search(core) or LATIN.search(core) else text
    japanese, latin = len(JAPANESE.findall(core)), len(LATIN.findall(core))
    if not japanese and not latin:
        return None
    return "ja" if japanese * 4 >= latin else "en"


def half(heading: str, lang: str) -> str:
    """The half of `English / 日本語` in a language; a heading without two halves in full if it is in that language."""
    halves = []
    for cut in re.finditer(r"\s+/\s+|\s*／\s*", heading):
        parts = {language_of(part): part.strip() for part in (heading[: cut.start()], heading[cut.end() :])}
        if set(parts) == {"ja", "en"}:
            foreign = len(LATIN.findall(parts["ja"])) + len(JAPANESE.findall(parts["en"]))
            halves.append((foreign, parts[lang]))
    if halves:
        return min(halves)[1]
    return heading.strip() if language_of(heading) in (lang, None) else ""


def in_language(text: str, lang: str, tags=()) -> str:
    """The part of a markdown cell that belongs to a language; empty if none does."""
    if {"ja", "en"} & set(tags):
        return text.strip() if lang in tags else ""
    kept = [line for block in _blocks(text.split("\n")) for line in _of_block(block, lang)]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return joined if language_of(joined) else ""


def _blocks(lines: list[str]) -> list[list[str]]:
    """Lines one by one, but tables and fenced code as a whole."""
    blocks: list[list[str]] = []
    fenced = table = False
    for line in lines:
        fence, row = bool(FENCE.match(line)), line.lstrip().startswith("|")
        if fenced or (table and row):
            blocks[-1].append(line)
        else:
            blocks.append([line])
        fenced, table = (fenced != fence), row
    return blocks


def _of_block(lines: list[str], lang: str) -> list[str]:
    if heading := HEADING.match(lines[0]):
        mine = half(heading[2], lang)
        return [f"{heading[1]} {mine}"] if mine else []
    if FENCE.match(lines[0]):
        return lines
    if len(lines) == 1 and (mine := half(lines[0], lang)) and mine != lines[0].strip():
        return [mine]
    return lines if language_of("\n".join(lines)) in (lang, None) else []
