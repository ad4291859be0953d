"""What must never leave, taken from the identifier records and folded for fast looking-up.

It is identifier-zone data itself: it is built where the key is, never written, and shows only its size.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from kosodachi.disclosure.folding import JAPANESE, blocks, fold, katakana, tight

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
PLAIN_TOWN = re.compile("^.*[市区郡]|^.*?[都道府県]")
RURAL = re.compile("^(?:大字|字)")
HAS_JAPANESE = re.compile(f"[{JAPANESE}]")


@dataclass(frozen=True)
class Forbidden:
    """What must never appear, folded for fast looking-up. Make it with `Forbidden.of`; it is identifier-zone data."""

    names: frozenset[str] = frozenset()
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    latin: frozenset[tuple[str, ...]] = frozenset()
    short: frozenset[str] = frozenset()
    places: frozenset[tuple[str, str]] = frozenset()
    place_lengths: tuple[int, ...] = ()
    numbers: frozenset[str] = frozenset()
    born: dict[str, frozenset[str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Forbidden({len(self.names)} names, {len(self.places)} places, {len(self.numbers)} numbers)"

    @classmethod
    def of(
        cls,
        identifier_records: pd.DataFrame,
        *,
        names: pd.DataFrame | None = None,
        further: Iterable[str] = (),
        record_ids: bool = True,
    ) -> "Forbidden":
        """What the identifier records hold that must not leave; `names` are the identifier_names, `further` ids besides (research ids).

        Full names and kana of three characters or more, raw and normalised, blanks or not; those of two characters as
        two that stand alone with a blank or a cell's edge between; places with block number;
        person and household numbers and telephones of six digits or more; birth dates with their names; record ids,
        but not with record_ids=False, for looking through the analysis zone, where they belong.
        """
        records = identifier_records
        others = identifier_records.iloc[:0] if names is None else names
        texts = _texts(records, "name_raw", "name", "kana_raw", "kana", "guardian_name") | _texts(others, "name")
        whole = {tight(fold(name)).replace(" ", "") for name in texts}
        pairs = _pairs(records, "surname", "given") | _pairs(others, "surname", "given")
        whole |= {katakana(f"{s}{g}") for s, g in pairs}
        long = frozenset(katakana(name) for name in whole if len(name) >= 3 and HAS_JAPANESE.search(name))
        places = frozenset(place for row in _addresses(records) for place in _places(*row))
        numbers = {str(cell) for cell in _texts(records, "person_no", "household_no", "telephone")}
        ids = {*further, *(_texts(records, "record_id") if record_ids else ())}
        ids = {fold(str(cell)).lower() for cell in ids if len(str(cell)) >= 6}
        return cls(
            names=long,
            lengths=_lengths(long),
            short=frozenset(katakana(name) for name in whole if len(name) == 2 and HAS_JAPANESE.search(name)),
            latin=frozenset(_latin(_texts(records, "name_raw", "name", "kana_raw") | {f"{s} {g}" for s, g in pairs})),
            places=places,
            place_lengths=tuple(sorted({len(town) for town, _ in places})),
            numbers=frozenset(form for number in numbers for form in _forms(number)) | frozenset(ids),
            born=_born(records),
        )


def _texts(records: pd.DataFrame, *columns: str) -> set[str]:
    return {str(cell) for column in columns if column in records for cell in records[column].dropna().unique()}


def _pairs(records: pd.DataFrame, *columns: str) -> set[tuple]:
    if not set(columns) <= set(records.columns):
        return set()
    return set(records[list(columns)].dropna().itertuples(index=False, name=None))


def _lengths(names) -> dict[str, tuple[int, ...]]:
    """First two characters -> lengths of the names that begin so."""
    found: dict[str, set[int]] = {}
    for name in names:
        found.setdefault(name[:2], set()).add(len(name))
    return {start: tuple(sorted(sizes)) for start, sizes in found.items()}


def _latin(names) -> set[tuple[str, ...]]:
    """Names in Latin letters as words; of two words and five letters at least."""
    words = {tuple(WORD.findall(fold(name).lower())) for name in names if not HAS_JAPANESE.search(fold(name))}
    return {name for name in words if len(name) >= 2 and sum(map(len, name)) >= 5}


def _addresses(records: pd.DataFrame):
    if "address" not in records:
        return set()
    towns = records["town"] if "town" in records else pd.Series(None, index=records.index, dtype=object)
    pairs = pd.DataFrame({"town": towns, "address": records["address"]}).dropna(subset="address").drop_duplicates()
    found = set(pairs.astype(object).where(pairs.notna(), None).itertuples(index=False, name=None))
    return found | {(town, _joint(chome or town, block)) for town, chome, block in _moved(records)}


def _moved(records: pd.DataFrame) -> set[tuple]:
    columns = ["previous_town", "previous_chome", "previous_block"]
    if not set(columns) <= set(records):
        return set()
    table = records[columns].dropna(subset=["previous_town", "previous_block"]).drop_duplicates().astype(object)
    return set(table.where(table.notna(), None).itertuples(index=False, name=None))


def _joint(start: str, block: str) -> str:
    return f"{start}-{block}" if start[-1].isdigit() else f"{start}{block}"


def _places(town: str | None, address: str):
    """(town, numbers) of an address, in full and down to the block."""
    for _, before, numbers in blocks(tight(fold(str(address)))):
        if before[0] in "番号":
            continue  # the room of a building, after the house number
        town = tight(fold(town)) if town else PLAIN_TOWN.sub("", before)
        town = RURAL.sub("", town if town and before.endswith(town) else before)
        parts = numbers.split("-")
        sizes = {len(parts), 2} if len(parts) > 1 else {1} if len(numbers) > 2 else set()
        for size in sizes:
            yield town, "-".join(parts[:size])


def _forms(number: str) -> set[str]:
    """A number as it may be written: as it is, without hyphens, without leading zeros; six digits at least."""
    plain = fold(number).lower().replace("-", "").replace(" ", "")
    return {form for form in (plain, plain.lstrip("0")) if sum(map(str.isdigit, form)) >= 6}


def _born(records: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Birth date (ISO) -> names and parts of names of those born that day, two characters or more."""
    columns = [c for c in ("surname", "given", "name", "kana", "kana_raw", "name_raw") if c in records]
    if "birth_date" not in records:
        return {}
    long = (
        records[["birth_date", *columns]]
        .melt("birth_date", value_name="text")
        .dropna()
        .drop_duplicates(["birth_date", "text"])
    )
    found: dict[str, set[str]] = {str(day)[:10]: set() for day in records["birth_date"].dropna().unique()}
    for day, text in zip(long["birth_date"].astype(str).str[:10], long["text"]):
        found[day] |= {katakana(part) for part in re.split(r"[\s・]+", fold(str(text))) if len(part) >= 2}
    return {day: frozenset(parts) for day, parts in found.items()}
