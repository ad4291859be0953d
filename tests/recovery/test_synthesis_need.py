"""Need comes out as planted: factors and their parts, kinds of need, who is known, and P(need | what systems show)."""

from pathlib import Path

import numpy as np
import pytest

from kosodachi.synthesis import read_scenario, simulate, synthesise
from kosodachi.synthesis.ages import foreign_chances
from kosodachi.synthesis.consultation import LEADS, by_district
from kosodachi.synthesis.fitting import raked, taking
from kosodachi.synthesis.needs import needs
from kosodachi.synthesis.parameters import sibling_correlation
from kosodachi.synthesis.population import counted
from kosodachi.synthesis.scenario import FACTORS, LEVELS

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns"
CHILDREN = 60_000


@pytest.fixture(scope="module")
def world():
    return simulate(read_scenario((TOWNS / "large.yaml").read_text(encoding="utf-8")), children=CHILDREN)


@pytest.mark.parametrize("factor", [*FACTORS, "score"])
def test_siblings_are_alike_as_asked_and_years_hang_together(world, factor):
    asked, need = world.scenario.need, world.need
    values = need.score if factor == "score" else need.factors[factor]
    alike = sibling_correlation(values[:, -1], world.population.child["household"].to_numpy())
    shares = [asked.of_score(level) for level in LEVELS] if factor == "score" else asked.shares[factor]
    assert sum(shares) == pytest.approx(1) and alike == pytest.approx(shares[0] + shares[1], abs=0.025)
    assert values.mean() == pytest.approx(0, abs=0.06) and values.std() == pytest.approx(1, abs=0.03)
    year_on_year = np.corrcoef(values[:, -2], values[:, -1])[0, 1]
    own = np.linalg.cholesky(np.array(asked.correlation))[-1, -1] ** 2  # of shocks: what comes in spells
    shocks = own * asked.shock_decay + (1 - own) * asked.persistence
    expected = {"shocks": shocks, "score": None}.get(factor, asked.persistence)
    assert expected is None or year_on_year == pytest.approx(expected, abs=0.03)


def test_factors_go_together_as_asked(world):
    last = np.corrcoef([world.need.factors[name][:, -1] for name in FACTORS])
    home = np.corrcoef([world.need.home[name][:, -1] for name in FACTORS])
    assert last == pytest.approx(world.scenario.need.covariance(), abs=0.03)
    assert home == pytest.approx(np.array(world.scenario.need.correlation), abs=0.03)
    assert world.need.household.std() == pytest.approx(1, abs=0.02)


def test_kinds_of_need_have_their_rates_and_ages(world):
    asked, held = world.scenario.need, needs(world.population, world.need, world.scenario.need)
    day = np.datetime64(world.scenario.schedule.judge_as_of)
    age = (day - world.population.child["born"].to_numpy()) / np.timedelta64(1, "D") / 365.25
    year = world.need.at(2024)
    for kind, (low, below) in {"young_carer": (10, 18), "non_attendance": (6, 15), "isolation": (0, 6)}.items():
        inside = (age >= low) & (age < below)
        assert held[kind][~inside, year].sum() == 0
        assert held[kind][inside, year].mean() == pytest.approx(asked.kinds[kind], rel=0.25)
    assert held["hardship"][counted(world.population.child, day), year].mean() == pytest.approx(
        asked.kinds["hardship"], abs=0.015
    )


def test_a_case_is_known_less_often_in_the_groups_that_were_asked_for(world):
    """The log-odds of a case at the same need come back by logistic regression."""
    import statsmodels.api as sm

    population, need, asked = world.population, world.need, world.scenario
    shift = by_district(population, asked, world.streams)
    born = population.child["born"].to_numpy()
    foreign = population.household["foreign"].to_numpy()[population.child["household"].to_numpy()]
    rows = []
    for place, year in enumerate(need.years):
        start = np.datetime64(f"{year}-04-01")
        here = (born < start) & (population.child["moved_in"].to_numpy() <= start)
        here &= ~(population.child["moved_out"].to_numpy() <= start + np.timedelta64(366, "D"))
        cases = world.lives.consultation
        opened = cases["opened"].to_numpy()
        inside = cases[(opened >= start) & (opened < np.datetime64(f"{year + 1}-04-01"))]
        seen = np.bincount(inside["child"], minlength=len(born)) > 0
        small = (start - born) / np.timedelta64(1, "D") / 365.25 < 6
        X = np.column_stack([need.score[:, place], small, foreign, population.child["female"].to_numpy(), shift])
        rows.append((X[here], seen[here]))
    X, seen = np.vstack([r[0] for r in rows]), np.concatenate([r[1] for r in rows])
    found = sm.Logit(seen.astype(float), sm.add_constant(X.astype(float))).fit(disp=False)
    given = asked.lives.ascertainment
    planted = [asked.loadings.consultation, given["below_school_age"], given["foreign_name"], given["girl"]]
    # siblings taken into a case share its day whatever their own need, so slopes are somewhat flatter than planted
    assert found.params[2:5] == pytest.approx(np.array(planted[1:]), abs=0.2)
    assert found.params[5] == pytest.approx(1, abs=0.3), "districts differ as drawn"
    assert 0.75 * planted[0] < found.params[1] <= 1.02 * planted[0]


