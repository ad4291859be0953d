"""A small made-up register and records of it, with codes in place of names; for the tests of the linkage."""

import numpy as np
import pandas as pd

from kosodachi.tables import CONTRACTS
from kosodachi.tables.pseudonyms import pseudonyms

KEY = b"0" * 32
COLUMNS = list(CONTRACTS["identifier_records"].columns)
LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyz"))


def _names(rng, n: int, *, low: int, high: int, first: int) -> pd.DataFrame:
    codes = sorted({"".join(rng.choice(LETTERS, rng.integers(low, high))) for _ in range(n)})
    kanji = [chr(first + 2 * i) + chr(first + 2 * i + 1) for i in range(len(codes))]
    return pd.DataFrame({"code": codes, "kanji": kanji})


def register(n: int = 600, *, seed: int = 3) -> pd.DataFrame:
    """n children, two a household, of the source juki; no twins but by chance none."""
    rng = np.random.default_rng(seed)
    surnames, givens = _names(rng, 150, low=2, high=5, first=0x5000), _names(rng, 250, low=2, high=5, first=0x7000)
    household = np.arange(n) // 2
    families = surnames.iloc[rng.integers(0, len(surnames), n)[household]].reset_index(drop=True)
    given = givens.iloc[rng.integers(0, len(givens), n)].reset_index(drop=True)
    days = pd.Timestamp("2008-04-02") + pd.to_timedelta(rng.choice(365 * 15, n, replace=False), unit="D")
    town, chome, block = (
        rng.integers(0, 12, n)[household],
        rng.integers(1, 6, n)[household],
        rng.integers(1, 40, n)[household],
    )
    table = pd.DataFrame(
        {"person_no": [f"R{i:05d}" for i in range(n)], "household_no": [f"H{h:05d}" for h in household]}
    )
    table = table.assign(
        surname=families["kanji"], given=given["kanji"], surname_code=families["code"], given_code=given["code"]
    )
    table["birth_date"] = days.strftime("%Y-%m-%d")
    table["sex"] = np.where(rng.random(n) < 0.5, "male", "female")
    table["town"] = [f"town{t}" for t in town]
    table["chome"] = table["town"] + "-" + chome.astype(str)
    table["block"] = block.astype(str)
    table["address"] = table["chome"] + "-" + table["block"]
    return filed(table, "juki")


def filed(people: pd.DataFrame, source: str, *, keep_numbers: bool = True) -> pd.DataFrame:
    """The people as identifier_records of a source; whole names follow from their parts."""
    table = people.reset_index(drop=True).copy()
    table["source"], table["row_no"] = source, np.arange(1, len(table) + 1)
    if not keep_numbers:
        table["person_no"] = [f"{source}{i:05d}" for i in table["row_no"]]
        table["household_no"] = None
    table["name"], table["kana_code"] = table["surname"] + table["given"], table["surname_code"] + table["given_code"]
    table["name_raw"], table["kana_raw"], table["kana"] = table["name"], table["kana_code"], table["kana_code"]
    table["record_id"] = pseudonyms(KEY, "record", table["source"] + "|" + table["row_no"].astype(str))
    return table.reindex(columns=COLUMNS).astype("object").where(lambda t: t.notna(), None)


def school(children: pd.DataFrame) -> pd.DataFrame:
    """The children as a school writes them: numbers of its own."""
    return filed(children, "school", keep_numbers=False)


def changed(records: pd.DataFrame, row: int, **values) -> pd.DataFrame:
    """The records with one row written differently."""
    table = records.copy()
    for column, value in values.items():
        table.loc[row, column] = value
    return table


def further(records: pd.DataFrame, row: int, *, kind: str, **parts) -> pd.DataFrame:
    """identifier_names with one further name of the person in a row."""
    name, code = parts["surname"] + parts["given"], parts["surname_code"] + parts["given_code"]
    found = {"record_id": records.loc[row, "record_id"], "kind": kind, "name": name, "kana_code": code, **parts}
    return pd.DataFrame([found], columns=list(CONTRACTS["identifier_names"].columns), dtype="object")
