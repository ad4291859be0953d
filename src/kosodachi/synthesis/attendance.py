"""Days absent a month: a child misses each school day with a chance of its own; days are the quantile of one draw.

The same draw gives both potential outcomes, so a child's own effect is known. Reasons for absence are not modelled.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy.special import bdtr, expit

from kosodachi.synthesis.calendar import SCHOOL_DAYS
from kosodachi.synthesis.need import Latent
from kosodachi.synthesis.population import Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.schooling import schooling
from kosodachi.synthesis.streams import Streams

FIRST_GRADE_AGE, GRADES = 6, 9
LONG_ABSENCE_A_YEAR = 30
SPREAD = {"child": 0.75, "month": 0.35}
GRID = np.linspace(-8.0, 4.0, 481)


@dataclass(frozen=True)
class Attendance:
    """pupil: one row a pupil and fiscal year (child, year, grade, district, junior).

    days: days absent April to March, shape (rows, 12), -1 where not enrolled. logit: log-odds of missing a school day;
    draw: the uniforms; both shape (rows, 12), kept for potential outcomes. enrolled: months in which a pupil was here.
    """

    pupil: pd.DataFrame
    days: np.ndarray
    logit: np.ndarray
    draw: np.ndarray
    enrolled: np.ndarray


def attendance(population: Population, need: Latent, scenario: Scenario, streams: Streams) -> Attendance:
    """Attendance of every pupil of the town's schools in the last three fiscal years, without outreach."""
    pupil = _pupils(population, need.years[1:], scenario, streams.of("lives.pupils"))
    enrolled = _enrolled(population.child.iloc[pupil["child"]], pupil["year"].to_numpy())
    pupil, enrolled = pupil[enrolled.any(axis=1)].reset_index(drop=True), enrolled[enrolled.any(axis=1)]
    logit = _logit(pupil, population, need, scenario, streams)
    draw = streams.of("lives.absence_days").random(logit.shape)
    days = np.where(enrolled, days_absent(logit, draw), -1)
    return Attendance(pupil, days, logit, draw, enrolled)


def grade_in(born: np.ndarray, year: int | np.ndarray) -> np.ndarray:
    """School grade in a fiscal year, 1 after the sixth birthday; who is born on 1 April goes with the year before."""
    shifted = born.astype("datetime64[D]") - np.timedelta64(1, "D")
    months = shifted.astype("datetime64[M]").astype(int)
    school_year = (months - 3) // 12 + 1970
    return year - school_year - FIRST_GRADE_AGE


def _pupils(population: Population, years: np.ndarray, scenario: Scenario, rng) -> pd.DataFrame:
    """One row a pupil of the town's own schools and fiscal year."""
    child = population.child
    grade = grade_in(child["born"].to_numpy()[:, None], years)
    private = rng.random(len(child)) >= scenario.lives.pupils_seen
    at, which = np.nonzero((grade >= 1) & (grade <= GRADES) & ~private[:, None])
    table = pd.DataFrame({"child": at, "year": years[which], "grade": grade[at, which]})
    april = ((table["year"].to_numpy() - 1970) * 12 + 3).astype("datetime64[M]").astype("datetime64[D]")
    table["district"] = schooling(population).district(at, april)
    table["junior"] = table["grade"] > 6
    return table.sort_values(["year", "child"], ignore_index=True)


def _enrolled(child: pd.DataFrame, year: np.ndarray) -> np.ndarray:
    """Months of the fiscal year in which a child lives in the town, shape (rows, 12)."""
    months = (year[:, None] - 1970) * 12 + 3 + np.arange(12)
    came = child["moved_in"].to_numpy().astype("datetime64[M]").astype(int)[:, None]
    left = child["moved_out"].to_numpy()
    gone = np.where(np.isnat(left), 10**6, left.astype("datetime64[M]").astype(int))[:, None]
    return (months >= came) & (months < gone)


def _logit(pupil, population, need: Latent, scenario, streams) -> np.ndarray:
    """Log-odds of missing a school day: need, the child, the year, the month, the school, junior high school."""
    child = pupil["child"].to_numpy()
    own = streams.of("lives.absence_child").normal(0, SPREAD["child"], len(population.child))[child]
    year = streams.of("lives.absence_year").normal(0, scenario.lives.passing_absence, len(pupil))
    month = streams.of("lives.absence_month").normal(0, SPREAD["month"], (len(pupil), 12))
    score = need.factors["school"][child, pupil["year"].to_numpy() - need.years[0]]
    place = (
        population.places.district_effect[pupil["district"].to_numpy()]
        + scenario.lives.junior_absence * pupil["junior"].to_numpy()
    )
    base = scenario.loadings.absence * score + own + year + place
    margin = np.log(LONG_ABSENCE_A_YEAR / (SCHOOL_DAYS.sum() - LONG_ABSENCE_A_YEAR))
    return base[:, None] + (margin - np.quantile(base, 1 - scenario.lives.long_absence_share)) + month


def days_absent(logit: np.ndarray, draw: np.ndarray, months: slice = slice(0, 12)) -> np.ndarray:
    """Days absent, shape as given: the binomial quantile at `draw` of the month's school days."""
    step = GRID[1] - GRID[0]
    level = np.clip(np.rint((logit - GRID[0]) / step), 0, len(GRID) - 1).astype(int)
    days = np.empty(logit.shape, dtype=int)
    for column, n in enumerate(SCHOOL_DAYS[months]):
        found = np.searchsorted(_quantiles(int(n)), level[:, column] + draw[:, column])
        days[:, column] = found - level[:, column] * (n + 1)
    return np.minimum(days, SCHOOL_DAYS[months])


@cache
def _quantiles(n: int) -> np.ndarray:
    """The distribution functions of all levels one after another, each shifted by its level: one search finds all."""
    return (np.arange(len(GRID))[:, None] + bdtr(np.arange(n + 1.0), n, expit(GRID)[:, None])).ravel()
