"""A whole town as files: settings, extracts and truth, written down from a simulated world."""

from dataclasses import dataclass, replace

import pandas as pd

from kosodachi.synthesis import truth
from kosodachi.synthesis.adults import named_adults
from kosodachi.synthesis.missing import Withheld, hidden, missing, uncollected_of
from kosodachi.synthesis.parameters import parameters
from kosodachi.synthesis.population import named
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.settings import settings_of, sources_of
from kosodachi.synthesis.simulate import simulate
from kosodachi.synthesis.systems import SYSTEMS, View, World, view_of
from kosodachi.synthesis.unreadable import spoil


@dataclass(frozen=True)
class Town:
    """settings for municipality.yaml; extracts by file name, as bytes; truth tables by name."""

    settings: dict
    extracts: dict[str, bytes]
    truth: dict[str, pd.DataFrame]


def synthesise(scenario: Scenario, *, seed: int | None = None, children: int | None = None) -> Town:
    """The town of a scenario: settings, extracts and truth (person, record, latent, outcome, needs,
    missing, parameters).

    seed and children replace those of the scenario; capacity grows with children. The same scenario, seed and children
    give the same bytes. Raises faults E-TOWN-05 to -15 before anything is drawn, -16 before anything is written.
    """
    return render(simulate(scenario, seed=seed, children=children))


def render(world: World) -> Town:
    """The settings, extracts and truth of a world: here names are given and every system writes its rows."""
    people = named_adults(world.adults, world.population, world.streams)
    world = replace(world, population=named(world.population, world.streams), adults=people)
    settings, withheld = settings_of(world.scenario), Withheld.of(world)
    uncollected = uncollected_of(settings)
    declared = sources_of(world.scenario)
    whole = {name: view_of(world, name, declared[name]) for name in SYSTEMS if name in world.scenario.systems}
    views = {name: _view(view, name, world, withheld) for name, view in whole.items() if name not in uncollected}
    ids = truth.Ids.of(world, views)
    told = {
        "person": truth.person(world, ids),
        "record": truth.record(views, ids),
        "latent": truth.latent(world, ids),
        "outcome": truth.outcome(world, ids),
        "needs": truth.needs(world, ids),
        "missing": missing(world, whole, withheld, uncollected, ids),
        "parameters": parameters(world),
    }
    return Town(settings, _extracts(views, settings), told)


def _extracts(views: dict[str, View], settings: dict) -> dict[str, bytes]:
    extracts = {}
    for name, view in views.items():
        source = settings["sources"][name]
        extracts[source["file"]] = view.table.to_csv(index=False, lineterminator="\r\n").encode(source["encoding"])
    return extracts


def _view(view: View, name: str, world: World, withheld: Withheld) -> View:
    return spoil(hidden(view, name, withheld), name, world.scenario.unreadable.get(name, 0), world.streams)
