"""Who was compared, and what became of them: characteristics at the start, follow-up and outcomes, by arm.

Descriptions, not effects: arms differ here as staff's choice made them differ.
"""

import numpy as np
import pandas as pd

from kosodachi.effect.cohort import Cohort
from kosodachi.effect.study import covariates_of

ARMS = {True: "with_offer", False: "without_offer"}
BASELINE = ["covariate", "group", "children", "unknown", "rarer", "average"]
COURSE = ["group", "about", "state", "children", "average_months"]


def baseline(cohort: Cohort) -> pd.DataFrame:
    """Characteristics at the start by arm: columns covariate, group, children (known), unknown, rarer, average (two
    decimals; a share for two-valued ones). rarer: children of the rarer value of a two-valued covariate, else the known.
    """
    rows = []
    for name in covariates_of(cohort):
        for treated, group in ARMS.items():
            x = cohort.table.loc[cohort.table["treated"].astype(bool) == treated, name].astype(float)
            known = x.dropna()
            two = set(cohort.table[name].dropna().unique()) <= {0, 1}
            rarer = int(min(known.sum(), len(known) - known.sum())) if two else len(known)
            mean = round(float(known.mean()), 2) if len(known) else np.nan
            rows.append([name, group, len(known), len(x) - len(known), rarer, mean])
    table = pd.DataFrame(rows, columns=BASELINE)
    return table.astype({"children": int, "unknown": int, "rarer": int, "average": float})


def course(cohort: Cohort) -> pd.DataFrame:
    """What became of the children by arm: columns group, about, state, children, average_months (one decimal).

    about follow_up: ended by a month of long absence, by the end of follow-up, or left before (moved, or no record);
    about outcome: long absence, none, or unknown. average_months: months followed.
    """
    table, last = cohort.table, len(cohort.trial.follow_up)
    ended = np.select(
        [table["event"].astype(bool), table["months"] >= last], ["month_of_absence", "end_of_follow_up"], "left"
    )
    outcome = np.select(
        [table["outcome"].isna(), table["outcome"] == 1], ["outcome_unknown", "long_absence"], "no_long_absence"
    )
    group = table["treated"].astype(bool).map(ARMS)
    long = pd.concat([
        pd.DataFrame({"group": group, "about": about, "state": state, "months": table["months"]})
        for about, state in (("follow_up", ended), ("outcome", outcome))
    ])  # fmt: skip
    found = long.groupby(["group", "about", "state"])["months"].agg(["size", "mean"]).reset_index()
    found.columns = COURSE
    return found.assign(average_months=found["average_months"].astype(float).round(1)).astype({"children": int})
