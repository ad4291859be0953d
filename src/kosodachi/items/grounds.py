"""What speaks for and against each item before this town's data are looked at: papers, prior cases, hearings.

A ground is a reason to look at an item. It is no weight by itself, except for the pooled effects of papers.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kosodachi.faults import Fault, refuse
from kosodachi.items import literature
from kosodachi.items.certainty import GRADES
from kosodachi.items.effects import ASSUMED, Assumptions, transport_sd
from kosodachi.items.hearings import counts
from kosodachi.items.posterior import Mixture, above
from kosodachi.items.specification import Item
from kosodachi.municipality import Municipality, Selection

TWO_SIDED_95 = 1.959964


def grounds(
    catalogue: Sequence[Item], pooled: pd.DataFrame, settings: Municipality, *, assume: Assumptions = ASSUMED
) -> pd.DataFrame:
    """One row an item, by item id: item_id, ja, en, domain, source_kind, sensitivity, cost, excluded, missing (why it
    cannot be had, or None), certainty (of the pooled effect for the outcome asked for, or None), papers and cases (source
    ids, `;`, or None), log_odds and log_odds_se (the prior for joint use; 0 and a spread for items without papers that
    have another ground), heard_for, heard_against (roles; hearings on another outcome are not counted).

    Raises Fault E-ITEM-13 for hearings on items that are not in the catalogue.
    """
    _known_items(catalogue, settings.items)
    effects = {
        item: lines.iloc[0] for item, lines in pooled[pooled["kind"] == settings.items.outcome].groupby("item_id")
    }
    used = prior_cases(literature.evidence())
    lines = [_of_item(item, effects, used, settings, assume) for item in catalogue]
    return pd.DataFrame(lines).sort_values("item_id", ignore_index=True)


def mixture(table: pd.DataFrame, rule: Selection, *, literature: bool = True) -> Mixture:
    """The priors of the rows of `grounds`: what the literature expects, with the share that the belief in its certainty
    gives, and a wide guess with `wide_share` of the rest. Without literature, or a paper, all is the rest.

    An item of hardship is not expected to protect: what an expectation holds below 0 counts as no weight, and the rest
    is a normal part with the mean and spread of the positive side. Decisions are about weights above 0 in any case.
    """
    believed = rule.belief
    belief = {grade: getattr(believed, grade.removesuffix("_certainty")) for grade in GRADES}
    holds = table["certainty"].map(belief).fillna(0.0).to_numpy(float) * literature
    known = table["log_odds_se"].notna().to_numpy() & (holds > 0)
    above_0, mean, sd = positive_side(
        np.where(known, table["log_odds"], 0.0), np.where(known, table["log_odds_se"], believed.wide_sd)
    )
    _, wide_mean, wide_sd = positive_side(np.zeros(len(table)), np.full(len(table), believed.wide_sd))
    share = np.column_stack([holds * above_0, (1 - holds) * believed.wide_share])
    return Mixture(share, np.column_stack([mean, wide_mean]), np.column_stack([sd, wide_sd]))


def positive_side(mean: np.ndarray, sd: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of normal distributions: the share above 0, and mean and spread of that part (truncated normal)."""
    from scipy.special import log_ndtr

    ahead = mean / sd
    hazard = np.exp(-(ahead**2) / 2 - np.log(2 * np.pi) / 2 - log_ndtr(ahead))
    return np.exp(log_ndtr(ahead)), mean + sd * hazard, sd * np.sqrt(np.maximum(1 - hazard * (ahead + hazard), 1e-4))


def expected(table: pd.DataFrame, rule: Selection) -> np.ndarray:
    """The probability that each item matters here, as far as the literature goes."""
    prior = mixture(table, rule)
    return above(prior.share, prior.mean, prior.sd, least=np.log(rule.relevant_odds))


def source_missing(settings: Municipality, kind: str) -> str | None:
    """Why a municipality holds no extract of a kind (a code of tables.MISSING), or None if it holds one."""
    if settings.of_kind(kind):
        return None
    reasons = [source.not_collected for _, source in sorted(settings.sources.items()) if source.kind == kind]
    return reasons[0] if reasons else "no_system"


def prior(effect: pd.Series, closeness: str, assume: Assumptions = ASSUMED) -> tuple[float, float]:
    """Prior mean and spread (log odds) of one pooled effect for use with other items in a Japanese municipality: the
    prediction interval of the next setting, widened by what transport adds."""
    transport = transport_sd(closeness, effect["match"], effect["japan"], assume)
    mean = effect["log_odds"] * (1 if effect["adjusted"] else assume.joint_factor)
    ahead = (effect["expected_high"] - effect["expected_low"]) / (2 * TWO_SIDED_95)
    return float(mean), float(np.hypot(ahead, transport))


def prior_cases(rows: pd.DataFrame) -> dict[str, set[str]]:
    """Source ids of the municipalities and national lists that used an evidence item, by its id; rows that were read."""
    used = rows[rows["measure"].eq("used_in_prior_case") & rows["verified"].eq("yes")]
    return used.groupby("item_id")["source_id"].agg(set).to_dict()


def _known_items(catalogue: Sequence[Item], rule: Selection) -> None:
    known = {item.item_id for item in catalogue}
    strange = [heard for heard in rule.hearings if heard.item not in known]
    refuse([Fault("E-ITEM-13", item=heard.item, role=heard.role) for heard in strange])


def _of_item(item: Item, effects: dict, used: dict, settings: Municipality, assume: Assumptions) -> dict:
    rule, words = settings.items, {"item_id", "ja", "en", "domain", "source_kind", "sensitivity", "cost"}
    voices = [h for h in rule.hearings if h.item == item.item_id and counts(h, rule)]
    heard = {stance: sorted(h.role for h in voices if h.stance == stance) for stance in ("for", "against")}
    cases = ";".join(sorted(set().union(*(used.get(draws.item_id, set()) for draws in item.evidence)))) or None
    effect = _effect(item, effects, rule, assume)
    if effect is None:
        spread = assume.no_effect_sd if cases or heard["for"] else np.nan
        effect = {"certainty": None, "papers": None, "log_odds": spread * 0.0, "log_odds_se": spread}
    return item.model_dump(include=words) | {
        "excluded": item.excluded is not None,
        "missing": source_missing(settings, item.source_kind) if item.computed else item.not_computed.reason,
        **effect,
        "cases": cases,
        "heard_for": ";".join(heard["for"]) or None,
        "heard_against": ";".join(heard["against"]) or None,
    }


def _effect(item: Item, effects: dict, rule: Selection, assume: Assumptions) -> dict | None:
    """The first effect that the item draws on and whose certainty suffices."""
    floor = GRADES.index(f"{rule.least_certainty}_certainty")
    for draws in item.evidence:
        line = effects.get(draws.item_id)
        if line is not None and GRADES.index(line["certainty"]) >= floor:
            mean, sd = prior(line, draws.closeness, assume)
            return {
                "certainty": line["certainty"], "papers": line["citations"], "log_odds": mean, "log_odds_se": sd,
            }  # fmt: skip
    return None
