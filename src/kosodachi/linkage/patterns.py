"""Agreement patterns: how many pairs agree in which levels of the comparisons, counted once in DuckDB.

A few hundred patterns stand for millions of pairs, so EM on their counts takes milliseconds from any number of starts.
The counts hold no identifier.
"""

import numpy as np
import pandas as pd

from kosodachi.linkage.blocking import forecast_sql
from kosodachi.linkage.spec import Comparison, Rule

NOTHING = -1  # level of a pair of which one side is missing


def patterns(
    con,
    left: str,
    right: str,
    comparisons: tuple[Comparison, ...],
    rule: Rule | None = None,
    *,
    unless: list[Rule] = (),
) -> pd.DataFrame:
    """Pairs by pattern: one column a comparison (level number from the best, 0, on; NOTHING if missing) and `pairs`.

    left, right: relations of the connection. Without a rule all pairs are counted; pairs that agree on one of `unless`
    are left out.
    """
    columns = sorted({column for comparison in comparisons for column in comparison.columns})
    sides = ", ".join(f"l.{column} as {column}_l, r.{column} as {column}_r" for column in columns)
    levels = ", ".join(f"{_case(comparison)} as {comparison.name}" for comparison in comparisons)
    others = "".join(f" and not coalesce({other.sql}, false)" for other in unless)
    return con.execute(
        f"select {levels}, count(*)::double as pairs"
        f" from (select {sides} from {left} l join {right} r on {rule.sql if rule else 'true'}{others}) group by all order by all"
    ).df()


def _case(comparison: Comparison) -> str:
    numbers = iter(range(len(comparison.scored)))
    whens = [(level.sql, NOTHING if level.null else next(numbers)) for level in comparison.levels]
    return f"case {' '.join(f'when {sql} then {n}' for sql, n in whens if sql != 'ELSE')} else {whens[-1][1]} end"


def u_of(con, comparison: Comparison, children: str, records: str, few: tuple[str, str]) -> np.ndarray:
    """The share of pairs in each level of a comparison, among those that have both sides; NaN if none has.

    children, records: relations between which no pair is a match; few: samples of both, all pairs of which are looked
    at. Pairs that agree on a rare rule are counted in full instead, unless they are more than MANY.
    """
    rare = [
        rule for rule in comparison.rare if con.execute(forecast_sql(rule, children, records)).fetchone()[0] <= MANY
    ]
    sampled = _by_level(patterns(con, *few, (comparison,), unless=rare), comparison)
    missing, both = (
        sampled[NOTHING],
        con.execute(f"select (select count(*) from {children}) * (select count(*) from {records})").fetchone()[0],
    )
    looked_at = con.execute(f"select (select count(*) from {few[0]}) * (select count(*) from {few[1]})").fetchone()[0]
    known = 1 - missing / looked_at if looked_at else 0.0
    if known <= 0:
        return np.full(len(comparison.scored), np.nan)
    full = sum(
        (_by_level(patterns(con, children, records, (comparison,), rule, unless=rare[:i]), comparison)[:-1]
         for i, rule in enumerate(rare)), np.zeros(len(comparison.scored)))  # fmt: skip
    return full / (known * both) + sampled[:-1] / (known * looked_at)


MANY = 5e7


def _by_level(counted: pd.DataFrame, comparison: Comparison) -> np.ndarray:
    """Pairs by level, those with nothing to compare last."""
    order = [*range(len(comparison.scored)), NOTHING]
    return counted.groupby(comparison.name)["pairs"].sum().reindex(order, fill_value=0.0).to_numpy()


def expectation_maximisation(
    counted: pd.DataFrame,
    comparisons: tuple[Comparison, ...],
    *,
    m: dict[str, np.ndarray],
    u: dict[str, np.ndarray],
    matches: float,
    iterations: int = 500,
    within: float = 1e-5,
) -> tuple[dict[str, np.ndarray], float, bool]:
    """m by comparison, the mean log likelihood of a pair, and whether it converged; u stays as given.

    m, u: starting m and given u by comparison, one number a level. matches: the share of matches to start from; it is
    estimated too. Levels with `fixed` keep their m. Ref: Winkler 1988; Dempster, Laird & Rubin 1977,
    doi:10.1111/j.2517-6161.1977.tb01600.x.
    """
    pairs = counted["pairs"].to_numpy()
    gammas = {c.name: counted[c.name].to_numpy() for c in comparisons}
    others = _likelihood(gammas, u)
    for _ in range(iterations):
        both = matches * _likelihood(gammas, m), (1 - matches) * others
        posterior = pairs * both[0] / (both[0] + both[1])
        renewed = {c.name: _renewed(c, gammas[c.name], posterior, m[c.name]) for c in comparisons}
        apart = max(np.abs(renewed[name] - m[name]).max() for name in m)
        m, matches = renewed, float(posterior.sum() / pairs.sum())
        if apart < within:
            break
    total = matches * _likelihood(gammas, m) + (1 - matches) * others
    return m, float((pairs * np.log(total)).sum() / pairs.sum()), apart < within


def _likelihood(gammas: dict, values: dict) -> np.ndarray:
    """The product over comparisons of the probability of the level of each pattern; 1 where a side is missing."""
    return np.prod([np.append(np.maximum(values[name], 1e-12), 1.0)[gamma] for name, gamma in gammas.items()], axis=0)


def _renewed(comparison: Comparison, gamma: np.ndarray, posterior: np.ndarray, m: np.ndarray) -> np.ndarray:
    """m from the posterior; fixed levels stay, the others share what these leave."""
    there = gamma != NOTHING
    found = np.bincount(gamma[there], posterior[there], len(m))
    fixed = np.array([level.fixed for level in comparison.scored])
    free = np.where(fixed, 0.0, found)
    if not free.sum():
        return m
    return np.where(fixed, m, free / free.sum() * (1 - m[fixed].sum()))
