"""The world of a scenario, layer by layer: what truly is and happened, before any system writes it down.

Codes and dates in arrays; a million children take seconds. A town too large for memory is simulated by chunks, each a
group of districts with its own households, staff and streams; nothing passes between chunks.
"""

from collections.abc import Iterator

from kosodachi.synthesis.adults import adults
from kosodachi.synthesis.allowance import allowances_after, without_it
from kosodachi.synthesis.asking import changed
from kosodachi.synthesis.attendance import attendance
from kosodachi.synthesis.benefits import MAKERS, benefits
from kosodachi.synthesis.care import in_care
from kosodachi.synthesis.further import cases_after, modifiers, responses
from kosodachi.synthesis.lives import lives
from kosodachi.synthesis.need import latent_need
from kosodachi.synthesis.outcomes import outcomes
from kosodachi.synthesis.places import places
from kosodachi.synthesis.population import populate
from kosodachi.synthesis.programme import chosen, outreach_log
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams
from kosodachi.synthesis.systems import World

CHUNK = 500_000


def simulate(scenario: Scenario, *, seed: int | None = None, children: int | None = None) -> World:
    """The world of a scenario; seed and children replace those of the scenario, capacity grows with children.

    Raises faults E-TOWN-05 to -15 before anything is drawn, -16 before anything is written.
    """
    return _world(changed(scenario, seed=seed, children=children), 0)


def simulate_chunks(
    scenario: Scenario, *, seed: int | None = None, children: int | None = None, chunk: int = CHUNK
) -> Iterator[World]:
    """The same town as groups of districts of at most `chunk` children, one world after another.

    Margins and the effect hold in each chunk; staff of a chunk reach out to its own pupils. Keep none of the worlds
    longer than needed: memory is that of one chunk. With one chunk it is the world of `simulate`.
    """
    whole = changed(scenario, seed=seed, children=children)
    parts = -(-whole.children // chunk)
    for part in range(parts):
        share = whole.children // parts + (part < whole.children % parts)
        yield _world(changed(whole, children=share) if parts > 1 else whole, part)


def _world(scenario: Scenario, part: int) -> World:
    streams = Streams(scenario.seed, scenario.redraw, part)
    where = places(scenario, streams.of("places"))
    population = populate(scenario, where, streams)
    need = latent_need(population, scenario, streams)
    population = in_care(population, need, scenario, streams)
    seen = lives(population, need, scenario, streams)
    school = attendance(population, need, scenario, streams)
    pupils = chosen(population, seen, school, need, scenario, streams)
    stronger = modifiers(pupils, need, school, scenario)
    pupils = responses(pupils, stronger, scenario, streams)
    able = without_it(population, seen.allowance, seen.single_since, scenario)
    pupils["entitled"] = able[pupils["child"]]
    found = outcomes(pupils, school, population.child["household"].to_numpy(), stronger, scenario, streams)
    log = outreach_log(pupils, scenario, streams)
    after = cases_after(log, pupils, scenario, streams)
    begun = allowances_after(log, pupils, population, seen.single_since, scenario, streams)
    paid = benefits(population, need, seen, school, scenario, streams) if set(scenario.systems) & set(MAKERS) else {}
    people = adults(population, seen, streams)
    return World(scenario, streams, population, need, seen, found.school, found, log, after, begun, people, paid, part)
