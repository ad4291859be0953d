"""Mistakes of every system: as frequent as asked, logged, and stale names and addresses as the lag gives them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kosodachi.municipality import Municipality
from kosodachi.synthesis import read_scenario, render, simulate
from kosodachi.synthesis.adults import named_adults
from kosodachi.synthesis.errors import Mistakes, Records, particulars
from kosodachi.synthesis.habits import HABITS
from kosodachi.synthesis.lags import USUAL_LAGS, Lag
from kosodachi.synthesis.people import SYSTEMS
from kosodachi.synthesis.population import named
from kosodachi.synthesis.sheets import sheet_of

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns"
SCENARIO = read_scenario((TOWNS / "large.yaml").read_text(encoding="utf-8")).model_copy(update={"unreadable": {}})
CHILDREN = 8000
OUTSIDE = {"duplicate", "merged_person", "dose_order"}  # made in the systems' views, not in a person's particulars


@pytest.fixture(scope="module")
def world():
    return simulate(SCENARIO, seed=3, children=CHILDREN)


@pytest.fixture(scope="module")
def records(world):
    population = named(world.population, world.streams)
    people, n = named_adults(world.adults, population, world.streams), len(population.child)
    day = np.full(n, np.datetime64(SCENARIO.schedule.follow_up_until))
    return Records(population, people, np.arange(n), day, np.ones(n, dtype=bool))


@pytest.fixture(scope="module")
def town(world):
    return render(world)


def held(records, world, system: str, lag: Lag | None = None):
    mistakes = Mistakes(system, SCENARIO.errors[system], world.streams, len(records.child))
    return particulars(records, mistakes, HABITS[system], lag or Lag()), mistakes


@pytest.mark.parametrize("system", [system for system in SYSTEMS if system != "juki"])
def test_each_mistake_is_as_frequent_as_asked_in_each_system(records, world, system):
    said, mistakes = held(records, world, system)
    for kind in set(SCENARIO.errors[system]) - OUTSIDE:
        expected, variance = mistakes.odds[kind]
        assert abs(said.errors[kind].sum() - expected) <= 4 * np.sqrt(variance) + 0.5, (kind, expected)
        assert expected > 0, kind


@pytest.mark.parametrize(
    ("system", "kind"), [("kenshin", "era_slip"), ("sodan", "missing_guardian"), ("jidofuyo", "wrong_household"),
                         ("shukketsu", "missing_guardian"), ("yobo", "birth_date_typo")],
)  # fmt: skip
def test_mistakes_possible_everywhere_have_their_plain_rate(records, world, system, kind):
    said, _ = held(records, world, system)
    rate, n = SCENARIO.errors[system][kind], len(records.child)
    assert said.errors[kind].mean() == pytest.approx(rate, abs=4 * np.sqrt(rate * (1 - rate) / n) + 0.03 * rate)


def test_an_era_slip_keeps_year_number_month_and_day(records, world):
    said, _ = held(records, world, "kenshin")
    plain = records.population.child["born"].to_numpy().astype("datetime64[D]")
    alone = said.errors["era_slip"] & ~said.errors[["twin_confusion", "missing_birth_date"]].any(axis=1)
    there, born = (pd.to_datetime(days[alone]) for days in (said.born, plain))
    assert alone.sum() >= 10 and (there.day == born.day).all() and (there.month == born.month).all()
    assert (born.year - there.year == np.where(born >= pd.Timestamp("2019-05-01"), 30, 63)).all()


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_difference_from_a_faultless_record_is_logged(records, world, system):
    """The same habits without rates and lag give what is right; where a field differs from it, a mistake is logged."""
    said, _ = held(records, world, system, USUAL_LAGS[system])
    right = particulars(records, Mistakes(system, {}, world.streams, len(records.child)), HABITS[system], Lag())
    logged = said.errors.drop(columns=["foreign_script", "alias_name", "protected_address"]).any(axis=1).to_numpy()
    for field in (
        "surname",
        "given",
        "surname_kana",
        "given_kana",
        "born",
        "female",
        "sex_known",
        "between",
        "guardian",
    ):
        one, two = getattr(said, field), getattr(right, field)
        differs = (one != two) & ~(pd.isna(one) & pd.isna(two))
        assert not (differs & ~logged).any(), field
    assert not ((said.address != right.address).any(axis=1) & ~said.hidden & ~logged).any()


@pytest.mark.parametrize("mean", [60.0, 400.0])
def test_stale_surnames_follow_from_the_lag_and_the_day_of_the_change(records, world, mean):
    """Of changes t days before the record, exp(-t / mean) are not known yet: the lag is exponential."""
    said, _ = held(records, world, "kokuho_zei", Lag(surname=mean))
    home = records.population.child["household"].to_numpy()
    changed = records.population.household["surname_changed_on"].to_numpy()[home]
    has = ~np.isnat(changed)
    unknown = np.exp(-((records.day[has] - changed[has]) / np.timedelta64(1, "D")) / mean)
    made = said.errors["old_surname"].to_numpy()
    assert not made[~has].any()
    assert made[has].sum() == pytest.approx(unknown.sum(), abs=4 * np.sqrt((unknown * (1 - unknown)).sum()))


def test_a_record_from_before_a_change_has_the_surname_of_then(records, world):
    early = Records(records.population, records.adults, records.child, np.full(len(records.day), np.datetime64("2000-01-01")),
                    records.newborn)  # fmt: skip
    said, _ = held(early, world, "kokuho_zei")
    household = records.population.household.iloc[records.population.child["household"]]
    assert (said.errors["old_surname"].to_numpy() == (household["old_surname"] >= 0).to_numpy()).all()
    late, _ = held(records, world, "kokuho_zei", Lag())
    assert not late.errors["old_surname"].any() and not late.errors["old_address"].any()


def test_stale_addresses_follow_from_the_lag(records, world):
    said, _ = held(records, world, "kenshin", Lag(address=365.0))
    home = records.population.child["household"].to_numpy()
    moved = records.population.household["moved_on"].to_numpy()[home]
    apart = ~np.isnat(moved) & ~records.population.protected[home] & (records.population.child["care"].to_numpy() < 0)
    unknown = np.exp(-((records.day[apart] - moved[apart]) / np.timedelta64(1, "D")) / 365)
    made = said.errors["old_address"].to_numpy()[apart].sum()
    assert made == pytest.approx(unknown.sum(), abs=4 * np.sqrt((unknown * (1 - unknown)).sum()) + 5)


def test_characters_outside_jis_are_lost_to_the_placeholder_of_the_system(records, world):
    for system in ("jidofuyo", "hoiku", "gakuryoku"):
        often = Mistakes(system, {"gaiji": 1.0}, world.streams, len(records.child))
        said, sign = particulars(records, often, HABITS[system], Lag()), HABITS[system].placeholder
        lost = said.errors["gaiji"].to_numpy()
        assert lost.sum() > 50 and all(sign in text for text in said.surname[lost])
        assert not any(set(text) & set("髙﨑濵德黑") for text in said.surname)


def test_persons_are_merged_at_the_rate_asked_and_no_key_is_used_twice(town):
    settings = Municipality.model_validate(town.settings)
    record = town.truth["record"]
    for source, rate, keys in (
        ("yobo", 0.002, ["person_no", "vaccine_due"]),
        ("shukketsu", 0.002, ["person_no", "fiscal_year"]),
    ):
        rows = record[record["source"] == source]
        made = rows["error"].str.contains("merged_person").to_numpy()
        assert made.mean() == pytest.approx(rate, abs=4 * np.sqrt(rate / len(rows)))
        table = sheet_of(town.extracts[settings.sources[source].file], settings.sources[source])
        assert not table.duplicated(keys).any()
        owners = pd.Series(rows["person_id"].to_numpy()[~made]).groupby(table["person_no"][~made].to_numpy()).nunique()
        assert (owners == 1).all()
        both = pd.Series(rows["person_id"].to_numpy()).groupby(table["person_no"].to_numpy()).nunique()
        assert (both > 1).sum() > 0.8 * made.sum()


def test_exchanged_vaccination_days_are_logged(town):
    source = Municipality.model_validate(town.settings).sources["yobo"]
    table, record = sheet_of(town.extracts["yobo.csv"], source), town.truth["record"].query("source == 'yobo'")
    swapped = record["error"].str.contains("dose_order").to_numpy()
    assert 0.003 < swapped.mean() < 0.012 and (table.loc[swapped, "vaccinated"] != "").all()
    days = table["vaccinated"].mask(table["vaccinated"] == "").str.replace("^9", "8", regex=True).astype(float)
    later = (days.groupby(table["person_no"]).diff() < 0).to_numpy()
    alone = swapped & ~record["error"].str.contains("merged|duplicate").to_numpy()
    assert later[alone].mean() == pytest.approx(
        0.5, abs=0.05
    )  # of each pair exchanged the second stands before the first
