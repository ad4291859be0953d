"""How right the links are where truth is known: precision, recall and F1 with 95 % intervals, by group and source.

precision: of the persons linked, the share linked to the right child. recall: of the persons whose child is in the
register, the share linked to it. F1: their harmonic mean. The unit is a person of a source (rows of one person number
stand or fall together). Rejected rows are not counted here. On a municipality's own data truth is unknown, and none
of these numbers carries over to it.
"""

import numpy as np
import pandas as pd

from kosodachi.linkage.prepare import person_keys
from kosodachi.tables.pseudonyms import pseudonyms

GROUPS = ("twin", "surname_changed", "remarried", "foreign_name", "alias_or_alphabet", "moved", "address_protected",
          "alternative_care", "unnamed_infant")  # fmt: skip
Z = 1.959963984540054


def score(person_map: pd.DataFrame, truth_record: pd.DataFrame, person: pd.DataFrame, *, key: bytes) -> pd.DataFrame:
    """Scores by group: by (all, group, source), group, the four counts, wrong_share, precision, recall and f1.

    Counts: persons, matches (those in the register), linked, correct. wrong_share: of the persons, the share linked to
    another child; unlinked_share: the share linked to nobody. The group `absent`, whose child is not in the register,
    has these two and no other rate. wrong_share, unlinked_share, precision, recall and f1 have `_low` and `_high`: Wilson intervals (Wilson 1927,
    doi:10.1080/01621459.1927.10502953), for f1 through F* = correct / (linked or matched) (Hand, Christen & Kirielle
    2021, doi:10.1007/s10994-021-05964-1).
    person_map: as made by `person_map`. truth_record: source, row_no, person_id. person: person_id, research_id (of the
    register; missing if absent) and the group columns. A rate without a denominator is missing.
    """
    judged = _judged(person_map, truth_record, person, key=key)
    parts = [("all", "all", judged)]
    parts += [("group", group, judged[judged[group]]) for group in GROUPS if group in judged]
    parts += [("group", "absent", judged[judged["truly"].isna()])]
    parts += [("source", source, rows) for source, rows in judged.groupby("source")]
    return pd.DataFrame([{"by": by, "group": group, **rates(**_counts(rows))} for by, group, rows in parts])


def _judged(person_map, truth_record, person, *, key: bytes) -> pd.DataFrame:
    """One row a person of a source other than the register: the true research id, the one linked, the groups."""
    ids = pseudonyms(key, "record", truth_record["source"] + "|" + truth_record["row_no"].astype(str))
    known = truth_record[["person_id"]].assign(record_id=ids)
    groups = [group for group in GROUPS if group in person]
    truly = person[["person_id", "research_id", *groups]].rename(columns={"research_id": "truly"})
    rows = person_map[~_is_register(person_map)].merge(known, on="record_id").merge(truly, on="person_id", how="left")
    rows = rows.assign(unit=rows["person_no"].where(rows["person_no"].notna(), rows["record_id"]))
    rows = rows.assign(**{group: rows[group].eq(True) for group in groups})
    return rows.sort_values("record_id").drop_duplicates(["source", "unit"])


def rightly(links, records: pd.DataFrame, truth_record: pd.DataFrame, person: pd.DataFrame, *, key: bytes) -> pd.Series:
    """Whether the best child of each row of `links.pairs` is the right one; rows as there."""
    ids = pseudonyms(key, "record", truth_record["source"] + "|" + truth_record["row_no"].astype(str))
    known = (
        truth_record[["person_id"]].assign(record_id=ids).merge(person[["person_id", "research_id"]], on="person_id")
    )
    rows = records[["record_id", "source"]].assign(person=person_keys(records)).merge(known, on="record_id")
    truly = rows.sort_values("record_id").drop_duplicates(["source", "person"])[["source", "person", "research_id"]]
    found = links.pairs[["source", "person"]].merge(truly, on=["source", "person"], how="left")["research_id"]
    best = pseudonyms(key, "person", links.pairs["register_no"].reset_index(drop=True))
    return (best == found).set_axis(links.pairs.index)


def _is_register(person_map: pd.DataFrame) -> pd.Series:
    """The register's own records: linked to themselves, with a probability of 1 and no weight."""
    return person_map["match_probability"].eq(1.0) & person_map["match_weight"].isna()


def _counts(rows: pd.DataFrame) -> dict:
    linked = rows["research_id"].notna()
    return {
        "persons": len(rows),
        "matches": int(rows["truly"].notna().sum()),
        "linked": int(linked.sum()),
        "correct": int((linked & (rows["research_id"] == rows["truly"])).sum()),
    }


def rates(*, persons: int, matches: int, linked: int, correct: int) -> dict:
    """The counts with wrong_share, unlinked_share, precision, recall and f1 and their intervals."""
    made = {"persons": persons, "matches": matches, "linked": linked, "correct": correct}
    either = linked + matches - correct
    found = {
        "wrong_share": with_interval(linked - correct, persons),
        "unlinked_share": with_interval(persons - linked, persons),
        "precision": with_interval(correct, linked if matches else 0),
        "recall": with_interval(correct, matches),
        "f1": tuple(2 * f / (1 + f) for f in with_interval(correct, either if matches else 0)),
    }
    for name, values in found.items():
        made |= dict(zip((name, f"{name}_low", f"{name}_high"), values))
    return made


def with_interval(successes: int, n: int) -> tuple[float, float, float]:
    """A share with its Wilson interval; missing without a denominator."""
    if n == 0:
        return (float("nan"),) * 3
    share, spread = successes / n, Z * np.sqrt(successes * (n - successes) / n + Z**2 / 4)
    low, high = ((successes + Z**2 / 2 + sign * spread) / (n + Z**2) for sign in (-1, 1))
    return share, float(max(0.0, low)), float(min(1.0, high))


def beside(model: pd.DataFrame, **others: pd.DataFrame) -> pd.DataFrame:
    """The scores of the model, with those of other ways of linking beside them as `precision_<name>` and so on."""
    keys = ["by", "group"]
    for name, table in others.items():
        named = table[[*keys, "precision", "recall", "f1"]].add_suffix(f"_{name}")
        model = model.merge(named.rename(columns={f"{key}_{name}": key for key in keys}), on=keys, how="left")
    return model


def overall(**scores: pd.DataFrame) -> pd.DataFrame:
    """The scores over all persons, one row a way of linking, named in `method`."""
    return pd.concat(
        [table[table["by"] == "all"].assign(method=name) for name, table in scores.items()], ignore_index=True
    )
