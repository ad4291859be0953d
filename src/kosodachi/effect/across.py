"""Released estimates of several municipalities brought together: first whether they are the same thing, then their mean.

Only tables that each municipality has released come in; a child's row never does. Alike settings do not make services
alike: a mean over different services answers no question of any one of them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.effect.estimators import Z
from kosodachi.effect.pooled import FEWEST, pool
from kosodachi.faults import Fault, refuse

MAY_DIFFER = ("index_month",)
NO_ESTIMATE = ("planted_truth", "naive")
RATIOS = ("hazard_ratio", "odds_ratio")
PAIR = ["method", "estimand"]
POOLED = [*PAIR, "scale", "children", "municipalities", "value", "low", "high", "predicted_low", "predicted_high",
          "between", "i2"]  # fmt: skip
POOLED_NAME, NEXT_NAME = "pooled", "a_further_municipality"


@dataclass(frozen=True)
class Town:
    """What one municipality released: estimates (method, estimand, n, value, low, high), study (aspect, setting)."""

    name: str
    synthetic: bool
    estimates: pd.DataFrame
    study: pd.DataFrame


def together(towns: list[Town], *, method: str = "", estimand: str = "") -> pd.DataFrame:
    """The rows to pool: columns town, method, estimand, scale, children, value, low, high, y, se; faults if not alike.

    y and se stand on the scale of pooling: logarithm for ratios; se is the interval's width over 2 x 1.96. All pairs of
    method and estimand that every municipality has, or those asked for; plain contrasts and truths are no estimates.
    Raises all faults at once: E-POOL-01 (fewer than two), 06 (studies differ), 07 (nothing in common), 08 (interval),
    09 (synthetic and real).
    """
    if len(towns) < FEWEST:
        raise Fault("E-POOL-01", count=len(towns))
    refuse([*_mixed(towns), *_unlike(towns)])
    rows = pd.concat([town.estimates.assign(town=town.name) for town in towns], ignore_index=True)
    rows = rows[~rows["method"].isin(NO_ESTIMATE)]
    rows = rows[(rows["method"] == method) | (not method)]
    rows = rows[(rows["estimand"] == estimand) | (not estimand)]
    held = rows.groupby(PAIR, sort=False)["town"].transform("nunique")
    common = rows[held == len(towns)].reset_index(drop=True)
    if common.empty:
        raise Fault(
            "E-POOL-07", there=_there(towns), asked=" ".join(filter(None, (method, estimand))) or "method, estimand"
        )
    ratio = common["estimand"].isin(RATIOS)
    refuse([_bad(row) for row in common[_unusable(common, ratio)].itertuples()])
    logs = {
        name: np.where(ratio, np.log(common[name].where(ratio, 1.0)), common[name]) for name in ("value", "low", "high")
    }
    common = common.rename(columns={"n": "children"}).assign(
        scale=np.where(ratio, "as_ratio", "as_difference"), y=logs["value"], se=(logs["high"] - logs["low"]) / (2 * Z)
    )
    return common[["town", *PAIR, "scale", "children", "value", "low", "high", "y", "se"]]


def _mixed(towns) -> list[Fault]:
    made = [town.name for town in towns if town.synthetic]
    return [Fault("E-POOL-09", synthetic=", ".join(made))] if 0 < len(made) < len(towns) else []


def _unlike(towns) -> list[Fault]:
    studies = pd.DataFrame({town.name: town.study.set_index("aspect")["setting"].astype(str) for town in towns})
    studies = studies.drop(index=[aspect for aspect in MAY_DIFFER if aspect in studies.index]).fillna("-")
    differ = studies[studies.nunique(axis=1) > 1]
    return [
        Fault("E-POOL-06", aspect=aspect, settings=", ".join(f"{town} {value}" for town, value in row.items()))
        for aspect, row in differ.iterrows()
    ]


def _there(towns) -> str:
    def of(town):
        rows = town.estimates[~town.estimates["method"].isin(NO_ESTIMATE)]
        return ", ".join(rows["method"] + " " + rows["estimand"]) or "-"

    return "; ".join(f"{town.name}: {of(town)}" for town in towns)


def _unusable(rows, ratio) -> pd.Series:
    inside = (rows["low"] <= rows["value"]) & (rows["value"] <= rows["high"]) & (rows["low"] < rows["high"])
    return ~(inside & (~ratio | (rows["low"] > 0)))


def _bad(row) -> Fault:
    numbers = {name: "-" if pd.isna(v := getattr(row, name)) else f"{v:g}" for name in ("value", "low", "high")}
    return Fault("E-POOL-08", town=row.town, method=row.method, estimand=row.estimand, **numbers)


def pooled_table(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a method and estimand: columns method, estimand, scale, children, municipalities, value, low, high (mean of
    the effects, Hartung-Knapp), predicted_low and predicted_high (a further municipality; missing with two), between
    (standard deviation of the effects between municipalities, on the scale of pooling), i2. Ratios are ratios again.
    """
    found = []
    for (method, estimand, scale), own in rows.groupby([*PAIR, "scale"], sort=False):
        one = pool(own["y"], own["se"], at_least_plain=True)
        numbers = np.array([one.value, one.low, one.high, one.predicted_low, one.predicted_high])
        numbers = np.exp(numbers) if scale == "as_ratio" else numbers
        found.append([method, estimand, scale, own["children"].sum(), len(own), *numbers, one.tau2**0.5, one.i2])
    return pd.DataFrame(found, columns=POOLED)


def weights(rows: pd.DataFrame) -> pd.Series:
    """Each municipality's share in its pooled mean, 1 / (se^2 + tau^2) made to sum to 1 within method and estimand."""
    tau2 = rows.groupby(PAIR)[["y", "se"]].apply(lambda own: pool(own["y"], own["se"]).tau2)
    own = pd.MultiIndex.from_frame(rows[PAIR])
    raw = 1 / (rows["se"] ** 2 + tau2.reindex(own).to_numpy())
    return raw / raw.groupby([rows["method"], rows["estimand"]]).transform("sum")


def forest(rows: pd.DataFrame, pooled: pd.DataFrame, *, method: str, estimand: str) -> pd.DataFrame:
    """One method and estimand for a drawing: town, children, value, low, high; below the towns the mean and what a
    further municipality may expect (its interval only where three or more were pooled)."""
    own = rows[(rows["method"] == method) & (rows["estimand"] == estimand)]
    one = pooled[(pooled["method"] == method) & (pooled["estimand"] == estimand)].iloc[0]
    below = [(POOLED_NAME, one["children"], one["value"], one["low"], one["high"])]
    if pd.notna(one["predicted_low"]):
        below.append((NEXT_NAME, one["children"], one["value"], one["predicted_low"], one["predicted_high"]))
    columns = ["town", "children", "value", "low", "high"]
    return pd.concat([own[columns], pd.DataFrame(below, columns=columns)], ignore_index=True)


def main_pair(pooled: pd.DataFrame) -> tuple[str, str]:
    """The method and estimand that the page answers with: AIPW over all eligible children, else the first."""
    wanted = pooled[(pooled["method"] == "aipw") & (pooled["estimand"] == "ATE")]
    return tuple((wanted if len(wanted) else pooled)[PAIR].iloc[0])
