"""A whole town: the layers in their order, then settings, extracts and truth."""

from dataclasses import dataclass

import pandas as pd

from kosodachi.synthesis import truth
from kosodachi.synthesis.asking import changed
from kosodachi.synthesis.attendance import attendance
from kosodachi.synthesis.lives import lives
from kosodachi.synthesis.need import Latent, latent_need
from kosodachi.synthesis.outcomes import Outcomes, outcomes
from kosodachi.synthesis.parameters import parameters
from kosodachi.synthesis.places import places
from kosodachi.synthesis.population import populate
from kosodachi.synthesis.programme import cases_after, chosen, outreach_log
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.settings import settings_of
from kosodachi.synthesis.streams import Streams
from kosodachi.synthesis.systems import SYSTEMS, View, World
from kosodachi.synthesis.unreadable import spoil


@dataclass(frozen=True)
class Town:
    """settings for municipality.yaml; extracts by file name, as bytes; truth tables by name."""

    settings: dict
    extracts: dict[str, bytes]
    truth: dict[str, pd.DataFrame]


def synthesise(scenario: Scenario, *, seed: int | None = None, children: int | None = None) -> Town:
    """The town of a scenario: settings, extracts and truth (person, record, latent, outcome, parameters).

    seed and children replace those of the scenario; capacity grows with children. The same scenario, seed and children
    give the same bytes. Raises faults E-TOWN-05 to -11 before anything is drawn.
    """
    scenario = changed(scenario, seed=seed, children=children)
    world, need, found = _world(scenario)
    views = {name: _view(name, world) for name in SYSTEMS}
    settings, ids = settings_of(scenario), truth.Ids.of(world, views)
    extracts = {}
    for name, view in views.items():
        source = settings["sources"][name]
        extracts[source["file"]] = view.table.to_csv(index=False, lineterminator="\r\n").encode(source["encoding"])
    told = {
        "person": truth.person(world, ids),
        "record": truth.record(views, ids),
        "latent": truth.latent(world, need, ids),
        "outcome": truth.outcome(found, ids),
        "parameters": parameters(world, need, found),
    }
    return Town(settings, extracts, told)


def _world(scenario: Scenario) -> tuple[World, Latent, Outcomes]:
    """What truly is and happened, layer by layer."""
    streams = Streams(scenario.seed, scenario.redraw)
    population = populate(scenario, places(scenario.name.ja, scenario.children, streams.of("places")), streams)
    need = latent_need(population, scenario, streams)
    seen = lives(population, need, scenario, streams)
    school = attendance(population, need, scenario, streams)
    pupils = chosen(population, seen, school, need, scenario, streams)
    found = outcomes(pupils, school, scenario, streams)
    log = outreach_log(pupils, scenario, streams)
    after = cases_after(log, scenario, streams)
    return World(scenario, streams, population, seen, found.school, log, after), need, found


def _view(name: str, world: World) -> View:
    return spoil(SYSTEMS[name](world), name, world.scenario.unreadable.get(name, 0), world.streams)
