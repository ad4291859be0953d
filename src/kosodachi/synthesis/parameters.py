"""What was asked of the generator and what came of it, as names and values."""

import numpy as np
import pandas as pd

from kosodachi.synthesis.asked_need import LEVELS
from kosodachi.synthesis.attendance import LONG_ABSENCE_A_YEAR
from kosodachi.synthesis.basis import asked, basis_of
from kosodachi.synthesis.calendar import fiscal_year
from kosodachi.synthesis.margins import margins, rates
from kosodachi.synthesis.need import Latent
from kosodachi.synthesis.needs import MADE_OF
from kosodachi.synthesis.population import counted
from kosodachi.synthesis.programme import VISIBLE, visible_signs
from kosodachi.synthesis.systems import World
from kosodachi.synthesis.true_effects import effects, known_given_need, mean


def parameters(world: World) -> pd.DataFrame:
    """Columns name, value, basis: effects (planted), visible_* and loading_*, settings as asked (asked_*; published,
    fact or assumed, see `basis.basis_of`) and as achieved (achieved_*; drawn)."""
    scenario, need = world.scenario, world.need
    planted = effects(world) | {f"visible_{name}": value for name, value in VISIBLE.items()}
    planted |= {"effect_on_log_odds_a_day": world.outcomes.shift, "need_threshold": need.threshold}
    planted |= {f"asked_need_{level}": scenario.need.of_score(level) for level in LEVELS}
    planted |= {f"makes_{kind}_{name}": w for kind, (makes, _) in MADE_OF.items() for name, w in makes.items()}
    rows = [(name, value, "planted") for name, value in planted.items()]
    for path, value in (asked(scenario) | {"resident_children": scenario.children}).items():
        name = path.replace(".", "_")
        name = name.replace("loadings_", "loading_", 1) if path.startswith("loadings.") else f"asked_{name}"
        rows.append((name, value, basis_of(path, value, scenario)))
    drawn = _achieved(world, need) | {f"margin_{name}": value for name, value in margins(world).items()}
    rows += [(f"achieved_{name}", value, "drawn") for name, value in drawn.items()]
    return pd.DataFrame(rows, columns=["name", "value", "basis"]).astype({"value": float})


def _achieved(world: World, need: Latent) -> dict[str, float]:
    """What the draw gave for settings that are rates; children are those under 18 living in the town on judge_as_of."""
    dates, child, household = world.scenario.schedule, world.population.child, world.population.household
    here = counted(child, dates.judge_as_of)
    truly = need.in_need[here, need.at(fiscal_year(dates.judge_as_of))]
    signs, due = visible_signs(world.population, world.lives, dates.judge_as_of), world.lives.checkup
    days, whole = np.maximum(world.school.days, 0).sum(axis=1), world.school.enrolled.all(axis=1)
    came = due.groupby("kind")["attended"].mean().reindex(range(3)).to_numpy()
    log = world.outcomes.child[world.outcomes.child["offered"]]
    eligible = world.outcomes.child[world.outcomes.child["eligible"]]
    return {
        "resident_children": here.sum(),
        "need_rate": mean(truly),
        "need_household": sibling_correlation(need.score[:, -1], child["household"].to_numpy())
        - world.scenario.need.of_score("district"),
        **{f"need_kinds_{kind}": rate for kind, rate in rates(world).items()},
        **known_given_need(world, here, truly),
        "allowance_share": mean(signs.loc[here, "allowance"]),
        "twin_share": mean(child["twin_of"] >= 0),
        "people_foreign_share": mean(household["foreign"]),
        "people_surname_change_share": mean(household["old_surname"] >= 0),
        "people_moved_within_share": mean(household["moved_on"].notna()),
        "people_moved_in_share": mean(household["moved_in"].notna()),
        **_events(child, household),
        **dict(zip(("lives_attended_4m", "lives_attended_18m", "lives_attended_36m"), came)),
        "lives_low_birth_weight_share": mean(due.drop_duplicates("child")["weight"] < 2500),
        "lives_consultation_rate": len(world.lives.consultation) / (len(need.years) * here.sum()),
        "lives_long_absence_share": mean(days[whole] >= LONG_ABSENCE_A_YEAR),
        "programme_effect": effects(world)["ate_eligible"],
        "programme_overrides": mean(eligible["overridden"]),
        "programme_consent": mean(log["would_consent"]),
        "programme_started": mean(log["would_start"]),
    }


def _events(child: pd.DataFrame, household: pd.DataFrame) -> dict[str, float]:
    """Shares of households and children to whom something happened, of those to whom it could."""
    foreign, changed = household["foreign"].to_numpy(), household["old_surname"].to_numpy() >= 0
    alphabet, born_here = household["alphabet"].to_numpy(), (child["moved_in"] <= child["born"]).to_numpy()
    return {
        "people_remarriage_share": mean(household["remarried_on"].notna()[changed]),
        "people_alphabet_share": mean(alphabet[foreign]),
        "people_alias_share": mean(household["alias_surname"].to_numpy()[alphabet] >= 0),
        "people_protected_share": mean(household["protected_since"].notna()),
        "people_alternative_care_share": mean(child["care"] >= 0),
        "people_unnamed_infant_share": mean(child["unnamed"].to_numpy()[born_here]),
    }


def sibling_correlation(score: np.ndarray, household: np.ndarray) -> float:
    """Correlation of a score between first and second children of households."""
    order = pd.Series(household).groupby(household).cumcount().to_numpy()
    first, second = (pd.Series(score[order == k], index=household[order == k]) for k in (0, 1))
    return float(first.reindex(second.index).corr(second)) if len(second) > 2 else float("nan")