@pytest.mark.slow
def test_the_chance_of_need_given_a_pattern_of_items_is_the_planted_one():
    """A town of 200,000 against an independent draw of the model with numpy alone: P(need | pattern) in each of the
    eight patterns, and the log-odds that a logistic regression of need on the items gives."""
    import statsmodels.api as sm

    asked = read_scenario((TOWNS / "large.yaml").read_text(encoding="utf-8"))
    need = asked.need.model_copy(update={"weights": asked.need.weights | {"shocks": 0.0}})  # so that all is normal
    people = asked.people.model_copy(update={"surname_change_share": 0.0})
    town = simulate(asked.model_copy(update={"need": need, "people": people}), children=200_000)
    x, y = _town_items(town)
    mx, my = _model_items(town.scenario, x[:, 2].mean(), len(town.need.years), np.random.default_rng(3))
    code, model_code = x @ [4, 2, 1], mx @ [4, 2, 1]
    seen, model = (np.bincount(c, weights=v, minlength=8) for c, v in ((code, y), (model_code, my)))
    n, m = np.bincount(code, minlength=8), np.bincount(model_code, minlength=8)
    p, q = seen / n, model / m
    z = (p - q) / np.sqrt(q * (1 - q) * (1 / n + 1 / m))
    assert n.min() > 10 and np.abs(z).max() < 3.5, dict(zip(range(8), z.round(2)))
    fits = [sm.Logit(v, sm.add_constant(c.astype(float))).fit(disp=False) for c, v in ((x, y), (mx, my))]
    gap = (fits[0].params - fits[1].params) / np.hypot(fits[0].bse, fits[1].bse)
    assert np.abs(gap).max() < 3.5 and (fits[0].params[1:] > 0.1).all()


def _town_items(world) -> tuple[np.ndarray, np.ndarray]:
    """light, missed (at three years), single (parent), and need in the last year, of one child a household."""
    due = world.lives.checkup
    third = due[due["kind"] == 2].assign(home=lambda t: world.population.child["household"].to_numpy()[t["child"]])
    third = third.drop_duplicates("home")
    child, home = third["child"].to_numpy(), third["home"].to_numpy()
    single = ~np.isnat(world.lives.single_since[home])
    x = np.column_stack([third["weight"] < 2500, ~third["attended"], single]).astype(int)
    return x, world.need.in_need[child, -1].astype(float)


def _model_items(asked, single: float, years: int, rng, n: int = 600_000) -> tuple[np.ndarray, np.ndarray]:
    """The same of n unrelated children, from the definition: factors by part in the first and in the last year."""
    need, lives, load = asked.need, asked.lives, asked.loadings
    keep, k = need.persistence ** (years - 1), len(FACTORS)
    chol, first, last = np.linalg.cholesky(np.array(need.correlation)), {}, {}
    for level in LEVELS:
        one, two = rng.standard_normal((n, k)), rng.standard_normal((n, k))
        first[level], last[level] = one @ chol.T, (keep * one + np.sqrt(1 - keep**2) * two) @ chol.T
    roots = {level: np.sqrt([need.shares[name][i] for name in FACTORS]) for i, level in enumerate(LEVELS)}
    score = sum(last[level] * roots[level] for level in LEVELS) @ np.array([need.weights[name] for name in FACTORS])
    health = sum(first[level] * roots[level] for level in LEVELS)[:, FACTORS.index("health")]
    light = _signs(load.low_birth_weight * health, lives.low_birth_weight_share, rng)
    care, means = first["household"][:, FACTORS.index("caregiving")], last["household"][:, FACTORS.index("economic")]
    missed = _signs(load.checkup_missed * care, 1 - lives.attended_36m, rng)
    alone = _signs(load.single_parent * means, single, rng)
    return np.column_stack([light, missed, alone]).astype(int), (score > np.quantile(score, 1 - need.rate)).astype(
        float
    )


