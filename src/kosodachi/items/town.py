"""What this town's data add about each item: weights, the probability that they matter, stability, information.

Learnt from needs that became known, of children without a known need before. Unlabelled is not negative: the model takes
only a share of needs to become known. What is learnt is still who becomes known, and no cause.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from kosodachi.items.design import UNKNOWN_SD, Design, design, with_gaps
from kosodachi.items.grounds import expected, mixture
from kosodachi.items.left_out import DRAWS, costs, losses
from kosodachi.items.posterior import Counts, Mixture, counts, normal_weights, relevance
from kosodachi.items.stability import stability
from kosodachi.municipality import Selection

WIDE_SD = 2.0
TWO_SIDED_95 = 1.959964


def in_town(
    item_value: pd.DataFrame,
    label: pd.Series,
    household: pd.Series,
    grounds: pd.DataFrame,
    rule: Selection,
    *,
    seed: int,
) -> pd.DataFrame:
    """One row an item of `grounds` that has values: item_id, children (whose age it covers), known (share of them whose
    value is known), labelled (with known value and label), present, cases_present, events (known needs in all),
    literature, town and both, each with _low and _high (log odds for joint use, 95 %), p_literature, p_town and p_both
    (probability of a weight that matters), stability (share of half samples that choose it), gain (AUC that it adds to
    the others in cross-validation).

    What cannot be learnt is missing: everything of the town below `rule.least_events` known needs, and items that
    nobody has. p_both is then p_literature.
    """
    held = grounds[grounds["item_id"].isin(item_value["item_id"])].set_index("item_id", drop=False)
    seen = _seen(item_value, label).reindex(held.index)
    table = pd.concat([held[["item_id"]], seen], axis=1)
    table["events"] = int(label.sum())
    table[["literature", "literature_low", "literature_high"]] = _limits(
        held["log_odds"].where(held["papers"].notna()), held["log_odds_se"]
    )
    table["p_literature"] = expected(held, rule)
    learnt = design(item_value, label, household)
    enough = label.sum() >= rule.least_events and len(learnt.items) > 0
    found = learn(learnt, held.loc[list(learnt.items)], rule, seed=seed) if enough else pd.DataFrame(columns=LEARNT)
    table = table.join(found.reindex(columns=LEARNT).astype(float))
    table["p_both"] = table["p_both"].fillna(table["p_literature"])
    return table.reset_index(drop=True)


LEARNT = ["town", "town_low", "town_high", "both", "both_low", "both_high", "p_town", "p_both", "stability", "gain"]


def learn(data: Design, held: pd.DataFrame, rule: Selection, *, seed: int) -> pd.DataFrame:
    """The columns LEARNT of the items of a design, by item id; `held` are their rows of `grounds`, in the same order."""
    found = probabilities(data, held, rule)
    wide = np.full(len(data.items), WIDE_SD)
    known = held["log_odds_se"].notna().to_numpy()
    priors = {
        "town": (np.zeros(len(wide)), wide),
        "both": (np.where(known, held["log_odds"], 0.0), np.where(known, held["log_odds_se"], WIDE_SD)),
    }
    for name, given in priors.items():
        mean, sd = with_gaps(*given, data.gaps)
        weights, spread, _ = normal_weights(counts(data.x, data.label), mean, sd, known_share=rule.known_share)
        limits = _limits(weights[: len(wide)], np.sqrt(np.diag(spread))[: len(wide)])
        found[[name, f"{name}_low", f"{name}_high"]] = limits
    found["stability"] = stability(_choice(data, held, rule), data.label, data.household, seed=seed)
    mean, sd = with_gaps(*priors["town"], data.gaps)
    found["gain"] = losses(data, mean, sd, known_share=rule.known_share, seed=seed)
    return found


def probabilities(data: Design, held: pd.DataFrame, rule: Selection) -> pd.DataFrame:
    """p_town and p_both of the items of a design, by item id."""
    folded = counts(data.x, data.label)
    columns = {
        name: _probability(folded, mixture(held, rule, literature=literature), data.gaps, rule)
        for name, literature in (("p_town", False), ("p_both", True))
    }
    return pd.DataFrame(columns, index=pd.Index(data.items, name="item_id"))


def _choice(data: Design, held: pd.DataFrame, rule: Selection) -> Callable:
    """What half samples choose: items that the data of the half alone make likely enough."""
    prior = mixture(held, rule, literature=False)

    def choose(rows: np.ndarray) -> np.ndarray:
        found = _probability(counts(data.x[rows], data.label[rows]), prior, data.gaps, rule)
        return found >= rule.least_probability

    return choose


def _probability(folded: Counts, prior: Mixture, gaps: int, rule: Selection) -> np.ndarray:
    """The probability that each item's weight is one that matters."""
    prior = _mixture_with_gaps(prior, gaps)
    found, _ = relevance(folded, prior, least=np.log(rule.relevant_odds), known_share=rule.known_share)
    return found[: len(found) - gaps]


