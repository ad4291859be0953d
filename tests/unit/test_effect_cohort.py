"""The cohort by hand: who is eligible, who counts as treated, when follow-up ends, what stays unknown."""

import numpy as np
import pandas as pd
import pytest

from kosodachi.effect import TargetTrial, cohort, protocol
from kosodachi.municipality import Municipality
from kosodachi.tables import MONTHS, checked


def settings(*kinds: str, follow_up_until="2025-03-31") -> Municipality:
    """A municipality with a register and one source of each kind, called by its kind."""
    words = {"ja": "架空市", "en": "Nowhere"}
    sources = {kind: {"kind": kind, "label": words, "file": f"{kind}.csv"} for kind in ("resident_register", *kinds)}
    schedule = {"train_as_of": "2023-04-01", "judge_as_of": "2024-04-01", "index_date": "2024-05-01"}
    return Municipality.model_validate(
        {
            "name": words,
            "key": "nowhere",
            "sources": sources,
            "schedule": schedule | {"follow_up_until": follow_up_until},
        }
    )


FULL = ("school_attendance", "outreach_log")


def attendance(absences: dict[str, dict[int, list[float]]]) -> pd.DataFrame:
    """Attendance rows from {child: {fiscal year: days absent April to March}}."""
    rows = [
        {"record_id": f"s-{who}-{year}", "fiscal_year": year} | {f"absent_{m}": d for m, d in zip(MONTHS, days)}
        for who, years in absences.items()
        for year, days in years.items()
    ]
    return pd.DataFrame(rows)


def tables(absences, offers, *, points=None, moved_out=None, reviewed=()):
    """The tables that `cohort` takes, for children named by the keys of `absences`."""
    who = list(absences)
    points, moved_out = points or {}, moved_out or {}
    child = pd.DataFrame({
        "research_id": who, "household_id": [f"h{i // 2}" for i in range(len(who))], "sex": "female",
        "birth_month": pd.Timestamp("2014-05-01"), "district": "A", "moved_in": pd.NaT,
        "moved_out": pd.to_datetime(pd.Series([moved_out.get(w) for w in who])),
    })  # fmt: skip
    judged = pd.DataFrame({"research_id": who, "as_of": pd.Timestamp("2024-04-01"),
                           "points": [points.get(w, 5) for w in who]})  # fmt: skip
    judged["rank"] = judged["points"].rank(method="first", ascending=False).astype(int)
    judged = judged.assign(within_capacity=True, reasons=None, unknown=None, known_before=False)
    item = pd.DataFrame({"research_id": who, "as_of": pd.Timestamp("2024-04-01"), "item_id": "caries",
                         "value": np.nan, "missing": "no_record"})  # fmt: skip
    school = attendance(absences)
    log = pd.DataFrame({"record_id": [f"o-{w}" for w in offers], "offered": pd.to_datetime(list(offers.values()))})
    link = pd.DataFrame({"record_id": [*school["record_id"], *log["record_id"]]})
    link["research_id"] = link["record_id"].str.split("-").str[1]
    link = link.assign(source="s", match_weight=9.0, match_probability=0.99, band="link")
    link.loc[link["research_id"].isin(reviewed) & link["record_id"].str.startswith("o-"), "band"] = "review"
    attributes = {"school_attendance": school, "outreach_log": log}
    return child, checked("judgement", judged), checked("item_value", item), attributes, link


QUIET = [0.0] * 12
LONG = [0.0] * 5 + [3.0] * 7  # 21 days from September to March


def two_years(days, before=QUIET):
    return {2023: before, 2024: days}


def test_outcome_counts_days_from_september_and_no_earlier():
    early = [10.0] * 5 + [0.0] * 7
    nineteen = [*[0.0] * 5, 3, 3, 3, 3, 3, 3, 1]
    made = cohort(
        *tables({"a": two_years(LONG), "b": two_years(early), "c": two_years(nineteen)}, {"a": "2024-05-20"}),
        settings(*FULL),
    )
    found = made.table.set_index("research_id")
    assert found["outcome"].to_dict() == {"a": 1.0, "b": 0.0, "c": 0.0}
    assert found["treated"].to_dict() == {"a": True, "b": False, "c": False}
    assert made.missing == ()
    checked("cohort", made.table)


