"""Whether the errors of the links, estimated without truth, hold the truth of synthetic towns."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

from kosodachi import linkage
from kosodachi.linkage.prepare import person_keys

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "decoy_coverage.py"


def benchmark():
    """The benchmark as a module: one code serves the printed table and the test."""
    spec = importlib.util.spec_from_file_location("decoy_coverage", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def summary(towns: int, **options) -> dict[str, float]:
    module = benchmark()
    return module.summary(pd.DataFrame([module.assessed(seed, **options) for seed in range(1, towns + 1)]))


def test_the_interval_holds_the_false_links_of_five_small_towns():
    found = summary(5, children=600, rounds=1, share=0.4)
    assert found["interval_holds_truth"] >= 0.8, found
    assert found["mean_low"] < found["mean_truth"] < found["mean_high"] < 0.02, found


def by_name_or_birth(register: pd.DataFrame, records: pd.DataFrame):
    """Links of a bad rule: the child of that name, or else any child with that date of birth (the lowest number)."""
    right = records[["source", "name", "kana_code", "birth_date"]].assign(person=person_keys(records))
    found = []
    for key in ("name", "kana_code", "birth_date"):
        left = register.dropna(subset=key).sort_values("person_no").drop_duplicates(key)[[key, "person_no"]]
        found.append(right.dropna(subset=key).merge(left, on=key)[["source", "person", "person_no"]])
    pairs = pd.concat(found).drop_duplicates(["source", "person"]).rename(columns={"person_no": "register_no"})
    pairs = pairs.sort_values(["source", "person"], ignore_index=True)
    return linkage.Links(pairs.assign(match_weight=5.0, match_probability=0.97, reason="best", band="link"), {})


def test_decoys_find_the_false_links_of_a_bad_rule():
    """Any child of the same day is good enough for it: one in seven who are not in the register is linked to another."""
    module, expected, true, persons = benchmark(), 0.0, 0, 0
    for seed in range(1, 5):
        register, others, _, truth, person = module.town(seed, 900)
        links = by_name_or_birth(register, others)
        decoys = linkage.held_out(register, others, links, linking=by_name_or_birth, rounds=5, share=0.1, seed=seed)
        expected += linkage.false_links(links, others, decoys, linkage.kin(register, others))["by_decoys"].iloc[-1]
        mapped = linkage.person_map(links, register, others, key=module.KEY)
        absent = linkage.score(mapped, truth, person, key=module.KEY).set_index("group").loc["absent"]
        true, persons = true + absent["linked"], persons + absent["persons"]
    assert true / persons > 0.1, "the rule is bad enough to be found out"
    assert 0.65 < expected / true < 1.5, (expected, true)


@pytest.mark.slow
def test_the_interval_holds_the_false_links_of_nine_in_ten_towns():
    found = summary(50, children=1500, rounds=2, share=0.2)
    assert found["interval_holds_truth"] >= 0.9, found
    assert found["mean_high"] - found["mean_low"] < 0.006, found
    assert found["truth_over_claim"] > 2, found
