"""The sets of effects on which pooling is held against metafor: every item of the catalogue with several cohorts."""

import pandas as pd

from kosodachi.items import evidence
from kosodachi.items.effects import closest, effects, one_a_cohort


def sets() -> pd.DataFrame:
    """Columns set, log_odds, se, cohort: one effect a cohort (`item/kind`), and all effects (`item/kind/all`) where at
    least three cohorts have several."""
    every = effects(evidence())
    every = closest(every[every["kind"] != "other"])
    every = every.assign(set=every["item_id"] + "/" + every["kind"]).sort_values(
        ["set", "cohort", "source_id", "log_odds", "se"], ignore_index=True
    )
    single = one_a_cohort(every).sort_values(["set", "cohort"])
    pooled = single[single.groupby("set")["cohort"].transform("nunique") >= 2]
    cohorts = every.groupby("set")["cohort"].transform("nunique")
    levels = every[(cohorts >= 3) & (every.groupby("set")["set"].transform("size") > cohorts)]
    table = pd.concat([pooled, levels.assign(set=levels["set"] + "/all")], ignore_index=True)
    return table[["set", "log_odds", "se", "cohort"]].round(8)
