"""Towns for `effect_by_design`: the tables that the page of 63 reads, straight from the generator, and the truth behind them.

What is left out is the way through extracts, normalising and linking; `by_design.rollout` and `cohort` are the page's own.
Worlds: `holds`, `null` (no effect), and per design one or two in which an assumption fails:
`manipulated` (cut: half of the pupils in most need just below it have their points raised above it), `tampered` (lottery:
a third of the places drawn go to those in most need among the losers), `anticipation` (0.8 of the effect from two months
before the offer), `trend` (schools that begin first were getting better by themselves), `unmeasured` (staff choose by need
that no record shows), `late` (the effect begins only after the months that the surrogate index reads).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from kosodachi.tables import MONTHS

SCENARIO = Path(__file__).resolve().parents[1] / "synthetic_data" / "towns" / "aoba.yaml"
PLANS = {  # design -> (design of the roll-out, children, places a month)
    "discontinuity": ("capacity_cut", 9_000, 700),
    "lottery": ("lottery", 3_000, 160),
    "stepped_wedge": ("stepped_wedge", 3_000, 160),
    "staggered": ("staggered", 3_000, 160),
    "surrogate": ("capacity_cut", 3_000, 160),
}
BROKEN = {
    "discontinuity": ("manipulated",),
    "lottery": ("tampered",),
    "stepped_wedge": ("anticipation", "trend"),
    "staggered": ("anticipation", "trend"),
    "surrogate": ("unmeasured", "late"),
}
PROGRAMME = {"null": {"effect": 0.0}, "anticipation": {"anticipation": 0.8}, "unmeasured": {"staff_know": 1.5}}
OTHER_SEEDS = {"null": 5_000}  # added to the seed: the same draws without the effect would be no second look
SLOPE = -0.1  # log-odds of missing a day, a month, at schools that begin first; none at those that begin last
OVERRIDDEN, OWN_CHANCE = 0.1, 0.3  # pupils whom staff place without the points (cut), and their chance of an offer
STEPS = 8  # points to a standard deviation of the score


@dataclass(frozen=True)
class Made:
    """The page's inputs. pupils: the truth by research id (y0, y1, x of the cut's points); bare, given: the roll-out's days
    absent had nobody, had everybody in the index month, been offered support."""

    tables: tuple
    found: object
    pupils: pd.DataFrame
    bare: pd.DataFrame
    given: pd.DataFrame


@cache
def scenario():
    """The default town without its systems' mistakes: what is measured is the design, not the linkage."""
    from kosodachi.synthesis import read_scenario

    asked = read_scenario(SCENARIO.read_text(encoding="utf-8"))
    return asked.model_copy(update={"errors": {}, "unreadable": {}})


def made(design: str, world: str, seed: int) -> Made:
    """The town of a design, world and seed as analysis tables, and its truth."""
    from kosodachi.effect import by_design
    from kosodachi.municipality import Municipality
    from kosodachi.synthesis import simulate
    from kosodachi.synthesis.settings import settings_of

    rolled, children, places = PLANS[design]
    seed += OTHER_SEEDS.get(world, 0)
    asked = scenario()
    plan = asked.programme.model_copy(update={"design": rolled, **PROGRAMME.get(world, {})})
    room = asked.capacity.model_copy(update={"outreach_per_month": places})
    asked = asked.model_copy(update={"programme": plan, "capacity": room, "children": children, "seed": seed})
    sim = simulate(asked)
    rng = np.random.default_rng([63, seed])
    pupils = sim.outcomes.child.assign(
        points=np.floor(STEPS * sim.outcomes.child["visible"] / sim.outcomes.child["visible"].std())
    )
    pupils = offers(pupils, design, world, places, rng)
    settings = Municipality.model_validate(settings_of(asked))
    tables = (*registers(sim, pupils, asked), logs(sim, pupils, design, world), links(sim), settings)
    found = by_design.rollout(*tables)
    days = {arm: found.days.copy() for arm in ("bare", "given")}
    for arm, table in days.items():
        truly = year_of(sim, pupils, seen(sim, pupils, design, world, arm=arm))
        table.loc[truly.index, truly.columns] = truly
    return Made(tables, found, pupils.set_index(pd.Index(ids(pupils["child"]))), days["bare"], days["given"])


def ids(child) -> list[str]:
    return [f"c{at:06d}" for at in child]


def offers(pupils: pd.DataFrame, design: str, world: str, places: int, rng) -> pd.DataFrame:
    """The pupils with the offers of the design; the generator's own but for the cut (staff go by the points, ties by lot)
    and for lots that are tampered with."""
    if design == "discontinuity":
        return _by_points(pupils, world, places, rng)
    if world == "tampered":
        lot = pupils["propensity"].between(0, 1, inclusive="neither").to_numpy()
        won, lost = (np.flatnonzero(lot & (pupils["offered"].to_numpy() == one)) for one in (True, False))
        need = pupils["y0"].fillna(0).to_numpy() + rng.random(len(pupils))
        change = len(won) // 3
        out, into = rng.permutation(won)[:change], lost[np.argsort(-need[lost])[:change]]
        month = pupils["offer_month"].to_numpy().copy()
        month[into], month[out] = month[won[0]], -1
        return pupils.assign(offer_month=month, offered=month >= 0)
    return pupils


