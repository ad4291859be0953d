"""The six further systems: readable by ingest, keyed to a recipient, with the gaps and loadings planted."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kosodachi.ingest import ingest
from kosodachi.municipality import Municipality
from kosodachi.synthesis import read_scenario, render, simulate
from kosodachi.synthesis.benefits import MAKERS
from kosodachi.synthesis.people import SYSTEMS

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns"
SCENARIO = read_scenario((TOWNS / "large.yaml").read_text(encoding="utf-8")).model_copy(update={"unreadable": {}})


@pytest.fixture(scope="module")
def world():
    return simulate(SCENARIO, children=20_000)


@pytest.fixture(scope="module")
def town():
    return render(simulate(SCENARIO, children=1500))


def sheet(town, source: str) -> pd.DataFrame:
    spec = town.settings["sources"][source]
    content = io.BytesIO(town.extracts[spec["file"]])
    return pd.read_csv(content, encoding=spec["encoding"], dtype=str, keep_default_na=False)


def test_the_large_town_has_all_systems():
    assert set(SCENARIO.systems) == set(SYSTEMS) and len(SYSTEMS) == 14


def test_all_systems_are_written_and_ingested(town):
    settings = Municipality.model_validate(town.settings)
    files = {name: town.extracts[source.file] for name, source in settings.sources.items() if source.collected}
    assert set(files) == set(SYSTEMS)
    got = ingest(settings, files, key=b"0" * 32)
    counts = got.ingest_counts.set_index("source")
    assert (counts["accepted"] >= 0.95 * counts["read"]).all() and (counts["accepted"] > 0).all(), counts
    assert got.attributes["kokuho_zei"]["income"].isna().any() and got.attributes["gakuryoku"]["score"].notna().all()


@pytest.mark.parametrize("source", sorted(MAKERS))
def test_numbers_lie_in_the_reserved_range_and_are_one_a_row(town, source):
    table = sheet(town, source)
    assert list(table.columns) == list(town.settings["sources"][source]["columns"])
    assert table.iloc[:, 0].str.startswith("99").all() and not table.duplicated().any()


def test_other_systems_keep_their_bytes_when_further_ones_are_added(town):
    six = render(simulate(SCENARIO.model_copy(update={"systems": SYSTEMS[:6]}), children=1500))
    assert all(town.extracts[name] == content for name, content in six.extracts.items()) and len(six.extracts) == 6


def test_each_household_has_one_recipient_among_its_adults(world):
    adults = world.adults
    assert (adults.groupby("household")["recipient"].sum() == 1).all()
    sizes = adults.groupby("household").size()
    single = ~np.isnat(world.lives.single_since)
    assert (sizes.to_numpy() == np.where(single, 1, 2)).all()
    mothers = adults[single[adults["household"]]]["female"].mean()
    assert mothers == pytest.approx(0.889, abs=0.02)


def test_siblings_stand_under_one_number_and_one_recipient(town):
    rows = sheet(town, "iryohi_josei").assign(stem=lambda t: t["受給者番号"].str[:8])
    several = rows.groupby("stem").filter(lambda t: len(t) > 1).groupby("stem")["受給者氏名"].nunique()
    assert len(several) > 100 and (several == 1).mean() > 0.97  # else a wrong household, or a surname changed between


def test_shares_are_as_asked_and_hardship_shows(world):
    from kosodachi.synthesis.margins import margins

    found = margins(world)
    assert found["school_aid"] == pytest.approx(0.139, abs=0.012)
    assert found["public_assistance"] == pytest.approx(0.0162, abs=0.004)
    single = ~np.isnat(world.lives.single_since)
    home = world.population.child["household"].to_numpy()
    paid = np.isin(np.arange(len(home)), world.benefits["seikatsu_hogo"]["child"])
    assert paid[single[home]].mean() > 2 * paid[~single[home]].mean()


def test_scores_fall_with_need_and_the_often_absent_are_missing(world):
    rows = world.benefits["gakuryoku"]
    score = world.need.factors["school"][rows["child"], rows["year"] - world.need.years[0]]
    assert np.corrcoef(score, rows["score"])[0, 1] == pytest.approx(-0.3, abs=0.04)
    assert rows["score"].mean() == pytest.approx(50, abs=1) and rows["score"].std() == pytest.approx(10, abs=0.5)
    pupil = world.school.pupil.assign(days=np.maximum(world.school.days, 0).sum(axis=1))
    pupil = pupil[(pupil["grade"] >= 4) & world.school.enrolled[:, 0]]
    both = pupil.merge(rows[["child", "year"]], on=["child", "year"], how="left", indicator=True)
    days = both.groupby(both["_merge"] == "both")["days"].mean()
    assert days[False] > 2 * days[True]


def test_undeclared_income_is_unknown_and_goes_with_hardship(world):
    rows = world.benefits["kokuho_zei"]
    need = world.need.household[world.population.child["household"].to_numpy()[rows["child"]], -1]
    unknown = (rows["income"] < 0).to_numpy()
    assert 0.04 < unknown.mean() < 0.25 and need[unknown].mean() > need[~unknown].mean() + 0.1
    assert (rows.loc[~unknown, "income"] > 0).all()
