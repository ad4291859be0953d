"""The points card and the order it gives: who people look at first, why, and what is not known about them.

It ranks, and a named person decides. Points are no probability, and a child with none is not a child without need.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.judgement.design import columns, known_before, labels, used_items, wide
from kosodachi.judgement.measures import MIN_EVENTS, children_enough
from kosodachi.judgement.weights import map_logistic
from kosodachi.municipality import Municipality

MAX_POINTS = 15
UNKNOWN_SD = 0.5
WIDE_SD = 2.0
SOURCES = ("both", "literature", "data")


@dataclass(frozen=True)
class Card:
    """A points card (table points_card) and how it arose: children, events, weights_from (both, literature, data),
    enough (children that would give MIN_EVENTS events), unit (log odds a point)."""

    table: pd.DataFrame
    summary: dict


def train(
    item_value: pd.DataFrame,
    known_need: pd.DataFrame,
    item_register: pd.DataFrame,
    settings: Municipality,
    *,
    weights_from: str = "both",
    max_points: int = MAX_POINTS,
) -> Card:
    """The points card learnt as of `schedule.train_as_of`, from children without a case before.

    Weights start from the literature prior and move with the data; below MIN_EVENTS events they stay at the prior.
    Points are rounded weights, scaled so that all items together give about `max_points`; a weight below 0 gives no
    points, since no item of hardship shall move a child back. `weights_from` = literature or data gives the cards to
    compare with.
    """
    day, used = settings.schedule.train_as_of, used_items(item_register)
    values = wide(item_value, used, as_of=day)
    label = labels(known_need, values.index.to_series(), as_of=day, months=settings.schedule.label_months).reindex(
        values.index
    )
    values, label = values[label.notna()], label[label.notna()]
    events = int(label.sum())
    chosen = "literature" if events < MIN_EVENTS and weights_from == "both" else weights_from
    log_odds, se = _weights(values, label.to_numpy(), used, chosen)
    unit = np.clip(log_odds, 0, None).sum() / max_points or 1.0
    points = np.rint(np.clip(log_odds, 0, None) / unit).astype(int)
    table = pd.DataFrame({"item_id": used["item_id"], "points": points, "log_odds": log_odds, "log_odds_se": se})
    table["prior_log_odds"] = used["log_odds"]
    summary = {"children": len(label), "events": events, "weights_from": chosen, "unit": float(unit)}
    return Card(table, summary | {"enough": children_enough(events, len(label))})


def _weights(values: pd.DataFrame, label: np.ndarray, used: pd.DataFrame, chosen: str) -> tuple[np.ndarray, np.ndarray]:
    mean, sd = used["log_odds"].fillna(0).to_numpy(float), used["log_odds_se"].fillna(WIDE_SD).to_numpy(float)
    if chosen == "literature":
        return mean, sd
    if chosen == "data":
        mean, sd = np.zeros_like(mean), np.full_like(sd, WIDE_SD)
    x, gaps = columns(values)
    mean, sd = np.append(mean, np.zeros(len(gaps))), np.append(sd, np.full(len(gaps), UNKNOWN_SD))
    _, weights, se = map_logistic(x, label, prior_mean=mean, prior_sd=sd)
    return weights[: len(used)], se[: len(used)]


def judge(
    card: pd.DataFrame, item_value: pd.DataFrame, known_need: pd.DataFrame, settings: Municipality
) -> pd.DataFrame:
    """The judgement table as of `schedule.judge_as_of`: research_id, as_of, points, rank, within_capacity, reasons,
    unknown, known_before.

    Children without a case before come first, by points; equal points are ordered by research id, which is drawn with
    a key and says nothing about a child. Children with a case before follow, since people look at them already, and
    take no capacity. reasons: items that gave points, most first; unknown: items whose value is unknown although they
    apply; both joined by `;`. Unknown items give 0 points, and are therefore listed.
    """
    day = pd.Timestamp(settings.schedule.judge_as_of)
    points = card.sort_values(["points", "item_id"], ascending=[False, True]).set_index("item_id")["points"]
    values = wide(item_value, card, as_of=day)[points.index]
    missing = wide(item_value, card, as_of=day, column="missing")[points.index]
    table = pd.DataFrame({"research_id": values.index, "as_of": day})
    table["points"] = (values.fillna(0) @ points).to_numpy().astype(int)
    table["known_before"] = known_before(known_need, values.index, day=day)
    table = table.assign(
        reasons=_named((values == 1) & (points > 0)), unknown=_named(values.isna() & missing.ne("not_applicable"))
    ).sort_values(["known_before", "points", "research_id"], ascending=[True, False, True], ignore_index=True)
    table["rank"] = np.arange(1, len(table) + 1)
    table["within_capacity"] = (table["rank"] <= settings.capacity.reviewed) & ~table["known_before"]
    return table[["research_id", "as_of", "points", "rank", "within_capacity", "reasons", "unknown", "known_before"]]


def _named(holds: pd.DataFrame) -> np.ndarray:
    """The names of the columns that hold, in their order, joined by `;`; None where none does."""
    if holds.shape[1] == 0:
        return np.full(len(holds), None, dtype=object)
    patterns, which = np.unique(holds.to_numpy(dtype=bool), axis=0, return_inverse=True)
    names = [";".join(holds.columns[pattern]) or None for pattern in patterns]
    return np.array([*names, None], dtype=object)[which.ravel()]
