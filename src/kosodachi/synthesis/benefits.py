"""What further systems come to see: benefits by household, nursery care, aid with medical costs, surveys, income.

Hardship is a household's own quantity, in part the same as its need. Benefits are paid to a parent, the recipient;
take-up of school aid is lower in need, pupils often absent miss the survey, and undeclared income is blank, not 0.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from kosodachi.synthesis.allowance import school_end
from kosodachi.synthesis.attendance import Attendance
from kosodachi.synthesis.care import care_since
from kosodachi.synthesis.child_allowance import child_allowance
from kosodachi.synthesis.known import Known, of_children
from kosodachi.synthesis.lives import Lives
from kosodachi.synthesis.need import Latent, chance
from kosodachi.synthesis.population import DAY, NEVER, YEAR, Population
from kosodachi.synthesis.scenario import Scenario
from kosodachi.synthesis.streams import Streams
from kosodachi.synthesis.vaccination import vaccinations

SINGLE = 1.2  # log-odds of hardship of a single parent
TAKE_UP_BY_NEED = -0.5  # log-odds a standard deviation of need
ASSISTANCE_ENDS_A_YEAR, YEARS_BEFORE = 0.12, 4
ENDED = 1 + ASSISTANCE_ENDS_A_YEAR * YEARS_BEFORE  # of those with assistance on a day: ended in the years before
BEGUN = ENDED + ASSISTANCE_ENDS_A_YEAR  # and in the year after, begun
NURSERY_FROM = (0.16, 0.27, 0.08, 0.08, 0.01)  # share that starts at each age, in years at 1 April; the rest never
SURVEY_FROM_GRADE = 4
SURVEY_BY_ABSENCE = 0.09  # log-odds of missing the survey, a day absent in the year
INSURED, UNDECLARED = 0.22, 0.08  # share of households in national health insurance; of those without a declaration
MEDIAN_INCOME, INCOME_SPREAD, INCOME_BY_HARDSHIP = 380, 0.45, -0.45  # 10,000 yen; in logs


def benefits(
    population: Population, need: Latent, lives: Lives, school: Attendance, scenario: Scenario, streams: Streams
) -> dict[str, pd.DataFrame]:
    """One table for each further system of the scenario: child, start, end, and what the system adds."""
    rng, shared = streams.of("lives.hardship"), scenario.loadings.hardship
    noise = rng.standard_normal(len(population.household))
    hardship = shared * need.home["economic"][:, -1] + np.sqrt(1 - shared**2) * noise
    hardship = hardship + SINGLE * ~np.isnat(lives.single_since)
    known = Known(population, need, lives, school, scenario, streams, hardship)
    return {name: make(known) for name, make in MAKERS.items() if name in scenario.systems}


def _assistance(known: Known) -> pd.DataFrame:
    """Public assistance: the children of a household, while it lasts. The share asked for is that on judge_as_of;
    besides there are households whose assistance ended in the years before, or begins after."""
    rng, n, dates = known.streams.of("lives.assistance"), len(known.hardship), known.scenario.schedule
    share, draw = chance(1.3 * known.hardship, known.scenario.lives.assistance_share), rng.random(n)
    day, last = np.datetime64(dates.judge_as_of), np.datetime64(dates.follow_up_until)
    years = rng.exponential(1 / ASSISTANCE_ENDS_A_YEAR, (n, 2))
    shift = np.select([draw < share, draw < ENDED * share], [0.0, -YEARS_BEFORE * rng.random(n)], rng.random(n))
    around = day + (shift * YEAR).astype(int) * DAY
    since = np.where(shift > 0, around, around - (years[:, 0] * YEAR).astype(int) * DAY)
    since = since.astype("datetime64[M]").astype("datetime64[D]")
    until = np.where(shift < 0, around, np.fmax(since, around) + (years[:, 1] * YEAR).astype(int) * DAY)
    takes = draw < BEGUN * share
    child = np.flatnonzero(takes[known.home])
    spells = of_children(known, child, since[known.home[child]], until[known.home[child]])
    held = spells["start"] < np.fmin(spells["end"].to_numpy(), last)
    return spells[held & ~(spells["end"] < np.datetime64(f"{known.need.years[0]}-04-01"))].reset_index(drop=True)


def _school_aid(known: Known) -> pd.DataFrame:
    """School aid, applied for each year; who is entitled and in need applies less often."""
    rng, asked, pupil = known.streams.of("lives.school_aid"), known.scenario.lives, known.school.pupil
    home = known.home[pupil["child"].to_numpy()]
    entitled = chance(1.5 * known.hardship, asked.school_aid_share / asked.school_aid_uptake)
    poor = rng.random(len(entitled)) < entitled
    draw, can = rng.random(len(pupil)), np.flatnonzero(poor[home] & known.school.enrolled[:, 0])
    need = known.need.home["economic"][home[can], -1]
    applies = can[draw[can] < chance(TAKE_UP_BY_NEED * need, asked.school_aid_uptake)]
    start, end = _year_of(pupil["year"].to_numpy())
    table = pupil[["child", "year", "grade", "district", "junior"]].assign(start=start, end=end)
    return table.iloc[applies].reset_index(drop=True)


def _year_of(year: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first = ((year - 1970) * 12 + 3).astype("datetime64[M]")
    return first.astype("datetime64[D]"), (first + 12).astype("datetime64[D]") - DAY


def _nursery(known: Known) -> pd.DataFrame:
    """Licensed nursery care, from an April to the March before school; unlicensed care is not seen."""
    rng, child = known.streams.of("lives.nursery"), known.population.child
    ages, shares = np.arange(len(NURSERY_FROM) + 1), (*NURSERY_FROM, 1 - sum(NURSERY_FROM))
    age = rng.choice(ages, len(child), p=shares)
    months = (child["born"].to_numpy().astype("datetime64[D]") - DAY).astype("datetime64[M]").astype(int)
    april = (months - 3) // 12 * 12 + 3
    start = (april + 12 * (age + 1)).astype("datetime64[M]").astype("datetime64[D]")
    school = (april + 12 * 7).astype("datetime64[M]").astype("datetime64[D]") - DAY
    start = np.fmax(start, child["moved_in"].to_numpy().astype("datetime64[D]"))
    end = np.fmin(np.fmin(school, child["moved_out"].to_numpy()), care_since(known.population))
    first, last = np.datetime64(f"{known.need.years[0]}-04-01"), np.datetime64(known.scenario.schedule.follow_up_until)
    held = (age < len(NURSERY_FROM)) & (start < end) & (start <= last) & (end >= first)
    table = pd.DataFrame({"child": np.arange(len(child)), "start": start, "end": np.where(end <= last, end, NEVER)})
    return table[held].reset_index(drop=True)


def _medical_aid(known: Known) -> pd.DataFrame:
    """Aid with children's medical costs: nearly every child, from birth or arrival."""
    rng = known.streams.of("lives.medical_aid")
    child = np.flatnonzero(rng.random(len(known.home)) < known.scenario.lives.medical_aid_share)
    always = np.full(len(child), np.datetime64("1900-01-01")), np.full(len(child), np.datetime64("2200-01-01"))
    spells, last = of_children(known, child, *always), np.datetime64(known.scenario.schedule.follow_up_until)
    return spells[(spells["start"] <= last) & ~(spells["end"] < spells["start"])].reset_index(drop=True)


