"""Judgement: a points card that says who people look at first, and how well that works. It decides nothing."""

from kosodachi.judgement.card import Card, judge, train
from kosodachi.judgement.compare import compare, random_range
from kosodachi.judgement.design import labels
from kosodachi.judgement.measures import (
    MIN_EVENTS,
    at_capacity,
    auc,
    children_enough,
    clopper_pearson,
    looked_at_enough,
)
from kosodachi.judgement.weights import map_logistic

__all__ = [
    "MIN_EVENTS", "Card", "at_capacity", "auc", "children_enough", "clopper_pearson", "compare",
    "judge", "labels", "looked_at_enough", "map_logistic", "random_range", "train",
]  # fmt: skip
