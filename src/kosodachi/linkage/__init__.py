"""Linkage: which records of the other sources are the same child as in the resident register.

Records are compared by a Fellegi-Sunter model (Splink), assigned one child each, and put into bands: linked, for
people to look at, or neither. Names, kana and addresses stay in the identifier zone; later rooms see research ids.
"""

from kosodachi.linkage.assignment import assign
from kosodachi.linkage.baselines import exact, four_pass
from kosodachi.linkage.children import children
from kosodachi.linkage.comparisons import japanese
from kosodachi.linkage.counts import by_outcome, by_source, match_weights
from kosodachi.linkage.engines import limits
from kosodachi.linkage.incremental import Month, begin, incremental
from kosodachi.linkage.link import Links, link, link_bands, person_link, person_map
from kosodachi.linkage.model import Model, predict, train
from kosodachi.linkage.past import Past, past_of, tables_of
from kosodachi.linkage.quality import beside, overall, rates, score
from kosodachi.linkage.said import answer, how_trained
from kosodachi.linkage.spec import Comparison, Level, Rule, Specification, Thresholds, Training

__all__ = [
    "Comparison", "Level", "Links", "Model", "Month", "Past", "Rule", "Specification", "Thresholds", "Training", "answer", "assign",
    "begin", "beside", "by_outcome", "by_source", "children", "exact", "four_pass", "how_trained", "incremental", "japanese", "limits", "link",
    "link_bands", "match_weights", "overall", "past_of", "person_link", "person_map", "predict", "rates", "score", "tables_of", "train",
]  # fmt: skip
