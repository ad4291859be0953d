"""What was planted: the true effects of the offer, what a plain look shows, and how much of the need is known to whom."""

import numpy as np

from kosodachi.synthesis.calendar import fiscal_year
from kosodachi.synthesis.consultation import by_district, known_groups, known_in
from kosodachi.synthesis.further import further_outcomes
from kosodachi.synthesis.systems import World

OUTCOMES = ("case", "benefit")


def effects(world: World) -> dict[str, float]:
    """True effects of the offer among eligible pupils who stayed, and the contrasts that a plain look gives.

    ate_eligible, att: on long absence; ate_eligible_* by group; ate_days: on days absent; ate_case, ate_benefit: on a
    consultation case and on an allowance taken up, naive_* their plain contrasts.
    """
    found, further = world.outcomes.child, further_outcomes(world)
    stayed = (found["y0"].notna() & found["eligible"]).to_numpy()
    table, further = found[stayed], further[stayed]
    y0, y1, seen, offered = (table[name].to_numpy() for name in ("y0", "y1", "y_seen", "offered"))
    effect = y1 - y0
    rows = {
        "long_absence_days": world.scenario.programme.long_absence_days, "eligible": len(table),
        "offered": offered.sum(), "ate_eligible": mean(effect), "att": mean(effect[offered]),
        "base_rate_eligible": mean(y0), "naive_contrast_eligible": mean(seen[offered]) - mean(seen[~offered]),
        "ate_days": mean((table["days_1"] - table["days_0"]).to_numpy()),
    }  # fmt: skip
    rows |= {f"ate_eligible_{name}": mean(effect[member]) for name, member in _groups(world, stayed).items()}
    for name in OUTCOMES:
        without, given, shown = (further[f"{name}_{arm}"].to_numpy() for arm in ("0", "1", "seen"))
        rows[f"ate_{name}"], rows[f"base_rate_{name}"] = mean(given - without), mean(without)
        rows[f"naive_contrast_{name}"] = mean(shown[offered]) - mean(shown[~offered])
    return rows


def _groups(world: World, stayed: np.ndarray) -> dict[str, np.ndarray]:
    """Pupils by school level, and by need in the index year below and above that of the middle of them."""
    table, year = world.outcomes.child[stayed], fiscal_year(world.scenario.schedule.index_date)
    junior = world.school.pupil["junior"].to_numpy()[table["row"]]
    score = world.need.score[table["child"].to_numpy(), world.need.at(year)]
    high = score > np.median(score) if len(score) else junior
    return {"elementary": ~junior, "junior_high": junior, "lower_need": ~high, "higher_need": high}


def known_given_need(world: World, here: np.ndarray, truly: np.ndarray) -> dict[str, float]:
    """Share about whom a case was opened in the label months after judge_as_of, of children here (bool by child) in
    need (`truly`, of those here), by group, and of those not in need."""
    dates, population = world.scenario.schedule, world.population
    known = known_in(world.lives.consultation, len(here), dates.judge_as_of, dates.label_months)[here]
    year = np.array([fiscal_year(dates.judge_as_of)])
    groups = {name: member[here, 0] for name, member in known_groups(population, year).items()}
    district = by_district(population, world.scenario, world.streams)[here]
    groups |= {"pupil": ~groups["below_school_age"], "boy": ~groups["girl"], "other_name": ~groups["foreign_name"],
               "district_known_less": district < np.median(district),
               "district_known_more": district >= np.median(district)}  # fmt: skip
    rows = {"known_given_need_all": mean(known[truly]), "known_without_need": mean(known[~truly])}
    rows["cases_without_need"] = mean(~truly[known])
    return rows | {f"known_given_need_{name}": mean(known[truly & group]) for name, group in groups.items()}


def mean(values) -> float:
    """The mean; missing of nothing."""
    return float(np.mean(values)) if len(values) else float("nan")
