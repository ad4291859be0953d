"""How fast a register's records are brought into one form, against a careful script that goes value by value.

The records are those of the resident register of the town `large`, all 20 columns. Timed is the way from text by column to
the columns for comparison: names and their sets, kana and sound codes, dates, codes, addresses, guardians. Reading the CSV
is timed apart. Each row runs in a process of its own, so that its peak memory is its own; distinct values are counted, for
a column of few is quick for anyone.
The peer: unicodedata.normalize and jaconv value by value (pandas map), a table of variant kanji, regular expressions for
addresses, a dictionary for the distinct dates and codes. It makes name, surname, given name, kana, one code a kana, ISO
days, codes, address, town, chome and block; no sets of names, no building, no test of what cannot be read.
Run: python benchmarks/normalise_speed.py --sizes 10000,100000,1000000 [--town FOLDER]
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

SCENARIO = Path(__file__).resolve().parents[1] / "synthetic_data" / "towns" / "large.yaml"
SHARE = 0.86  # children a row of the register
COUNTED = ("name", "kana", "guardian_name", "address", "previous_address", "birth_date")


def town_of(rows: int, folder: Path) -> Path:
    """A town whose register has at least so many rows, written to a folder unless it is there."""
    from kosodachi.synthesis import read_scenario, write_chunks

    if not (folder / "juki.csv").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        write_chunks(
            read_scenario(SCENARIO.read_text(encoding="utf-8")), folder, children=max(2_000, int(rows * SHARE))
        )
    return folder


def read(folder: Path, rows: int):
    """The register's settings, its first rows as text by standard column, and the seconds that reading them took."""
    from kosodachi.ingest.reading import _misshapen, _raw, read_sheet_of
    from kosodachi.workspace.settings import read_settings

    settings = read_settings(folder / "municipality.yaml")
    source = settings.sources["juki"]
    with (folder / source.file).open("rb") as file:
        data = b"".join(line for _, line in zip(range(rows + 1), file))
    started = time.perf_counter()
    sheet, _ = read_sheet_of(data, source)
    raw = _raw(sheet, source, _misshapen(sheet).index)
    return settings, source, raw, time.perf_counter() - started


def ours(folder: Path, rows: int) -> dict:
    """Seconds of this project's way."""
    from kosodachi.ingest.name_sets import name_set
    from kosodachi.ingest.people import identifiers
    from kosodachi.ingest.reading import values_of

    settings, source, raw, parsing = read(folder, rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, cpu = time.perf_counter(), time.process_time()
    values = {name: one.value for name, one in values_of(raw, source).items()}
    people = identifiers(raw, values, municipality=settings.name.ja)
    people["record_id"] = values["person_no"]
    name_set(raw, people)
    row = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu, "parsing": parsing}
    return row | {"text_gb": before / 1e6} | {name: int(raw[name].nunique()) for name in COUNTED}


def theirs(folder: Path, rows: int) -> dict:
    """Seconds of the careful script."""
    settings, source, raw, parsing = read(folder, rows)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    script = careful(settings.name.ja)
    started, cpu = time.perf_counter(), time.process_time()
    script(raw, {column: source.codes.get(column, {}) for column in ("sex", "address_protected")})
    return {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu, "parsing": parsing, "text_gb": before / 1e6}  # fmt: skip


