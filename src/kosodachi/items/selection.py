"""The register of items: which item is used, on what basis, with what prior, and why not where it is not.

No basis means not used. A source that a municipality does not hold makes an item impossible, not zero. That an item is
used by other municipalities is a reason to look at it, and gives it no weight of its own.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kosodachi.items import literature
from kosodachi.items.effects import ASSUMED, Assumptions, transport_sd
from kosodachi.items.specification import Item
from kosodachi.municipality import Municipality

BASES = ("paper", "prior_case", "hearing", "data", "none")
OUTCOME = "maltreatment"
TWO_SIDED_95 = 1.959964


def register(
    catalogue: Sequence[Item],
    pooled: pd.DataFrame,
    settings: Municipality,
    *,
    declared: Mapping[str, str] | None = None,
    assume: Assumptions = ASSUMED,
) -> pd.DataFrame:
    """The item_register table: item_id, ja, en, domain, source_kind, decision (use, not_used, cannot), basis, citations
    (source ids), log_odds and log_odds_se (the prior for joint use, log odds), why (a code: on_<basis>, no_basis or the
    reason why the source is missing or the item cannot be computed).

    The prior is the pooled mean, halved where it is marginal (`joint_factor`), with the spread of the next setting: that
    of its prediction interval (tau^2 + se^2 where tau is assumed), and transport^2. `declared` gives an item a basis of the municipality's own: hearing or data.
    """
    lines = [_line(item, pooled, settings, (declared or {}).get(item.item_id), assume) for item in catalogue]
    columns = [
        "item_id",
        "ja",
        "en",
        "domain",
        "source_kind",
        "decision",
        "basis",
        "citations",
        "log_odds",
        "log_odds_se",
        "why",
    ]
    table = pd.DataFrame(lines, columns=columns).astype({"log_odds": float, "log_odds_se": float})
    return table.sort_values("item_id", ignore_index=True)


def source_missing(settings: Municipality, kind: str) -> str | None:
    """Why a municipality holds no extract of a kind (a code of tables.MISSING), or None if it holds one."""
    if settings.of_kind(kind):
        return None
    reasons = [source.not_collected for _, source in sorted(settings.sources.items()) if source.kind == kind]
    return reasons[0] if reasons else "no_system"


def _line(item: Item, pooled: pd.DataFrame, settings: Municipality, declared: str | None, assume: Assumptions) -> dict:
    basis, citations, mean, sd = _basis(item, pooled, declared, assume)
    missing = source_missing(settings, item.source_kind) if item.computed else item.not_computed.reason
    if item.excluded:
        decision, why = "not_used", "excluded"
    elif missing:
        decision, why = "cannot", missing
    else:
        decision, why = ("not_used", "no_basis") if basis == "none" else ("use", f"on_{basis}")
    words = item.model_dump(include={"item_id", "ja", "en", "domain", "source_kind"})
    return words | {
        "decision": decision,
        "basis": basis,
        "citations": citations,
        "log_odds": mean,
        "log_odds_se": sd,
        "why": why,
    }


def _basis(item: Item, pooled: pd.DataFrame, declared: str | None, assume: Assumptions) -> tuple:
    for draws in item.evidence:
        found = pooled[(pooled["item_id"] == draws.item_id) & (pooled["kind"] == OUTCOME)]
        if len(found):
            return "paper", found["citations"].iloc[0], *prior(found.iloc[0], draws.closeness, assume)
    cases = prior_cases(item)
    basis = declared or ("prior_case" if cases else "none")
    if basis == "none":
        return basis, None, np.nan, np.nan
    return basis, cases or None, 0.0, assume.no_effect_sd


def prior(effect: pd.Series, closeness: str, assume: Assumptions = ASSUMED) -> tuple[float, float]:
    """Prior mean and spread (log odds) of one pooled effect for use with other items in a Japanese municipality: the
    prediction interval of the next setting, widened by what transport adds."""
    transport = transport_sd(closeness, effect["match"], effect["japan"], assume)
    mean = effect["log_odds"] * (1 if effect["adjusted"] else assume.joint_factor)
    ahead = (effect["expected_high"] - effect["expected_low"]) / (2 * TWO_SIDED_95)
    return float(mean), float(np.hypot(ahead, transport))


def prior_cases(item: Item) -> str:
    """Source ids of municipalities and national lists that used the item, joined by `;`."""
    rows = literature.evidence()
    used = rows["item_id"].isin([draws.item_id for draws in item.evidence]) & rows["measure"].eq("used_in_prior_case")
    return ";".join(sorted(set(rows.loc[used & rows["verified"].eq("yes"), "source_id"])))