def test_treatment_is_settled_in_the_index_month():
    who = {w: two_years(QUIET) for w in "abcde"}
    offers = {"a": "2024-05-01", "b": "2024-05-31", "c": "2024-06-01", "d": "2024-04-30"}
    made = cohort(*tables(who, offers), settings(*FULL))
    assert made.table.set_index("research_id")["treated"].to_dict() == {"a": True, "b": True, "c": False, "e": False}
    assert made.attrition.set_index("stage")["children"]["not_offered_before"] == 4


def test_an_offer_whose_link_is_unsure_does_not_count():
    made = cohort(
        *tables({"a": two_years(QUIET), "b": two_years(QUIET)}, {"a": "2024-05-02", "b": "2024-05-02"}, reviewed=["b"]),
        settings(*FULL),
    )
    assert made.table["treated"].tolist() == [True, False]


def test_months_run_from_the_end_of_the_index_month_to_event_move_or_gap():
    event_in_july = [0.0, 9.0, 0.0, 7.0, *[0.0] * 8]  # May itself does not count
    gap_in_august = [0.0, 0.0, 0.0, 0.0, np.nan, *[9.0] * 7]
    who = {"a": two_years(event_in_july), "b": two_years(QUIET), "c": two_years(gap_in_august), "d": two_years(LONG)}
    made = cohort(*tables(who, {"a": "2024-05-02"}, moved_out={"d": "2024-11-15"}), settings(*FULL))
    found = made.table.set_index("research_id")
    assert found["months"].to_dict() == {"a": 2.0, "b": 10.0, "c": 2.0, "d": 5.0}
    assert found["event"].to_dict() == {"a": True, "b": False, "c": False, "d": False}
    assert found["outcome"].isna().to_dict() == {"a": False, "b": False, "c": False, "d": True}
    assert made.attrition.set_index("stage")["children"]["outcome_known"] == 3


def test_a_month_nobody_has_is_no_school_month():
    august = [0.0] * 4 + [np.nan] + [0.0] * 7
    made = cohort(*tables({"a": two_years(august), "b": two_years(august)}, {"a": "2024-05-02"}), settings(*FULL))
    assert made.table["months"].tolist() == [10.0, 10.0]


def test_duplicate_records_of_a_month_count_once():
    child, judged, item, attributes, link = tables({"a": two_years(LONG), "b": two_years(QUIET)}, {"b": "2024-05-02"})
    twice = attributes["school_attendance"].assign(record_id=lambda t: t["record_id"] + "-again")
    attributes["school_attendance"] = pd.concat([attributes["school_attendance"], twice])
    link = pd.concat([link, link.assign(record_id=link["record_id"] + "-again")])
    days = cohort(child, judged, item, attributes, link, settings(*FULL), trial=None)
    assert days.table["outcome"].tolist() == [1.0, 0.0]
    strict = TargetTrial.of(settings(*FULL), long_absence_days=22)
    assert cohort(child, judged, item, attributes, link, settings(*FULL), trial=strict).table["outcome"].sum() == 0


def test_attrition_follows_the_steps():
    who = {w: two_years(QUIET) for w in "abcdef"} | {"g": {2024: QUIET}}
    points = dict(zip("abcdefg", (9, 8, 8, 3, 9, 9, 9)))
    made = cohort(
        *tables(who, {"a": "2024-05-09", "f": "2024-01-09"}, points=points, moved_out={"e": "2024-04-20"}),
        settings(*FULL),
        trial=TargetTrial.of(settings(*FULL), top=2),
    )
    left = list(made.attrition[["stage", "children"]].itertuples(index=False, name=None))
    assert left[:4] == [("judged", 7), ("school_age", 6), ("resident", 5), ("not_offered_before", 4)]
    assert left[4:] == [("high_points", 3), ("comparable", 3), ("outcome_known", 3)]
    assert made.table["research_id"].tolist() == ["a", "b", "c"]  # b and c are tied at the cut
    assert (made.attrition["with_offer"] + made.attrition["without_offer"] == made.attrition["children"]).all()


