"""How certain a pooled effect is, after the GRADE framework as adapted to prognostic factors, by rules that are written
down.

Evidence of associations starts at moderate, the stricter of the two starting points of the framework. What needs a
reader with the papers open (study quality beyond design and adjustment, publication bias beyond the number of cohorts)
is rated by rule here, and a rule is no judgement: a panel may raise or lower every grade. Ref: Huguet et al. 2013,
10.1186/2046-4053-2-71, tables 3 and 4; the cut-offs below are ours.
"""

import numpy as np
import pandas as pd

GRADES = ("very_low_certainty", "low_certainty", "moderate_certainty", "high_certainty")
START = GRADES.index("moderate_certainty")
WEAK_DESIGNS = {"case-control", "cross-sectional", "case series"}
MUCH = 50.0  # percent of variance between cohorts
WIDE = np.log(4.0)  # width of the 95 % interval at which the effect is not known to within a factor of two
MODERATE_EFFECT = np.log(2.5)  # about d = 0.5
ENOUGH_COHORTS = 3


def certainty(group: pd.DataFrame, fit: dict) -> tuple[str, list[str]]:
    """The grade of one item and kind of outcome, and the codes of the reasons that lowered or raised it, in order.

    `group` holds the effects (design, adjusted, match, japan, sparse, se_from), `fit` what `combine` gave.
    """
    lowered = [code for code, holds in _against(group, fit).items() if holds]
    raised = ["moderate_effect"] if _clear(fit) else []
    place = START - len(lowered) + len(raised)
    return GRADES[int(np.clip(place, 0, len(GRADES) - 1))], lowered + raised


def _against(group: pd.DataFrame, fit: dict) -> dict[str, bool]:
    limits_wide = fit["high"] - fit["low"] > WIDE
    crosses = fit["low"] <= 0 <= fit["high"]
    guessed = group["se_from"].ne("interval").mean() > 0.5
    return {
        "study_limitations": bool(group["design"].isin(WEAK_DESIGNS).all() or not group["adjusted"].any()),
        "inconsistency": fit["k"] > 1 and fit["i2"] > MUCH,
        "indirectness": bool(group["match"].eq("proxy").any() or not group["japan"].any()),
        "imprecision": bool(group["sparse"].any() or guessed or limits_wide or crosses),
        "publication_bias": fit["k"] < ENOUGH_COHORTS and not group["design"].eq("meta-analysis").any(),
    }


def _clear(fit: dict) -> bool:
    """A moderate effect whose interval leaves no doubt about its direction."""
    return abs(fit["log_odds"]) >= MODERATE_EFFECT and (fit["low"] > 0 or fit["high"] < 0)
