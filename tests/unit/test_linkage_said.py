"""The sentences of the linkage page: numbers where they were released, words where they were not."""

from types import SimpleNamespace

import pandas as pd
import pytest
from linkage_town import register, school

from kosodachi.linkage import Links, answer, by_outcome, by_source, exact, how_trained, link, match_weights

RULE = SimpleNamespace(threshold=10, rounding=5)
NUMBERS = {"persons": 5700, "linked": 5430, "review": 25, "linked_share": 0.953, "today_share": 0.368}
TOTAL = pd.Series(NUMBERS, dtype="object")


def test_with_truth_the_gain_is_told_in_both_languages():
    scores = pd.DataFrame({"f1": {"model": 0.995, "four_pass": 0.979, "today": 0.553}})
    said = answer(TOTAL.copy(), scores, RULE)
    assert "5,700 persons" in said["en"][0] and "5,430" in said["en"][0] and "95.3%" in said["ja"][0]
    assert said["en"][2] == "F1 against the truth is 0.995; today's exact match has 0.553, a four-pass rule 0.979."
    assert len(said["ja"]) == 3 and "0.995" in said["ja"][2]


@pytest.mark.parametrize("hidden", ["review", "linked", "persons"])
def test_a_hidden_number_is_not_written(hidden):
    total = TOTAL.copy()
    total[hidden] = pd.NA
    said = answer(total, None, RULE)
    assert not any("nan" in sentence.lower() or "<NA>" in sentence for lang in said for sentence in said[lang])
    assert "without truth" in said["en"][2]


def test_counts_by_outcome_and_source_add_up():
    of = register()
    records = school(pd.concat([of.iloc[:300], of.iloc[[5]], register(20, seed=77)], ignore_index=True))
    links, today = link(of, records), exact(of, records)
    outcome = by_outcome(records, links).set_index("outcome")["persons"]
    sources = by_source(records, links, today=today).iloc[0]
    assert outcome.sum() == sources["persons"] == 321
    assert outcome["second_number"] == 1 and outcome["link"] == 300
    assert sources["linked"] == 301 and sources["linked_today"] == 301
    assert match_weights(links)["persons"].sum() == len(links.pairs)


def test_without_another_source_there_is_nothing_to_count():
    of = register(50)
    links = link(of, school(of).iloc[:0])
    assert by_source(school(of).iloc[:0], links).empty and match_weights(links).empty
    assert "nothing to link" in how_trained(links)["en"]


def test_how_the_model_was_trained_is_said():
    of = register()
    assert "every training session converged" in how_trained(link(of, school(of.iloc[:400])))["en"]
    assert "Documented values" in how_trained(link(of, school(of.iloc[:20].assign(birth_date=None))))["en"]
    assert "nothing" in how_trained(Links(pd.DataFrame(), {}))["en"]
