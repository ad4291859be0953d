"""Coverage after linkage by group, age of the records, and availability of source by item by year."""

import numpy as np
import pandas as pd
import pytest
from items_town import attributes, children, links, settings

from kosodachi.items import availability_by_year, catalogue, coverage, staleness, values
from kosodachi.tables import MISSING

DAY = "2024-04-01"


def test_coverage_counts_linked_children_of_the_sources_ages_by_group():
    table = coverage(children(), attributes(), links(), settings(), as_of=DAY).set_index(
        ["source", "dimension", "level"]
    )
    # attendance: of ages 7 to 15 ann, ben, dan; dan's record waits for review
    assert table.loc[("shukketsu", "everyone", "all_children"), ["children", "linked"]].to_list() == [3, 2]
    assert table.loc[("shukketsu", "by_move", "came_lately"), ["children", "linked", "share"]].to_list() == [1, 0, 0]
    # check-ups should hold every child: ann, eve, cho of ann, ben, cho, dan, eve
    assert table.loc[("kenshin", "everyone", "all_children"), ["children", "linked"]].to_list() == [5, 3]
    assert table.loc[("kenshin", "by_age", "age_3_5"), ["children", "linked"]].to_list() == [2, 2]
    assert table.loc[("kenshin", "by_siblings", "only_child"), "children"] == 2
    assert set(table.index.get_level_values("source")) == {"kenshin", "shukketsu"}  # events measure no links
    groups = table["children"].groupby(level=["source", "dimension"]).sum()
    assert (groups["kenshin"] == 5).all()


def test_staleness_is_counted_to_the_month_that_ten_records_reach():
    old = pd.DataFrame(
        {"record_id": [f"n{i}" for i in range(12)], "opened": pd.Timestamp("2024-01-15"), "route": "school"}
    )
    parts = attributes() | {"sodan": pd.concat([attributes()["sodan"], old])}
    more = pd.DataFrame({"record_id": old["record_id"], "research_id": [f"x{i}" for i in range(12)], "band": "link"})
    table = staleness(parts, pd.concat([links(), more]), settings(), as_of="2024-05-01").set_index("source")
    # cases of May 2023 (ann), January (12 children), February (dan) and April 2024 (eve); c4 is not linked
    line = table.loc["sodan"]
    assert line[["records", "children", "newest_month", "months_old"]].to_list() == [15, 15, "2024-01", 4]
    assert line["mean_months"] == pytest.approx((12 + 12 * 4 + 3 + 1) / 15)
    assert table.loc["kenshin", "newest_month"] is None
    assert "juki" not in table.index
    assert "yobo" not in table.index


def test_records_after_the_day_make_nothing_younger():
    table = staleness(attributes(), links(), settings(), as_of="2023-06-01").set_index("source")
    assert table.loc["sodan", ["records", "children"]].to_list() == [1, 1]
    assert table.loc["sodan", "mean_months"] == 1


def test_availability_is_by_source_item_and_year_with_a_reason_for_every_gap():
    days = [pd.Timestamp("2023-04-01"), pd.Timestamp(DAY)]
    long = pd.concat([values(children(), attributes(), links(), settings(), as_of=day) for day in days])
    table = availability_by_year(long, settings(), catalogue())
    assert set(table.groupby("item_id")["year"].nunique()) == {2}
    assert set(table["item_id"]) == {item.item_id for item in catalogue()}
    assert set(table["reason"]) <= {"known", "no_column", "counted_elsewhere", *MISSING}
    assert table.groupby(["item_id", "year"])["share"].sum().to_numpy() == pytest.approx(1)
    line = table.set_index(["item_id", "year", "reason"])
    assert line.loc[("late_vaccination", 2024, "paper_only"), "source"] == "vaccination"
    assert line.loc[("absence_days", 2023, "known"), "source"] == "shukketsu"
    assert line.loc[("tardiness", 2023, "no_column"), "share"] == 1
    assert not np.isnan(table["share"]).any()
