"""What a linkage did, in counts that need no truth: persons linked and for review by source, and the match weights.

They say how much was linked, not how rightly: a rule that links everybody to anybody looks best here.
"""

import numpy as np
import pandas as pd

from kosodachi.linkage.link import Links
from kosodachi.linkage.prepare import person_keys

WIDTH = 5


def by_source(records: pd.DataFrame, links: Links, **others: Links) -> pd.DataFrame:
    """Persons of each source: persons, linked, review, and `linked_<name>` of every other way of linking."""
    persons = pd.DataFrame({"source": records["source"], "person": person_keys(records)}).drop_duplicates()
    table = pd.DataFrame({"persons": persons.groupby("source").size()})
    table["linked"], table["review"] = (_in_band(links, band) for band in ("link", "review"))
    for name, other in others.items():
        table[f"linked_{name}"] = _in_band(other, "link")
    return table.fillna(0).astype("int64").rename_axis("source").reset_index()


def by_outcome(records: pd.DataFrame, links: Links) -> pd.DataFrame:
    """Persons of all sources by outcome: link, second_number, review, none.

    second_number: linked to a child whom the source holds under another number already.
    """
    persons = len(pd.DataFrame({"source": records["source"], "person": person_keys(records)}).drop_duplicates())
    second = int((links.pairs["reason"] == "duplicate").sum())
    linked, review = (int((links.pairs["band"] == band).sum()) for band in ("link", "review"))
    counts = {"link": linked - second, "second_number": second, "review": review, "none": persons - linked - review}
    return pd.DataFrame({"outcome": list(counts), "persons": list(counts.values())})


def _in_band(links: Links, band: str) -> pd.Series:
    return links.pairs.loc[links.pairs["band"] == band].groupby("source").size()


def match_weights(links: Links) -> pd.DataFrame:
    """Persons by match weight (log2) of their best candidate, in steps of 5: weight (as text), persons."""
    lower = (np.floor(links.pairs["match_weight"].astype(float) / WIDTH) * WIDTH).astype("int64")
    counts = lower.value_counts()
    every = range(lower.min(), lower.max() + WIDTH, WIDTH) if len(lower) else []
    table = counts.reindex(every, fill_value=0).rename("persons").rename_axis("lower").reset_index()
    weight = [f"{low:+d} .. {low + WIDTH:+d}" for low in table["lower"]]
    return table.assign(weight=weight)[["weight", "persons"]].astype({"weight": "object", "persons": "int64"})
