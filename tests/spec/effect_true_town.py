"""A synthetic town as analysis tables, records linked by its truth: what is tried is the design, not the linkage."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from kosodachi import ingest, linkage
from kosodachi.effect.by_design import Rollout, rollout
from kosodachi.municipality import Municipality
from kosodachi.synthesis import read_scenario, simulate, synthesise
from kosodachi.synthesis.attendance import attendance
from kosodachi.tables.pseudonyms import pseudonyms

SCENARIO = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns" / "aoba.yaml"
KEY = b"k" * 32


@dataclass(frozen=True)
class TrueTown:
    """The roll-out as the town's files tell it, its settings, and the truth of each pupil by research id."""

    found: Rollout
    settings: Municipality
    outcome: pd.DataFrame
    scenario: object


def true_town(design: str, *, seed: int, children: int = 3000, places: int = 160, **programme) -> TrueTown:
    """A town of this design without its systems' mistakes; points are last year's absence, in steps."""
    asked = read_scenario(SCENARIO.read_text(encoding="utf-8"))
    plan = asked.programme.model_copy(update={"design": design, **programme})
    asked = asked.model_copy(update={"programme": plan, "errors": {}, "unreadable": {}, "children": children, "seed": seed,
                                     "capacity": asked.capacity.model_copy(update={"outreach_per_month": places})})  # fmt: skip
    town = synthesise(asked)
    settings = Municipality.model_validate(town.settings)
    files = {name: town.extracts[source.file] for name, source in settings.sources.items() if source.collected}
    read = ingest.ingest(settings, files, key=KEY)
    link = _links(read.identifier_records, town.truth)
    register = read.identifier_records[read.identifier_records["source"] == settings.register]
    child = linkage.children(register, read.attributes[settings.register], link, key=KEY)
    judged = _judged(child, read.attributes["shukketsu"], link, settings)
    values = pd.DataFrame({"research_id": [], "as_of": [], "item_id": [], "value": []})
    found = rollout(child, judged, values, read.attributes, link, settings)
    truth = town.truth["outcome"].assign(research_id=lambda t: pseudonyms(KEY, "person", t["register_no"]))
    return TrueTown(found, settings, truth.set_index("research_id"), asked)


def _links(records: pd.DataFrame, truth: dict) -> pd.DataFrame:
    person = truth["record"].merge(truth["person"][["person_id", "register_no"]], on="person_id")
    rows = records[["record_id", "source", "row_no"]].merge(person, on=["source", "row_no"])
    return rows.assign(
        research_id=pseudonyms(KEY, "person", rows["register_no"]), band="link", match_weight=9.0, match_probability=1.0
    ).drop(columns=["row_no", "person_id", "register_no", "error"])


def _judged(child, school, link, settings) -> pd.DataFrame:
    last = school[school["fiscal_year"] == settings.schedule.index_date.year - 1].merge(link, on="record_id")
    days = last.set_index("research_id").filter(like="absent_").astype(float).sum(axis=1).groupby(level=0).max()
    points = np.floor(20 * np.log1p(child["research_id"].map(days).fillna(0.0)))
    return pd.DataFrame({
        "research_id": child["research_id"], "as_of": pd.Timestamp(settings.schedule.judge_as_of),
        "points": points, "known_before": False,
    })  # fmt: skip


def days_gained(town: TrueTown) -> float:
    """The true effect of a school's having begun on days absent a month, over the pupils reached, while a school waits."""
    world = simulate(town.scenario)
    whole = world.outcomes.child[world.outcomes.child["y0"].notna()]
    table = whole[whole["offer_month"] >= 0]
    rows = table["row"].to_numpy()
    bare = attendance(world.population, world.need, world.scenario, world.streams).days[rows]
    start = table.groupby("school")["offer_month"].transform(lambda m: m.quantile(0.1, interpolation="higher")) + 1
    month = np.arange(12)
    on = (month >= start.to_numpy()[:, None]) & (month < start.max())
    usual = world.school.days[whole.loc[whole["offer_month"] < 0, "row"]].mean(axis=0)
    season = usual[month < start.max()].mean() / usual
    return float(((world.school.days[rows] - bare) * season)[on].mean())


def offered_by_points(town: TrueTown, *, seed: int, overrides: float = 0.1, tied_by_lot: bool = True) -> Rollout:
    """The same town had staff gone by the points, but for some pupils, with lots where points are tied; the outcomes
    are those of the offers then made."""
    people, rng = town.found.people, np.random.default_rng([91, seed])
    order = people["points"] + (rng.random(len(people)) if tied_by_lot else 0.0)
    offered = (order.rank(ascending=False) <= town.found.places).to_numpy()
    own = rng.random(len(people)) < overrides
    offered = np.where(own, rng.random(len(people)) < 0.3, offered)
    true = town.outcome.reindex(people["research_id"])
    y = np.where(offered, true["y1"], true["y0"])
    day = pd.Timestamp(town.settings.schedule.index_date)
    changed = people.assign(outcome=y, offered_on=pd.Series(pd.NaT, index=people.index).where(~offered, day))
    return replace(town.found, people=changed)
