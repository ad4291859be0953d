"""Item values: what was known before the day, why the rest is not, and nothing from the future."""

import numpy as np
import pandas as pd
import pytest
from items_town import attributes, children, links, settings

from kosodachi.items import availability, catalogue, evidence, known_need, observed, pooled, register, values
from kosodachi.items.certainty import GRADES
from kosodachi.items.selection import RULE
from kosodachi.tables import MISSING, checked

AGAINST = ("study_limitations", "inconsistency", "indirectness", "imprecision", "publication_bias", "moderate_effect")

DAY = "2024-04-01"


@pytest.fixture(scope="module")
def table():
    return values(children(), attributes(), links(), settings(), as_of=DAY)


def cell(table, child, item):
    row = table[(table["research_id"] == child) & (table["item_id"] == item)].iloc[0]
    return row["missing"] if row["missing"] is not None else row["value"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        # ann 36 days; ben's months are blank; dan came within the window; cho and eve are too young
        (
            "absence_days",
            {"ann": 1, "ben": "blank", "dan": "moved_in_later", "cho": "not_applicable", "eve": "not_applicable"},
        ),
        # the case of ann counts for her brothers; eve's opens on the day itself; dan's came through outreach
        ("prior_referral", {"ann": 1, "ben": 1, "cho": 1, "dan": 0, "eve": 0}),
        # dan's ended in December, eve's begins on the day itself
        ("single_parent", {"ann": 1, "ben": 0, "dan": 0, "eve": 0}),
        ("many_siblings", {"ann": 1, "ben": 1, "cho": 1, "dan": 0, "eve": 0}),
        # eve's missed check-up has no date: it was due long before
        ("missed_infant_checkup", {"ann": 0, "ben": "no_record", "cho": 0, "dan": "moved_in_later", "eve": 1}),
        # ann was seen and nothing was written; eve was not seen
        ("untreated_caries", {"ann": "blank", "cho": 1, "eve": "no_record"}),
        ("low_birth_weight", {"ann": 1, "cho": 0, "eve": "no_record"}),
        ("developmental_finding", {"ann": 0, "cho": 1, "eve": "no_record"}),
        # ann and eve have no earlier year; dan's window is cut short by his move
        ("absence_change", {"ann": "blank", "eve": "not_applicable"}),
        ("multiple_birth", {"ann": 0, "ben": 0, "eve": 0}),
        ("repeated_cases", {"ann": 0, "dan": 0}),
        ("recent_move_in", {"ann": 0, "dan": 1, "eve": 0}),
        ("late_vaccination", {"cho": "paper_only", "eve": "paper_only", "ann": "not_applicable"}),
        ("school_aid", {"ann": "no_system", "cho": "not_applicable"}),
        ("public_assistance", {"ann": "no_system"}),
    ],
)
def test_values_and_reasons(table, item, expected):
    assert {child: cell(table, child, item) for child in expected} == expected


def test_the_table_keeps_its_contract_and_a_value_is_missing_only_with_a_reason(table):
    tidy = checked("item_value", table)
    assert (tidy["value"].isna() == tidy["missing"].notna()).all()
    assert set(tidy["missing"].dropna()) <= set(MISSING)
    assert set(tidy["research_id"]) == {"ann", "ben", "cho", "dan", "eve"}
    assert len(tidy) == 5 * sum(item.computed for item in catalogue())


def future_changed():
    """The same town with everything dated on or after the day altered."""
    parts, day = attributes(), pd.Timestamp(DAY)
    parts["jidofuyo"] = parts["jidofuyo"][parts["jidofuyo"]["allowance_from"] < day]
    late = pd.DataFrame({"record_id": ["c9"], "opened": [day], "route": ["police"]})
    parts["sodan"] = pd.concat([parts["sodan"][parts["sodan"]["opened"] < day], late])
    parts["shukketsu"] = parts["shukketsu"][parts["shukketsu"]["fiscal_year"] < 2024]
    fresh = pd.DataFrame(
        {"record_id": ["k9"], "checkup_kind": ["36m"], "attended": ["yes"], "checkup_date": [day], "caries": [9]}
    )
    parts["kenshin"] = pd.concat([parts["kenshin"], fresh])
    more = pd.DataFrame({"record_id": ["c9", "k9"], "research_id": ["ben", "eve"], "band": "link"})
    born = children().iloc[[5]].assign(research_id="hal", household_id="h2", birth_month=day, moved_in=day)
    return pd.concat([children(), born]), parts, pd.concat([links(), more])


def test_nothing_from_the_future_is_used(table):
    people, parts, linked = future_changed()
    pd.testing.assert_frame_equal(values(people, parts, linked, settings(), as_of=DAY), table)


