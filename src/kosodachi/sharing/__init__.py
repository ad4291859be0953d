"""What a research partner may take away: a de-identified extract, or a synthetic copy of it, each with its scores.

The extract is row-level data of real children. De-identified is not anonymous: it goes to a named partner under an
agreement and never under reports/. The copy's rows stand for no child, but it is learnt from children and is scored for
what it gives away and for what it loses.
"""

from kosodachi.sharing.anonymity import cell_sizes, generalised, k_anonymity
from kosodachi.sharing.attack import attack_scores, distance_to_closest
from kosodachi.sharing.extract import QUASI, columns_offered, halves, k_report, last_date, research_extract
from kosodachi.sharing.losses import contradictions, rare_kept
from kosodachi.sharing.sdv_adapter import LEAST_ROWS, copy_scores, is_available, synthetic_copy

__all__ = [
    "LEAST_ROWS",
    "QUASI",
    "attack_scores",
    "cell_sizes",
    "columns_offered",
    "contradictions",
    "copy_scores",
    "distance_to_closest",
    "generalised",
    "halves",
    "is_available",
    "k_anonymity",
    "k_report",
    "last_date",
    "rare_kept",
    "research_extract",
    "synthetic_copy",
]
