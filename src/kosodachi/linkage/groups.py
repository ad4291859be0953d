"""For whom links go wrong, without truth: groups that the register itself shows, with what decoys and keys say of each.

A group here is what a register row holds: another child of the same birth, a former surname, a further name, a former
address, a protection mark, no given name, a name without kanji. The register does not show every child whose surname
changed, and nothing in it shows alternative care: such groups are assessed on synthetic towns alone.

Not good for: children who are not in the register, and groups of a few children, whose intervals are as wide as the doubt.
"""

import numpy as np
import pandas as pd

from kosodachi.linkage.link import Links
from kosodachi.linkage.missed import FOLDS, KEYS, chapman_variance, jackknife, share_missed
from kosodachi.linkage.mixups import twins
from kosodachi.linkage.prepare import person_keys
from kosodachi.linkage.quality import with_interval

WITHOUT_KANJI = r"^[\u30A0-\u30FF\u3040-\u309FA-Za-zＡ-Ｚａ-ｚ\s・.\-]+$"
KINDS = {"former": "surname_changed", "alias": "alias_or_alphabet", "alphabet": "alias_or_alphabet"}
REST = "none_of_these"


def groups_of(register: pd.DataFrame, names: pd.DataFrame | None = None) -> pd.DataFrame:
    """Register children by group, long: register_no, group. A group that the register's columns cannot show is absent.

    names: identifier_names, for former surnames and further names. Children in no group have the group `none_of_these`.
    """
    number = person_keys(register)
    pairs = twins(register)
    marks = {"twin": number.isin(set(pairs["first"]) | set(pairs["second"]))}
    marks["foreign_name"] = register["name"].astype("string").str.match(WITHOUT_KANJI).fillna(False)
    marks["unnamed_infant"] = register["given"].isna() & register["given_code"].isna()
    if "previous_town" in register:
        marks["moved"] = register["previous_town"].notna()
    if "address_protected" in register:
        marks["address_protected"] = register["address_protected"].eq("yes")
    for group, kinds in _kinds(names).items():
        marks[group] = register["record_id"].isin(kinds)
    parts = [
        pd.DataFrame({"register_no": number[mask.to_numpy(bool)], "group": group}) for group, mask in marks.items()
    ]
    others = number[~number.isin(pd.concat(parts)["register_no"])]
    return pd.concat([*parts, pd.DataFrame({"register_no": others, "group": REST})], ignore_index=True)


def _kinds(names: pd.DataFrame | None) -> dict[str, set]:
    """Record ids by the group that a kind of further name stands for."""
    if names is None:
        return {}
    group = names["kind"].map(KINDS)
    return {name: set(names.loc[group == name, "record_id"]) for name in sorted(group.dropna().unique())}


def by_group(
    groups: pd.DataFrame, links: Links, found: pd.DataFrame, decoys: pd.DataFrame, missed: pd.DataFrame
) -> pd.DataFrame:
    """Missed links and links to another child by group, without truth.

    Columns: group, children, linked (persons), missed, missed_low, missed_high (capture and recapture), decoys,
    if_absent, if_absent_low, if_absent_high (share of held-out children's records that were linked to another child:
    what happens to a child who is not in the register). found: `captures`; missed: `missed_links` of the same links,
    whose correction for wrong captures each group shares.
    """
    linked = links.pairs[links.pairs["band"] == "link"]
    rows = []
    for group, members in groups.groupby("group")["register_no"]:
        seen = decoys[decoys["register_no"].isin(members)]
        of_group = linked[linked["register_no"].isin(members)]
        counts = {"group": group, "children": members.nunique(), "linked": len(of_group), "decoys": len(seen)}
        wrong = dict(
            zip(("if_absent", "if_absent_low", "if_absent_high"), with_interval(seen["linked"].sum(), len(seen)))
        )
        rows.append(counts | _missed(found, set(members), of_group.groupby("source").size(), missed) | wrong)
    return pd.DataFrame(rows)


def _missed(found: pd.DataFrame, members: set, linked: pd.Series, missed: pd.DataFrame) -> dict:
    """Captures of one group by source, corrected as the source's were, and the share of the matches not linked."""
    mine = pd.DataFrame({key: found[key].isin(members) for key in KEYS})
    mine["both"] = mine["by_name"] & (found["by_name"] == found["by_birth"])
    every = found.groupby("source")[list(KEYS)].count().clip(lower=1)
    kept = (missed.set_index("source")[list(KEYS)] / every).clip(upper=1.0)
    counts = mine.groupby([found["source"], found["fold"]]).sum().astype(float)
    whole = _unseen(counts.groupby("source").sum(), kept)
    if whole.empty:
        return dict.fromkeys(("missed", "missed_low", "missed_high"), float("nan"))
    folds = [counts.drop(fold, level="fold", errors="ignore").groupby("source").sum() for fold in range(FOLDS)]
    spread = jackknife(pd.DataFrame({"unseen": [_unseen(part, kept)["unseen"].sum() for part in folds]}))["unseen"]
    right = linked.reindex(whole.index).fillna(0).sum()
    parts = (whole["seen"].sum(), whole["unseen"].sum(), max(whole["variance"].sum(), spread), right)
    return dict(zip(("missed", "missed_low", "missed_high"), map(float, share_missed(*parts))))


def _unseen(counts: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """seen, unseen and variance by source, where both keys found a child of the group."""
    counts = counts[counts["both"] > 0]
    both, kept = counts["both"], kept.reindex(counts.index).fillna(1.0)
    one, two = (np.maximum(both, counts[key] * kept[key]) for key in KEYS)
    unseen = (one - both) * (two - both) / (both + 1)
    return pd.DataFrame({"seen": one + two - both, "unseen": unseen, "variance": chapman_variance(one, two, both)})
