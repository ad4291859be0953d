"""Impossible scenarios are refused by name, in both languages, all faults together, before anything is drawn or written."""

import pytest

from kosodachi.faults import Fault, Faults, catalogue
from kosodachi.synthesis import read_scenario, simulate, synthesise, write_chunks
from kosodachi.synthesis.lags import Lag
from kosodachi.synthesis.scenario import Fact, Lives, Loadings, Missing, Need, People, Programme, Scenario

TEXT = """key: trial
name: {ja: 試験町, en: Trial Town}
children: 3000
schedule: {train_as_of: 2023-04-01, judge_as_of: 2024-04-01, label_months: 12, index_date: 2024-05-01, follow_up_until: 2025-03-31}
capacity: {reviewed: 300, outreach_per_month: 160}
"""
# Two factors that go together cannot go against each other with a third that goes with both.
FLIPPED = [[1, 0.9, 0.9, 0, 0], [0.9, 1, -0.9, 0, 0], [0.9, -0.9, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]


def told_of(text: str | bytes) -> list[Fault]:
    with pytest.raises((Fault, Faults)) as told:
        read_scenario(text, file="trial.yaml")
    found = told.value.found if isinstance(told.value, Faults) else [told.value]
    for fault in found:
        assert fault.told("ja") != fault.told("en") and len(fault.told("ja").splitlines()) <= 3
    return found


def codes(text: str | bytes) -> list[str]:
    return sorted(fault.code for fault in told_of(text))


def scenario(more: str) -> str:
    """The scenario with lines in the place of its own of the same name."""
    names = tuple(f"{line.split(':')[0]}:" for line in more.splitlines())
    return "".join(line for line in TEXT.splitlines(keepends=True) if not line.startswith(names)) + more + "\n"


@pytest.mark.parametrize(
    ("more", "code", "named"),
    [
        ("programm: {effect: 0}", "E-TOWN-03", "similar first: programme,"),
        ("people: {forign_share: 0.1}", "E-TOWN-03", "similar first: foreign_share,"),
        ("missing: {not_collected: {sodan: lost}}", "E-TOWN-04", "lost"),
        ("redraw: {weather: 1}", "E-TOWN-04", "weather"),
        ("need: {rate: -0.1}", "E-TOWN-05", "need.rate: -0.1"),
        ("need: {rate: 1.2}", "E-TOWN-05", "<= 1"),
        ("need: {rate: many}", "E-TOWN-05", "0.1, 2"),
        ("need: {weights: {economic: 0, caregiving: 0, health: 0, school: 0, shocks: 0}}", "E-TOWN-05", "> 0"),
        ("lives: {single_by_size: [1, 0, 1]}", "E-TOWN-05", "> 0"),
        ("errors: {juki: {long_vowel: -1}}", "E-TOWN-05", "errors.juki.long_vowel"),
        ("errors: {juki: {long_vowel: 1.01}}", "E-TOWN-05", "errors.juki.long_vowel"),
        ("lags: {kenshin: {surname: -3}}", "E-TOWN-05", "lags.kenshin.surname"),
        ("people: {protected_share: 1.5}", "E-TOWN-05", "people.protected_share"),
        ("unreadable: {juki: -1}", "E-TOWN-05", "unreadable.juki"),
        ("children: 0", "E-TOWN-05", "children: 0"),
        ("children: -5", "E-TOWN-05", ">= 100"),
        ("children_a_district: 0", "E-TOWN-05", ">= 50"),
        ("programme: {effect: -1.5}", "E-TOWN-05", "programme.effect"),
        ("capacity: {reviewed: 0}", "E-TOWN-05", "capacity.reviewed"),
        ("capacity: {reviewed: 200, outreach_per_month: 900}", "E-TOWN-06", "900"),
        ("programme: {consent: 0.5, started: 0.6}", "E-TOWN-07", "0.6"),
        ("programme: {eligible_share: 0.5}", "E-TOWN-08", "0.5"),
        ("capacity: {reviewed: 5000}", "E-TOWN-09", "5000"),
        ("programme: {design: lottery, lottery_margin: 4.5}", "E-TOWN-12", "580"),
        ("programme: {design: staggered, waves: 10, wave_months: 1}", "E-TOWN-13", "10"),
        ("programme: {design: stepped_wedge, waves: 4, wave_months: 4}", "E-TOWN-14", "12"),
        ("programme: {design: stepped_wedge, eligible_share: 0.3}\ncapacity: {reviewed: 9, outreach_per_month: 30}",
         "E-TOWN-15", "330"),
        ("people: {sizes: [0.5, 0.5, 0.5, 0, 0]}", "E-TOWN-18", "people.sizes sum to 1.5"),
        (f"need: {{correlation: {FLIPPED}}}", "E-TOWN-19", "need.correlation"),
        ("need: {correlation: [[1, 0, 0, 0, 0]]}", "E-TOWN-19", "five rows"),
        ("need: {shares: {economic: [0.9, 0.2, 0.2], caregiving: [0.5, 0.1, 0.4], health: [0.5, 0.1, 0.4], "
         "school: [0.5, 0.1, 0.4], shocks: [0.5, 0.1, 0.4]}}", "E-TOWN-18", "economic: 1.3"),
        ("need: {kinds: {hardship: 0.1}}", "E-TOWN-20", "young_carer"),
        ("systems: [kenshin]", "E-TOWN-21", "juki"),
        ("systems: [juki, sodan, sodan]", "E-TOWN-21", "twice"),
        ("missing: {not_collected: {juki: paper_only}}", "E-TOWN-22", "juki"),
        ("key: 青葉", "E-TOWN-25", "青葉"),
        ("key: ../aoba", "E-TOWN-25", "../aoba"),
        ("key: nul", "E-TOWN-25", "Windows"),
        ("systems: [juki, zeimu]", "E-TOWN-26", "systems.1: there is no system 'zeimu'"),
        ("systems: [juki, sodann]", "E-TOWN-26", "similar first: sodan,"),
        ("errors: {zeimu: {long_vowel: 0.1}}", "E-TOWN-26", "zeimu"),
        ("lags: {zeimu: {surname: 3}}", "E-TOWN-26", "zeimu"),
        ("missing: {not_collected: {zeimu: paper_only}}", "E-TOWN-26", "zeimu"),
        ("errors: {juki: {spelling: 0.1}}", "E-TOWN-27", "spelling"),
        ("errors: {kenshin: {old_surname: 0.8}}", "E-TOWN-27", "lags"),
        ("programme: {design: coin}", "E-TOWN-28", "coin"),
        ("programme: {design: stepped_wegde}", "E-TOWN-28", "similar first: stepped_wedge,"),
        ("seed: 1\nseed: 2", "E-TOWN-29", "stands twice"),
    ],
)  # fmt: skip
def test_impossible_settings_are_told_by_name_and_place(more, code, named):
    found = told_of(scenario(more))
    assert [fault.code for fault in found] == [code]
    assert named in found[0].told("en") and found[0].where.startswith("trial.yaml:")


@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ({"judge_as_of": "2023-03-01"}, ["E-TOWN-23"]),
        ({"index_date": "2024-03-31"}, ["E-TOWN-23"]),
        ({"follow_up_until": "2024-05-01"}, ["E-TOWN-23"]),
        ({"judge_as_of": "2024-02-30"}, ["E-TOWN-05"]),
        ({"index_date": "2024-12-01"}, ["E-TOWN-11"]),
        ({"follow_up_until": "2025-04-01"}, ["E-TOWN-24"]),
        ({"train_as_of": "2021-03-31"}, ["E-TOWN-24"]),
        ({"label_months": "13"}, ["E-TOWN-24"]),
        ({"train_as_of": "1950-04-01", "judge_as_of": "1951-04-01", "index_date": "1951-05-01",
          "follow_up_until": "1952-03-31"}, ["E-TOWN-24"]),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_told(dates, found):
    days = {"train_as_of": "2023-04-01", "judge_as_of": "2024-04-01", "label_months": "12", "index_date": "2024-05-01",
            "follow_up_until": "2025-03-31"} | dates  # fmt: skip
    assert codes(scenario(f"schedule: {{{', '.join(f'{name}: {day}' for name, day in days.items())}}}")) == found


@pytest.mark.parametrize("year", [1997, 2098])
def test_the_first_and_the_last_years_can_be_simulated(year):
    days = f"train_as_of: {year - 1}-04-01, judge_as_of: {year}-04-01, index_date: {year}-05-01, follow_up_until: {year + 1}-03-31"
    made = synthesise(read_scenario(scenario(f"schedule: {{{days}}}\nlives: {{checkups_from: 2000}}")), children=200)
    assert len(made.truth["latent"]) > 300


def test_a_missing_setting_is_told():
    assert codes("children: 3000\n") == ["E-TOWN-02"] * 3


@pytest.mark.parametrize("text", ["children: 3000\n  x: 1", "- a\n- b\n", "", "key: 青葉".encode("cp932")])
def test_what_is_no_settings_file_is_told(text):
    assert codes(text) == ["E-TOWN-01"]


def test_all_faults_are_told_together_those_of_settings_together_too():
    more = "need: {rate: 2}\nlives: {sibling_case: -1}\nfoo: 1\ncapacity: {reviewed: 5000}\nprogramme: {consent: 0.1}"
    assert codes(scenario(more)) == ["E-TOWN-03", "E-TOWN-05", "E-TOWN-05", "E-TOWN-07", "E-TOWN-09"]


def test_a_fault_does_not_draw_others_after_it():
    assert codes(scenario("children: 100000000\ncapacity: {reviewed: 5000}")) == ["E-TOWN-05"]


def test_too_few_children_are_refused_before_anything_is_drawn():
    with pytest.raises(Fault) as told:
        synthesise(read_scenario(TEXT), children=5)
    assert told.value.code == "E-TOWN-05" and "children" in str(told.value) and ">= 100" in str(told.value)


@pytest.mark.parametrize("effect", ["-0.6", "0.9"])
def test_an_effect_that_would_leave_the_probabilities_is_refused_before_anything_is_written(tmp_path, effect):
    asked = read_scenario(scenario(f"programme: {{effect: {effect}}}"))
    with pytest.raises(Fault) as told:
        simulate(asked)
    assert told.value.code == "E-TOWN-16" and effect in told.value.told("ja")
    with pytest.raises(Fault, match="E-TOWN-16"):
        write_chunks(asked, tmp_path / "town", chunk=1500)
    assert list(tmp_path.iterdir()) == []


def test_every_fault_of_a_town_says_what_where_and_what_to_do_in_both_languages():
    of_towns = {code: texts for code, texts in catalogue().items() if code.startswith("E-TOWN-")}
    assert len(of_towns) == 29
    for code, texts in of_towns.items():
        for lang in ("ja", "en"):
            assert set(texts[lang]) == {"found", "expected", "remedy"} and all(texts[lang].values()), code


def test_every_setting_is_described_in_both_languages():
    for model in (Scenario, Fact, People, Need, Loadings, Lives, Programme, Missing, Lag):
        for name, field in model.model_fields.items():
            assert field.description and field.json_schema_extra["ja"], (model.__name__, name)
