"""The TARGET checklist of a study: which of its 21 items a run's pages and tables meet, and where.

A place says where an item is reported, not that what is reported there is right. Items that only people can fill in
(background, ethics, registration, funding, interests) stay `not_met` until they are written into the study's own text.
"""

from functools import cache
from importlib.resources import files

import pandas as pd

COLUMNS = ["item", "section", "asks_en", "asks_ja", "met", "place"]
LEVELS = ("met", "partly", "not_met")


@cache
def statement() -> dict:
    """The items as data: {source: {doi, year, items, verified}, items: [{item, section, met, places, en, ja}]}."""
    import yaml

    return yaml.safe_load(files("kosodachi.effect").joinpath("data/target.yaml").read_text(encoding="utf-8"))


def checklist(*, estimated: bool = True) -> pd.DataFrame:
    """One row a part of an item: columns item (1a ... 21), section, asks_en, asks_ja (in our
    words), met (met, partly, not_met), place ("; " between).

    estimated False (the gate withheld all estimates): items that report effects and further analyses are not met.
    Ref: Cashin et al. 2025, doi:10.1001/jama.2025.13350.
    """
    rows = [
        [one["item"], one["section"], one["en"], one["ja"], one["met"], "; ".join(one["places"]) or "none"]
        for one in statement()["items"]
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    withheld = table["item"].isin(["13", "14"]) & (not estimated)
    return table.assign(met=table["met"].mask(withheld, "not_met"), place=table["place"].mask(withheld, "none"))


def items_met(table: pd.DataFrame) -> pd.DataFrame:
    """How many of the 21 items are met: columns met, items; an item in parts is met if all its parts are."""
    number = table["item"].str.extract(r"(\d+)")[0]
    worst = table["met"].map(LEVELS.index).groupby(number).max()
    counts = worst.map(lambda level: LEVELS[level]).value_counts().reindex(LEVELS, fill_value=0)
    return pd.DataFrame({"met": list(LEVELS), "items": counts.to_numpy()})