def test_the_order_of_rows_does_not_matter(table):
    mixed = {name: part.sample(frac=1, random_state=3) for name, part in attributes().items()}
    again = values(
        children().sample(frac=1, random_state=1), mixed, links().sample(frac=1, random_state=2), settings(), as_of=DAY
    )
    pd.testing.assert_frame_equal(again, table)


def test_a_record_without_linked_child_and_a_record_for_review_are_not_used(table):
    sure = links().assign(band="link")
    changed = values(children(), attributes(), sure, settings(), as_of=DAY)
    assert cell(table, "dan", "absence_days") == "moved_in_later"
    assert cell(changed, "dan", "absence_days") == 0


def test_known_need_is_the_first_case_by_child_and_route():
    table = checked("known_need", known_need(attributes(), links(), settings()))
    assert table.to_dict("records") == [
        {"research_id": "ann", "opened": pd.Timestamp("2023-05-01"), "route": "school"},
        {"research_id": "dan", "opened": pd.Timestamp("2024-02-01"), "route": "outreach"},
        {"research_id": "eve", "opened": pd.Timestamp("2024-04-01"), "route": "family"},
    ]
    without = settings().model_copy(update={"sources": {"juki": settings().sources["juki"]}})
    assert checked("known_need", known_need(attributes(), links(), without)).empty


def test_the_register_says_what_is_used_and_why_not():
    table = checked("item_register", register(catalogue(), pooled(evidence()), settings())).set_index("item_id")
    assert len(table) == len(catalogue())
    assert table.loc["low_income", ["decision", "why", "basis"]].to_list() == ["cannot", "no_system", "paper"]
    assert table.loc["tardiness", ["decision", "why", "basis"]].to_list() == ["cannot", "no_column", "prior_case"]
    assert table.loc["abortion_history", ["decision", "why"]].to_list() == ["not_used", "excluded"]
    assert table.loc["absence_change", ["decision", "why"]].to_list() == ["not_used", "no_basis"]
    assert table.loc["late_vaccination", ["decision", "why"]].to_list() == ["cannot", "paper_only"]
    assert table.loc["school_aid", ["decision", "why", "basis"]].to_list() == ["cannot", "no_system", "prior_case"]
    # half of ln 2.81 (moves in the ALSPAC cohort): moving in once is a proxy of moving often
    assert table.loc["recent_move_in", ["decision", "basis"]].to_list() == ["use", "paper"]
    assert table.loc["recent_move_in", "log_odds"] == pytest.approx(np.log(2.81) / 2)
    assert table.loc["many_siblings", "citations"] == "wu2004apha"
    # half of ln 2.486 (RR 2.4 at a base risk of 2.4 %), the next setting: tau .4, transport .4 (other country), se .059
    assert table.loc["many_siblings", "log_odds"] == pytest.approx(np.log(2.4 * 0.976 / (1 - 2.4 * 0.024)) / 2)
    assert table.loc["many_siblings", "log_odds_se"] == pytest.approx(np.sqrt(0.4**2 + 0.4**2 + 0.0593**2), abs=1e-3)
    assert table.loc["untreated_caries", "log_odds_se"] > table.loc["many_siblings", "log_odds_se"]


def test_an_item_without_basis_is_not_used_unless_the_municipality_has_its_own():
    bare = [item.model_copy(update={"evidence": ()}) for item in catalogue() if item.item_id == "many_siblings"]
    line = register(bare, pooled(evidence()), settings()).iloc[0]
    assert [line["decision"], line["basis"], line["why"]] == ["not_used", "none", "no_basis"]
    voice = {"item": "many_siblings", "role": "保健師", "stance": "for", "reason": "訪問で気付くことが多い"}
    heard = register(bare, pooled(evidence()), settings(items={"hearings": [voice]})).iloc[0]
    assert [heard["decision"], heard["basis"], heard["why"]] == ["use", "hearing", "on_hearing"]


def test_availability_counts_every_child_once(table):
    counts = availability(table)
    assert (counts.groupby("item_id")["children"].sum() == 5).all()
    assert counts.groupby("item_id")["share"].sum().to_numpy() == pytest.approx(1)
    known = counts.set_index(["item_id", "reason"])["children"]
    assert known["single_parent", "known"] == 5
    assert known["school_aid", "no_system"] == 3  # ann, ben, dan; the others are outside its age band