def _survey(known: Known) -> pd.DataFrame:
    """The academic survey in April from grade 4: score with mean 50 and spread 10; the often absent miss it."""
    rng, pupil = known.streams.of("lives.survey"), known.school.pupil
    child, year = pupil["child"].to_numpy(), pupil["year"].to_numpy()
    own = rng.standard_normal(len(known.population.child))[child]
    load, score = known.scenario.loadings.score, known.need.factors["school"][child, year - known.need.years[0]]
    rest = np.sqrt(1 - load**2)
    z = -load * score + rest * (0.85 * own + np.sqrt(1 - 0.85**2) * rng.standard_normal(len(pupil)))
    days = np.maximum(known.school.days, 0).sum(axis=1)
    came = rng.random(len(pupil)) >= chance(SURVEY_BY_ABSENCE * days, known.scenario.lives.survey_missed)
    held = came & (pupil["grade"].to_numpy() >= SURVEY_FROM_GRADE) & known.school.enrolled[:, 0]
    table = pupil[["child", "year", "grade", "district", "junior"]]
    return table.assign(score=np.clip(np.rint(50 + 10 * z), 5, 95).astype(int))[held].reset_index(drop=True)


def _income(known: Known) -> pd.DataFrame:
    """Yearly income of households in national health insurance; -1 where none was declared."""
    rng, n, years = known.streams.of("lives.income"), len(known.hardship), known.need.years[1:]
    insured = rng.random(n) < chance(0.5 * known.hardship, INSURED)
    base = np.log(MEDIAN_INCOME) + INCOME_BY_HARDSHIP * known.hardship + INCOME_SPREAD * rng.standard_normal(n)
    silent = rng.random((n, len(years))) < chance(0.8 * known.hardship, UNDECLARED)[:, None]
    income = np.rint(np.exp(base[:, None] + rng.normal(0, 0.1, (n, len(years))))).astype(int)
    income = np.where(silent, -1, income)
    people = known.population.child
    mid = (np.asarray(years) - 1970) * 12 + 3
    came = people["moved_in"].to_numpy().astype("datetime64[M]").astype(int)[:, None] <= mid
    left = people["moved_out"].to_numpy().astype("datetime64[M]")[:, None] <= mid.astype("datetime64[M]")
    young = school_end(people["born"].to_numpy()).astype("datetime64[M]").astype(int)[:, None] > mid
    child, at = np.nonzero(insured[known.home][:, None] & came & ~left & young)
    return pd.DataFrame({"child": child, "year": years[at], "income": income[known.home[child], at]})


MAKERS: dict[str, Callable[[Known], pd.DataFrame]] = {
    "seikatsu_hogo": _assistance,
    "shugaku_enjo": _school_aid,
    "hoiku": _nursery,
    "iryohi_josei": _medical_aid,
    "gakuryoku": _survey,
    "kokuho_zei": _income,
    "jido_teate": child_allowance,
    "yobo": vaccinations,
}
