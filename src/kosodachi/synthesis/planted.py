"""What was planted in a synthetic town, in counts and rates, from its truth: groups, households, mistakes, calibration.

For showing what a town holds and how near it came to what was asked; it says nothing of any real municipality.
"""

import numpy as np
import pandas as pd

from kosodachi.municipality import Municipality
from kosodachi.synthesis.describe import SIZES
from kosodachi.synthesis.margins import compared

PLANTED = ("all", "single_parent", "twin", "surname_changed", "remarried", "foreign_name", "alias_or_alphabet", "moved", "address_protected",
           "alternative_care", "unnamed_infant")  # fmt: skip
PARENTS = ("single_parent", "two_parents")
SUMMED = ("eligible", "offered", "asked_resident_children", "achieved_resident_children")
NOT_ASKED = ("base_rate_eligible", "naive_contrast_eligible")


def planted(person: pd.DataFrame, latent: pd.DataFrame, settings: Municipality) -> pd.DataFrame:
    """Children of each planted group in the register (group, children), and those in need on judge_as_of (in_need).

    person and latent are truth tables of a synthetic town with their research_id.
    """
    need = latent[pd.to_datetime(latent["as_of"]).eq(pd.Timestamp(settings.schedule.judge_as_of))]
    both = need.merge(person, on="research_id").assign(all=True)
    rows = [(name, int(both[name].sum()), int((both[name] & both["need"]).sum())) for name in PLANTED if name in both]
    return pd.DataFrame(rows, columns=["group", "children", "in_need"])


def calibration(parameters: pd.DataFrame, *, to_published: bool = False) -> pd.DataFrame:
    """Settings that are rates or effects, as asked for and as the draw gave them: setting, asked, achieved.

    The last rows were not asked for: the risk without the offer, and what a naive contrast shows. to_published: the
    town's margins beside published ones instead: margin, target, achieved, tolerance, within, citation, seen_at,
    vintage, verified, basis.
    """
    parameters = whole_of(parameters)
    if to_published:
        return compared(parameters)
    values = parameters.set_index("name")["value"]
    names = [name.removeprefix("achieved_") for name in values.index if name.startswith("achieved_")]
    names = [name for name in names if f"asked_{name}" in values.index]
    rows = [(name, values[f"asked_{name}"], values[f"achieved_{name}"]) for name in names]
    rows += [(name, np.nan, values[name]) for name in NOT_ASKED]
    return pd.DataFrame(rows, columns=["setting", "asked", "achieved"])


def whole_of(parameters: pd.DataFrame) -> pd.DataFrame:
    """The parameters of a whole town, one row a name; those of a town written by parts (column `part`) are put together:
    numbers of children are summed, all else is the mean of the parts, weighted by the children living there."""
    if "part" not in parameters:
        return parameters
    living = parameters[parameters["name"] == "achieved_resident_children"].set_index("part")["value"]
    table = parameters.assign(weight=parameters["part"].map(living)).dropna(subset=["value"])
    table["share"] = table["weight"] / table.groupby("name")["weight"].transform("sum")
    table["value"] *= np.where(table["name"].isin(SUMMED), 1.0, table["share"])
    held = table.groupby("name")["value"].sum()
    return parameters.drop_duplicates("name").assign(value=lambda t: t["name"].map(held)).drop(columns="part")


def mistakes(record: pd.DataFrame) -> pd.DataFrame:
    """Records with each type of planted mistake in each source: mistake, source, records; the most frequent type first."""
    wrong = record.loc[record["error"] != "", ["source", "error"]]
    kinds = wrong.assign(mistake=wrong["error"].str.split(";")).explode("mistake")
    counts = kinds.groupby(["mistake", "source"]).size().rename("records").reset_index()
    order = counts.assign(
        all=-counts.groupby("mistake")["records"].transform("sum"),
        place=counts["source"].map({name: place for place, name in enumerate(record["source"].unique())}),
    )
    return counts.loc[order.sort_values(["all", "mistake", "place"]).index].reset_index(drop=True)


def families(person: pd.DataFrame, latent: pd.DataFrame, settings: Municipality) -> pd.DataFrame:
    """Households of a synthetic town by their children in the register on judge_as_of: size, parents (single_parent,
    two_parents), households.

    person and latent are truth tables of a synthetic town with their research_id.
    """
    here = latent[pd.to_datetime(latent["as_of"]).eq(pd.Timestamp(settings.schedule.judge_as_of))]
    homes = person[person["research_id"].isin(here["research_id"])].groupby("household")
    table = pd.DataFrame({
        "size": np.array(SIZES)[homes.size().clip(upper=len(SIZES)).to_numpy() - 1],
        "parents": np.where(homes["single_parent"].first(), *PARENTS),
    })  # fmt: skip
    grid = pd.MultiIndex.from_product([SIZES, PARENTS], names=["size", "parents"])
    return table.groupby(["size", "parents"]).size().reindex(grid, fill_value=0).rename("households").reset_index()