def careful(city: str):
    """The script, with its tables made."""
    import jaconv
    import pandas as pd

    from kosodachi.ingest.normalise import kana as ours
    from kosodachi.ingest.normalise.numerals import number
    from kosodachi.ingest.normalise.text import SELECTORS, variant_table

    variants = {code: int(new) for code, new in enumerate(variant_table()) if new not in (code, 0)}
    variants |= dict.fromkeys(SELECTORS)
    sounds = {ord(kana): ours.CODES.get(ours.SOUNDS.get(kana, kana), ours.OTHER) for kana in ours.KATAKANA + "ー"}
    long = re.compile("|".join(f"([{row}])[{ours.LENGTHENED[vowel]}]" for vowel, row in ours.ROWS.items()))
    hyphens, counted = re.compile("[-‐‑–—―−－〜～]"), re.compile("[〇一二三四五六七八九十百]+(?=丁目|番地|番|号)")
    place = re.compile(
        rf"^(?:.{{2,3}}[都道府県])?(?:{city})?(?P<town>[^0-9]+)(?:(?P<chome>[0-9]+)-)?(?P<block>[0-9]+(?:-[0-9]+)?)?"
    )

    def name(text):
        return unicodedata.normalize("NFKC", text).translate(variants).upper() if isinstance(text, str) else None

    def spoken(text):
        if not isinstance(text, str):
            return None
        text = jaconv.hira2kata(jaconv.h2z(unicodedata.normalize("NFKC", text)))
        return re.sub("(?<=[ァ-ヺ])[-－ｰ]", "ー", text)

    def code(text):
        return long.sub(lambda found: found[0][0] + "ー", text).translate(sounds) if isinstance(text, str) else None

    def address(text):
        if not isinstance(text, str):
            return None
        text = counted.sub(lambda found: str(number(found[0])), name(text))
        text = re.sub("丁目|番地の?|番|号(?![室棟館])", "-", hyphens.sub("-", text))
        return place.match(re.sub("-+", "-", text))

    def day(text):
        era, rest = text[:1], re.sub("[^0-9]", "", text[1:])
        first = {"1": 1867, "2": 1911, "3": 1925, "4": 1988, "5": 2018, "H": 1988, "R": 2018}.get(era)
        return f"{first + int(rest[:2]):04}-{rest[2:4]}-{rest[4:6]}" if first and len(rest) == 6 else None

    def parts(text):
        surname, _, given = text.partition(" ") if isinstance(text, str) else (None, None, None)
        return surname, given

    def script(raw: pd.DataFrame, codes: dict) -> pd.DataFrame:
        out = {}
        for column in ("name", "guardian_name", "former_surname", "alias", "name_alphabet"):
            out[column] = raw[column].map(name)
        for column in ("kana", "guardian_kana", "former_kana_surname", "alias_kana"):
            out[column] = raw[column].map(spoken)
        for column in ("name", "kana"):
            split = out[column].map(parts)
            out[f"{column}_surname"], out[f"{column}_given"] = split.str[0], split.str[1]
            out[column] = out[column].str.replace(" ", "", regex=False)
        for column in ("kana", "kana_surname", "kana_given", "guardian_kana", "former_kana_surname", "alias_kana"):
            out[f"{column}_code"] = out[column].map(code)
        for column in ("address", "previous_address"):
            found = raw[column].map(address)
            for part in ("town", "chome", "block"):
                out[f"{column}_{part}"] = found.map(lambda match, part=part: match[part] if match else None)
        for column in ("birth_date", "moved_in", "moved_out"):
            days = {text: day(text) for text in raw[column].dropna().unique()}
            out[column] = raw[column].map(days)
        for column, known in codes.items():
            out[column] = raw[column].map(known)
        for column in ("person_no", "household_no", "postcode", "district"):
            out[column] = raw[column].map(
                lambda text: unicodedata.normalize("NFKC", text) if isinstance(text, str) else None
            )
        return pd.DataFrame(out)

    return script


def apart(way: str, folder: Path, rows: int) -> dict:
    """The row of one way and size, from a process of its own."""
    command = [sys.executable, __file__, "--one", way, "--town", str(folder), "--sizes", str(rows)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main() -> None:
    """Prints one line a size and way, and the ratio of their seconds and of their processor time."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--sizes", default="10000,100000,1000000")
    ask.add_argument("--town", type=Path)
    ask.add_argument("--one", choices=("ours", "theirs"))
    asked = ask.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    if asked.one:
        row = {"ours": ours, "theirs": theirs}[asked.one](asked.town, sizes[0])
        print(json.dumps(row | {"peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
        return
    folder = town_of(max(sizes), asked.town or Path(tempfile.gettempdir()) / "normalise_speed" / str(max(sizes)))
    for size in sizes:
        rows = {way: apart(way, folder, size) for way in ("ours", "theirs")}
        for way, row in rows.items():
            told = "  ".join(
                f"{name} {value:,.2f}" if isinstance(value, float) else f"{name} {value:,}"
                for name, value in row.items()
            )
            print(f"{size:>9,} records  {way:7}{told}", flush=True)
        ratios = {name: rows["theirs"][name] / rows["ours"][name] for name in ("seconds", "cpu")}
        print(
            f"{size:>9,} records  the script takes {ratios['seconds']:.1f} times the seconds, {ratios['cpu']:.1f} times the processor time"
        )


if __name__ == "__main__":
    main()
