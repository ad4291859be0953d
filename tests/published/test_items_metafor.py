"""Pooling against the R package metafor on every item of the catalogue that several cohorts report.

items_metafor_effects.csv holds the effects, items_metafor.csv what metafor 3.8-1 gave to six digits.
"""

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from items_sets import sets

from kosodachi.items.meta import Meta, random_effects, three_levels

HERE = Path(__file__).parent
FIGURES = ["effects", "estimate", "se", "low", "high", "expected_low", "expected_high", "tau2", "i2", "q", "q_p"]


def effects() -> pd.DataFrame:
    return pd.read_csv(HERE / "items_metafor_effects.csv", dtype={"cohort": str})


def frozen() -> pd.DataFrame:
    return pd.read_csv(HERE / "items_metafor.csv")


def fitted(part: pd.DataFrame, model: str) -> Meta:
    if model == "levels":
        return three_levels(part["log_odds"], part["se"], part["cohort"])
    return random_effects(part["log_odds"], part["se"], never_below=model == "adhoc")


def ours(line: pd.Series) -> dict:
    fit = fitted(effects().query("set == @line['set']"), line["model"])
    return fit.line() | {"effects": fit.k, "estimate": fit.log_odds, "tau2": fit.tau**2}


def test_the_frozen_effects_are_those_of_the_catalogue():
    """If this fails: write items_sets.sets() to items_metafor_effects.csv and run items_metafor.R again."""
    pd.testing.assert_frame_equal(effects(), sets(), check_exact=False, atol=1e-7)
    assert effects()["set"].nunique() >= 10


@pytest.mark.parametrize(
    "line", [line for _, line in frozen().iterrows()], ids=lambda line: f"{line['set']}-{line['model']}"
)
def test_pooling_agrees_with_metafor_to_four_digits(line):
    own = ours(line)
    for name in FIGURES:
        if not pd.isna(line[name]):
            assert own[name] == pytest.approx(line[name], abs=5e-5, rel=5e-5), name


def metafor_here() -> bool:
    asked = ["Rscript", "-e", "quit(status = !requireNamespace('metafor', quietly = TRUE))"]
    return shutil.which("Rscript") is not None and subprocess.run(asked, capture_output=True).returncode == 0


@pytest.mark.r
def test_metafor_gives_again_what_was_frozen(tmp_path):
    if not metafor_here():
        pytest.skip("needs R with metafor")
    files = [HERE / "items_metafor.R", HERE / "items_metafor_effects.csv", tmp_path / "again.csv"]
    subprocess.run(["Rscript", *map(str, files)], check=True, capture_output=True)
    again = pd.read_csv(tmp_path / "again.csv")
    pd.testing.assert_frame_equal(
        again.drop(columns="metafor"), frozen().drop(columns="metafor"), check_exact=False, atol=2e-5
    )
