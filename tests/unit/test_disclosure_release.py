"""What a table must be before it leaves, and what of it may: known answers, and random tables against an attacker."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kosodachi.disclosure import Released, coarsen_steps, keep, release
from kosodachi.faults import Fault, Faults
from kosodachi.municipality import Disclosure

RULE = Disclosure()


def table():
    return pd.DataFrame({
        "group": ["a", "b", "c"], "children": [30, 123, 47], "cases": [1, 12, 0], "mean": [1.1, 0.23456, 2.3],
    })  # fmt: skip


def codes(error: Exception) -> set[str]:
    return {fault.code for fault in error.found} if isinstance(error, Faults) else {error.code}


def refused(**changes) -> set[str]:
    wanted = {"table": table(), "name": "t", "by": ("group",), "counts": ("children", "cases"), "values": ("mean",)}
    wanted |= changes
    with pytest.raises((Fault, Faults)) as caught:
        release(wanted.pop("table"), rule=RULE, **wanted)
    return codes(caught.value)


def test_small_counts_are_hidden_and_the_rest_is_rounded():
    out = release(table(), name="t", by="group", counts=("children", "cases"), values="mean", rule=RULE).table
    assert out["children"].tolist() == [30, 125, 45]
    assert out["cases"].isna().tolist() == [True, False, True], "1 and 0 are both hidden"
    assert out["cases"][1] == 10
    assert out["children"].dtype == "Int64"


def test_a_structural_zero_may_show_and_a_one_may_not():
    out = release(table(), name="t", by="group", counts=("children", "cases"), values="mean", zeros="cases", rule=RULE)
    assert out.table["cases"].fillna(-1).tolist() == [-1, 10, 0]
    assert out.table["mean"].isna().tolist() == [True, False, True], "0 cases are too few for a mean all the same"
    assert out.suppressed == 3, "the count of 1 and two means"


def test_shares_are_made_of_rounded_numbers_and_hidden_with_them():
    shares = {"share": ("cases", "children")}
    out = release(
        table().drop(columns="mean"), name="t", by="group", counts=("children", "cases"), shares=shares, rule=RULE
    )
    assert out.table["share"].fillna(-1).tolist() == [-1, 0.08, -1]
    assert out.roles["shares"] == ("share",)


def test_values_show_only_where_the_counts_behind_them_reach_the_threshold():
    all_counts = release(table(), name="t", by="group", counts=("children", "cases"), values="mean", rule=RULE)
    assert all_counts.table["mean"].isna().tolist() == [True, False, True]
    assert all_counts.table["mean"][1] == 0.2346, "four decimals"
    without_cases = table().drop(columns="cases")
    children_alone = release(without_cases, name="t", by="group", counts="children", values="mean", rule=RULE)
    assert children_alone.table["mean"].notna().all()


def test_a_count_behind_a_value_need_not_be_shown():
    out = release(table(), name="t", by="group", counts="children", values="mean", behind="cases", rule=RULE)
    assert list(out.table.columns) == ["group", "children", "mean"]
    assert out.table["mean"].isna().tolist() == [True, False, True]


def test_a_proportion_of_few_children_is_hidden_though_many_stand_behind_it():
    rates = pd.DataFrame({"group": list("abcd"), "n": [100, 100, 100, 100], "rate": [0.03, 0.97, 0.5, 0.4213]})
    out = release(rates, name="t", by="group", counts="n", values="rate", rule=RULE).table
    assert out["rate"].isna().tolist() == [True, True, False, False], (
        "3 of 100, all but 3 of 100, 50 of 100, no proportion"
    )


def test_totals_are_sums_of_what_is_shown_and_hidden_cells_add_nothing():
    shares = {"share": ("cases", "children")}
    out = release(table().drop(columns="mean"), name="t", by="group", counts=("children", "cases"), shares=shares,
                  totals=True, rule=RULE).table.set_index("group")  # fmt: skip
    assert out.loc["total", "children"] == 30 + 125 + 45
    assert out.loc["total", "cases"] == 10
    assert np.isnan(out.loc["total", "share"]), "a share of sums that lack a cell would be wrong"


def test_totals_within_the_other_labels_replace_those_given():
    rows = [("x", "a", 12), ("x", "b", 31), ("x", "total", 43), ("y", "a", 3), ("y", "b", 4), ("y", "total", 7)]
    given_totals = pd.DataFrame(rows, columns=["place", "group", "n"])
    out = release(given_totals, name="t", by=("place", "group"), counts="n", totals=True, rule=RULE).table
    totals = out[out["group"] == "total"].set_index("place")["n"]
    assert totals["x"] == 40, "10 + 30"
    assert pd.isna(totals["y"]), "nothing shown, so no total, not 0"


def test_a_hidden_zero_does_not_look_like_a_zero():
    out = release(pd.DataFrame({"g": ["a"], "n": [0]}), name="t", by="g", counts="n", rule=RULE).table
    assert pd.isna(out["n"][0])


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"counts": ("children",)}, "E-DISC-01"),
        ({"by": ("group", "place")}, "E-DISC-02"),
        ({"table": table().assign(research_id="x"), "by": ("group", "research_id")}, "E-DISC-03"),
        ({"table": table().assign(household_id="x")}, "E-DISC-03"),
        ({"table": table().assign(group=["0123456789abcdef", "b", "c"])}, "E-DISC-03"),
        ({"most_rows": 2}, "E-DISC-04"),
        ({"table": table().rename(columns={"mean": "max_days"}), "values": ("max_days",)}, "E-DISC-05"),
        ({"table": table().rename(columns={"mean": "days_p95"}), "values": ("days_p95",)}, "E-DISC-05"),
        ({"table": table().rename(columns={"mean": "最大値"}), "values": ("最大値",)}, "E-DISC-05"),
        ({"table": table()[["group", "mean"]], "counts": ()}, "E-DISC-06"),
        ({"table": table(), "counts": ("children",), "shares": {"s": ("cases", "children")}}, "E-DISC-07"),
        ({"table": table().assign(children=[1.5, 2, 3])}, "E-DISC-08"),
        ({"table": table().assign(children=[-1, 2, 3])}, "E-DISC-08"),
        ({"values": ("mean", "children")}, "E-DISC-09"),
        ({"name": "../t"}, "E-DISC-10"),
        ({"table": table().assign(group="a")}, "E-DISC-11"),
        ({"table": table().assign(mean="many")}, "E-DISC-12"),
    ],
)
def test_what_has_no_place_in_a_release_is_refused(changes, code):
    assert code in refused(**changes)


def test_all_faults_of_a_table_are_told_together():
    found = refused(table=table().assign(record_id="r", max_age=3), values=("mean", "max_age"))
    assert {"E-DISC-01", "E-DISC-03", "E-DISC-05"} <= found


def test_values_that_rest_on_no_children_say_so():
    out = release(table()[["group", "mean"]], name="t", by="group", values="mean", behind=(), rule=RULE)
    assert out.table["mean"].notna().all()


def test_same_table_in_gives_same_table_out_and_leaves_the_input_alone():
    before = table()
    first, second = (
        release(before, name="t", by="group", counts=("children", "cases"), values="mean", rule=RULE) for _ in "12"
    )
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(before, table())


def test_an_empty_table_is_released_empty():
    out = release(
        table().iloc[:0], name="t", by="group", counts=("children", "cases"), values="mean", totals=True, rule=RULE
    )
    assert len(out.table) == 0 and list(out.table.columns) == ["group", "children", "cases", "mean"]


def test_a_table_made_by_hand_is_not_kept(tmp_path):
    by_hand = Released("t", pd.DataFrame({"g": ["a"], "n": [3]}), {"by": ("g",), "counts": ("n",)}, RULE, 0)
    with pytest.raises(Fault, match="E-DISC-18"):
        keep(by_hand, tmp_path)
    assert not list(tmp_path.iterdir())


# --- random tables -------------------------------------------------------------------------------------------------

counts = st.lists(st.integers(0, 60), min_size=2, max_size=9)


@settings(max_examples=150, deadline=None)
@given(counts, st.integers(3, 20), st.integers(1, 10), st.booleans())
def test_no_count_below_the_threshold_ever_shows(numbers, threshold, rounding, totals):
    rule = Disclosure(threshold=threshold, rounding=rounding)
    frame = pd.DataFrame({"g": [f"g{i}" for i in range(len(numbers))], "n": numbers})
    out = release(frame, name="t", by="g", counts="n", totals=totals, rule=rule).table.set_index("g")["n"]
    small = [f"g{i}" for i, number in enumerate(numbers) if number < threshold]
    assert out[small].isna().all()
    assert all(value % rounding == 0 for value in out.dropna())
    if totals:
        shown = out.drop("total").dropna()
        assert out["total"] == shown.sum() if len(shown) else pd.isna(out["total"])


@settings(max_examples=150, deadline=None)
@given(counts, st.sampled_from([1, 2, 3, 5, 10]))
def test_a_total_in_the_table_never_gives_back_a_hidden_cell(numbers, rounding):
    """An attacker who knows the rule tries every number for a hidden cell; at least three must remain possible."""
    rule = Disclosure(threshold=10, rounding=rounding)
    labels = [f"g{i}" for i in range(len(numbers))]
    frame = pd.DataFrame({"g": [*labels, "total"], "n": [*numbers, sum(numbers)]})
    out = release(frame, name="t", by="g", counts="n", rule=rule).table.set_index("g")["n"]
    for label, number in zip(labels, numbers):
        if number < 10:
            assert len(possible(out, labels, label, rule)) >= 3


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=5), st.sampled_from([1, 2, 5]))
def test_a_sum_of_columns_never_gives_back_a_hidden_cell(pairs, rounding):
    rule = Disclosure(threshold=10, rounding=rounding)
    frame = pd.DataFrame(pairs, columns=["accepted", "rejected"]).assign(read=lambda t: t.accepted + t.rejected)
    frame["g"] = [f"g{i}" for i in range(len(frame))]
    out = release(frame, name="t", by="g", counts=("read", "accepted", "rejected"), rule=rule).table
    for row, (accepted, rejected) in enumerate(pairs):
        shown = out.loc[row, ["accepted", "rejected", "read"]].set_axis(["accepted", "rejected", "total"])
        for label, number in (("accepted", accepted), ("rejected", rejected)):
            if number < 10:
                assert len(possible(shown, ["accepted", "rejected"], label, rule)) >= 3


def possible(out: pd.Series, labels: list[str], hidden: str, rule) -> list[int]:
    """The numbers a hidden part may have, as the shown total and parts allow; independent of the code under test."""
    total = span(out["total"], rule)
    others = [span(out[label], rule) for label in labels if label != hidden]
    least, most = sum(low for low, _ in others), sum(high for _, high in others)
    return [n for n in range(rule.threshold) if total[0] <= n + most and n + least <= total[1]]


def span(shown, rule) -> tuple[float, float]:
    if pd.isna(shown):
        return 0, np.inf
    inside = [n for n in range(int(shown) - rule.rounding, int(shown) + rule.rounding + 1)
              if n >= rule.threshold and int(np.floor(n / rule.rounding + 0.5)) * rule.rounding == shown]  # fmt: skip
    return min(inside), max(inside)


# --- curves --------------------------------------------------------------------------------------------------------


def curve(events, at_risk=200):
    left = at_risk - np.cumsum([0, *events[:-1]])
    return pd.DataFrame({
        "group": "all", "month": range(len(events)), "survival": np.cumprod(1 - np.array(events) / left),
        "at_risk": left, "events": events,
    })  # fmt: skip


def test_coarsened_steps_hold_the_threshold_of_events_and_keep_their_sum():
    kept = coarsen_steps(curve([0, 3, 4, 5, 1, 0, 12, 2]), by="group", threshold=10)
    assert kept["month"].tolist() == [0, 3, 6], "the curve ends at the last full step"
    assert kept["events"].tolist() == [0, 12, 13]


def test_one_childs_event_is_not_readable_from_a_released_curve():
    roles = {"by": ("group", "month"), "counts": ("at_risk", "events"), "values": "survival", "behind": "at_risk"}
    out = release(curve([0, 1, 0, 9, 12]), name="t", rule=RULE, **roles).table
    assert out["survival"].notna().tolist() == [True, False, False, True, True]
    one_event = release(curve([0, 1, 0, 0, 0]).drop(columns="events"), name="t", rule=RULE,
                        **roles | {"counts": "at_risk"}).table  # fmt: skip
    assert pd.isna(one_event["survival"][1]), "without events the fall of the curve itself tells of one child"


@pytest.mark.parametrize("events", list(itertools.product([0, 1, 6, 11], repeat=3)))
def test_between_two_shown_points_lie_enough_events(events):
    true = curve([0, *events])
    out = release(true, name="t", by=("group", "month"), counts=("at_risk", "events"), values="survival",
                  behind="at_risk", rule=RULE).table  # fmt: skip
    shown = np.flatnonzero(out["survival"].notna())
    between = [true["events"][a + 1 : b + 1].sum() for a, b in itertools.pairwise(shown)]
    assert all(number >= 10 for number in between)
