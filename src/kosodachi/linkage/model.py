"""The Fellegi-Sunter model: prior, u and m of each level, as trained on the data themselves.

u comes from pairs that cannot be the same child; m from expectation maximisation on whole blocks. Documented values
count as PSEUDO_M matched and PSEUDO_U other pairs, so a level never seen, or a session that fails, leaves a usable
model. A match probability follows from the model's assumption that comparisons are independent: it is no error rate.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from kosodachi.linkage.blocking import affordable, sampled, sure_pairs
from kosodachi.linkage.engines import connect
from kosodachi.linkage.patterns import expectation_maximisation, patterns, u_of
from kosodachi.linkage.spec import Comparison, Level, Specification, Training
from kosodachi.tables.arrow import typed

PSEUDO_M, PSEUDO_U = 20.0, 1e4
FLOOR = 1e-9
ENOUGH_SURE = 50
SAME_OPTIMUM = 0.02
BEHIND_A_LEVEL = 5.0
LEAST_DISAGREEMENT = 1e-3
TELLING = 1e-7  # weights of held levels differ by more than this from those of all other levels of their comparison


@dataclass(frozen=True)
class Model:
    """A trained model.

    levels: comparison, level, m, u, match_weight (log2 m/u), matched (matched pairs seen behind m, missing if none
    were: then the documented m stands). training: rule, converged, note. checks: comparison, level, note, one row a
    level to doubt. forecast: rule, pairs.
    """

    prior: float
    levels: pd.DataFrame
    training: pd.DataFrame
    forecast: pd.DataFrame
    sure: int
    checks: pd.DataFrame


def costs(left, right, spec: Specification) -> pd.DataFrame:
    """What blocking these tables would cost: rule, pairs. Raises Fault E-LINK-02 if it would make too many pairs."""
    with connect() as con:
        con.register("reg", typed(left))
        con.register("rec", typed(right))
        return affordable(con, spec)


def train(left, right, spec: Specification, *, seed: int = 1, forecast: pd.DataFrame | None = None) -> Model:
    """A model of `left` (the register: no person twice) against `right`, both with unique_id and the spec's columns.

    left, right: data frames or Arrow tables. It is trained in DuckDB, wherever pairs are scored later. forecast: what
    `costs` gave, if it was asked already. Raises Fault E-LINK-02 if blocking would make too many pairs.
    Ref: Fellegi & Sunter 1969, doi:10.1080/01621459.1969.10501049; EM: Winkler 1988.
    """
    left, right = typed(left), typed(right)
    forecast = costs(left, right, spec) if forecast is None else forecast
    with connect() as con:
        con.register("reg", left)
        con.register("rec", right)
        sure = sure_pairs(con, spec)
        m, u = _documented(spec, "m"), _documented(spec, "u")
        seen_u, pairs = _u_of_others(con, left, right, sure, spec, seed=seed)
        u = {
            key: (pairs * seen_u[key] + PSEUDO_U * u[key]) / (pairs + PSEUDO_U) if key in seen_u else u[key]
            for key in u
        }
        sessions = [_session(con, training, spec, u=u, sure=len(sure)) for training in spec.training]
    log = [{"rule": str(training.rule), "converged": not note, "note": note}
           for training, (_, note) in zip(spec.training, sessions)]  # fmt: skip
    seen_m = _mean([seen for seen, _ in sessions])
    m = {key: _blend_m(m[key], seen_m.get(key), len(sure), level) for key, level in _levels(spec)}
    levels = _table(spec, m, u, {key: len(sure) * value for key, value in seen_m.items()})
    prior = _prior(len(sure), spec.sure_recall, len(left), len(right))
    return Model(prior, levels, pd.DataFrame(log), forecast, len(sure), _checks(levels, spec))


def _prior(sure: int, recall: float, n_left: int, n_right: int) -> float:
    return float(np.clip((sure / recall + 1) / (n_left * n_right + 2), FLOOR, 0.5))


def _u_of_others(con, left, right, sure, spec, *, seed: int) -> tuple[dict, float]:
    """u from children of one half of the register against records whose sure match lies in the other; and the pairs."""
    if len(sure) < ENOUGH_SURE:
        return {}, 0.0
    draw, ids = np.random.default_rng(seed), np.sort(left["unique_id"].to_numpy())
    order, side = draw.permutation(len(ids)), int(np.ceil(np.sqrt(spec.max_pairs)))
    other, half = ids[order[: len(ids) // 2]], ids[order[len(ids) // 2 :]]
    elsewhere = np.sort(sure.loc[sure["left_id"].isin(other), "right_id"].to_numpy())
    few = half[:side], draw.permutation(elsewhere)[:side]
    for name, table, of in zip(OTHERS, (left, right) * 2, (half, elsewhere, *few)):
        con.register(name, _of_ids(table, of))
    seen = {c.name: u_of(con, c, *OTHERS[:2], OTHERS[2:]) for c in spec.comparisons}
    return {key: u for key, u in _by_level(spec, seen).items() if not np.isnan(u)}, float(len(few[0]) * len(few[1]))


OTHERS = ("u_children", "u_records", "u_few_children", "u_few_records")


def _of_ids(table: pa.Table, ids: np.ndarray) -> pa.Table:
    column = table["unique_id"]
    chosen = table.filter(pc.is_in(column, value_set=pa.array(ids, type=column.type)))
    return pa.Table.from_batches(chosen.combine_chunks().to_batches(max(1, len(chosen) // PARTS)), chosen.schema)


PARTS = 16  # of a sample that is compared with all of another: what DuckDB's threads share among them


def _mean(sessions: list[dict]) -> dict:
    """m of each level, averaged over the sessions that trained it."""
    keys = sorted({key for seen in sessions for key in seen})
    return {key: float(np.mean([seen[key] for seen in sessions if key in seen])) for key in keys}


def _session(con, training: Training, spec: Specification, *, u: dict, sure: int) -> tuple[dict, str]:
    """What one EM session trained; nothing, and why, if it failed or if another start leads to another optimum."""
    if not sure:
        return {}, "no sure pairs"
    for name, table in zip(("children", "records"), sampled(con, training.rule, spec.max_pairs)):
        con.register(name, table)
    trained = tuple(c for c in spec.comparisons if c.name in training.trains)
    counted = patterns(con, "children", "records", trained, training.rule)
    if counted.empty:
        return {}, "no pairs"
    tried = [_em(counted, trained, start, u) for start in _starts(spec)]
    if not all(converged for *_, converged in tried):
        return {}, "not converged"
    best = tried[0][0]
    seen = {name: np.where(_observed(counted, name, len(values)), values, np.nan) for name, values in best.items()}
    apart = np.concatenate([np.abs(other[c.name] - seen[c.name]) for other, *_ in tried for c in trained])
    if np.nanmax(apart, initial=0.0) > SAME_OPTIMUM:
        return {}, "another start leads elsewhere"
    of_session = {key: value for key, value in _by_level(spec, seen).items() if not np.isnan(value)}
    trusted = all(_agreement(of_session, c) for c in trained)
    return (of_session, "") if trusted else ({}, "matches that do not agree")


def _em(counted: pd.DataFrame, trained, start: dict, u: dict) -> tuple[dict, float, bool]:
    """One run of EM from a start: m by comparison, mean log likelihood, whether it converged."""
    m, others = (
        {c.name: np.array([of[c.name, level.label] for level in c.scored]) for c in trained} for of in (start, u)
    )
    return expectation_maximisation(counted, trained, m=m, u=others, matches=0.1)


def _starts(spec: Specification) -> list[dict]:
    """The documented m; half way, and nearly all the way, to all levels being equally frequent."""
    start, sizes = _documented(spec, "m"), {c.name: len(c.scored) for c in spec.comparisons}
    fixed = {key for key, level in _levels(spec) if level.fixed}
    return [{key: m if key in fixed else (1 - to) * m + to / sizes[key[0]] for key, m in start.items()} for to in (0, 0.5, 0.8)]  # fmt: skip


def _observed(counted: pd.DataFrame, name: str, levels: int) -> np.ndarray:
    return np.isin(np.arange(levels), counted[name])


def _by_level(spec: Specification, values: dict[str, np.ndarray]) -> dict:
    """Arrays by comparison as numbers by (comparison, level)."""
    of = {c.name: [level.label for level in c.scored] for c in spec.comparisons if c.name in values}
    return {(name, label): float(v) for name, labels in of.items() for label, v in zip(labels, values[name])}


def _agreement(seen: dict, comparison: Comparison) -> bool:
    """False if matches were found to disagree more often than to agree in the commonest way: a wrong optimum of EM.

    A comparison of which no pair had both sides was not trained, and is not doubted.
    """
    known = [seen.get((comparison.name, level.label)) for level in comparison.scored]
    if all(value is None for value in known):
        return True
    *agreeing, none = (value or 0.0 for value in known)
    return max(agreeing) > none


def _checks(levels: pd.DataFrame, spec: Specification) -> pd.DataFrame:
    """Levels to doubt: weights that do not fall from better to worse agreement, and levels trained on nothing."""
    held = {(c.name, level.label) for c in spec.comparisons for level in c.scored if level.held}
    rows = []
    for name, table in levels.groupby("comparison", sort=False):
        free = table[[(name, label) not in held for label in table["level"]]]
        rises = free["match_weight"].diff() > 0
        rows += [(name, label, "weight above that of a better level") for label in free.loc[rises, "level"]]
        unseen = ~(free["matched"] >= BEHIND_A_LEVEL)
        rows += [(name, label, "documented m stands") for label in free.loc[unseen, "level"]]
    return pd.DataFrame(rows, columns=["comparison", "level", "note"])


def _blend_m(documented: float, seen: float | None, matches: int, level: Level) -> float:
    """m as trained and as documented together. Disagreement is never thought rarer than one in a thousand: matches
    that disagree look like others to EM, so it cannot learn how rare they are."""
    if level.fixed or seen is None:
        return documented
    blend = (matches * seen + PSEUDO_M * documented) / (matches + PSEUDO_M)
    return max(blend, LEAST_DISAGREEMENT) if level.sql == "ELSE" else blend


def _levels(spec: Specification):
    return [((c.name, level.label), level) for c in spec.comparisons for level in c.scored]


def _documented(spec: Specification, which: str) -> dict:
    return {key: max(getattr(level, which), FLOOR) for key, level in _levels(spec)}


def _table(spec: Specification, m: dict, u: dict, matched: dict) -> pd.DataFrame:
    rows = [(*key, max(m[key], FLOOR), max(u[key], FLOOR), matched.get(key, np.nan)) for key, _ in _levels(spec)]
    table = pd.DataFrame(rows, columns=["comparison", "level", "m", "u", "matched"])
    held = np.array([level.held for _, level in _levels(spec)])
    weight = np.log2(table["m"] / table["u"])
    alike = [bool(weight[(table["comparison"] == name) & ~held].sub(own).abs().lt(10 * TELLING).any())
             for name, own in zip(table["comparison"], weight)]  # fmt: skip
    table["m"] = table["m"].where(~(held & np.array(alike)), table["m"] * (1 + 1e-5))
    return table.assign(match_weight=np.log2(table["m"] / table["u"]))


def of_table(levels: pd.DataFrame, which: str) -> dict:
    return dict(zip(zip(levels["comparison"], levels["level"]), levels[which]))
