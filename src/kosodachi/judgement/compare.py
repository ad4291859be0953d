"""The card beside what it must beat: no order at all, the literature alone, the data alone.

Intervals that overlap prove no difference; with some thirty hits in two hundred hardly any difference can be shown.
"""

import numpy as np
import pandas as pd

from kosodachi.judgement.card import SOURCES, judge, train
from kosodachi.judgement.measures import at_capacity
from kosodachi.municipality import Municipality

SHOWN = ("precision", "recall", "auc")


def compare(
    item_value: pd.DataFrame,
    known_need: pd.DataFrame,
    item_register: pd.DataFrame,
    settings: Municipality,
    outcome: pd.Series,
) -> pd.DataFrame:
    """Every order at `capacity.reviewed`: ordered_by, metric, value, low, high, k, n.

    card_both, card_literature and card_data: precision, recall and AUC with their intervals. order_random: the
    precision to be expected of a random order and the range of 95 % of such orders. order_everyone: the base rate,
    which is the precision of looking at everyone, with its exact interval.
    """
    capacity, parts = settings.capacity.reviewed, []
    for chosen in SOURCES:
        card = train(item_value, known_need, item_register, settings, weights_from=chosen)
        judgement = judge(card.table, item_value, known_need, settings)
        parts.append(at_capacity(judgement, outcome, capacity=capacity).assign(ordered_by=f"card_{chosen}"))
    base = parts[0][parts[0]["metric"].eq("base_rate")].assign(metric="precision", ordered_by="order_everyone")
    low, high = random_range(int(base["k"].iloc[0]), int(base["n"].iloc[0]), capacity=capacity)
    table = pd.concat([*parts, base.assign(ordered_by="order_random", low=low, high=high), base], ignore_index=True)
    shown = table[table["metric"].isin(SHOWN)].reset_index(drop=True)
    return shown[["ordered_by", "metric", "value", "low", "high", "k", "n"]]


def random_range(cases: int, children: int, *, capacity: int) -> tuple[float, float]:
    """The limits between which the precision of 95 % of all random orders falls (hypergeometric)."""
    from scipy.stats import hypergeom

    looked = min(capacity, children)
    if looked == 0:
        return np.nan, np.nan
    low, high = hypergeom.ppf([0.025, 0.975], children, cases, looked) / looked
    return float(low), float(high)
