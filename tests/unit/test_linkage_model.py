"""The model and its bands: cost before comparing, training from two starts, doubts told, thresholds from a rate."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from linkage_town import register, school

from kosodachi.linkage import Thresholds, assign, exact, japanese, link, model
from kosodachi.linkage.assignment import link_from
from kosodachi.linkage.blocking import forecast, sampled
from kosodachi.linkage.prepare import children_of, persons_of
from kosodachi.linkage.spec import Rule

REGISTER = register()
RECORDS = school(REGISTER.iloc[:400])
LINKS = link(REGISTER, RECORDS)


def sides() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.register("reg", children_of(REGISTER).ways)
    con.register("rec", persons_of(RECORDS).ways)
    return con


def test_the_forecast_counts_the_pairs_of_a_rule():
    with sides() as con:
        rule = Rule(("surname_code", "sex"))
        pairs = con.execute(f"select count(*) from reg l join rec r on {rule.sql}").fetchone()[0]
        assert forecast(con, (rule,))["pairs"].tolist() == [pairs] and pairs > 400


def test_a_sample_holds_whole_blocks():
    with sides() as con:
        rule = Rule(("surname_code",))
        left, right = sampled(con, rule, 300)
        count = "select count(*) from {} l join {} r using (surname_code) where surname_code in (select surname_code from lefts)"
        con.register("lefts", left)
        con.register("rights", right)
        drawn, whole = (
            con.execute(count.format(*names)).fetchone()[0] for names in (("lefts", "rights"), ("reg", "rec"))
        )
        assert drawn == whole and 100 < drawn < 700


def test_training_reaches_the_same_optimum_from_two_starts():
    assert LINKS.model.training["converged"].all() and LINKS.summary["untrained"] == []


def test_a_session_that_ends_elsewhere_from_another_start_is_not_used(monkeypatch):
    plain = model._em

    def fickle(left, right, spec, training, start, **given):
        seen, note = plain(left, right, spec, training, start, **given)
        documented = start == model._documented(spec, "m")
        return ({key: m if documented else m / 2 for key, m in seen.items()}, note)

    monkeypatch.setattr(model, "_em", fickle)
    found = link(REGISTER, RECORDS)
    assert all(note.endswith("another start leads elsewhere") for note in found.summary["untrained"])
    assert len(found.summary["untrained"]) == 2
    level = found.model.levels.set_index(["comparison", "level"]).loc[("birth_date", "same day")]
    assert level["m"] == 0.96


def test_levels_trained_on_nothing_are_told():
    """No record swaps the order of the names here, and no guardian is known."""
    doubts = LINKS.model.checks.set_index(["comparison", "level"])["note"]
    assert doubts.loc[[("full_name", "order swapped")]].str.contains("documented m stands").any()
    assert doubts.loc[[("guardian", "full name")]].str.contains("documented m stands").any()
    levels = LINKS.model.levels.set_index(["comparison", "level"])
    documented = {level.label: level.m for c in japanese().comparisons if c.name == "guardian" for level in c.scored}
    assert levels.loc[("guardian", "full name"), "m"] == documented["full name"]
    assert pd.isna(levels.loc[("guardian", "full name"), "matched"])


def test_a_weight_that_rises_as_agreement_falls_is_told():
    spec = japanese()
    m, u = (model._documented(spec, which) for which in "mu")
    m[("address", "chome")], u[("address", "chome")] = 0.9, 1e-6
    checks = model._checks(model._table(spec, m, u, {}), spec)
    rising = checks[checks["note"].str.startswith("weight above")]
    assert ("address", "chome") in set(zip(rising["comparison"], rising["level"]))


def test_held_levels_can_be_told_from_their_weight():
    levels = LINKS.model.levels
    held = {(c.name, level.label) for c in japanese().comparisons for level in c.scored if level.held}
    for _, table in levels.groupby("comparison"):
        mine = np.array([key in held for key in zip(table["comparison"], table["level"])])
        weight = table["match_weight"].to_numpy()
        assert all(np.abs(weight[~mine] - w).min() > model.TELLING for w in weight[mine])
    assert len(held) == 4


@pytest.mark.parametrize("rate, expected", [(0.0, 1.0), (0.02, 1.0), (0.03, 0.95), (0.06, 0.9), (0.2, 0.8)])
def test_the_link_threshold_follows_from_the_stated_false_link_rate(rate, expected):
    """Of 1, .95, .9, .8 the mean of 1 - p is 0, .025, .05, .0875; of the first alone 0."""
    found = link_from(np.array([0.8, 1.0, 0.9, 0.95, 0.3]), rate)
    assert found == expected


def test_no_link_is_less_probable_than_the_least():
    assert link_from(np.array([1.0] * 99 + [0.5]), 0.5) == 1.0
    assert link_from(np.array([]), 0.01) == 0.8


def test_another_reading_of_the_weights_may_be_put_in():
    doubtful = link(REGISTER, RECORDS, probability=lambda weight: np.full(len(weight), 0.5))
    assert doubtful.summary["linked"] == 0 and doubtful.summary["review"] > 300
    sure = link(REGISTER, RECORDS, probability=lambda weight: np.where(weight > 10, 1.0, 0.0))
    assert sure.summary["linked"] == LINKS.summary["linked"] == 400


def test_a_stricter_rate_links_no_more():
    loose, strict = (link(REGISTER, RECORDS, false_link_rate=rate) for rate in (0.05, 1e-12))
    assert strict.summary["link_from"] >= loose.summary["link_from"]
    assert strict.summary["linked"] <= loose.summary["linked"]


def test_a_source_that_numbers_children_anew_gets_further_numbers_linked_like_first_ones():
    rows = [("s", f"{way}{child}", f"R{child}", 20.0, 0.9999, False) for child in range(20) for way in "ab"]
    rows += [("s", "weak", "R3", 5.0, 0.95, False), ("t", "first", "R3", 9.0, 0.999, False), ("t", "weak", "R3", 5.0, 0.95, False)]  # fmt: skip
    columns = ["source", "person", "left_id", "match_weight", "match_probability", "held"]
    made = assign(pd.DataFrame(rows, columns=columns), Thresholds()).set_index(["source", "person"])["reason"]
    assert made["s", "weak"] == "duplicate" and made["t", "weak"] == "taken"


def test_exact_match_in_one_width_and_script():
    of = REGISTER.assign(kana_raw="タナカ" + REGISTER["kana_raw"])
    records = RECORDS.assign(kana_raw="ﾀﾅｶ" + RECORDS["kana_raw"])
    records.loc[:9, "kana_raw"] = "たなか" + RECORDS.loc[:9, "kana_raw"]
    assert exact(of, records).summary["linked"] == 0
    assert exact(of, records, nfkc=True).summary["linked"] == 400
