"""Effects within groups and early signs: planted differences are found, none is found where none is."""

import numpy as np
import pandas as pd
import pytest

from kosodachi.effect import by_group, interim, pseudo_outcomes
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.trial import TargetTrial

TRIAL = TargetTrial(judged_as_of="2024-04-01", index_date="2024-05-01", follow_up_until="2025-03-31")


def made(seed, *, older=0.0, n=800):
    """A cohort whose effect is -.15, and -.15 + older from twelve years on; those known before are offered more often."""
    rng = np.random.default_rng([64, seed])
    age, known = rng.uniform(6, 15, n), (rng.random(n) < 0.4) * 1.0
    a = rng.random(n) < 1 / (1 + np.exp(0.5 - 1.0 * known))
    effect = -0.15 + older * (age > 12)
    y = (rng.random(n) < np.clip(0.35 + 0.2 * known + effect * a, 0, 1)) * 1.0
    table = pd.DataFrame({
        "research_id": [f"{i:05d}" for i in range(n)], "household_id": np.arange(n) // 2, "treated": a, "outcome": y,
        "months": rng.integers(1, 11, n) * 1.0, "event": rng.random(n) < 0.3, "x_age": age, "x_known_before": known,
        "x_points": known + rng.normal(size=n),
    })  # fmt: skip
    return Cohort(table=table, attrition=pd.DataFrame(), trial=TRIAL)


def test_the_mean_of_contributions_over_a_group_is_its_effect_and_intervals_cover():
    covered, found = [], []
    for seed in range(60):
        table = by_group(made(seed, older=0.25)).set_index(["trait", "level"])
        for level, truth in (("yes", 0.10), ("no", -0.15)):
            row = table.loc[("junior_high", level)]
            covered.append(row["low"] <= truth <= row["high"])
        found.append(table.loc[("junior_high", "yes"), "difference_p"] < 0.05)
    assert 0.89 <= np.mean(covered) <= 0.995
    assert np.mean(found) > 0.75


def test_where_no_group_differs_any_is_found_at_most_at_the_level():
    false = [(by_group(made(1_000 + seed))["difference_p"] < 0.05).any() for seed in range(60)]
    assert np.mean(false) <= 0.05 + 3 * (0.05 * 0.95 / 60) ** 0.5


def test_small_or_missing_groups_are_left_out():
    cohort = made(3)
    few = Cohort(
        table=cohort.table.assign(x_known_before=(np.arange(800) < 20) * 1.0), attrition=pd.DataFrame(), trial=TRIAL
    )
    assert set(by_group(few)["trait"]) == {"junior_high", "higher_points"}
    one_arm = Cohort(table=cohort.table.assign(treated=True), attrition=pd.DataFrame(), trial=TRIAL)
    assert by_group(one_arm).empty and list(by_group(one_arm)) == list(by_group(cohort))


def test_contributions_add_up_to_the_effect():
    at = made(4, n=4_000).table
    X = np.column_stack([at["x_known_before"] - 0.4])
    phi = pseudo_outcomes(at["outcome"].to_numpy(), at["treated"].to_numpy(float), X)
    assert phi.mean() == pytest.approx(-0.15, abs=0.04)


class Settings:
    """What `interim` asks of a municipality's settings."""

    @staticmethod
    def of_kind(kind):
        return ["shien"] if kind == "outreach_log" else []


def log_of(cohort):
    """Every offered child contacted at once, every second consents, every fourth starts: half of these too late."""
    ids = cohort.table.loc[cohort.table["treated"], "research_id"].to_list()
    n = np.arange(len(ids))
    rows = pd.DataFrame({
        "record_id": [f"r{i}" for i in n], "offered": pd.Timestamp("2024-05-10"), "contacted": pd.Timestamp("2024-05-20"),
        "consented": np.where(n % 2 == 0, "yes", "no"),
        "started": np.where(n % 4 == 0, np.where(n % 8 == 0, np.datetime64("2024-06-10"), np.datetime64("2024-12-01")), np.datetime64("NaT")),
    })  # fmt: skip
    link = pd.DataFrame({"record_id": rows["record_id"], "research_id": ids, "band": "link"})
    return {"shien": rows}, link


def test_interim_indicators_count_what_was_done_within_three_months():
    cohort = made(5)
    attributes, link = log_of(cohort)
    table = interim(cohort, attributes, link, Settings).set_index("indicator")
    n = int(cohort.table["treated"].sum())
    assert table["events"].to_dict() | {"early_absence": 0} == {
        "contacted": n, "consented": (n + 1) // 2, "started": (n + 7) // 8, "early_absence": 0,
    }  # fmt: skip
    assert table.loc["contacted", "low"] == pytest.approx(0.025 ** (1 / n)) and table.loc["contacted", "high"] == 1
    early = table.loc["early_absence"]
    assert early["kind"] == "effect" and early["low"] <= 0 <= early["high"]
    assert interim(Cohort(cohort.table.assign(treated=False), pd.DataFrame(), TRIAL), attributes, link, Settings).empty
