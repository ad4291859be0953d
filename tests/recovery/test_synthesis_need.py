"""Need comes out as planted: factors and their parts, kinds of need, who is known, and P(need | what systems show)."""

from pathlib import Path

import numpy as np
import pytest

from kosodachi.synthesis import read_scenario, simulate, synthesise
from kosodachi.synthesis.consultation import LEADS, ascertainment
from kosodachi.synthesis.fitting import fitted
from kosodachi.synthesis.needs import needs
from kosodachi.synthesis.parameters import sibling_correlation
from kosodachi.synthesis.population import counted
from kosodachi.synthesis.scenario import FACTORS

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
    assert alike == pytest.approx(asked.household + asked.district, abs=0.025)
    assert values.mean() == pytest.approx(0, abs=0.05) and values.std() == pytest.approx(1, abs=0.03)
    year_on_year = np.corrcoef(values[:, -2], values[:, -1])[0, 1]
    shocks = asked.common * asked.persistence + (1 - asked.common) * 0.5
    expected = {"shocks": shocks, "score": None}.get(factor, asked.persistence)
    assert expected is None or year_on_year == pytest.approx(expected, abs=0.03)


def test_factors_go_together_as_asked(world):
    last = np.array([world.need.factors[name][:, -1] for name in FACTORS])
    off = np.corrcoef(last)[~np.eye(len(FACTORS), dtype=bool)]
    assert off == pytest.approx(np.full(len(off), world.scenario.need.common), abs=0.04)


def test_kinds_of_need_have_their_rates_and_ages(world):
    asked, held = world.scenario.need, needs(world.population, world.need, world.scenario.need)
    day = np.datetime64(world.scenario.schedule.judge_as_of)
    age = (day - world.population.child["born"].to_numpy()) / np.timedelta64(1, "D") / 365.25
    year = world.need.at(2024)
    for kind, (low, below) in {"young_carer": (10, 18), "non_attendance": (6, 15), "isolation": (0, 6)}.items():
        inside = (age >= low) & (age < below)
        assert held[kind][~inside, year].sum() == 0
        assert held[kind][inside, year].mean() == pytest.approx(asked.kinds[kind], rel=0.2)
    assert held["hardship"][counted(world.population.child, day), year].mean() == pytest.approx(0.12, abs=0.012)


def test_a_case_is_known_less_often_in_the_groups_that_were_asked_for(world):
    """The log-odds of a case at the same need come back by logistic regression."""
    import statsmodels.api as sm

    population, need, asked = world.population, world.need, world.scenario
    shift = ascertainment(population, need.years, asked)
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
        X = np.column_stack([need.score[:, place], small, foreign, population.child["female"].to_numpy()])
        rows.append((X[here], seen[here], shift[here, place]))
    X, seen = np.vstack([r[0] for r in rows]), np.concatenate([r[1] for r in rows])
    found = sm.Logit(seen.astype(float), sm.add_constant(X.astype(float))).fit(disp=False)
    given = asked.lives.ascertainment
    planted = [asked.loadings.consultation, given["below_school_age"], given["foreign_name"], given["girl"]]
    # siblings taken into a case share its day whatever their own need, so slopes are somewhat flatter than planted
    assert np.abs(found.params[2:] - planted[1:]) == pytest.approx(np.zeros(3), abs=0.2)
    assert 0.75 * planted[0] < found.params[1] <= 1.02 * planted[0]


def test_the_chance_of_need_given_what_systems_show_is_the_planted_one(world):
    """Against an independent draw of the model: normal factors of the asked correlations, logistic signs."""
    asked, rng = world.scenario, np.random.default_rng(3)
    w = np.array([asked.need.weights[name] for name in FACTORS])
    cov = asked.need.common + (1 - asked.need.common) * np.eye(5)
    drawn = rng.multivariate_normal(np.zeros(5), cov, 400_000)
    score = drawn @ w / np.sqrt(w @ cov @ w)
    health = FACTORS.index("health")
    light = _signs(asked.loadings.low_birth_weight * drawn[:, health], asked.lives.low_birth_weight_share, rng)
    model = (score > np.quantile(score, 1 - asked.need.rate))[light].mean()
    first = world.lives.checkup.drop_duplicates("child")
    seen = first.loc[first["weight"] < 2500, "child"].to_numpy()
    town = world.need.in_need[seen, 0].mean()
    assert town == pytest.approx(model, abs=4 * np.sqrt(model / len(seen)) + 0.005)


def _signs(logit, margin, rng):
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-logit - middle))).mean() < margin else (low, middle)
    return rng.random(len(logit)) < 1 / (1 + np.exp(-logit - low))


def test_proportional_fitting_keeps_margins_and_odds_ratios():
    seed = np.array([[40.0, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]])
    rows, columns = np.array([150.0, 300, 400, 150]), np.array([200.0, 300, 400, 100])
    found = fitted(seed, rows, columns)
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