def _signs(logit, margin, rng):
    low, high = -20.0, 20.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-logit - middle))).mean() < margin else (low, middle)
    return rng.random(len(logit)) < 1 / (1 + np.exp(-logit - low))


def test_proportional_fitting_of_three_margins_is_the_log_linear_model():
    """Against an independent implementation: the Poisson regression with all two-way terms and the seed as offset."""
    import pandas as pd
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    rng = np.random.default_rng(5)
    table, seed = rng.integers(5, 60, (3, 2, 4)).astype(float), rng.uniform(0.5, 2.0, (3, 2, 4))
    found = raked(seed, {(0, 1): table.sum(axis=2), (0, 2): table.sum(axis=1), (1, 2): table.sum(axis=0)})
    cells = pd.DataFrame(np.argwhere(table > 0), columns=["a", "b", "c"]).assign(n=table.ravel())
    terms = smf.glm("n ~ (C(a) + C(b) + C(c)) ** 2", cells, family=sm.families.Poisson(), offset=np.log(seed.ravel()))
    assert found.ravel() == pytest.approx(terms.fit(tol=1e-12).fittedvalues.to_numpy(), rel=1e-6)


def test_proportional_fitting_keeps_margins_and_odds_ratios():
    seed = np.array([[40.0, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]])
    rows, columns = np.array([150.0, 300, 400, 150]), np.array([200.0, 300, 400, 100])
    found = raked(seed, {(0,): rows, (1,): columns})
    assert found.sum(axis=1) == pytest.approx(rows) and found.sum(axis=0) == pytest.approx(columns)
    ratio = [t[0, 0] * t[1, 1] / (t[0, 1] * t[1, 0]) for t in (seed, found)]
    assert ratio[0] == pytest.approx(ratio[1])
    # the worked example of the Wikipedia article on the method, as printed there to two decimals
    assert found[0] == pytest.approx([64.56, 46.23, 35.38, 3.83], abs=0.01)


def test_single_parents_have_the_share_asked_for_and_fewer_children(world):
    single = ~np.isnat(world.lives.single_since)
    sizes = np.bincount(world.population.child["household"].to_numpy(), minlength=len(single))
    assert single.mean() == pytest.approx(world.scenario.lives.single_parent_share, abs=0.006)
    assert single[sizes == 1].mean() > 1.15 * single[sizes >= 3].mean()


def test_what_is_known_of_each_kind_of_need_is_in_the_truth():
    town = synthesise(read_scenario((TOWNS / "aoba.yaml").read_text(encoding="utf-8")), children=4_000)
    table, outcome = town.truth["needs"], town.truth["outcome"].dropna(subset=["y0"])
    assert set(table["kind"]) == set(LEADS) and (table["need"] | table["known_on"].notna()).all()
    held = table[table["need"]]
    assert 0.005 < held["known_on"].notna().mean() < 0.3, "most need is not known"
    assert (~table["need"]).any(), "some cases are opened without it"
    assert (outcome["case_1"] >= outcome["case_0"]).all() and outcome["case_1"].mean() > outcome["case_0"].mean()


def test_allowances_and_foreign_names_have_their_joint_margins(world):
    """Joint tables whose margins were asked for: allowance by household size, foreign names by age."""
    asked, lives, child = world.scenario, world.lives, world.population.child
    home, single = child["household"].to_numpy(), ~np.isnat(lives.single_since)
    chance, size = taking(world.population, asked), np.bincount(home, minlength=len(single)).clip(1, 3)
    assert chance[single].mean() == pytest.approx(asked.lives.allowance_uptake, abs=0.006)
    odds = [(p / (1 - p)) for p in (chance[size == s][0] for s in (1, 3))]
    given = asked.lives.allowance_by_size
    assert odds[1] / odds[0] == pytest.approx(given[2] / given[0], rel=1e-6), "the odds ratio of the seed is kept"
    here = counted(child, asked.schedule.judge_as_of)
    age = (np.datetime64(asked.schedule.judge_as_of) - child["born"].to_numpy()) / np.timedelta64(1, "D") / 365.25
    expected = foreign_chances(child, asked)[home]
    infants, pupils = here & (age < 5), here & (age >= 10) & (age < 15)
    by_age = asked.people.foreign_by_age
    assert expected[infants].mean() / expected[pupils].mean() == pytest.approx(by_age[0] / by_age[2], abs=0.03)
    assert foreign_chances(child, asked).mean() == pytest.approx(asked.people.foreign_share, rel=1e-9)
