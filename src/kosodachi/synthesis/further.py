"""Further outcomes of outreach: a consultation case opened and a benefit taken up, with and without the offer.

Both are things that services do, not that a child is better off: a case opened through outreach is help found earlier,
or need that was there anyway. Both potential outcomes come from the same draw, so an offer never prevents either.
"""

import numpy as np
import pandas as pd
from scipy.special import expit

from kosodachi.synthesis.attendance import Attendance
from kosodachi.synthesis.calendar import fiscal_year
from kosodachi.synthesis.consultation import OUTREACH, among_follow_up
from kosodachi.synthesis.need import Latent, intercept
from kosodachi.synthesis.population import DAY, NEVER
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams

LIMIT = 2.0  # standard deviations of need beyond which it changes an effect no further


def modifiers(table: pd.DataFrame, need: Latent, school: Attendance, scenario: Scenario) -> np.ndarray:
    """How much stronger the effect on each pupil is, by need and at junior high school, in the scenario's terms."""
    asked, year = scenario.programme, need.at(fiscal_year(scenario.schedule.index_date))
    score = need.score[table["child"].to_numpy(), year].astype(float).clip(-LIMIT, LIMIT)
    junior = school.pupil["junior"].to_numpy()[table["row"]]
    return asked.effect_by_need * score + asked.effect_at_junior * junior


def responses(table: pd.DataFrame, stronger: np.ndarray, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """The pupils with would_open (a case) and would_take_up (a benefit, if entitled), should they start support.

    The shares asked for are those among the eligible who would start.
    """
    asked, starts = scenario.programme, table["would_start"].to_numpy(bool)
    whom = starts & table["eligible"].to_numpy(bool)
    found = {}
    for name, share in (("would_open", asked.case_after_start), ("would_take_up", asked.benefit_after_start)):
        draw = streams.of(f"programme.{name}").random(len(table))
        chances = expit(stronger + intercept(stronger[whom], share)) if whom.any() else 0.0
        found[name] = starts & (draw < chances)
    return table.assign(**found)


def cases_after(log: pd.DataFrame, table: pd.DataFrame, scenario: Scenario, streams: Streams) -> pd.DataFrame:
    """Consultation cases that outreach opened, in the columns of `Lives.consultation`. table: with `would_open`."""
    rng = streams.of("programme.cases")
    opened = log["started"].to_numpy() + rng.integers(5, 120, len(log)) * DAY
    opens = np.isin(log["child"], table.loc[table["would_open"], "child"]) & ~np.isnat(opened)
    opens &= opened <= np.datetime64(scenario.schedule.follow_up_until)
    kind = np.where(rng.random(len(log)) < 0.5, 2, 1)
    after = pd.DataFrame({"child": log["child"], "opened": opened, "kind": kind, "closed": NEVER, "route": OUTREACH})
    return after[opens].reset_index(drop=True)


def further_outcomes(world) -> pd.DataFrame:
    """case_0, case_1, case_seen and benefit_0, benefit_1, benefit_seen (0 or 1) of the pupils of `world.outcomes`.

    From the index date to the end of follow-up: a consultation case opened; a spell of child-rearing allowance begun.
    Missing for pupils who left.
    """
    table, dates, n = world.outcomes.child, world.scenario.schedule, len(world.population.child)
    child, gone = table["child"].to_numpy(), table["y0"].isna().to_numpy()
    started = world.lives.allowance["start"].to_numpy()
    begun = (started > np.datetime64(dates.index_date)) & (started <= np.datetime64(dates.follow_up_until))
    case = among_follow_up(world.lives.consultation, n, world.scenario)[child]
    benefit = np.isin(child, world.lives.allowance["child"].to_numpy()[begun])
    found = {
        "case_0": case, "case_1": case | table["would_open"].to_numpy(),
        "case_seen": case | np.isin(child, world.cases_after["child"]),
        "benefit_0": benefit, "benefit_1": benefit | (table["would_take_up"] & table["entitled"]).to_numpy(),
        "benefit_seen": benefit | np.isin(child, world.allowances_after["child"]),
    }  # fmt: skip
    return pd.DataFrame({name: np.where(gone, np.nan, values) for name, values in found.items()}, index=table.index)
