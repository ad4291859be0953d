"""What was asked of the generator and what came of it, as names and values."""

import numpy as np
import pandas as pd

from kosodachi.synthesis.attendance import LONG_ABSENCE_A_YEAR
from kosodachi.synthesis.calendar import fiscal_year
from kosodachi.synthesis.consultation import SCHOOL_AGE, known_in
from kosodachi.synthesis.margins import margins
from kosodachi.synthesis.need import Latent
from kosodachi.synthesis.outcomes import Outcomes
from kosodachi.synthesis.population import DAY, YEAR, counted
from kosodachi.synthesis.programme import VISIBLE, visible_signs
from kosodachi.synthesis.systems import World

ASKED = ("people", "need", "lives", "programme")


def parameters(world: World) -> pd.DataFrame:
    """Columns name, value: effects, loading_*, visible_*, settings as asked (asked_*) and as achieved (achieved_*)."""
    scenario, need, found = world.scenario, world.need, world.outcomes
    rows = _effects(found, scenario.programme.long_absence_days)
    rows |= {f"loading_{name}": value for name, value in scenario.loadings.model_dump().items()}
    rows |= {f"visible_{name}": value for name, value in VISIBLE.items()}
    rows["asked_resident_children"] = scenario.children
    rows |= {"effect_on_log_odds_a_day": found.shift, "need_threshold": need.threshold}
    for part in ASKED:
        numbers = {
            name: value
            for name, value in getattr(scenario, part).model_dump().items()
            if np.isscalar(value) and name != "design"
        }
        rows |= {f"asked_{part}_{name}": value for name, value in numbers.items()}
    rows |= {f"achieved_{name}": value for name, value in _achieved(world, need, found).items()}
    rows |= {f"achieved_margin_{name}": value for name, value in margins(world).items()}
    return pd.DataFrame({"name": list(rows), "value": np.array(list(rows.values()), dtype=float)})


def _effects(found: Outcomes, long_absence_days: int) -> dict[str, float]:
    """The true effect of the offer, and the contrast that a naive look gives, among eligible pupils who stayed."""
    table = found.child[found.child["y0"].notna() & found.child["eligible"]]
    y0, y1, seen, offered = (table[name].to_numpy() for name in ("y0", "y1", "y_seen", "offered"))
    return {
        "long_absence_days": long_absence_days,
        "eligible": len(table),
        "offered": offered.sum(),
        "ate_eligible": _mean(y1 - y0),
        "att": _mean((y1 - y0)[offered]),
        "base_rate_eligible": _mean(y0),
        "naive_contrast_eligible": _mean(seen[offered]) - _mean(seen[~offered]),
    }


def _achieved(world: World, need: Latent, found: Outcomes) -> dict[str, float]:
    """What the draw gave for settings that are rates; children are those under 18 living in the town on judge_as_of."""
    dates, child, household = world.scenario.schedule, world.population.child, world.population.household
    here = counted(child, dates.judge_as_of)
    truly = need.in_need[here, need.at(fiscal_year(dates.judge_as_of))]
    signs, due = visible_signs(world.population, world.lives, dates.judge_as_of), world.lives.checkup
    days, whole = np.maximum(world.school.days, 0).sum(axis=1), world.school.enrolled.all(axis=1)
    came = due.groupby("kind")["attended"].mean().reindex(range(3)).to_numpy()
    log = found.child[found.child["offered"]]
    return {
        "resident_children": here.sum(),
        "need_rate": _mean(truly),
        "need_household": sibling_correlation(need.score[:, -1], child["household"].to_numpy())
        - world.scenario.need.district,
        **_known_given_need(world),
        "allowance_share": _mean(signs.loc[here, "allowance"]),
        "twin_share": _mean(child["twin_of"] >= 0),
        "people_foreign_share": _mean(household["foreign"]),
        "people_surname_change_share": _mean(household["old_surname"] >= 0),
        "people_moved_within_share": _mean(household["moved_on"].notna()),
        "people_moved_in_share": _mean(household["moved_in"].notna()),
        **_events(child, household),
        **dict(zip(("lives_attended_4m", "lives_attended_18m", "lives_attended_36m"), came)),
        "lives_low_birth_weight_share": _mean(due.drop_duplicates("child")["weight"] < 2500),
        "lives_consultation_rate": len(world.lives.consultation) / (len(need.years) * here.sum()),
        "lives_long_absence_share": _mean(days[whole] >= LONG_ABSENCE_A_YEAR),
        "programme_effect": _effects(found, 0)["ate_eligible"],
        "programme_consent": _mean(log["would_consent"]),
        "programme_started": _mean(log["would_start"]),
    }


def _known_given_need(world: World) -> dict[str, float]:
    """Share of children in need on judge_as_of about whom a case was opened in the label months, by group."""
    dates, child = world.scenario.schedule, world.population.child
    here = counted(child, dates.judge_as_of) & world.need.in_need[:, world.need.at(fiscal_year(dates.judge_as_of))]
    known = known_in(world.lives.consultation, len(child), dates.judge_as_of, dates.label_months)
    foreign = world.population.household["foreign"].to_numpy()[child["household"].to_numpy()]
    small = (np.datetime64(dates.judge_as_of) - child["born"].to_numpy()) / DAY / YEAR < SCHOOL_AGE
    groups = {"all": np.ones(len(child), dtype=bool), "below_school_age": small, "foreign_name": foreign,
              "girl": child["female"].to_numpy()}  # fmt: skip
    return {f"known_given_need_{name}": _mean(known[here & group]) for name, group in groups.items()}


def _events(child: pd.DataFrame, household: pd.DataFrame) -> dict[str, float]:
    """Shares of households and children to whom something happened, of those to whom it could."""
    foreign, changed = household["foreign"].to_numpy(), household["old_surname"].to_numpy() >= 0
    alphabet, born_here = household["alphabet"].to_numpy(), (child["moved_in"] <= child["born"]).to_numpy()
    return {
        "people_remarriage_share": _mean(household["remarried_on"].notna()[changed]),
        "people_alphabet_share": _mean(alphabet[foreign]),
        "people_alias_share": _mean(household["alias_surname"].to_numpy()[alphabet] >= 0),
        "people_protected_share": _mean(household["protected_since"].notna()),
        "people_alternative_care_share": _mean(child["care"] >= 0),
        "people_unnamed_infant_share": _mean(child["unnamed"].to_numpy()[born_here]),
    }


def sibling_correlation(score: np.ndarray, household: np.ndarray) -> float:
    """Correlation of a score between first and second children of households."""
    order = pd.Series(household).groupby(household).cumcount().to_numpy()
    first, second = (pd.Series(score[order == k], index=household[order == k]) for k in (0, 1))
    return float(first.reindex(second.index).corr(second)) if len(second) > 2 else float("nan")


def _mean(values) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