def test_availability_names_what_no_system_gives():
    short = table_of(["many_siblings"])
    counts = availability(short, items=catalogue()).set_index(["item_id", "reason"])
    assert counts.loc[("low_income", "no_system"), ["children", "of", "share"]].to_list() == [5, 5, 1.0]
    assert ("tardiness", "no_column") in counts.index
    assert ("sibling_prior_case", "counted_elsewhere") in counts.index
    assert "low_income" not in set(availability(short)["item_id"])


def table_of(names):
    chosen = [item for item in catalogue() if item.item_id in names]
    return values(children(), attributes(), links(), settings(), as_of=DAY, items=chosen)


def test_a_rise_in_absence_is_that_over_the_same_months_a_year_before():
    two_years = attributes()["shukketsu"].iloc[:1]
    before = two_years.assign(record_id="s9", fiscal_year=2022, **{f"absent_{m:02d}": 1 for m in range(1, 13)})
    parts = attributes() | {"shukketsu": pd.concat([two_years, before])}
    more = pd.concat([links(), pd.DataFrame({"record_id": ["s9"], "research_id": ["ann"], "band": "link"})])
    item = [item for item in catalogue() if item.item_id == "absence_change"]
    # three days a month against one: 12 more days in six months
    assert cell(values(children(), parts, more, settings(), as_of=DAY, items=item), "ann", "absence_change") == 1


def test_twins_are_children_of_one_household_born_in_the_same_month():
    twin = children().iloc[[0]].assign(research_id="amy")
    item = [item for item in catalogue() if item.item_id == "multiple_birth"]
    found = values(pd.concat([children(), twin]), attributes(), links(), settings(), as_of=DAY, items=item)
    assert {c: cell(found, c, "multiple_birth") for c in ("ann", "amy", "ben")} == {"ann": 1, "amy": 1, "ben": 0}


def test_observed_effects_are_those_of_the_two_by_two_table():
    ids = [f"c{i}" for i in range(100)]
    item = pd.DataFrame({"research_id": ids, "item_id": "x", "value": [1.0] * 40 + [0.0] * 50 + [np.nan] * 10})
    case = pd.Series([1] * 20 + [0] * 20 + [1] * 10 + [0] * 50, index=ids)
    line = observed(item, case).iloc[0]
    assert line[["children", "present", "cases_present", "cases"]].to_list() == [90, 40, 20, 30]
    assert line["log_odds"] == pytest.approx(np.log((20.5 * 40.5) / (20.5 * 10.5)))


def test_pages_call_an_item_what_the_catalogue_calls_it():
    from kosodachi.report import words

    for item in catalogue():
        assert (words.label(item.item_id, "ja"), words.label(item.item_id, "en")) == (item.ja, item.en)
    left = {item.not_computed.reason for item in catalogue() if not item.computed}
    assert words.unknown({"excluded", "certainty", "redundant", "decided", *RULE, *left, *GRADES, *AGAINST}) == []
    bases = {f"on_{basis}" for basis in ("paper", "prior_case", "hearing", "data")}
    assert words.unknown({"use", "not_used", "cannot", "no_basis", *MISSING, *bases}) == []


def test_a_reason_that_cannot_occur_is_no_zero(table):
    pairs = availability(table).groupby("item_id")["reason"].agg(set)
    assert pairs["single_parent"] == {"known"}
    assert pairs["public_assistance"] == {"no_system"}
    assert pairs["late_vaccination"] == {"paper_only", "not_applicable"}
    assert pairs["absence_days"] == {"known", "blank", "moved_in_later", "no_record", "not_applicable"}


def test_a_town_that_holds_vaccinations_gets_the_item_without_code():
    held = settings().sources["yobo"].model_copy(update={"collected": True, "file": "y.csv", "not_collected": None})
    town = settings().model_copy(update={"sources": settings().sources | {"yobo": held}})
    doses = pd.DataFrame(
        {"record_id": ["v1", "v2", "v3"], "vaccine_due": pd.to_datetime(["2023-06-01", "2023-06-01", "2024-03-01"]),
         "vaccinated": pd.to_datetime(["2023-07-01", "2024-05-01", None])})  # fmt: skip
    more = pd.DataFrame({"record_id": ["v1", "v2", "v3"], "research_id": ["cho", "eve", "cho"], "band": "link"})
    table = values(children(), attributes() | {"yobo": doses}, pd.concat([links(), more]), town, as_of=DAY)
    # cho in time, and the dose of March is not yet late; eve's was given after the day, so it is not known to be given
    assert [cell(table, child, "late_vaccination") for child in ("cho", "eve")] == [0, 1]
    assert (
        register(catalogue(), pooled(evidence()), town).set_index("item_id").loc["late_vaccination", "decision"]
        == "use"
    )