def _by_points(pupils: pd.DataFrame, world: str, places: int, rng) -> pd.DataFrame:
    points = pupils["points"].to_numpy().copy()
    order = points + rng.random(len(points))
    cut = np.sort(order)[-places]
    if world == "manipulated":
        below = (order < cut) & (order > cut - 2.5) & (pupils["y0"].to_numpy() == 1)
        raised = below & (rng.random(len(points)) < 0.5)
        points[raised] += np.ceil(2 * (cut - order[raised]))
        order = points + rng.random(len(points))
        cut = np.sort(order)[-places]
    own = rng.random(len(points)) < OVERRIDDEN
    offered = np.where(own, rng.random(len(points)) < OWN_CHANCE, order >= cut)
    return pupils.assign(points=points, offered=offered, offer_month=np.where(offered, 1, -1))


def seen(sim, pupils: pd.DataFrame, design: str, world: str, *, arm: str = "seen") -> np.ndarray:
    """Days absent of the pupils in the index year, (n, 12); -1 where not enrolled."""
    from kosodachi.synthesis.attendance import days_absent
    from kosodachi.synthesis.calendar import Months
    from kosodachi.synthesis.outcomes import lasting

    rows, months = pupils["row"].to_numpy(), Months.of(sim.scenario.schedule)
    if arm == "bare":
        works = np.zeros((len(pupils), 12))
    elif arm == "given":
        works = (np.arange(12) >= months.effect_from) * pupils["own"].to_numpy()[:, None]
    else:
        works = lasting(
            pupils, sim.population.child["household"].to_numpy()[pupils["child"]], months, sim.scenario.programme
        )
    if world == "late":
        works = works * (np.arange(12) >= months.outcome.start)
    extra = sim.outcomes.shift * works
    if world == "trend":
        joined = pupils["offer_month"].where(pupils["offer_month"] >= 0).groupby(pupils["school"]).transform("min")
        early = (joined.max() - joined) / max(joined.max() - joined.min(), 1)
        extra = extra + SLOPE * early.fillna(0).to_numpy()[:, None] * np.arange(12)
    days = days_absent(sim.school.logit[rows] + extra, sim.school.draw[rows])
    return np.where(sim.school.enrolled[rows], days, -1)


def year_of(sim, pupils: pd.DataFrame, days: np.ndarray) -> pd.DataFrame:
    """Days by research id and month, of the index year."""
    from kosodachi.synthesis.calendar import fiscal_year

    first = pd.Period(year=fiscal_year(sim.scenario.schedule.index_date), month=4, freq="M")
    return pd.DataFrame(
        np.where(days < 0, np.nan, days), index=ids(pupils["child"]), columns=pd.period_range(first, periods=12)
    )


def registers(sim, pupils: pd.DataFrame, asked) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """child, judgement and item_value; items are the signs that staff see."""
    from kosodachi.synthesis.programme import visible_signs

    kid, day = sim.population.child, pd.Timestamp(asked.schedule.judge_as_of)
    child = pd.DataFrame({
        "research_id": ids(range(len(kid))), "household_id": [f"h{at:06d}" for at in kid["household"]],
        "sex": np.where(kid["female"], "female", "male"),
        "birth_month": pd.to_datetime(kid["born"]).dt.to_period("M").dt.to_timestamp(),
        "moved_in": pd.to_datetime(kid["moved_in"]), "moved_out": pd.to_datetime(kid["moved_out"]),
    })  # fmt: skip
    points = pd.Series(pupils["points"].to_numpy(), index=pupils["child"]).reindex(range(len(kid))).fillna(0.0)
    judged = pd.DataFrame(
        {"research_id": child["research_id"], "as_of": day, "points": points.to_numpy(), "known_before": False}
    )
    signs = visible_signs(sim.population, sim.lives, asked.schedule.judge_as_of).assign(
        research_id=child["research_id"]
    )
    items = signs.melt("research_id", var_name="item_id", value_name="value").assign(as_of=day)
    return child, judged, items


def logs(sim, pupils: pd.DataFrame, design: str, world: str) -> dict[str, pd.DataFrame]:
    """What the sources of attendance and of outreach hold, by record."""
    school, days = sim.school, sim.school.days.copy()
    days[pupils["row"]] = seen(sim, pupils, design, world)
    pupil, where = school.pupil, sim.population.places
    code = np.where(
        pupil["junior"], len(where.elementary) + where.junior_of(pupil["district"].to_numpy()), pupil["district"]
    )
    attended = pd.DataFrame(np.where(days < 0, np.nan, days), columns=[f"absent_{month}" for month in MONTHS])
    attended = attended.assign(record_id=[f"a{at:06d}" for at in pupil["child"]], fiscal_year=pupil["year"],
                               school=[f"s{at:02d}" for at in code])  # fmt: skip
    return {"shukketsu": attended, "shien": _outreach(sim, pupils, design)}


def _outreach(sim, pupils: pd.DataFrame, design: str) -> pd.DataFrame:
    from kosodachi.synthesis.programme import outreach_log

    log = outreach_log(pupils, sim.scenario, sim.streams)[["child", "offered"]]
    if design == "lottery":
        lot = pupils[pupils["propensity"].between(0, 1, inclusive="neither")]
        drawn = lot.set_index("child")["offered"].map({True: "drawn", False: "not_drawn"})
        log = pd.concat([log, lot.loc[~lot["offered"], ["child"]].assign(offered=pd.NaT)], ignore_index=True)
        log = log.assign(lot=log["child"].map(drawn))
    return log.assign(record_id=[f"o{at:06d}" for at in log["child"]]).drop(columns="child")


def links(sim) -> pd.DataFrame:
    """Every record linked by truth."""
    n = range(len(sim.population.child))
    parts = [pd.DataFrame({"record_id": [f"{kind}{at:06d}" for at in n], "research_id": ids(n)}) for kind in "ao"]
    return pd.concat(parts, ignore_index=True).assign(band="link")
