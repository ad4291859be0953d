"""The rule that chooses items: every line of it, what people may overrule, redundancy, and versions of the register."""

import numpy as np
import pandas as pd
import pytest
from items_town import settings
from scipy.stats import norm, truncnorm

from kosodachi.faults import Faults
from kosodachi.items import catalogue, compare_registers, evidence, grounds, pooled, redundancy, register
from kosodachi.items.grounds import expected, positive_side
from kosodachi.items.selection import weighed
from kosodachi.municipality import Selection
from kosodachi.tables import checked
from kosodachi.workspace.template import SELECTION

POOLED = pooled(evidence())
USED = [
    "absence_days", "many_siblings", "missed_infant_checkup", "multiple_birth", "prior_referral", "recent_move_in",
    "single_parent", "untreated_caries",
]  # fmt: skip


def voice(item, stance="for", role="保健師"):
    return {"item": item, "role": role, "stance": stance, "reason": "家庭訪問での経験による"}


def chosen(town=None, alike=None, **rule) -> pd.DataFrame:
    table = register(catalogue(), POOLED, settings(items=rule), town=town, alike=alike)
    return checked("item_register", table).set_index("item_id")


def of_town(**changed) -> pd.DataFrame:
    """What this town's data would add, by item; whatever is not named is neutral."""
    lines = [
        {"item_id": item, "known": 0.9, "p_town": 0.4, "p_both": 0.9, "stability": 0.1, "gain": 0.0}
        | changed.get(item, {})
        for item in {*USED, *changed}
    ]
    return pd.DataFrame(lines)


def test_literature_alone_chooses_what_it_makes_likely():
    table = chosen()
    assert sorted(table.index[table["decision"].eq("use")]) == USED
    # statutory class: more likely than not does not suffice
    assert table.loc["low_birth_weight", ["decision", "why"]].to_list() == ["not_used", "too_unlikely"]
    assert 0.5 < table.loc["low_birth_weight", "probability"] < 0.6
    assert chosen(least_probability_sensitive=0.5).loc["low_birth_weight", "decision"] == "use"
    assert set(table["decided_by"]) == {"rule_alone"}


@pytest.mark.parametrize(
    ("line", "item", "rule", "town"),
    [
        ("excluded", "abortion_history", {}, {}),
        ("no_basis", "absence_change", {}, {}),
        ("no_basis", "low_birth_weight", {"bases": ["prior_case"]}, {}),
        ("hearing_against", "many_siblings", {"hearings": [voice("many_siblings", "against")]}, {}),
        ("too_little_known", "many_siblings", {}, {"many_siblings": {"known": 0.1}}),
        ("sensitive_basis", "prior_referral", {"sensitive_bases": ["data"]}, {}),
        ("too_unlikely", "many_siblings", {}, {"many_siblings": {"p_both": 0.49}}),
        ("too_unlikely", "prior_referral", {}, {"prior_referral": {"p_both": 0.59}}),
        ("refuted", "absence_days", {"bases": ["prior_case"]}, {"absence_days": {"p_both": 0.1}}),
    ],
)
def test_each_line_of_the_rule_keeps_an_item_out(line, item, rule, town):
    table = chosen(of_town(**town), **rule)
    assert table.loc[item, ["decision", "why"]].to_list() == ["not_used", line]


def test_this_towns_data_are_a_basis_of_their_own_only_if_steady_and_of_use():
    good = {"p_town": 0.9, "p_both": 0.9, "stability": 0.8, "gain": 0.01}
    line = chosen(of_town(absence_change=good)).loc["absence_change"]
    assert line[["decision", "basis", "why"]].to_list() == ["use", "data", "on_data"]
    for worse in ({"p_town": 0.4}, {"stability": 0.4}, {"gain": 0.0}, {"p_town": np.nan}):
        assert chosen(of_town(absence_change=good | worse)).loc["absence_change", "why"] == "no_basis"
    assert chosen(of_town(absence_change=good), bases=["paper"]).loc["absence_change", "why"] == "no_basis"


def test_a_hearing_is_a_basis_and_voices_are_counted():
    for_it, against = voice("absence_change"), voice("absence_change", "against", "教頭")
    assert chosen(hearings=[for_it]).loc["absence_change", ["decision", "basis"]].to_list() == ["use", "hearing"]
    assert chosen(hearings=[for_it, against]).loc["absence_change", "decision"] == "use"
    two = [for_it, against, voice("absence_change", "against", "養護教諭")]
    assert chosen(hearings=two).loc["absence_change", "why"] == "hearing_against"


def test_people_decide_but_cannot_use_what_has_no_basis_or_cannot_be_had():
    ruled = {
        "item": "many_siblings",
        "decision": "not_used",
        "by": "こども家庭センター長",
        "reason": "多子世帯への配慮",
    }
    line = chosen(decisions=[ruled]).loc["many_siblings"]
    assert line[["decision", "why", "decided_by"]].to_list() == ["not_used", "decided", "こども家庭センター長"]
    assert chosen(decisions=[ruled | {"item": "low_birth_weight", "decision": "use"}]).loc[
        "low_birth_weight", "decision"
    ] == "use"  # fmt: skip
    wrong = [ruled | {"item": i, "decision": "use"} for i in ("abortion_history", "low_income", "absence_change", "x")]
    with pytest.raises(Faults) as told:
        chosen(decisions=wrong)
    assert [fault.code for fault in told.value.found] == ["E-ITEM-14"] * 3 + ["E-ITEM-13"]
    with pytest.raises(Exception, match="E-ITEM-13"):
        chosen(hearings=[voice("absense_days")])


