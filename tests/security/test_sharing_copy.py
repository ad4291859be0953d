"""The synthetic copy: the same every time, scored, with controls that must fail, and what it is known to lose."""

import random
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hand_made import analysis_tables

from kosodachi import sharing
from kosodachi.faults import Fault
from kosodachi.sharing import sdv_adapter
from kosodachi.sharing.attack import coded, distance_to_closest

TABLES = analysis_tables(800)
EXTRACT = sharing.research_extract(TABLES["child"], TABLES["item_value"], TABLES["judgement"], TABLES["cohort"])
HALF, HELD_OUT = sharing.halves(EXTRACT)


@pytest.fixture(scope="module")
def copy():
    return sharing.synthetic_copy(HALF, rows=len(HALF), seed=3)


def test_halves_are_disjoint_and_whole():
    assert set(HALF["research_id"]).isdisjoint(HELD_OUT["research_id"])
    assert len(HALF) + len(HELD_OUT) == len(EXTRACT)


def test_the_copy_says_what_it_is_and_holds_no_id(copy):
    assert set(copy["row_kind"]) == {"synthetic"} and copy["synthetic_id"].str.match(r"synthetic\d+$").all()
    assert not [column for column in copy if column == "research_id" or column.startswith("missing_")]
    assert list(sdv_adapter.learnt(copy).columns) == list(sdv_adapter.learnt(HALF).columns)


def test_values_stay_within_what_occurs(copy):
    for column in sdv_adapter.learnt(HALF).select_dtypes("number"):
        assert copy[column].dropna().between(HALF[column].min(), HALF[column].max()).all()
    for column in ("district", "age_band", "sex"):
        assert set(copy[column].dropna()) <= set(HALF[column].dropna())


def test_the_same_seed_gives_the_same_bytes_and_another_another_copy(copy):
    np.random.seed(99)
    random.seed(99)
    before = np.random.get_state()[1].tolist(), random.getstate()
    again = sharing.synthetic_copy(HALF, rows=len(HALF), seed=3)
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before, "the global generators are as before"
    assert again.to_csv(index=False).encode() == copy.to_csv(index=False).encode()
    assert not sharing.synthetic_copy(HALF, rows=len(HALF), seed=4).equals(copy)


def test_quality_and_diagnostic_scores(copy):
    scores = sharing.copy_scores(HALF, copy).set_index("score")["value"]
    assert list(scores.index) == ["quality", "diagnostic", "shapes", "pairs", "validity", "structure"]
    assert scores["diagnostic"] == 1.0 and 0.6 < scores["quality"] < 1.0
    verbatim = sharing.copy_scores(HALF, HALF.assign(synthetic_id="S", row_kind="synthetic")).set_index("score")[
        "value"
    ]
    assert verbatim["quality"] == pytest.approx(1.0), "the copy that gives everything away has the best quality"


def test_a_verbatim_copy_and_a_moved_one_are_caught(copy):
    scores = sharing.attack_scores(HALF, HELD_OUT, copy).set_index("attacked")
    assert scores.loc["verbatim", "protection"] == 0.0
    assert scores.loc["jittered", "protection"] < 0.1
    assert scores.loc["copy", "protection"] > 0.85
    assert (scores["rows"] == len(HALF)).all(), "nothing is subsampled"


def test_held_out_rows_are_no_nearer_than_chance():
    """The other control: rows that were never learnt from must pass."""
    one, two = sharing.halves(HELD_OUT, seed=5)
    passed = sharing.attack_scores(HALF.head(len(one)), one, two).set_index("attacked").loc["copy"]
    assert passed["protection"] > 0.8


