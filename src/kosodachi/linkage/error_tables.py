"""The estimates of link errors as the tables that 31_link_quality shows: by error, by source, by group, and to look at.

Where truth is known (`scores` of a synthetic town) it stands beside the estimate; the estimate never reads it.
"""

import pandas as pd

from kosodachi.linkage import clerical
from kosodachi.linkage.link import Links
from kosodachi.linkage.mixups import twins

ENDS = ("value", "low", "high")
FALSE, MISSED = "false_links", "missed_links"


def errors(false: pd.DataFrame, missed: pd.DataFrame, dependent: pd.DataFrame, scores: pd.DataFrame | None):
    """Both errors over all sources, by how they are known: error, known_by, value, low, high, linked.

    known_by: estimate, claim (the model's own, without interval), dependent (capture and recapture if the keys fail
    together more often), truth. The truth is of what came about, so it has no interval.
    """
    own, lost, worse = (table.set_index("source").loc["all"] for table in (false, missed, dependent))
    rows = [(FALSE, "estimate", *own[list(ENDS)]), (FALSE, "claim", own["claim"], None, None)]
    rows += [(FALSE, "truth", _true(scores, "all", FALSE), None, None)] if scores is not None else []
    rows += [(MISSED, "estimate", *lost[list(ENDS)]), (MISSED, "dependent", *worse[list(ENDS)])]
    rows += [(MISSED, "truth", _true(scores, "all", MISSED), None, None)] if scores is not None else []
    table = pd.DataFrame(rows, columns=["error", "known_by", *ENDS]).astype(dict.fromkeys(ENDS, float))
    return table.assign(linked=int(own["linked"]))


def _true(scores: pd.DataFrame, group: str, error: str) -> float:
    """The true share of false links among the links, or of missed ones among the matches."""
    row = scores.set_index("group").loc[group]
    if error == FALSE:
        return (row["linked"] - row["correct"]) / row["linked"] if row["linked"] else float("nan")
    return 1 - row["correct"] / row["matches"] if row["matches"] else float("nan")


def errors_by_source(false: pd.DataFrame, missed: pd.DataFrame, scores: pd.DataFrame | None):
    """By source, without all: source, linked, false (+ _low, _high), claim, missed (+ _low, _high), and, with scores,
    false_true and missed_true."""
    table = false[false["source"] != "all"][["source", "linked", *ENDS, "claim"]]
    table = table.rename(columns={"value": "false", "low": "false_low", "high": "false_high"})
    lost = missed[["source", *ENDS]].rename(columns={"value": "missed", "low": "missed_low", "high": "missed_high"})
    table = table.merge(lost, on="source", how="left")
    if scores is not None:
        of_source = scores[scores["by"] == "source"]
        for name, error in (("false_true", FALSE), ("missed_true", MISSED)):
            table[name] = [_true(of_source, source, error) for source in table["source"]]
    return table.reset_index(drop=True)


def groups_beside(estimated: pd.DataFrame, scores: pd.DataFrame | None) -> pd.DataFrame:
    """By group: the estimates of `by_group`, and with scores persons, missed_true, wrong_true and unlinked_true with ends.

    Groups that only the truth knows (remarried, alternative care) have no estimate; groups of the register alone no truth.
    """
    if scores is None:
        return estimated.assign(persons=estimated["linked"])
    true = scores[(scores["by"] == "group") & (scores["group"] != "absent")]
    made = pd.DataFrame({"group": true["group"], "persons": true["persons"]})
    missed = {
        "missed_true": 1 - true["recall"],
        "missed_true_low": 1 - true["recall_high"],
        "missed_true_high": 1 - true["recall_low"],
    }
    made = made.assign(**missed)
    for name in ("wrong", "unlinked"):
        for end in ("", "_low", "_high"):
            made[f"{name}_true{end}"] = true[f"{name}_share{end}"]
    table = made.merge(estimated, on="group", how="outer").sort_values("group", ignore_index=True)
    return table.assign(persons=table["persons"].fillna(table["linked"]))


def missed_by_group(table: pd.DataFrame) -> pd.DataFrame:
    """Missed links by group and by how they are known (estimate, truth), long: group, known_by, value, low, high, persons."""
    kinds = {"estimate": ("missed", "linked"), "truth": ("missed_true", "persons")}
    parts = []
    for known_by, (name, count) in kinds.items():
        if name in table:
            columns = {name: "value", f"{name}_low": "low", f"{name}_high": "high", count: "behind"}
            parts.append(table[["group", *columns]].rename(columns=columns).assign(known_by=known_by))
    long = pd.concat(parts).dropna(subset="value").sort_values(["group", "known_by"], ignore_index=True)
    return long.assign(persons=long["behind"].fillna(0).astype("int64"))[["group", "known_by", *ENDS, "persons"]]


def to_look_at(links: Links, register: pd.DataFrame, mixed: pd.DataFrame, calibration) -> pd.DataFrame:
    """The linked persons for the clerical design: source, person, band, match_weight, stratum, guess.

    guess: the chance that the link is false, from the calibrated probability, and for twins the rate of mix-ups.
    Identifier zone alone.
    """
    linked = links.pairs.loc[links.pairs["band"] == "link", ["source", "person", "register_no", "band", "match_weight"]]
    pairs = twins(register)
    of_twin = linked["register_no"].isin(set(pairs["first"]) | set(pairs["second"]))
    of_source = mixed.set_index("source")
    share = of_source["expected"] / of_source["numbers"].clip(lower=1)
    rate = linked["source"].map(share).fillna(0.0).where(of_twin, 0.0)
    guess = 1 - calibration(linked["match_weight"]) * (1 - rate)
    made = linked.assign(guess=guess.clip(0, 1), stratum=clerical.strata(linked))
    made["stratum"] = made["stratum"].where(~of_twin, "twin")
    return made.drop(columns="register_no").reset_index(drop=True)


def enough(table: pd.DataFrame, least: int, **behind: str) -> pd.DataFrame:
    """The table with a rate and its ends missing where fewer than `least` persons are behind it: rate=count column.

    An estimated error rate is a property of the linkage and no count of children; a rate of a few persons is neither.
    """
    table = table.copy()
    for rate, count in behind.items():
        columns = [name for name in (rate, f"{rate}_low", f"{rate}_high") if name in table]
        table[columns] = table[columns].where(table[count].fillna(0) >= least)
    return table


def looks(persons: pd.DataFrame, false: pd.DataFrame, *, parts=(1.0, 0.75, 0.5, 0.375, 0.25)) -> pd.DataFrame:
    """How many persons to look at for an interval of a part of today's width: width_share, half_width (percentage points),
    look_at."""
    row = false.set_index("source").loc["all"]
    now = (row["high"] - row["low"]) / 2
    table = clerical.needed(persons, [part * now for part in parts])
    return table.assign(width_share=list(parts), half_width=100 * table["half_width"])[
        ["width_share", "half_width", "look_at"]
    ]
