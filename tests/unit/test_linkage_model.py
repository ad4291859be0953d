"""The model and its bands: cost before comparing, training from two starts, doubts told, thresholds from a rate."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from linkage_town import register, school

from kosodachi.linkage import Comparison, Level, Thresholds, assign, exact, japanese, link, model, scoring
from kosodachi.linkage.assignment import link_from
from kosodachi.linkage.blocking import forecast, sampled
from kosodachi.linkage.patterns import expectation_maximisation, patterns
from kosodachi.linkage.prepare import children_of, persons_of
from kosodachi.linkage.spec import Rule

REGISTER = register()
LEVELS = (Level("same", "a", 0.9, 0.1), Level("near", "b", 0.05, 0.1), Level("no agreement", "ELSE", 0.05, 0.8))
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
    plain, starts = model._em, []

    def fickle(counted, trained, start, u):
        starts.append(start)
        m, likelihood, converged = plain(counted, trained, start, u)
        return {name: values / len(starts) for name, values in m.items()}, likelihood, converged

    monkeypatch.setattr(model, "_em", fickle)
    found = link(REGISTER, RECORDS)
    assert len(starts) == 6 and starts[0] != starts[1]
    assert all(note.endswith("another start leads elsewhere") for note in found.summary["untrained"])
    assert len(found.summary["untrained"]) == 2
    level = found.model.levels.set_index(["comparison", "level"]).loc[("birth_date", "same day")]
    assert level["m"] == 0.96


def test_em_finds_what_was_planted():
    """A million pairs of two comparisons with known m, u and share of matches, counted by pattern."""
    comparisons = tuple(Comparison(name, (name,), LEVELS) for name in ("one", "two", "three"))
    m = {"one": np.array([0.9, 0.07, 0.03]), "two": np.array([0.7, 0.2, 0.1]), "three": np.array([0.95, 0.03, 0.02])}
    u = {name: np.array([0.01, 0.09, 0.9]) for name in m}
    grid = pd.DataFrame([(i, j, k) for i in range(3) for j in range(3) for k in range(3)], columns=list(m))
    chance = {name: np.prod([of[c][grid[c]] for c in m], axis=0) for name, of in (("m", m), ("u", u))}
    counted = grid.assign(pairs=1e6 * (0.02 * chance["m"] + 0.98 * chance["u"]))
    start = {name: np.array([0.5, 0.3, 0.2]) for name in m}
    found, _, converged = expectation_maximisation(counted, comparisons, m=start, u=u, matches=0.3, within=1e-9)
    assert converged
    for name in m:
        assert found[name] == pytest.approx(m[name], abs=1e-4)


def test_em_on_patterns_agrees_with_splink():
    """The same session by Splink 5, from the same start on the same pairs."""
    from splink import DuckDBAPI, Linker

    spec, rule = japanese(), japanese().training[0].rule
    people = REGISTER.iloc[:400].assign(birth_date=lambda t: t["birth_date"].str[:7] + "-01")
    of = REGISTER.assign(birth_date=REGISTER["birth_date"].str[:7] + "-01")
    people.loc[:59, ["town", "chome", "address"]] = "elsewhere"
    people.loc[40:79, ["surname", "surname_code"]] = "qq"
    children, persons = children_of(of), persons_of(school(people))
    m, u = (model._documented(spec, which) for which in "mu")
    trained = tuple(c for c in spec.comparisons if c.name in ("full_name", "sex", "address"))
    with duckdb.connect() as con:
        con.register("reg", children.ways)
        con.register("rec", persons.ways)
        counted = patterns(con, "reg", "rec", trained, rule)
    found, *_ = model._em(counted, trained, m, u)
    api = DuckDBAPI()
    frames = [api.register(side.ways, dataset_display_name=name) for side, name in ((children, "a"), (persons, "b"))]
    settings = scoring._settings(spec, m, u, 1e-3)
    settings |= {"link_type": "link_only", "max_iterations": 200, "em_convergence": 1e-6}
    linker = Linker(frames, settings, log_level=None, validate_settings=False)
    linker.training.estimate_parameters_using_expectation_maximisation(rule.sql, record_sample_proportion=1.0)
    theirs = {
        (c["output_column_name"], level["label_for_charts"]): level.get("m_probability")
        for c in linker.misc.save_model_to_json()["comparisons"] for level in c["comparison_levels"]
    }  # fmt: skip
    ours = model._by_level(spec, found)
    common = [key for key in ours if ours[key] > 1e-3 and key[0] != "sex"]
    assert len(common) >= 4 and len(counted) > 10
    for key in common:
        assert ours[key] == pytest.approx(theirs[key], abs=2e-3), key


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
    assert len(held) == 5


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


def test_texts_on_which_duckdbs_own_hash_meets_stay_apart():
    from kosodachi.linkage.prepare import hashed

    numbers = ["99000922-02-2023", "99000925-02-2024", "99002232-01-2024", "99002235-01-2023"]
    with duckdb.connect() as con:
        con.register("numbers", pd.DataFrame({"number": numbers}))
        theirs, ours = con.execute(
            f"select count(distinct hash(number)), count(distinct {hashed('number')}) from numbers"
        ).fetchone()
        missing = con.execute(f"select {hashed('null::varchar')}").fetchone()[0]
    assert theirs == 2 and ours == 4 and missing is None


def test_a_frequent_name_weighs_by_its_own_share_on_every_level_that_agrees_on_it():
    """P(agree on this value | two people) is its frequency f; of that, a level has its part by u. So the weight is
    log2(m / (f * part)), worked out here by hand."""
    spec = japanese(term_frequencies=True)
    left = children_of(REGISTER)
    right = persons_of(school(REGISTER))
    made = model.train(left.own(), right.own(), spec)
    counted = scoring.term_frequencies(left.ways, right.ways, spec)
    pairs = scoring.predict(made, left.ways, right.ways, spec, frequencies=counted).to_pandas()
    at = made.levels.set_index(["comparison", "level"])
    others = sum(at.loc[(c, level.label), "match_weight"] for c, level in
                 ((c.name, c.scored[0]) for c in spec.comparisons if c.name in ("birth_date", "sex", "address")))  # fmt: skip
    u = at.loc["full_name", "u"]
    part = u["kanji and kana"] / (u["kanji and kana"] + u["kanji"])
    share = dict(zip(counted["name"][0].to_pylist(), counted["name"][1].to_pylist()))
    ways, theirs = left.ways.to_pandas(), right.ways.to_pandas()
    rows = pairs.merge(ways, left_on="left_id", right_on="unique_id").merge(
        theirs, left_on="right_id", right_on="unique_id", suffixes=("", "_r")
    )
    same = ["name", "kana_code", "birth_date", "sex", "address"]
    rows = rows[(rows[same].to_numpy() == rows[[f"{c}_r" for c in same]].to_numpy()).all(axis=1)]
    rows = rows[rows["guardian"].isna() & rows["guardian_r"].isna()]
    expected = np.log2(at.loc[("full_name", "kanji and kana"), "m"] / (rows["name"].map(share) * part)) + others
    prior = np.log2(made.prior / (1 - made.prior))
    assert len(rows) > 100
    np.testing.assert_allclose(rows["match_weight"], expected + prior, atol=1e-4)


def test_above_a_size_the_forecast_is_estimated_from_a_part(monkeypatch):
    rule = japanese().blocking[0]
    with sides() as con:
        whole = forecast(con, (rule,))["pairs"].iloc[0]
    monkeypatch.setattr("kosodachi.linkage.blocking.COUNTED", 200)
    with sides() as con:
        part = forecast(con, (rule,))["pairs"].iloc[0]
    assert part != whole and 0.5 < part / whole < 2
