"""Simulated item values and cases with known loadings, for the tests of judgement."""

import numpy as np
import pandas as pd
from items_town import settings

ITEMS = ("a", "b", "c", "d")
LOADINGS = (1.6, 1.0, 0.5, 0.0)
DAYS = ("2023-04-01", "2024-04-01")


def item_register(prior=(0.5, 0.5, 0.5, 0.5), sd=0.7) -> pd.DataFrame:
    table = pd.DataFrame({"item_id": ITEMS, "decision": "use", "basis": "paper", "log_odds": prior, "log_odds_se": sd})
    return pd.concat([table, table.iloc[[0]].assign(item_id="z", decision="cannot")], ignore_index=True)


def simulated(
    n: int, seed: int, *, intercept=-3.5, loadings=LOADINGS, missing=0.1
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values of both days (item_value) and the cases that followed (known_need)."""
    rng, values, cases = np.random.default_rng(seed), [], []
    for day in DAYS:
        x = rng.random((n, len(ITEMS))) < 0.25
        case = rng.random(n) < 1 / (1 + np.exp(-(intercept + x @ np.array(loadings))))
        unknown = rng.random(x.shape) < missing
        ids = [f"{day[:4]}-{i:06d}" for i in rng.permutation(n)]
        wide = pd.DataFrame(
            np.where(unknown, np.nan, x.astype(float)), index=pd.Index(ids, name="research_id"), columns=list(ITEMS)
        )
        values.append(wide.melt(ignore_index=False, var_name="item_id").reset_index().assign(as_of=pd.Timestamp(day)))
        cases.append(
            pd.DataFrame({"research_id": ids, "opened": pd.Timestamp(day) + pd.Timedelta(days=30), "route": "school"})[
                case
            ]
        )
    table = pd.concat(values, ignore_index=True)
    return table.assign(missing=np.where(table["value"].isna(), "no_record", None)), pd.concat(cases, ignore_index=True)


def town(reviewed: int = 200):
    return settings(capacity={"reviewed": reviewed})
