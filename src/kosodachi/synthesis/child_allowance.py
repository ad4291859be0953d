"""The child allowance: nearly every child, with the gaps that the law of the time left.

Until September 2024 it ended with junior high school, and households above an income cap got none from June 2022 on;
both limits were lifted in October 2024, so some children have a second spell or their first.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis.allowance import school_end
from kosodachi.synthesis.known import Known, of_children
from kosodachi.synthesis.need import chance
from kosodachi.synthesis.population import DAY

CAPPED_FROM, LIFTED = np.datetime64("2022-06-01"), np.datetime64("2024-10-01")
FIRST, FAR = np.datetime64("1900-01-01"), np.datetime64("2200-01-01")
CAPPED_BY_HARDSHIP = -1.5  # log-odds a standard deviation of hardship
JUNIOR = 36  # months between the end of junior high school and that of entitlement


def child_allowance(known: Known) -> pd.DataFrame:
    """Spells: child, start, end, second (a spell after a gap)."""
    share = chance(CAPPED_BY_HARDSHIP * known.hardship, known.scenario.lives.allowance_capped_share)
    capped = (known.streams.of("lives.child_allowance").random(len(share)) < share)[known.home]
    child = np.arange(len(known.home))
    junior_end = (school_end(known.population.child["born"].to_numpy()).astype("datetime64[M]") - JUNIOR).astype(
        "datetime64[D]"
    )
    gap = np.where(capped, np.fmin(junior_end, CAPPED_FROM), junior_end)
    broken = capped | (junior_end <= LIFTED)
    first = of_children(known, child, np.full(len(child), FIRST), np.where(broken, gap - DAY, FAR))
    second = of_children(known, child[broken], np.full(int(broken.sum()), LIFTED), np.full(int(broken.sum()), FAR))
    spells = pd.concat([first.assign(second=False), second.assign(second=True)], ignore_index=True)
    held = (spells["start"] <= np.datetime64(known.scenario.schedule.follow_up_until)) & ~(
        spells["end"] < spells["start"]
    )
    held &= ~(spells["end"] < np.datetime64(f"{known.need.years[0]}-04-01"))
    return spells[held].reset_index(drop=True)