def test_of_two_items_that_are_alike_the_less_sensitive_stays():
    alike = pd.DataFrame({"item": ["many_siblings"], "other": ["prior_referral"], "phi": [0.85]})
    table = chosen(of_town(prior_referral={"p_both": 0.99}), alike)
    assert table.loc["prior_referral", ["decision", "why", "instead"]].to_list() == [
        "not_used", "redundant", "many_siblings",
    ]  # fmt: skip
    assert table.loc["many_siblings", "decision"] == "use"
    assert chosen(of_town(), alike.assign(phi=0.79)).loc["prior_referral", "decision"] == "use"
    same_class = alike.assign(other="recent_move_in")
    assert chosen(of_town(recent_move_in={"p_both": 0.99}), same_class).loc["many_siblings", "why"] == "redundant"


def test_certainty_and_outcome_decide_which_papers_count():
    assert chosen(least_certainty="low").loc["many_siblings", "basis"] != "paper"
    assert chosen(least_certainty="low").loc["single_parent", "basis"] == "paper"
    assert chosen(outcome="school_absence").loc["many_siblings", "decision"] == "not_used"
    lines = grounds(catalogue(), POOLED, settings()).set_index("item_id", drop=False)
    assert lines.loc["single_parent", "certainty"] == "low_certainty"
    # .8 of N(.408, .706^2), of which .718 is above 0 with mean .740 and spread .503; .1 of the upper half of N(0, .7^2)
    by_hand = 0.8 * 0.718 * norm.cdf((0.740 - np.log(1.1)) / 0.503) + 0.1 * norm.cdf((0.5585 - np.log(1.1)) / 0.422)
    assert expected(lines.loc[["single_parent"]], Selection())[0] == pytest.approx(by_hand, abs=1e-3)


def test_the_positive_side_of_a_normal_is_the_truncated_normal():
    mean, sd = np.array([0.6, -2.0, 0.0, 3.0]), np.array([0.7, 0.5, 0.7, 0.5])
    share, its_mean, its_sd = positive_side(mean, sd)
    peer = truncnorm(-mean / sd, np.inf, loc=mean, scale=sd)
    assert share == pytest.approx(norm.cdf(mean / sd))
    assert its_mean == pytest.approx(peer.mean())
    assert its_sd == pytest.approx(peer.std())


def test_each_line_of_the_rule_has_its_column_and_bases_stand_in_order():
    table = weighed(grounds(catalogue(), POOLED, settings()), None, Selection()).set_index("item_id")
    assert table.loc["absence_days", "bases"] == "paper;prior_case"
    assert table.loc["absence_change", ["bases", "no_basis"]].to_list() == ["none", True]


def test_phi_is_the_correlation_of_two_yes_no_values():
    rng = np.random.default_rng(5)
    values = pd.DataFrame(rng.random((400, 3)) < 0.3, columns=["a", "b", "c"]).astype(float)
    values["b"] = values["a"].where(rng.random(400) < 0.8, values["b"])
    values.loc[:49, "a"] = np.nan
    values.loc[25:, "c"] = np.nan
    long = values.rename_axis("research_id").melt(ignore_index=False, var_name="item_id").reset_index()
    table = redundancy(long).set_index(["item", "other"])
    assert table.loc[("a", "b"), "phi"] == pytest.approx(values["a"].corr(values["b"]))
    assert table.loc[("a", "b"), "children"] == 350
    assert np.isnan(table.loc[("b", "c"), "phi"])  # 25 children


def test_versions_of_a_register_are_compared():
    before, after = chosen().reset_index(), chosen(of_town(low_birth_weight={}), version="2").reset_index()
    after.loc[after["item_id"].eq("many_siblings"), ["decision", "why"]] = ["not_used", "decided"]
    changes = compare_registers(before, after[after["item_id"].ne("absence_days")])
    told = changes.set_index("item_id")
    assert told.loc["low_birth_weight", ["change", "why_before", "why_after"]].to_list() == [
        "added", "too_unlikely", "on_paper",
    ]  # fmt: skip
    assert told.loc["many_siblings", ["change", "changed"]].to_list() == ["dropped", "decision;why"]
    assert told.loc["absence_days", ["change", "decision_after"]].to_list() == ["dropped", "not_there"]
    assert changes["change"].tolist() == sorted(changes["change"])
    assert set(changes["version_before"] + changes["version_after"]) == {"12"}
    assert compare_registers(before, before).empty


def test_a_new_settings_file_shows_the_defaults():
    import yaml

    def text(part):
        return yaml.safe_load("\n".join(f"{name}: {value}" for name, value in part.items()))

    written = text(SELECTION | {"belief": "{}"}) | {"belief": text(SELECTION["belief"])}
    assert Selection.model_validate(written) == Selection()
