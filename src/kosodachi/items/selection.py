"""The register of items: which item is used, on what basis, and why not where it is not.

The rule stands in the settings (`items:` of municipality.yaml) and is applied in the order of RULE; the first line that
holds decides. No basis means not used. A source that a municipality does not hold makes an item impossible, not zero.
The rule proposes and people decide: `decided_by` says who, and a decision of theirs overrules it, except that nothing
makes an item usable that is excluded, cannot be had, or has no basis.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kosodachi.faults import Fault, refuse
from kosodachi.items.effects import ASSUMED, Assumptions
from kosodachi.items.grounds import expected, grounds
from kosodachi.items.specification import Item
from kosodachi.municipality import Municipality, Selection

BASES = ("paper", "data", "prior_case", "hearing")
RULE = (
    "excluded", "cannot", "no_basis", "hearing_against", "too_little_known", "sensitive_basis", "too_unlikely", "refuted",
)  # fmt: skip
COSTS = ("low", "medium", "high")
CLASSES = ("ordinary", "unclear", "stigma", "harmed", "statutory")
COLUMNS = (
    "item_id", "ja", "en", "domain", "source_kind", "decision", "basis", "bases", "citations", "log_odds",
    "log_odds_se", "why", "certainty", "probability", "instead", "decided_by", "version",
)  # fmt: skip


def register(
    catalogue: Sequence[Item],
    pooled: pd.DataFrame,
    settings: Municipality,
    *,
    town: pd.DataFrame | None = None,
    alike: pd.DataFrame | None = None,
    assume: Assumptions = ASSUMED,
) -> pd.DataFrame:
    """The item_register table: item_id, ja, en, domain, source_kind, decision (use, not_used, cannot), basis (the first
    of BASES that stands, or none), bases (all of them, `;`), citations (source ids), log_odds and log_odds_se (the prior
    for joint use, from the literature alone), why (a code: on_<basis>, or the line of RULE, `redundant`, `decided`, or the
    reason why it cannot be had), certainty, probability (that it matters here), instead (the item that is kept of a
    redundant pair), decided_by, version.

    `town` is what `in_town` gives and `alike` what `redundancy` gives; without them the literature decides alone.
    Raises Faults E-ITEM-13, E-ITEM-14: hearings or decisions on unknown items, decisions against what cannot be.
    """
    rule, table = settings.items, grounds(catalogue, pooled, settings, assume=assume)
    table = weighed(table, town, rule)
    table["why"] = np.select([table[line] for line in RULE], RULE, "use")
    table["instead"] = _redundant(table, alike, rule)
    table.loc[table["instead"].notna(), "why"] = "redundant"
    return _decided(table, rule)[list(COLUMNS)].sort_values("item_id", ignore_index=True)


def weighed(table: pd.DataFrame, town: pd.DataFrame | None, rule: Selection) -> pd.DataFrame:
    """The rows of `grounds` with bases, basis, probability, and one column for each line of RULE: whether it holds."""
    table = _with_town(table, town, rule)
    stands = pd.DataFrame(
        {
            "paper": table["papers"].notna(),
            "data": _on_data(table, rule),
            "prior_case": table["cases"].notna(),
            "hearing": table["heard_for"].notna(),
        }
    )[list(BASES)]
    stands &= [basis in rule.bases for basis in BASES]
    sensitive = table["sensitivity"].isin(rule.sensitive)
    least = np.where(sensitive, rule.least_probability_sensitive, rule.least_probability)
    numbers = stands["paper"] | stands["data"]
    lines = {
        "cannot": table["missing"].notna(),
        "no_basis": ~stands.any(axis=1),
        "hearing_against": _voices(table["heard_against"]) > _voices(table["heard_for"]),
        "too_little_known": table["known"] < rule.least_known,
        "sensitive_basis": sensitive & ~stands[list(rule.sensitive_bases)].any(axis=1),
        "too_unlikely": numbers & (table["probability"] < least),
        "refuted": ~numbers & (table["probability"] < rule.refuted_below),
    }
    bases = stands.apply(lambda row: ";".join(stands.columns[row]) or "none", axis=1)
    return table.assign(bases=bases, basis=bases.str.split(";").str[0], **lines)


def _with_town(table: pd.DataFrame, town: pd.DataFrame | None, rule: Selection) -> pd.DataFrame:
    columns = ["known", "p_town", "p_both", "stability", "gain"]
    if town is None:
        table = table.assign(**dict.fromkeys(columns, np.nan))
    else:
        table = table.merge(town[["item_id", *columns]], on="item_id", how="left")
    return table.assign(probability=table["p_both"].fillna(pd.Series(expected(table, rule), index=table.index)))


def _on_data(table: pd.DataFrame, rule: Selection) -> pd.Series:
    """This town's data are a basis where they alone make the item likely, choose it steadily, and gain by it."""
    steady = table["stability"] >= rule.least_stability
    return (table["p_town"] >= rule.least_probability) & steady & (table["gain"] > 0)


