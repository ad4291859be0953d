"""Whether the errors of the links, estimated without truth, hold the truth of synthetic towns."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

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


@pytest.mark.slow
def test_the_interval_holds_the_false_links_of_nine_in_ten_towns():
    found = summary(50, children=1500, rounds=2, share=0.2)
    assert found["interval_holds_truth"] >= 0.9, found
    assert found["mean_high"] - found["mean_low"] < 0.006, found
    assert found["truth_over_claim"] > 2 > found["mean_truth"] / found["mean_estimate"], found
