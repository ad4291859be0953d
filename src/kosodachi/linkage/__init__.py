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
    weight_of,
)
from kosodachi.linkage.children import children
from kosodachi.linkage.comparisons import japanese
from kosodachi.linkage.counts import by_outcome, by_source, match_weights
from kosodachi.linkage.decoys import best_weights, held_out, kin, recombine, recombined
from kosodachi.linkage.draws import candidates, chances, draw_links, link_draws, with_draw
from kosodachi.linkage.engines import limits
from kosodachi.linkage.error_tables import (
    enough,
    errors,
    errors_by_source,
    groups_beside,
    looks,
    missed_by_group,
    to_look_at,
)
from kosodachi.linkage.error_words import error_answer
from kosodachi.linkage.falselinks import false_links
from kosodachi.linkage.groups import by_group, groups_of
from kosodachi.linkage.incremental import Month, begin, incremental, month
from kosodachi.linkage.link import Links, link, link_bands, person_link, person_map
from kosodachi.linkage.missed import captures, missed_links, wrongly_captured
from kosodachi.linkage.mixups import mix_ups
from kosodachi.linkage.model import Model, train
from kosodachi.linkage.past import Past, past_of, tables_of
from kosodachi.linkage.quality import beside, overall, rates, rightly, score
from kosodachi.linkage.said import answer, how_trained
from kosodachi.linkage.scoring import predict
from kosodachi.linkage.spec import Comparison, Level, Rule, Specification, Thresholds, Training

__all__ = [
    "Calibration", "Comparison", "Level", "Links", "Model", "Month", "Past", "Rule", "Specification", "Thresholds",
    "Training", "answer", "assign", "begin", "beside", "best_weights", "by_group", "by_outcome", "by_source",
    "candidates", "captures", "chances", "children", "clerical", "draw_links", "enough", "error_answer", "errors",
    "errors_by_source", "exact", "false_by_threshold", "false_links", "four_pass", "from_decoys", "from_labels",
    "groups_beside", "groups_of", "held_out", "how_trained", "incremental", "japanese", "kin", "limits", "link",
    "link_bands", "link_draws", "looks", "match_weights", "missed_by_group", "missed_links", "mix_ups", "month", "overall",
    "past_of", "person_link", "person_map", "predict", "rates", "recombine", "recombined", "reliability", "rightly",
    "score", "tables_of", "threshold_for", "to_look_at", "train", "weight_of", "with_draw", "wrongly_captured",
]  # fmt: skip