def test_a_copy_with_a_tenth_of_real_rows_scores_lower_than_one_without(copy):
    mixed = copy.copy()
    columns = list(sdv_adapter.learnt(HALF).columns)
    mixed.loc[: len(mixed) // 3, columns] = HALF.loc[: len(mixed) // 3, columns]
    scores = [
        sharing.attack_scores(HALF, HELD_OUT, table).set_index("attacked")["nearer"]["copy"] for table in (copy, mixed)
    ]
    assert scores[1] > scores[0] + 0.1


def test_distances_are_those_of_sdmetrics(copy):
    from sdmetrics.single_table.privacy.dcr_utils import calculate_dcr

    numbers = ["points", "item_absence_days", "item_untreated_caries"]
    codes = ["district", "age_band", "sex"]
    columns = {c: {"sdtype": "numerical"} for c in numbers} | {c: {"sdtype": "categorical"} for c in codes}
    rows, reference = (table[[*numbers, *codes]].head(60).reset_index(drop=True) for table in (copy, HALF))
    for column in numbers:  # the ranges of both are those of the reference there, of all rows here
        ends = [reference[column].min(), reference[column].max()]
        rows[column] = rows[column].clip(*ends)
    made, real = coded(rows, reference)
    theirs = calculate_dcr(dataset=rows, reference_dataset=reference, metadata={"columns": columns})
    np.testing.assert_allclose(distance_to_closest(made, real), theirs, atol=1e-5)


def test_what_is_rare_is_counted_in_both(copy):
    lost = sharing.rare_kept(EXTRACT, copy)
    referral = lost[lost["phenomenon"] == "prior_referral"].set_index("table")
    assert referral.loc["extract", "cases"] == EXTRACT["item_prior_referral"].sum()
    assert referral.loc["copy", "children"] == copy["item_prior_referral"].notna().sum()
    assert (lost["cases"] <= lost["children"]).all() and set(lost["kind"]) <= {"rare", "tail"}


def test_a_copy_that_lost_something_rare_shows_it():
    without = EXTRACT.assign(
        item_prior_referral=EXTRACT["item_prior_referral"].where(EXTRACT["item_prior_referral"].isna(), 0)
    )
    lost = sharing.rare_kept(EXTRACT, without).set_index(["phenomenon", "table"])["cases"]
    assert lost["prior_referral", "extract"] > 0 and lost["prior_referral", "copy"] == 0


def test_rows_that_cannot_be_are_counted(copy):
    broken = sharing.contradictions(HALF, copy).set_index(["rule", "table"])["cases"]
    assert broken["outside_study", "extract"] == 0 and broken["study_without_arm", "extract"] == 0
    assert broken["outside_study", "copy"] > 0, "the copula draws each column by itself where values are missing"
    assert sharing.contradictions(HALF.drop(columns="in_study"), copy).empty


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_of_any_unit_stay_in_their_years(unit):
    dated = HALF.assign(
        month=pd.Series(pd.date_range("2016-01-01", periods=len(HALF)), HALF.index).astype(f"datetime64[{unit}]")
    )
    made = sharing.synthetic_copy(dated[["sex", "points", "month"]], rows=200, seed=1)
    assert made["month"].dt.year.between(2016, 2018).all(), "SDV alone turns seconds into 1970"


def test_metadata_hold_types_alone_and_no_extreme():
    told = sdv_adapter._metadata(sdv_adapter.learnt(HALF)).to_dict()
    keys = {key for table in told["tables"].values() for column in table["columns"].values() for key in column}
    assert keys == {"sdtype"}


def test_nothing_is_written_by_making_a_copy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sharing.synthetic_copy(HALF[["sex", "points"]], rows=100, seed=1)
    assert list(tmp_path.iterdir()) == []


def test_too_few_rows_are_refused():
    with pytest.raises(Fault, match="E-SHARE-02"):
        sharing.synthetic_copy(HALF.head(20), rows=20, seed=1)


WITHOUT_SDV = """
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *a: None if name == "sdv" else find(name, *a)
sys.modules["sdv"] = None
import pandas as pd
from kosodachi import sharing
from kosodachi.faults import Fault
assert not sharing.is_available()
table = pd.DataFrame({"research_id": range(200), "sex": ["male", "female"] * 100, "points": range(200)})
for act in (lambda: sharing.synthetic_copy(table, rows=9, seed=1), lambda: sharing.copy_scores(table, table)):
    try:
        act()
    except Fault as fault:
        print(fault.code)
half, held_out = sharing.halves(table)
print(len(sharing.attack_scores(half, held_out, half)), len(sharing.rare_kept(half, half)) >= 0)
"""


def test_the_rest_works_without_sdv_and_says_so():
    ran = subprocess.run([sys.executable, "-c", WITHOUT_SDV], capture_output=True, text=True, timeout=120, check=False)
    assert ran.stdout.split() == ["E-SHARE-01", "E-SHARE-01", "3", "True"], ran.stderr


def test_sdv_is_imported_only_when_a_copy_is_made():
    code = "import sys, kosodachi.sharing; print([m for m in sys.modules if m.split('.')[0] in ('sdv', 'sdmetrics', 'rdt')])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert ran.stdout.strip() == "[]"
