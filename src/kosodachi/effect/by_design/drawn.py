"""The lottery at the margin of capacity, as the outreach log records it: those drawn against those not drawn.

It holds for the children among whom lots were drawn. Those who got their offer without a draw are left out.
"""

import numpy as np

from kosodachi.effect.by_design.finding import Finding, Found, Test, behind, enough, nulls, without
from kosodachi.effect.by_design.rollout import Rollout
from kosodachi.effect.few_events import exact_difference
from kosodachi.effect.gate import Bounds
from kosodachi.effect.lottery import lottery

DESIGN, SMALL = "lottery", "lottery_exact"
MOST_LOST = 0.06


def drawn(found: Rollout, *, bounds: Bounds, seed: int = 1) -> list[Finding]:
    """The effect of being drawn on long absence, by randomisation inference; where fewer than `min_events` children had a
    long absence, Boschloo's exact test with Newcombe's interval in a row of its own (lottery_exact).

    Tests: smaller_arm, long_absences (of the first row alone), last_year (p of a difference in long absence of the year
    before), followed_alike (difference in the share whose outcome is on record, at most six points).
    """
    if found.missing:
        return [without(DESIGN, found.missing[0])]
    people = found.people[found.people["lot"].isin(["drawn", "not_drawn"])]
    if people.empty:
        return [without(DESIGN, "no_lots_on_record")]
    known = people[people["outcome"].notna()]
    y, a = known["outcome"].to_numpy(float), _won(known)
    arm, events = int(min(a.sum(), len(a) - a.sum())), int(y.sum())
    shared = [enough("smaller_arm", arm, bounds.min_arm)]
    past = people[people["before"].notna()]
    checks = [_followed_alike(people), *nulls(("last_year", len(past), _p(past, "before", seed)))]
    made = _inference(known, "outcome", seed) if arm else None
    first = behind(DESIGN, [*shared, enough("long_absences", events, bounds.min_events), *checks],
                   lambda: Found(made.value, made.low, made.high, made.p, len(y), events))  # fmt: skip
    if not 0 < events < bounds.min_events:
        return [first]
    return [first, behind(SMALL, [*shared, *checks], lambda: exact(y, a))]


def _followed_alike(people) -> Test:
    seen = people["outcome"].notna().groupby(people["lot"]).mean()
    gap = float(seen.max() - seen.min()) if len(seen) > 1 else np.nan
    return Test("followed_alike", len(people), gap, MOST_LOST, None if np.isnan(gap) else gap <= MOST_LOST)


def _won(people) -> np.ndarray:
    return (people["lot"] == "drawn").to_numpy(float)


def _inference(people, column: str, seed: int):
    """The randomisation test; lots fell by household if no household holds both results."""
    a, home = _won(people), people["household_id"].to_numpy()
    together = people.groupby("household_id")["lot"].nunique().max() == 1
    return lottery(people[column].to_numpy(float), a, cluster=home if together else None, seed=seed)


def _p(people, column: str, seed: int) -> float:
    """The p of a difference; missing where there is nothing to compare."""
    value = people[column].to_numpy(float)
    if not len(people) or value.min() == value.max() or people["lot"].nunique() < 2:
        return np.nan
    return _inference(people, column, seed).p


def exact(y, a) -> Found:
    """Few events: the difference of shares, Newcombe's interval and the p of Boschloo's exact test.

    Ref: Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    value, p = exact_difference(y, a)
    (k1, n1), (k0, n0) = ((y[a == g].sum(), (a == g).sum()) for g in (1, 0))
    low, high = confint_proportions_2indep(k1, n1, k0, n0, method="newcomb", compare="diff")
    return Found(value, float(low), float(high), p, len(y), int(y.sum()))
