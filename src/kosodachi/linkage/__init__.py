"""Linkage: which records of the other sources are the same child as in the resident register.

Records are compared by a Fellegi-Sunter model (Splink), assigned one child each, and put into bands: linked, for
people to look at, or neither. Names, kana and addresses stay in the identifier zone; later rooms see research ids.
"""

from kosodachi.linkage import clerical
from kosodachi.linkage.assignment import assign
from kosodachi.linkage.baselines import exact, four_pass
from kosodachi.linkage.calibration import (
    Calibration,
    false_by_threshold,
    from_decoys,
    from_labels,
    reliability,
    threshold_for,
)
from kosodachi.linkage.children import children
from kosodachi.linkage.comparisons import japanese
from kosodachi.linkage.counts import by_outcome, by_source, match_weights
from kosodachi.linkage.decoys import held_out, kin, recombine, recombined
from kosodachi.linkage.draws import candidates, chances, draw_links, link_draws, with_draw
from kosodachi.linkage.falselinks import false_links
from kosodachi.linkage.link import Links, link, link_bands, person_link, person_map
from kosodachi.linkage.missed import captures, missed_links, wrongly_captured
from kosodachi.linkage.mixups import mix_ups
from kosodachi.linkage.model import Model, predict, train
from kosodachi.linkage.quality import beside, overall, rates, score
from kosodachi.linkage.said import answer, how_trained
from kosodachi.linkage.spec import Comparison, Level, Rule, Specification, Thresholds, Training

__all__ = [
    "Calibration", "Comparison", "Level", "Links", "Model", "Rule", "Specification", "Thresholds", "Training", "answer",
    "assign", "beside", "by_outcome", "by_source", "candidates", "captures", "chances", "children", "clerical", "draw_links", "exact",
    "false_by_threshold", "false_links", "four_pass", "from_decoys", "from_labels", "held_out", "how_trained", "japanese",
    "kin", "link", "link_bands", "link_draws", "match_weights", "missed_links", "mix_ups", "overall", "person_link",
    "person_map", "predict", "rates", "recombine", "recombined", "reliability", "score", "threshold_for", "train",
    "with_draw", "wrongly_captured",
]  # fmt: skip
