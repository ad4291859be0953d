"""Synthetic towns for the effect benchmarks: what a study sees of a town, with the true effect of the same children.

Worlds: `holds` (all assumptions), `null` (no effect), `unmeasured` (staff choose by need that no record shows; points are
adjusted by it), `anticipation` (0.8 of the effect in the two months before the offer), `spill_over` (siblings of a helped
child get all of its effect).
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

TOWN = Path(__file__).resolve().parents[1] / "synthetic_data" / "towns" / "aoba.yaml"
WORLDS = {
    "holds": {}, "null": {"effect": 0.0}, "unmeasured": {"staff_know": 1.5}, "anticipation": {"anticipation": 0.8},
    "spill_over": {"spill_over": 1.0},
}  # fmt: skip
CHILDREN, CAPACITY, PLACES_BY_POINTS = 6_000, 360, 700
MONTH_DAYS = 5  # days absent that make a month one of long absence, in the study of time to event


@cache
def scenario():
    """The default town without its systems' mistakes: what is measured here is the design, not the linkage."""
    from kosodachi.synthesis import read_scenario

    return read_scenario(TOWN.read_text(encoding="utf-8"))


@cache
def world_of(design: str, world: str, seed: int, capacity: int, children: int = CHILDREN):
    """A simulated town; the last one is kept, as several estimators look at it."""
    from kosodachi.synthesis import simulate

    world_of.cache_clear()
    asked = scenario()
    programme = asked.programme.model_copy(update={"design": design, "waves": 4, "overrides": 0.05, **WORLDS[world]})
    places = asked.capacity.model_copy(update={"outreach_per_month": capacity})
    made = simulate(asked.model_copy(update={"programme": programme, "capacity": places}), children=children, seed=seed)
    table = made.outcomes.child
    home = made.population.child["household"].to_numpy()[table["child"]]
    return made, table.assign(home=home, index=np.arange(len(table)))


def studied(design: str, world: str, seed: int, capacity: int = CAPACITY) -> tuple:
    """The town and its eligible pupils who stayed: y (seen), a (offered in the index month), X, cluster, gain."""
    made, table = world_of(design, world, seed, capacity)
    table = table[(table["eligible"] & table["y0"].notna()).to_numpy()]
    return made, table


def arrays(table: pd.DataFrame) -> dict:
    """What an observational study uses: outcome, offer, points on record as staff read them, households."""
    from kosodachi.effect import design_matrix

    score = (table["visible"] - table["visible"].mean()) / table["visible"].std()
    lean = np.clip(scenario().programme.selection * score, -1.6, 1.6)
    X, _ = design_matrix(pd.DataFrame({"lean": lean, "score": score, "square": score**2}), ["lean", "score", "square"])
    return {
        "y": table["y_seen"].to_numpy(float),
        "a": table["offered"].to_numpy(float),
        "X": X,
        "cluster": table["home"].to_numpy(),
    }


def by_points(world: str, seed: int, *, whole_points: bool) -> dict:
    """All pupils offered support by their points up to the number of places; one in ten is placed otherwise by staff.

    unmeasured: half of the pupils in most need just below the cut have their points raised above it.
    """
    _, table = world_of("none", world, seed, CAPACITY)
    table = table[table["y0"].notna().to_numpy()]
    rng = np.random.default_rng([31, seed])
    points = table["visible"].to_numpy() / table["visible"].std()
    points = np.floor(8 * points) if whole_points else points
    cut = np.sort(points)[-PLACES_BY_POINTS] - (0.5 if whole_points else 0.0)
    x = points - cut
    if world == "unmeasured":
        just_below = (x < 0) & (x > (-2.5 if whole_points else -0.3))
        raised = just_below & (table["y0"].to_numpy() == 1) & (rng.random(len(x)) < 0.5)
        x = np.where(raised, -x, x)
    offered = np.where(rng.random(len(x)) < 0.1, rng.random(len(x)) < 0.5, x >= 0)
    y0, y1, home = table["y0"].to_numpy(), table["y1"].to_numpy(), table["home"].to_numpy()
    y = np.where(offered, y1, y0)
    if world == "spill_over":
        y = np.where(~offered & np.isin(home, home[offered & table["would_start"].to_numpy()]), y1, y)
    return {"y": y, "x": x, "treated": offered * 1.0, "cluster": home, "gain": y1 - y0}


def eligible(made) -> pd.DataFrame:
    """Eligible pupils who stayed."""
    table = made.outcomes.child
    return table[(table["eligible"] & table["y0"].notna()).to_numpy()]


def times(made) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Months from the index month to the first month of MONTH_DAYS days absent (11 if none), shape (pupils,): seen,
    without the offer, with it."""
    from kosodachi.synthesis.attendance import days_absent
    from kosodachi.synthesis.calendar import Months

    table, months = eligible(made), Months.of(made.scenario.schedule)
    rows, school = table["row"].to_numpy(), made.school
    works = made.outcomes.shift * table["own"].to_numpy()[:, None] * (np.arange(12) >= months.effect_from)
    arms = [school.days[rows], days_absent(school.logit[rows], school.draw[rows]),
            days_absent(school.logit[rows] + works, school.draw[rows])]  # fmt: skip
    hit = [days[:, months.effect_from :] >= MONTH_DAYS for days in arms]
    return tuple(np.where(one.any(axis=1), one.argmax(axis=1) + 1, one.shape[1] + 1) for one in hit)


def panel(design: str, world: str, seed: int) -> pd.DataFrame:
    """One row an eligible pupil and month, schools joining in waves and all eligible pupils of a school reached at once.

    Columns site, pupil, home, month, start (first month with an effect, by school), y (share of school days absent),
    gain (what the offer did to it, 0 where it is not on).
    """
    from kosodachi.synthesis.attendance import attendance
    from kosodachi.synthesis.calendar import SCHOOL_DAYS

    made, _ = world_of(design, world, seed, CHILDREN)
    table = eligible(made)
    rows = table["row"].to_numpy()
    bare = attendance(made.population, made.need, made.scenario, made.streams).days[rows]
    seen, month = made.school.days[rows], np.tile(np.arange(12), len(rows))
    joined = table[table["offer_month"] >= 0].groupby("school")["offer_month"].min() + 1
    long = pd.DataFrame({
        "site": np.repeat(table["school"].to_numpy(), 12), "pupil": np.repeat(np.arange(len(rows)), 12), "month": month,
        "y": (seen / SCHOOL_DAYS).ravel(), "gain": ((seen - bare) / SCHOOL_DAYS).ravel(), "held": (seen >= 0).ravel(),
    })  # fmt: skip
    long["start"] = long["site"].map(joined)
    long["gain"] = long["gain"].where(long["month"] >= long["start"], 0.0)
    return long[long["held"] & long["start"].notna()].drop(columns="held")
