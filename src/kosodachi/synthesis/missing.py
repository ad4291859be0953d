"""What is missing, and why: systems not collected, households without consent or opted out, years before moving in.

Unknown is not no: a child without rows in an extract may have had them. The truth table `missing` names the reason.
Consent is not missing at random: it is given less often where need is higher, so who is left looks better off.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.synthesis.attendance import GRADES, grade_in
from kosodachi.synthesis.calendar import fiscal_year
from kosodachi.synthesis.checkups import CHECKUPS
from kosodachi.synthesis.need import chance
from kosodachi.synthesis.systems.view import View, World

NEEDS_NO_CONSENT = ("juki", "shien")  # the register by law, the outreach log by the contact itself


@dataclass(frozen=True)
class Withheld:
    """Children, by position, whose household gave no consent, and those whose household opted out afterwards."""

    no_consent: np.ndarray
    opted_out: np.ndarray

    @classmethod
    def of(cls, world: World) -> "Withheld":
        """Drawn once for a household; a household without consent has nothing to opt out of."""
        asked, home = world.scenario.missing, world.population.child["household"].to_numpy()
        year = world.need.at(fiscal_year(world.scenario.schedule.judge_as_of))
        shares = chance(asked.consent_by_need * world.need.household[:, year], asked.no_consent)
        refused = world.streams.of("missing.consent").random(len(shares)) < shares
        left = world.streams.of("missing.opt_out").random(len(shares)) < asked.opted_out
        return cls(refused[home], (left & ~refused)[home])


def hidden(view: View, source: str, withheld: Withheld) -> View:
    """The view without the rows of children whose household gave no consent or opted out."""
    gone = (withheld.no_consent | withheld.opted_out)[view.child]
    if source in NEEDS_NO_CONSENT or not gone.any():
        return view
    return view.at(np.flatnonzero(~gone))


def missing(world: World, views: dict[str, View], withheld: Withheld, uncollected: dict[str, str], ids) -> pd.DataFrame:
    """One row a source, child in the register and reason: source, register_no, reason; sorted.

    views: as they were before rows were withheld. uncollected: source -> reason; a source that is not simulated is
    missing for every child. moved_in_later: some or all of the child's rows lie before it came and are elsewhere.
    """
    child, parts = np.arange(len(world.population.child)), {}
    for source, reason in uncollected.items():
        parts[source, reason] = np.unique(views[source].child) if source in views else child
    for source in (name for name in views if name not in uncollected and name not in NEEDS_NO_CONSENT):
        there = np.unique(views[source].child)
        parts[source, "no_consent"] = there[withheld.no_consent[there]]
        parts[source, "opted_out"] = there[withheld.opted_out[there]]
    for source, late in (("kenshin", _late_for_checkups(world)), ("shukketsu", _late_for_school(world))):
        if source in views and source not in uncollected:
            parts[source, "moved_in_later"] = np.flatnonzero(late)
    rows = [pd.DataFrame({"source": source, "register_no": ids.register_no[who], "reason": reason})
            for (source, reason), who in parts.items()]  # fmt: skip
    table = pd.concat(rows, ignore_index=True)
    table = table[table["register_no"].notna()]
    return table.sort_values(["source", "reason", "register_no"], ignore_index=True)


def _late_for_checkups(world: World) -> np.ndarray:
    """Children who came to the town after a check-up of theirs had fallen due."""
    child, months = world.population.child, np.array(list(CHECKUPS.values()))
    due = child["born"].to_numpy()[:, None] + (months * 30.44).astype(int).astype("timedelta64[D]")
    began = due >= np.datetime64(f"{world.scenario.lives.checkups_from}-04-01")
    return (began & (child["moved_in"].to_numpy()[:, None] > due)).any(axis=1)


def _late_for_school(world: World) -> np.ndarray:
    """Children who came to the town after the first month of a school year that the system holds."""
    child, years = world.population.child, world.need.years[1:]
    grade = grade_in(child["born"].to_numpy()[:, None], years)
    start = ((years - 1970) * 12 + 3).astype("datetime64[M]")
    came = child["moved_in"].to_numpy().astype("datetime64[M]")[:, None]
    return ((grade >= 1) & (grade <= GRADES) & (came > start)).any(axis=1)


def uncollected_of(settings: dict) -> dict[str, str]:
    """Sources of the settings that are not collected, with the reason."""
    sources = settings["sources"].items()
    return {name: source["not_collected"] for name, source in sources if not source.get("collected", True)}
