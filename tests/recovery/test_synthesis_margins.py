"""A larger town: margins, mistakes and loadings as asked, and a naive contrast that misleads while the truth is known."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kosodachi.municipality import Municipality
from kosodachi.synthesis import read_scenario, simulate, synthesise
from kosodachi.synthesis.parameters import sibling_correlation
from kosodachi.synthesis.scenario import Programme
from kosodachi.synthesis.sheets import sheet_of

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns"
SCENARIO = read_scenario((TOWNS / "aoba.yaml").read_text(encoding="utf-8"))
LARGE = 30_000


@pytest.fixture(scope="module")
def world():
    return simulate(SCENARIO, seed=11, children=LARGE)


@pytest.fixture(scope="module")
def town():
    return synthesise(SCENARIO, seed=11, children=LARGE)


@pytest.fixture(scope="module")
def values(town):
    return town.truth["parameters"].set_index("name")["value"]


def sheet(town, source: str) -> pd.DataFrame:
    spec = town.settings["sources"][source]
    return pd.read_csv(
        io.BytesIO(town.extracts[spec["file"]]), encoding=spec["encoding"], dtype=str, keep_default_na=False
    )


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("resident_children", 5),
        ("need_rate", 0.008),
        ("need_household", 0.03),
        ("people_foreign_share", 0.005),
        ("people_surname_change_share", 0.006),
        ("people_moved_within_share", 0.01),
        ("people_remarriage_share", 0.05),
        ("people_alphabet_share", 0.06),
        ("people_alias_share", 0.07),
        ("people_protected_share", 0.0025),
        ("people_alternative_care_share", 0.0015),
        ("people_unnamed_infant_share", 0.003),
        ("lives_attended_4m", 0.005),
        ("lives_attended_18m", 0.006),
        ("lives_attended_36m", 0.006),
        ("lives_low_birth_weight_share", 0.006),
        ("lives_consultation_rate", 0.004),
        ("lives_long_absence_share", 0.015),
        ("programme_effect", 0.001),
        ("programme_consent", 0.03),
        ("programme_started", 0.03),
    ],
)
def test_margins_are_as_asked(values, name, tolerance):
    assert values[f"achieved_{name}"] == pytest.approx(values[f"asked_{name}"], abs=tolerance)


def test_the_town_is_within_what_the_analysis_needs(values):
    assert 0.06 <= values["achieved_allowance_share"] <= 0.14
    assert 0.02 <= values["achieved_lives_consultation_rate"] <= 0.04
    assert 0.30 <= values["base_rate_eligible"] <= 0.40
    assert values["long_absence_days"] == 20


def test_need_in_siblings_goes_together(world):
    population, need = world.population, world.need
    home = population.child["household"].to_numpy()
    assert sibling_correlation(need.in_need[:, -1].astype(float), home) > 0.15
    assert np.corrcoef(need.score[:, -1], need.score[:, -2])[0, 1] == pytest.approx(0.85, abs=0.01)


def test_need_raises_what_the_systems_see_and_services_know_few_of_it(town):
    latent = town.truth["latent"]
    on = latent[latent["as_of"] == pd.Timestamp("2024-04-01")]
    known = on.groupby("need")["known"].mean()
    assert known[True] > 3 * known[False] and known[True] < 0.5
    outcome = town.truth["outcome"].merge(on, on="register_no")
    assert outcome.groupby("need")["y0"].mean().diff().iloc[-1] > 0.15


def errors(town, source: str) -> pd.Series:
    """Share of person records with each mistake, as logged."""
    record = town.truth["record"].query("source == @source")
    return record["error"].str.get_dummies(";").mean()


@pytest.mark.parametrize(
    ("source", "mistake", "tolerance"),
    [("sodan", "missing_birth_date", 0.015), ("sodan", "missing_kana", 0.025), ("sodan", "missing_sex", 0.012),
     ("jidofuyo", "half_width_kana", 0.015), ("jidofuyo", "birth_date_typo", 0.005), ("shukketsu", "hiragana_name", 0.003),
     ("shukketsu", "missing_kana", 0.003), ("kenshin", "birth_date_typo", 0.002)],
)  # fmt: skip
def test_mistakes_are_as_frequent_as_asked(town, source, mistake, tolerance):
    assert errors(town, source)[mistake] == pytest.approx(SCENARIO.errors[source][mistake], abs=tolerance)


def test_mistakes_that_need_an_occasion_happen_where_it_is_given(town):
    """Rates by type and system are held in test_synthesis_mistakes; here, that nobody else has them."""
    rows = town.truth["record"].merge(town.truth["person"], on="person_id")
    kinds = rows["error"].str.get_dummies(";").astype(bool)
    for mistake, group in (("old_surname", "surname_changed"), ("kana_by_ear", "foreign_name"), ("twin_confusion", "twin"),
                           ("unnamed_infant", "unnamed_infant"), ("protected_address", "address_protected")):  # fmt: skip
        assert kinds[mistake].any() and not kinds.loc[~rows[group], mistake].any(), mistake
    twins = rows[rows["twin"] & rows["source"].eq("kenshin")]
    made = twins["error"].str.contains("twin_confusion").mean()
    assert made == pytest.approx(SCENARIO.errors["kenshin"]["twin_confusion"], abs=0.04)


def test_rows_without_a_logged_mistake_agree_with_the_register(town):
    sources, parts = Municipality.model_validate(town.settings).sources, []
    for source in ("juki", "kenshin"):
        rows = town.truth["record"].query("source == @source and error == ''")
        table = sheet_of(town.extracts[sources[source].file], sources[source]).iloc[rows["row_no"].to_numpy() - 1]
        parts.append(table[["kana", "birth_date"]].set_index(rows["person_id"].to_numpy()))
    both = parts[0].join(parts[1], rsuffix="_there", how="inner")
    assert len(both) > 1000
    assert (both["kana"] == both["kana_there"]).all() and (both["birth_date"] == both["birth_date_there"]).all()


def test_logged_mistakes_of_the_date_show_in_the_extract(town):

    spec = Municipality.model_validate(town.settings).sources["kenshin"]
    rows = town.truth["record"].query("source == 'kenshin'")
    table = sheet_of(town.extracts[spec.file], spec)
    assert table.loc[rows["error"].str.contains("unreadable").to_numpy(), "birth_date"].isna().all()


def test_outreach_keeps_to_capacity_and_leaves_overlap(town):
    outcome = town.truth["outcome"]
    eligible = outcome[outcome["eligible"]]
    assert not outcome.loc[~outcome["eligible"], "offered"].any()
    assert len(sheet(town, "shien")) == town.settings["capacity"]["outreach_per_month"]
    assert eligible["propensity"].between(0.1, 0.9).all()
    cells = eligible.groupby(pd.cut(eligible["propensity"], [0.1, 0.25, 0.45, 0.65, 0.9]))
    assert (cells["offered"].mean() - cells["propensity"].mean()).abs().max() < 0.05


def test_the_naive_contrast_has_the_wrong_sign_while_the_truth_is_known(town, values):
    eligible = town.truth["outcome"].query("eligible").dropna(subset=["y0"])
    seen = np.where(eligible["offered"], eligible["y1"], eligible["y0"])
    offered = eligible["offered"].to_numpy()
    naive = seen[offered].mean() - seen[~offered].mean()
    assert naive == pytest.approx(values["naive_contrast_eligible"], abs=0.01)
    assert naive > 0.01 and (eligible["y1"] - eligible["y0"]).mean() == pytest.approx(-0.10, abs=0.004)


def test_the_chance_of_an_offer_puts_the_naive_contrast_right(town):
    eligible = town.truth["outcome"].query("eligible").dropna(subset=["y0"])
    treated, e = eligible["offered"].to_numpy(float), eligible["propensity"].to_numpy()
    seen = np.where(treated == 1, eligible["y1"], eligible["y0"])
    one, two = treated / e, (1 - treated) / (1 - e)
    estimate = (one * seen).sum() / one.sum() - (two * seen).sum() / two.sum()
    assert estimate == pytest.approx(-0.10, abs=0.035)


def test_the_offer_only_works_on_those_who_would_start_and_never_harms(town):
    outcome = town.truth["outcome"].dropna(subset=["y0"])
    others = outcome[~outcome["would_start"]]
    assert (others["days_0"] == others["days_1"]).all()
    assert (outcome["days_1"] <= outcome["days_0"]).all()
    assert outcome.loc[outcome["would_start"], "would_consent"].all()


def test_the_attendance_extract_shows_the_outcome_of_the_assigned_arm(town):
    """A child entered twice or with a transfer is put together again."""
    rows = sheet(town, "shukketsu").assign(row_no=lambda t: np.arange(1, len(t) + 1)).query("年度 == '2024'")
    months = [f"{month}月欠席" for month in (9, 10, 11, 12, 1, 2, 3)]
    who = town.truth["record"].query("source == 'shukketsu'").merge(town.truth["person"], on="person_id")
    rows = rows.merge(who[["row_no", "register_no"]], on="row_no").dropna(subset=["register_no"])
    days = rows[months].apply(pd.to_numeric, errors="coerce").groupby(rows["register_no"]).sum()
    table = (
        days.sum(axis=1)
        .rename("days")
        .reset_index()
        .merge(town.truth["outcome"].dropna(subset=["y0"]), on="register_no")
    )
    assert len(table) > 10_000
    expected = np.where(table["offered"], table["days_1"], table["days_0"])
    assert (table["days"] == expected).all()
    assert ((table["days"] >= 20) == np.where(table["offered"], table["y1"], table["y0"])).all()


def test_in_a_town_without_effect_nothing_changes():
    null = SCENARIO.model_copy(update={"programme": Programme(effect=0.0)})
    outcome = synthesise(null, children=1000).truth["outcome"].dropna(subset=["y0"])
    assert (outcome["days_0"] == outcome["days_1"]).all()


def test_selection_by_lot_leaves_the_naive_contrast_near_the_truth():
    lot = SCENARIO.model_copy(update={"programme": Programme(selection=0.0)})
    values = synthesise(lot, children=LARGE, seed=5).truth["parameters"].set_index("name")["value"]
    assert values["naive_contrast_eligible"] == pytest.approx(values["ate_eligible"], abs=0.035)
