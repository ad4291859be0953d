"""The Fellegi-Sunter model: prior, u and m of each level, and the pairs it scores. Splink does the counting.

u comes from pairs that cannot be the same child; m from expectation maximisation. Documented values count as
PSEUDO_M matched and PSEUDO_U other pairs, so a level never seen, or a session that fails, leaves a usable model.
A match probability follows from the model's assumption that comparisons are independent: it is no error rate.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from kosodachi.linkage.blocking import affordable, sure_pairs
from kosodachi.linkage.engines import backend, registered, typed
from kosodachi.linkage.spec import Comparison, Level, Specification, Training

PSEUDO_M, PSEUDO_U = 20.0, 1e4
FLOOR = 1e-9
ENOUGH_SURE = 50
ITERATIONS = 50


@dataclass(frozen=True)
class Model:
    """A trained model.

    levels: comparison, level, m, u, match_weight (log2 m/u). training: rule, pairs (matched pairs expected), converged,
    note. forecast: rule, pairs.
    """

    prior: float
    levels: pd.DataFrame
    training: pd.DataFrame
    forecast: pd.DataFrame
    sure: int


def train(
    left: pd.DataFrame, right: pd.DataFrame, spec: Specification, *, seed: int = 1, engine: str = "duckdb"
) -> Model:
    """A model of `left` (the register: no person twice) against `right`, both with unique_id and the spec's columns.

    Raises Fault E-LINK-02 if blocking would make more pairs than `spec.pair_limit`.
    Ref: Fellegi & Sunter 1969, doi:10.1080/01621459.1969.10501049; EM: Winkler 1988; Splink 5.
    """
    with duckdb.connect() as con:
        con.register("reg", typed(left))
        con.register("rec", typed(right))
        costs, sure = affordable(con, spec), sure_pairs(con, spec)
    prior = _prior(len(sure), spec.sure_recall, len(left), len(right))
    m, u = _documented(spec, "m"), _documented(spec, "u")
    seen_u, pairs = _u_of_others(left, right, sure, spec, seed=seed, engine=engine, prior=prior)
    u = {key: (pairs * seen_u.get(key, 0.0) + PSEUDO_U * u[key]) / (pairs + PSEUDO_U) if pairs else u[key] for key in u}
    seen_m, sessions = _m_by_em(left, right, spec, u=u, engine=engine, prior=prior, sure=len(sure))
    m = {key: _blend_m(m[key], seen_m.get(key), len(sure), fixed=level.fixed) for key, level in _levels(spec)}
    return Model(prior, _table(spec, m, u), sessions, costs, len(sure))


def predict(
    model: Model,
    left: pd.DataFrame,
    right: pd.DataFrame,
    spec: Specification,
    *,
    engine: str = "duckdb",
    above: float = 1e-3,
) -> pd.DataFrame:
    """Pairs from a match probability of `above` on: left_id, right_id, match_weight (log2), match_probability, held.

    Weights are rounded to 6 decimals, so that no later choice hangs on the order of a sum.
    """
    columns = ["left_id", "right_id", "match_weight", "match_probability", "held"]
    if left.empty or right.empty:
        return pd.DataFrame({column: [] for column in columns}).astype(
            {"match_weight": float, "match_probability": float}
        )
    m, u = _of_table(model.levels, "m"), _of_table(model.levels, "u")
    linker = _linker(left, right, _settings(spec, m, u, model.prior), engine)
    pairs = linker.inference.predict(threshold_match_probability=above).as_pandas_dataframe()
    held = [pairs[f"gamma_{c.name}"].isin(c.held_values()) for c in spec.comparisons]
    pairs = pairs.assign(held=np.logical_or.reduce(held), match_weight=pairs["match_weight"].round(6))
    pairs = pairs.rename(columns={"unique_id_l": "left_id", "unique_id_r": "right_id"})
    pairs["match_probability"] = pairs["match_probability"].round(9)
    return pairs[columns].sort_values(["right_id", "left_id"], kind="stable", ignore_index=True)


def _prior(sure: int, recall: float, n_left: int, n_right: int) -> float:
    return float(np.clip((sure / recall + 1) / (n_left * n_right + 2), FLOOR, 0.5))


def _u_of_others(left, right, sure, spec, *, seed, engine, prior) -> tuple[dict, float]:
    """u from half of the register against records whose sure match lies in the other half; and the pairs behind it."""
    if len(sure) < ENOUGH_SURE:
        return {}, 0.0
    order = np.random.default_rng(seed).permutation(len(left))
    ids = left["unique_id"].sort_values().to_numpy()
    other, half = set(ids[order[: len(ids) // 2]]), set(ids[order[len(ids) // 2 :]])
    elsewhere = sure.loc[sure["left_id"].isin(other), "right_id"]
    children, records = left[left["unique_id"].isin(half)], right[right["unique_id"].isin(elsewhere)]
    linker = _linker(children, records, _settings(spec, _documented(spec, "m"), {}, prior), engine)
    linker.training.estimate_u_using_random_sampling(max_pairs=spec.max_pairs + 1, seed=seed)
    return _trained(linker, spec, "u_probability"), min(spec.max_pairs, float(len(children) * len(records)))


def _m_by_em(left, right, spec, *, u, engine, prior, sure) -> tuple[dict, pd.DataFrame]:
    """m of each level, averaged over the sessions that trained it; and what became of each session."""
    found, log = [], []
    for training in spec.training:
        seen, note = (
            _session(left, right, spec, training, u=u, engine=engine, prior=prior) if sure else ({}, "no sure pairs")
        )
        found.append(seen)
        log.append({"rule": str(training.rule), "converged": not note, "note": note})
    keys = {key for seen in found for key in seen}
    return {key: float(np.mean([seen[key] for seen in found if key in seen])) for key in sorted(keys)}, pd.DataFrame(
        log
    )


def _session(left, right, spec, training: Training, *, u, engine, prior) -> tuple[dict, str]:
    from splink.internals.exceptions import EMTrainingException

    linker = _linker(left, right, _settings(spec, _documented(spec, "m"), u, prior), engine)
    try:
        session = linker.training.estimate_parameters_using_expectation_maximisation(
            training.rule.sql,
            estimate_without_term_frequencies=True,
            max_pairs=2 * spec.max_pairs,
            record_sample_proportion=1.0,
        )
    except EMTrainingException:
        return {}, "no pairs"
    except ValueError:
        return {}, "a level without probability"
    if len(session._core_model_settings_history) > ITERATIONS:
        return {}, "not converged"
    seen = _trained(linker, spec, "m_probability")
    of_session = {key: value for key, value in seen.items() if key[0] in training.trains}
    trusted = all(_agreement(of_session, c) for c in spec.comparisons if c.name in training.trains)
    return (of_session, "") if trusted else ({}, "matches that do not agree")


def _agreement(seen: dict, comparison: Comparison) -> bool:
    """False if matches were found to disagree more often than to agree in the commonest way: a wrong optimum of EM."""
    *agreeing, none = (seen.get((comparison.name, level.label), 0.0) for level in comparison.scored)
    return max(agreeing) > none


def _blend_m(documented: float, seen: float | None, matches: int, *, fixed: bool) -> float:
    if fixed or seen is None:
        return documented
    return (matches * seen + PSEUDO_M * documented) / (matches + PSEUDO_M)


def _levels(spec: Specification):
    return [((c.name, level.label), level) for c in spec.comparisons for level in c.scored]


def _documented(spec: Specification, which: str) -> dict:
    return {key: max(getattr(level, which), FLOOR) for key, level in _levels(spec)}


def _table(spec: Specification, m: dict, u: dict) -> pd.DataFrame:
    rows = [(*key, max(m[key], FLOOR), max(u[key], FLOOR)) for key, _ in _levels(spec)]
    table = pd.DataFrame(rows, columns=["comparison", "level", "m", "u"])
    return table.assign(match_weight=np.log2(table["m"] / table["u"]))


def _of_table(levels: pd.DataFrame, which: str) -> dict:
    return dict(zip(zip(levels["comparison"], levels["level"]), levels[which]))


def _linker(left, right, settings: dict, engine: str):
    from splink import Linker

    api = backend(engine)
    sides = (("a_register", left), ("b_records", right))
    frames = [registered(api, frame, name, engine=engine) for name, frame in sides]
    return Linker(frames, settings, log_level=None, validate_settings=False)


def _settings(spec: Specification, m: dict, u: dict, prior: float) -> dict:
    return {
        "link_type": "link_only",
        "probability_two_random_records_match": prior,
        "comparisons": [_comparison(comparison, m, u, spec.term_frequencies) for comparison in spec.comparisons],
        "blocking_rules_to_generate_predictions": [rule.sql for rule in spec.blocking],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "max_iterations": ITERATIONS,
        "em_convergence": 1e-4,
    }


def _comparison(comparison: Comparison, m: dict, u: dict, term_frequencies: bool) -> dict:
    levels = [_level(comparison.name, level, m, u, term_frequencies) for level in comparison.levels]
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _level(name: str, level: Level, m: dict, u: dict, term_frequencies: bool) -> dict:
    made = {"sql_condition": level.sql, "label_for_charts": level.label}
    if level.null:
        return made | {"is_null_level": True}
    key = (name, level.label)
    made |= {f"{which}_probability": values[key] for which, values in (("m", m), ("u", u)) if key in values}
    made |= {"fix_m_probability": True} if level.fixed else {}
    return made | ({"tf_adjustment_column": level.tf} if level.tf and term_frequencies else {})


def _trained(linker, spec: Specification, which: str) -> dict:
    """What Splink trained, by (comparison, level); a level that it never saw is left out."""
    comparisons = linker.misc.save_model_to_json()["comparisons"]
    seen = {
        (comparison["output_column_name"], level["label_for_charts"]): level.get(which)
        for comparison in comparisons
        for level in comparison["comparison_levels"]
    }
    return {key: float(value) for key, value in seen.items() if isinstance(value, float)}
