"""The research extract: coarse, shuffled, k children in every cell, and nothing of an identifier."""

import numpy as np
import pandas as pd
import pytest
from hand_made import analysis_tables
from hypothesis import given, settings
from hypothesis import strategies as st

from kosodachi import sharing
from kosodachi.sharing.anonymity import cell_sizes, generalised, k_anonymity
from kosodachi.tables import CONTRACTS, checked

TABLES = analysis_tables(1000)
AS_OF = pd.Timestamp("2024-04-01")


def extract(tables=TABLES, **changes) -> pd.DataFrame:
    return sharing.research_extract(
        tables["child"], tables["item_value"], tables["judgement"], tables["cohort"], **changes
    )


def quasi(table: pd.DataFrame) -> list[str]:
    return [column for column in sharing.QUASI if column in table]


def test_the_hand_made_tables_follow_their_contracts():
    for name, table in TABLES.items():
        assert len(checked(name, table)) == len(table)
    assert len(checked("research_extract", extract())) == 1000
    assert set(TABLES) <= set(CONTRACTS)


def test_no_id_of_any_table_and_no_date_of_a_child_is_in_it():
    out = extract()
    ids = {*TABLES["child"]["research_id"], *TABLES["child"]["household_id"]}
    assert not out.isin(ids).any(axis=None)
    assert not out.select_dtypes("datetime").columns.tolist()
    assert not {"household_id", "birth_month", "moved_in", "moved_out", "rank", "reasons"} & set(out.columns)


def test_every_cell_holds_k_children_and_k_was_one_before():
    out = extract(k=5)
    assert cell_sizes(out, quasi(out)).min() >= 5
    report = sharing.k_report(TABLES["child"], out, as_of=AS_OF, k=5).set_index("stage")
    assert report.loc["register", "k"] == 1 and report.loc["register", "unique"] > 0
    assert report.loc["extract", "k"] >= 5 and report.loc["extract", "below_k"] == 0


def test_a_higher_k_costs_the_district():
    assert "district" in extract(k=5)
    coarse = extract(k=60)
    assert "district" not in coarse and cell_sizes(coarse, quasi(coarse)).min() >= 60
    offered = sharing.columns_offered(coarse).set_index("column")
    assert offered.loc["district", "decision"] == "refused" and offered.loc["district", "form"] == "cells_too_small"


def test_ids_are_new_and_rows_are_shuffled_by_the_seed_alone():
    tables = {name: table.sample(frac=1, random_state=3) for name, table in TABLES.items()}
    pd.testing.assert_frame_equal(extract(), extract(tables))
    assert not extract(seed=1).equals(extract(seed=2))
    assert extract()["research_id"].is_unique


def test_values_arrive_at_the_right_child_and_their_reasons_too():
    """Points are made unlike for each child here, so that rows can be told."""
    tables = {name: table.copy() for name, table in TABLES.items()}
    tables["judgement"]["points"] = np.arange(len(tables["judgement"]))
    out = extract(tables).set_index("points")
    known = tables["item_value"].merge(tables["judgement"][["research_id", "points"]])
    wide = known.pivot(index="points", columns="item_id", values="value")
    for item in ("single_parent", "prior_referral"):
        pd.testing.assert_series_equal(
            out[f"item_{item}"].sort_index(), wide[item], check_names=False, check_index_type=False
        )
    unknown = known[known["item_id"] == "single_parent"].set_index("points")["missing"]
    reasons = out["missing_single_parent"].sort_index()
    assert reasons.isna().tolist() == unknown.sort_index().isna().tolist()
    assert set(reasons.dropna()) == {"no_record"}


def test_an_item_that_nobody_has_a_value_of_is_left_out():
    assert "item_late_vaccination" not in extract()


def test_no_extreme_is_one_childs():
    tables = {name: table.copy() for name, table in TABLES.items()}
    is_days = tables["item_value"]["item_id"].eq("absence_days") & tables["item_value"]["value"].notna()
    tables["item_value"].loc[tables["item_value"][is_days].index[0], "value"] = 365.0
    days = extract(tables)["item_absence_days"]
    assert days.max() < 365
    assert days.eq(days.max()).sum() >= 10 and days.eq(days.min()).sum() >= 10


def test_age_is_counted_at_the_date_of_the_judgement():
    child = TABLES["child"].assign(birth_month=pd.Timestamp("2016-04-01"))
    out = extract({**TABLES, "child": child})
    assert set(out["age_band"]) == {"6-8"}, "8 years on 2024-04-01"
    child = child.assign(birth_month=pd.Timestamp("2015-04-01"))
    assert set(extract({**TABLES, "child": child})["age_band"]) == {"9-11"}


def test_the_study_is_there_for_its_children_alone():
    out = extract()
    inside = out["in_study"].eq("yes")
    assert inside.sum() == len(TABLES["cohort"])
    assert out.loc[inside, "treated"].notna().all() and out.loc[~inside, ["treated", "outcome", "months"]].isna().all(
        axis=None
    )
    assert out["treated"].sum() == TABLES["cohort"]["treated"].sum()


@pytest.mark.parametrize("cohort", [None, TABLES["cohort"].iloc[:0]])
def test_a_municipality_without_a_study_still_has_an_extract(cohort):
    out = extract({**TABLES, "cohort": cohort})
    assert "in_study" not in out and len(out) == 1000
    offered = sharing.columns_offered(out).set_index("column")
    assert offered.loc["study_outcome", "form"] == "no_data"


def test_a_municipality_without_judgement_district_or_sex_still_has_an_extract():
    child = TABLES["child"].assign(district=None, sex=None)
    out = extract({**TABLES, "child": child, "judgement": TABLES["judgement"].iloc[:0], "cohort": None})
    assert quasi(out) == ["moved_here", "age_band"] and "points" not in out
    assert cell_sizes(out, quasi(out)).min() >= 5


def test_a_handful_of_children_loses_traits_or_leaves_but_never_stands_alone():
    few = TABLES["child"].head(12)
    out = extract({**TABLES, "child": few})
    assert len(out) <= 12
    assert out.empty or cell_sizes(out, quasi(out)).min() >= 5
    assert extract({**TABLES, "child": TABLES["child"].head(4)}).empty


# --- k-anonymity itself --------------------------------------------------------------------------------------------


def test_k_anonymity_of_a_table_worked_by_hand():
    table = pd.DataFrame({"a": [1, 1, 1, 2, 2, 3, None], "b": list("xxxyyzz")})
    assert k_anonymity(table, ["a", "b"], k=3) == {"children": 7, "cells": 4, "k": 1, "unique": 2, "below_k": 4}


cells = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from("mf")), min_size=0, max_size=120)


@settings(max_examples=100, deadline=None)
@given(cells, st.integers(2, 8), st.floats(0, 1))
def test_no_table_leaves_with_a_cell_under_k(rows, k, most):
    fine = pd.DataFrame(rows, columns=["district", "age", "sex"]).astype(object)
    coarse = fine.assign(age=fine["age"].map(lambda age: age // 2))
    steps = [fine, coarse, coarse[["age", "sex"]]]
    rest = pd.DataFrame({"row": range(len(fine))})
    out = generalised(steps, rest, k=k, most_blanked=most)
    assert out.table.empty or cell_sizes(out.table, out.quasi).min() >= k
    assert len(out.table) + out.dropped == len(fine)
    for column in out.quasi:
        true = steps[out.level][column].iloc[out.table["row"]].to_numpy()
        shown = out.table[column].to_numpy()
        assert all(one is None or one == other for one, other in zip(shown, true)), "blanked, never changed"
