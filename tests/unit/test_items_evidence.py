"""The evidence reaches the package as it was collected, its rows become log odds by known answers, and faults are
found."""

import hashlib

import numpy as np
import pytest

from kosodachi.items import ASSUMED, evidence, lint, pooled, sources, without_effect
from kosodachi.items.effects import effects, one_a_cohort
from kosodachi.items.pooling import combine


def test_rows_and_flags_are_as_they_were_collected():
    rows = evidence()
    assert len(rows) == 271
    assert rows["verified"].value_counts().to_dict() == {"yes": 245, "recall": 26}
    assert len(sources()) == 110
    assert sources()["verified"].value_counts().to_dict() == {"yes": 108, "recall": 2}
    keys = "|".join(rows["item_id"] + rows["source_id"] + rows["measure"] + rows["value"] + rows["verified"])
    assert hashlib.sha256(keys.encode()).hexdigest()[:16] == "aa6cb71455979d40"


def test_the_packages_own_evidence_has_no_fault():
    assert [fault.told("en") for fault in lint()] == []


def row(**changed):
    first = evidence().iloc[[0]].copy()
    return first.assign(
        item_id="planted",
        outcome="maltreatment",
        source_id="smith2023",
        measure="OR",
        value="2.0",
        ci_low="1.5",
        ci_high="2.7",
        n_or_k="",
        note="",
        verified="yes",
    ).assign(**changed)


def codes(rows, **given):
    return [fault.code for fault in lint(rows, items=[], **given)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"source_id": "nobody1999"}, "E-ITEM-01"),
        ({"ci_low": "2.1"}, "E-ITEM-03"),
        ({"measure": "r", "value": "0.428", "ci_low": "0.096", "ci_high": "0.818"}, "E-ITEM-04"),
        ({"note": "99% CI (not 95%)"}, "E-ITEM-05"),
    ],
)
def test_a_planted_fault_is_found(changed, code):
    assert codes(row(**changed)) == [code]


def test_the_same_numbers_read_on_fisher_z_are_no_fault():
    assert codes(row(source_id="gubbels2019", measure="r", value="0.428", ci_low="0.096", ci_high="0.818")) == []


def test_a_row_from_memory_that_reaches_the_pool_is_found_and_none_does_by_itself():
    planted = row(verified="recall")
    assert effects(planted).empty
    assert codes(planted, pool=one_a_cohort(effects(row()))) == ["E-ITEM-02"]
    assert "stith2009" not in ";".join(pooled(evidence())["citations"])


def test_one_cohort_is_never_counted_twice():
    both = effects(evidence()).query("item_id == 'single_parent' and cohort == 'florida_1996'")
    assert set(both["source_id"]) == {"wu2004", "wu2004apha"}
    kept = one_a_cohort(both)
    assert kept["source_id"].to_list() == ["wu2004apha"]
    assert codes(row(), pool=both.assign(item_id="planted", source_id="smith2023", measure="OR")) == ["E-ITEM-06"]


def test_two_sources_that_share_their_children_but_not_their_cohort_are_found():
    import pandas as pd

    twins = [row(n_or_k="n=12,345"), row(source_id="thompson2013", n_or_k="n=12,345")]
    assert codes(pd.concat(twins, ignore_index=True)) == ["E-ITEM-06"]


# Log odds and standard errors computed by hand for the evidence report; recall rows are not in it.
KNOWN = [
    ("parent_own_abuse_history", "assink2018", "r", 1.095, 0.077),
    ("grades_drop", "gubbels2019", "r", 0.865, 0.192),
    ("parent_own_abuse_history", "vanijzendoorn2020", "d", 0.852, None),
    ("many_siblings", "wu2004apha", "RR", 0.875, 0.056),
    ("low_birth_weight", "sidebotham2003", "OR", 0.732, None),
    ("late_vaccination", "underimm2008", "aOR", 1.379, 0.443),
    ("parental_mental_health", "odonnell2015", "aHR", 0.971, 0.029),
    ("prior_referral", "alspac_cin2019", "OR", 2.207, 0.430),
]


@pytest.mark.parametrize(("item", "source", "measure", "log_odds", "se"), KNOWN)
def test_known_log_odds(item, source, measure, log_odds, se):
    table = effects(evidence())
    found = table[(table["item_id"] == item) & (table["source_id"] == source) & (table["measure"] == measure)].iloc[0]
    assert found["log_odds"] == pytest.approx(log_odds, abs=6e-4)
    assert found["se"] == pytest.approx(ASSUMED.assumed_se if se is None else se, abs=6e-4)
    assert (found["se_from"] == "assumed") == (se is None)


def test_a_protective_coding_is_turned_round():
    found = effects(evidence()).query("source_id == 'chiba2025' and item_id == 'parental_mental_health'").iloc[0]
    assert np.exp(found["log_odds"]) == pytest.approx(2.5)


def test_sparse_data_odds_ratios_are_shrunk_to_what_can_be_believed():
    sparse = effects(evidence()).query("source_id == 'kawaguchi2020' and item_id == 'teenage_mother'").iloc[0]
    assert sparse["sparse"]
    assert 2 < np.exp(sparse["log_odds"]) < 10
    late = pooled(evidence()).query("item_id == 'late_first_prenatal_visit'").iloc[0]
    assert np.exp(late["log_odds"]) < 10


def test_one_effect_takes_its_spread_from_outside_and_many_estimate_it():
    alone = combine([0.7], [0.1], outside_tau=0.4)
    assert alone["tau_from"] == "assumed"
    assert alone["expected_high"] - 0.7 == pytest.approx(1.959964 * np.hypot(0.4, 0.1), abs=1e-6)
    many = combine([0.1, 0.9, 1.5, 0.4], [0.1, 0.1, 0.1, 0.1])
    assert many["tau_from"] == "estimated"
    assert many["tau"] == pytest.approx(np.sqrt(np.var([0.1, 0.9, 1.5, 0.4], ddof=1) - 0.01), rel=1e-4)
    assert many["expected_low"] < many["low"] < many["log_odds"] < many["high"] < many["expected_high"]


def test_items_without_any_effect_are_named():
    table = without_effect(evidence()).set_index("item_id")
    assert {"health_insurance_arrears", "tardiness"} <= set(table.index[table["searched"]])
    assert {"school_aid", "child_rearing_allowance"} <= set(table.index[table["used_by_pilots"]])
    assert "absence_days" not in table.index