def _redundant(table: pd.DataFrame, alike: pd.DataFrame | None, rule: Selection) -> pd.Series:
    """The item that is kept instead, by row: of two items in use that are too alike the less sensitive stays, then the
    more probable, then the cheaper, then the first by id."""
    instead = pd.Series(None, index=table.index, dtype=object)
    used = table[table["why"].eq("use")]
    order = used.assign(
        of_class=used["sensitivity"].map(CLASSES.index), of_cost=used["cost"].map(COSTS.index)
    ).sort_values(["of_class", "probability", "of_cost", "item_id"], ascending=[True, False, True, True])
    close = set() if alike is None else _pairs(alike[alike["phi"].abs() >= rule.most_alike])
    kept = []
    for place, item in order["item_id"].items():
        other = next((one for one in kept if (one, item) in close), None)
        instead[place] = other
        kept += [item] if other is None else []
    return instead


def _voices(roles: pd.Series) -> pd.Series:
    return roles.fillna("").str.count(";") + roles.notna()


def _pairs(alike: pd.DataFrame) -> set[tuple[str, str]]:
    pairs = list(zip(alike["item"], alike["other"]))
    return {*pairs, *((b, a) for a, b in pairs)}


def _decided(table: pd.DataFrame, rule: Selection) -> pd.DataFrame:
    """Decision, reason and who decided, after what people decided against the rule."""
    fixed = {line: ("cannot" if line == "cannot" else "not_used") for line in ("excluded", "cannot", "no_basis")}
    decision = table["why"].map({"use": "use", "cannot": "cannot"}).fillna("not_used")
    why = table["why"].mask(table["why"].eq("use"), "on_" + table["basis"])
    why = why.mask(table["why"].eq("cannot"), table["missing"])
    table = table.assign(
        decision=decision, why=why, rule=table["why"], decided_by=rule.decided_by, version=rule.version,
        citations=_joined(table["papers"], table["cases"]),
    )  # fmt: skip
    table = table.set_index("item_id", drop=False)
    refuse([fault for ruled in rule.decisions if (fault := _impossible(ruled, table, fixed))])
    for ruled in rule.decisions:
        table.loc[ruled.item, ["decision", "why", "decided_by"]] = [ruled.decision, "decided", ruled.by]
    return table.reset_index(drop=True)


def _impossible(ruled, table: pd.DataFrame, fixed: dict) -> Fault | None:
    if ruled.item not in table.index:
        return Fault("E-ITEM-13", item=ruled.item, role=ruled.by)
    line = table.loc[ruled.item, "rule"]
    return Fault("E-ITEM-14", item=ruled.item, line=line) if ruled.decision == "use" and line in fixed else None


def _joined(papers: pd.Series, cases: pd.Series) -> pd.Series:
    """The papers of an item, or the prior cases where there is none."""
    return papers.fillna(cases)
