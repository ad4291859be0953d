"""The rule that chooses items finds planted weights: data and literature together do better than either alone."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from items_selection import children, chosen, planted, scored

from kosodachi.items.grounds import expected
from kosodachi.items.town import probabilities
from kosodachi.municipality import Selection


def f1(size: int, seeds) -> pd.DataFrame:
    """Mean scores by what is chosen from: probabilities alone, without half samples, so that it takes seconds."""
    rows, rule = [], Selection()
    for seed in seeds:
        world = planted(seed).set_index("item_id", drop=False)
        data = children(world.reset_index(drop=True), size, seed)
        found = probabilities(data, world.loc[list(data.items)], rule).reindex(world.index)
        literature = pd.Series(expected(world, rule), index=world.index)
        arms = {
            "both": found["p_both"].fillna(literature),
            "data": found["p_town"].fillna(0.0),
            "literature": literature.where(world["papers"].notna(), 0.0),
        }
        weight = world["weight"].to_numpy()
        rows += [{"arm": arm} | scored((p >= rule.least_probability).to_numpy(), weight) for arm, p in arms.items()]
    return pd.DataFrame(rows).groupby("arm").mean()


def test_the_rule_applies_its_conditions_to_planted_towns():
    world = planted(2000)
    picked = chosen(world, children(world, 900, 2000), 2000)
    assert (picked["data"] <= picked["data_posterior"]).all()
    assert not picked["literature"][world["papers"].isna()].any()
    assert scored(picked["both"], world["weight"].to_numpy())["f1"] > 0.4


def test_at_900_children_both_is_clearly_better_than_either():
    table = f1(900, range(2000, 2016))
    others = table.loc[["data", "literature"], "f1"]
    assert table.loc["both", "f1"] > others.max() + 0.02
    assert table.loc["both", "fdr"] < table.loc["literature", "fdr"]
    assert table.loc["both", "sensitivity"] > table.loc["data", "sensitivity"] + 0.05


def test_with_few_children_the_literature_decides_and_with_many_the_data():
    few, many = f1(300, range(2000, 2012)), f1(12_000, range(2000, 2010))
    assert few.loc["both", "f1"] > few.loc["literature", "f1"] - 0.02
    assert few.loc["literature", "f1"] > few.loc["data", "f1"]
    assert many.loc["both", "f1"] > many.loc["data", "f1"] - 0.03
    assert many.loc["data", "f1"] > many.loc["literature", "f1"] + 0.1
    assert many.loc["both", "fdr"] < 0.15


def test_probabilities_mean_what_they_say():
    """Of items given a probability, that share has a weight: over 12 towns, by thirds."""
    parts = []
    for seed in range(2000, 2012):
        world = planted(seed).set_index("item_id", drop=False)
        data = children(world.reset_index(drop=True), 3000, seed)
        found = probabilities(data, world.loc[list(data.items)], Selection())
        parts.append(found.assign(true=world["weight"].gt(0)))
    table = pd.concat(parts)
    third = pd.cut(table["p_both"], [0, 1 / 3, 2 / 3, 1], labels=False, include_lowest=True)
    seen = table.groupby(third)[["p_both", "true"]].mean()
    assert seen["true"].to_numpy() == pytest.approx(seen["p_both"].to_numpy(), abs=0.15)
    assert np.all(np.diff(seen["true"]) > 0.2)
