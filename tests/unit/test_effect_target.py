"""The TARGET checklist: 21 items, and every place it names is there."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kosodachi.effect import baseline, checklist, course, items_met, protocol
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.target import statement
from kosodachi.effect.trial import TargetTrial
from kosodachi.municipality import Municipality

HOME = Path(__file__).resolve().parents[2]
PLACES = sorted({place for one in statement()["items"] for place in one["places"]})
TRIAL = TargetTrial(judged_as_of="2024-04-01", index_date="2024-05-01", follow_up_until="2025-03-31")


def code_of(notebook: str) -> str:
    cells = json.loads((HOME / f"notebooks/{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@pytest.mark.parametrize("place", PLACES)
def test_each_place_exists(place):
    where, what = place.split(":")
    if where == "file":
        assert (HOME / what).is_file()
    elif where == "settings":
        assert what in Municipality.model_fields
    elif what.startswith("protocol/"):
        assert what.removeprefix("protocol/") in set(protocol(TRIAL)["element"]) and "protocol[" in code_of(where)
    elif what.startswith("say."):
        assert f"{what}(" in code_of(where)
    elif what == "title":
        assert "**Question**" in (HOME / f"notebooks/{where}.ipynb").read_text(encoding="utf-8")
    else:
        assert f'name="{what}"' in code_of(where)


def test_it_has_the_items_of_the_statement_each_once_and_whole():
    table = checklist()
    numbers = list(dict.fromkeys(re.match(r"\d+", item)[0] for item in table["item"]))
    assert numbers == [str(n) for n in range(1, 22)] and table["item"].is_unique
    assert {"6a", "6h", "7a", "7h", "1c"} <= set(table["item"])
    assert set(table["met"]) <= {"met", "partly", "not_met"}
    assert ((table["place"] == "none") == (table["met"] == "not_met")).all()
    assert statement()["source"]["verified"] in ("secondhand", "primary")


def test_what_only_people_can_write_is_not_met_and_a_withheld_estimate_is_not_reported():
    table = checklist().set_index("item")["met"]
    assert (table[["2", "17", "18", "20", "21"]] == "not_met").all()
    assert (checklist(estimated=False).set_index("item")["met"][["13", "14"]] == "not_met").all()
    counts = items_met(checklist()).set_index("met")["items"]
    assert counts.sum() == 21 and counts["not_met"] == 5
    assert items_met(checklist(estimated=False)).set_index("met")["items"]["not_met"] == 7


def small_cohort():
    table = pd.DataFrame({
        "research_id": range(40), "household_id": range(40), "treated": np.repeat([True, False], 20),
        "outcome": np.where(np.arange(40) % 10 == 0, np.nan, np.arange(40) % 2), "months": np.tile([10.0, 4.0], 20),
        "event": np.tile([False, True, False, False], 10), "x_known_before": np.arange(40) % 4 == 0,
        "x_points": np.where(np.arange(40) < 5, np.nan, 3.0),
    })  # fmt: skip
    return Cohort(table=table, attrition=pd.DataFrame(), trial=TRIAL, missing=())


def test_characteristics_and_course_by_arm_add_up():
    start = baseline(small_cohort()).set_index(["covariate", "group"])
    points = start.loc[("x_points", "with_offer")]
    assert points[["children", "unknown", "average"]].to_list() == [15, 5, 3.0]
    assert start.loc[("x_known_before", "without_offer"), ["rarer", "average"]].to_list() == [5, 0.25]
    found = course(small_cohort())
    assert (found.groupby(["group", "about"])["children"].sum() == 20).all()
    one = found.set_index(["group", "about", "state"])["children"]
    assert one["with_offer", "follow_up", "end_of_follow_up"] == 10
    assert one["with_offer", "follow_up", "month_of_absence"] == 5 and one["with_offer", "follow_up", "left"] == 5
    assert one["with_offer", "outcome", "outcome_unknown"] == 2
