"""Margins of a town beside published ones: what was aimed at, what came of it, and how good the published figure is.

A town need not agree: Aoba has more long absence than Japan so that a small town can teach. That a margin agrees says
nothing about what was not compared.
"""

from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from kosodachi.synthesis.attendance import LONG_ABSENCE_A_YEAR
from kosodachi.synthesis.calendar import fiscal_year
from kosodachi.synthesis.needs import concerned, needs
from kosodachi.synthesis.population import YEAR, counted
from kosodachi.synthesis.systems.view import World

AGE_BANDS = ("children_0_2", "children_3_5", "children_6_8", "children_9_11", "children_12_14")
PUBLISHED_NEEDS = ("hardship", "non_attendance", "young_carer", "developmental_support")


@cache
def published() -> pd.DataFrame:
    """Published margins: margin, target, tolerance (absolute), source, seen_at, vintage, verified (bool), basis, setting
    (the setting of a scenario that asks for it, such as lives.attended_18m; missing if none does)."""
    import yaml

    rows = yaml.safe_load((files(__package__) / "data" / "margins.yaml").read_text(encoding="utf-8"))
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("margin").reset_index()
    return table.assign(setting=table.get("setting"))


def compared(parameters: pd.DataFrame) -> pd.DataFrame:
    """Published margins with `achieved`, `within` (inside, outside the tolerance), verified (read_at_source or not) and
    citation, for those that the town has.

    parameters is the truth table of a town, in which margins stand as achieved_margin_*.
    """
    values = parameters.set_index("name")["value"]
    table = published().assign(achieved=lambda t: ("achieved_margin_" + t["margin"]).map(values))
    table = table[table["achieved"].notna()].reset_index(drop=True)
    table["within"] = (table["achieved"] - table["target"]).abs() <= table["tolerance"]
    table["within"] = np.where(table["within"], "inside", "outside")
    table["verified"] = np.where(table["verified"], "read_at_source", "not_read_at_source")
    table = table.rename(columns={"source": "citation"}).drop(columns="setting")
    first = ["margin", "target", "achieved", "tolerance", "within"]
    return table[first + [column for column in table if column not in first]]


def margins(world: World) -> dict[str, float]:
    """The margins of a town that published ones exist for; households and children as of judge_as_of."""
    return (
        _households(world)
        | _absence(world)
        | _checkups(world)
        | _surnames(world)
        | _benefits(world)
        | _ages(world)
        | _needs(world)
    )


def _households(world: World) -> dict[str, float]:
    """Shares of the households that have children under 18 in the town."""
    day, child = world.scenario.schedule.judge_as_of, world.population.child
    home = child["household"].to_numpy()[counted(child, day)]
    sizes = np.bincount(home, minlength=len(world.population.household))
    here = sizes > 0
    single = (world.lives.single_since <= np.datetime64(day)) & here
    paid = world.lives.allowance
    paid = paid[(paid["start"] <= np.datetime64(day)) & ~(paid["end"] < np.datetime64(day))]
    takes = np.isin(np.flatnonzero(single), child["household"].to_numpy()[paid["child"]])
    return {
        "households_one_child": _mean(sizes[here] == 1),
        "households_two_children": _mean(sizes[here] == 2),
        "households_three_or_more": _mean(sizes[here] >= 3),
        "single_parent_households": _mean(single[here]),
        "allowance_of_single_parents": _mean(takes),
    }


def _ages(world: World) -> dict[str, float]:
    """Children by age and sex, and how much more often infants have a foreign name than all under 15."""
    day, child = np.datetime64(world.scenario.schedule.judge_as_of), world.population.child
    child = child[counted(child, day)]
    age = (day - child["born"].to_numpy()) / np.timedelta64(1, "D") / YEAR
    band = np.bincount(np.floor(age[age < 15] / 3).astype(int), minlength=5)
    shares = dict(zip(AGE_BANDS, band / max(band.sum(), 1)))
    foreign, young = world.population.household["foreign"].to_numpy()[child["household"]], age < 15
    return shares | {
        "children_girls": _mean(child["female"].to_numpy()),
        "foreign_infants": _mean(foreign[age < 5]) / _mean(foreign[young]) if foreign[young].any() else float("nan"),
        "low_birth_weight": _mean(world.lives.checkup.drop_duplicates("child")["weight"] < 2500),
    }


def _needs(world: World) -> dict[str, float]:
    """Kinds of need on judge_as_of, of the children whom each can concern."""
    return {f"need_{kind}": rate for kind, rate in rates(world).items() if kind in PUBLISHED_NEEDS}


def rates(world: World) -> dict[str, float]:
    """Share that has each kind of need on judge_as_of, of the children here whom it can concern."""
    population, day = world.population, world.scenario.schedule.judge_as_of
    year, here = world.need.at(fiscal_year(day)), counted(population.child, day)
    held, able = needs(population, world.need, world.scenario.need), concerned(population, world.need.years)
    return {kind: _mean(held[kind][here & able[kind][:, year], year]) for kind in held}


def _absence(world: World) -> dict[str, float]:
    """Pupils absent long in the last full fiscal year before the index date."""
    pupil, days = world.school.pupil, np.maximum(world.school.days, 0).sum(axis=1)
    year = pupil["year"].to_numpy() == fiscal_year(world.scenario.schedule.index_date) - 1
    whole = year & world.school.enrolled.all(axis=1)
    long = days >= LONG_ABSENCE_A_YEAR
    return {
        "non_attendance": _mean(long[whole]),
        "non_attendance_junior_high": _mean(pupil["junior"].to_numpy()[whole & long]),
    }


def _checkups(world: World) -> dict[str, float]:
    came = world.lives.checkup.groupby("kind")["attended"].mean().reindex(range(3))
    return dict(zip(("checkup_4m", "checkup_18m", "checkup_36m"), came))


def _benefits(world: World) -> dict[str, float]:
    """Of the systems that the town has; school aid in the fiscal year before the index date."""
    found, day = {}, np.datetime64(world.scenario.schedule.judge_as_of)
    if "shugaku_enjo" in world.benefits:
        year = fiscal_year(world.scenario.schedule.index_date) - 1
        pupils = (world.school.pupil["year"].to_numpy() == year) & world.school.enrolled[:, 0]
        found["school_aid"] = float((world.benefits["shugaku_enjo"]["year"] == year).sum() / max(pupils.sum(), 1))
    if "seikatsu_hogo" in world.benefits:
        spells, here = world.benefits["seikatsu_hogo"], counted(world.population.child, day)
        paid = spells.loc[(spells["start"] <= day) & ~(spells["end"] < day), "child"]
        found["public_assistance"] = _mean(np.isin(np.flatnonzero(here), paid))
    return found


def _surnames(world: World) -> dict[str, float]:
    household = world.population.household
    counts = np.bincount(household["surname"].to_numpy()[~household["foreign"].to_numpy()])
    shares = np.sort(counts)[::-1] / max(counts.sum(), 1)
    return {"surnames_top_10": float(shares[:10].sum()), "surnames_top_100": float(shares[:100].sum())}


def _mean(values) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