def test_without_a_cut_all_points_are_eligible_and_no_step_is_named():
    who = {f"c{i}": two_years(QUIET) for i in range(10)}
    made = cohort(*tables(who, {"c1": "2024-05-09"}, points={f"c{i}": i for i in range(10)}), settings(*FULL))
    assert "high_points" not in set(made.attrition["stage"])
    assert made.attrition.set_index("stage").loc["not_offered_before", "children"] == 10


def test_children_who_could_only_be_on_one_side_are_left_out():
    rng = np.random.default_rng(3)
    before = [[float(rng.integers(0, 3))] * 12 if i < 200 else [30.0] * 12 for i in range(260)]
    who = {f"c{i:03d}": two_years(QUIET, days) for i, days in enumerate(before)}
    offers = {w: "2024-05-09" for i, w in enumerate(who) if i >= 200 or rng.random() < 0.4}
    made = cohort(*tables(who, offers), settings(*FULL))
    assert len(made.table) == 200
    assert not set(list(who)[200:]) & set(made.table["research_id"])
    whole = TargetTrial.of(settings(*FULL), comparable_only=False)
    assert len(cohort(*tables(who, offers), settings(*FULL), trial=whole).table) == 260


def test_unknown_covariates_stay_unknown():
    blank = [np.nan] * 12
    half = [2.0] * 6 + [np.nan] * 6
    who = {"a": two_years(QUIET, blank), "b": two_years(QUIET, half), "c": two_years(QUIET, [1.0] * 12)}
    made = cohort(*tables(who, {"a": "2024-05-02"}), settings(*FULL))
    before = made.table.set_index("research_id")["x_absent_before"]
    assert np.isnan(before["a"])
    assert before["b"] == 24.0
    assert before["c"] == 12.0
    assert made.table["x_caries"].isna().all()
    assert made.table["x_age"].iloc[0] == pytest.approx(10, abs=0.01)


@pytest.mark.parametrize(
    ("kinds", "until", "offers", "reason"),
    [
        (("school_attendance",), "2025-03-31", {"a": "2024-05-02"}, "no_outreach_log"),
        (("outreach_log",), "2025-03-31", {"a": "2024-05-02"}, "no_attendance"),
        (FULL, "2024-08-31", {"a": "2024-05-02"}, "follow_up_too_short"),
        (FULL, "2025-03-31", {"a": "2024-07-02"}, "no_offer"),
        (FULL, "2025-03-31", {"a": "2024-05-02", "b": "2024-05-02"}, "all_offered"),
    ],
)
def test_an_impossible_study_says_why(kinds, until, offers, reason):
    made = cohort(
        *tables({"a": two_years(QUIET), "b": two_years(LONG)}, offers), settings(*kinds, follow_up_until=until)
    )
    assert made.missing == (reason,)
    checked("cohort", made.table)


def test_rows_in_another_order_make_the_same_cohort():
    rng = np.random.default_rng(1)
    who = {f"c{i:02d}": two_years(list(rng.integers(0, 9, 12) * 1.0)) for i in range(30)}
    child, judged, item, attributes, link = tables(who, {"c01": "2024-05-02", "c07": "2024-05-03"})
    one = cohort(child, judged, item, attributes, link, settings(*FULL))
    mixed = {name: table.sample(frac=1, random_state=2) for name, table in attributes.items()}
    again = [t.sample(frac=1, random_state=3) for t in (child, judged, item)]
    two = cohort(*again, mixed, link.sample(frac=1, random_state=4), settings(*FULL))
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(one.attrition, two.attrition)


def test_the_protocol_names_dates_and_months():
    text = protocol(TargetTrial.of(settings(*FULL)))
    assert len(text) == 7
    assert "2024-09 – 2025-03" in text.set_index("element").loc["outcome", "en"]
    assert "2024-05-01" in text.set_index("element").loc["time zero", "ja"]