def _mixture_with_gaps(prior: Mixture, gaps: int) -> Mixture:
    share = np.column_stack([np.ones(gaps), np.zeros(gaps)])
    return Mixture(
        np.vstack([prior.share, share]),
        np.vstack([prior.mean, np.zeros((gaps, 2))]),
        np.vstack([prior.sd, np.full((gaps, 2), UNKNOWN_SD)]),
    )


def cost_of_leaving_out(
    item_value: pd.DataFrame,
    label: pd.Series,
    household: pd.Series,
    grounds: pd.DataFrame,
    rule: Selection,
    *,
    used: Sequence[str],
    capacity: int,
    seed: int,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """What leaving each of the items in use out of a score of all of them costs: the table of `left_out.costs`.

    The score starts from the priors of the literature, as the points card does. Empty without two labels or items.
    """
    data = design(item_value[item_value["item_id"].isin(used)], label, household)
    held = grounds.set_index("item_id").loc[list(data.items)]
    known = held["log_odds_se"].notna()
    mean, sd = with_gaps(
        held["log_odds"].where(known, 0.0).to_numpy(), held["log_odds_se"].where(known, WIDE_SD).to_numpy(), data.gaps
    )
    return costs(data, mean, sd, capacity=capacity, known_share=rule.known_share, seed=seed, draws=draws)


def weights(in_town: pd.DataFrame, used: Sequence[str]) -> pd.DataFrame:
    """The weights of items for a forest plot, largest first: item_id, estimate_from (from_literature, from_town,
    from_both), weight, low, high (log odds), resting_on (children with the item and a known need; for the literature,
    which rests on no child here, all children of the item). Estimates that do not exist have no row."""
    lines = in_town[in_town["item_id"].isin(used)]
    lines = lines.sort_values(["both", "literature", "item_id"], ascending=[False, False, True])
    parts = [
        pd.DataFrame(
            {"item_id": lines["item_id"], "estimate_from": f"from_{source}", "weight": lines[source],
             "low": lines[f"{source}_low"], "high": lines[f"{source}_high"],
             "resting_on": lines["children" if source == "literature" else "cases_present"].astype(int)}
        )
        for source in ("literature", "town", "both")
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True).dropna(subset=["weight"]).reset_index(drop=True)


def _limits(mean, sd) -> np.ndarray:
    mean, sd = np.asarray(mean, float), np.asarray(sd, float)
    return np.column_stack([mean, mean - TWO_SIDED_95 * sd, mean + TWO_SIDED_95 * sd])


def _seen(item_value: pd.DataFrame, label: pd.Series) -> pd.DataFrame:
    """Children of its age and what is known of them, by item."""
    of_age = item_value[item_value["missing"].ne("not_applicable").fillna(True)]
    known = of_age.assign(label=of_age["research_id"].map(label))
    by_item = known.groupby("item_id")
    both = known.dropna(subset=["value", "label"])
    sums = both.assign(case=both["value"] * both["label"]).groupby("item_id")
    table = pd.DataFrame({"children": by_item.size(), "known": by_item["value"].count() / by_item.size()})
    table = table.join(sums.agg(labelled=("value", "size"), present=("value", "sum"), cases_present=("case", "sum")))
    return table.fillna({"labelled": 0, "present": 0, "cases_present": 0})
