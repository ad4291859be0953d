"""Scoring: the pairs that blocking finds, weighed by a trained model. Splink scores; what it is given is made here.

Term frequencies adjust the weight of a name by how frequent it is. Not good for: a judgement about one pair. A match
probability follows from the model's assumption that comparisons are independent; it is no error rate.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kosodachi.linkage.blocking import block
from kosodachi.linkage.engines import backend, registered
from kosodachi.linkage.model import TELLING, Model, of_table
from kosodachi.linkage.spec import Comparison, Level, Specification
from kosodachi.tables.arrow import typed


def predict(
    model: Model,
    left,
    right,
    spec: Specification,
    *,
    engine: str = "duckdb",
    above: float = 1e-3,
    frequencies: dict[str, pa.Table] | None = None,
    pairs: pa.Table | None = None,
) -> pa.Table:
    """Pairs from a match probability of `above` on: left_id, right_id, match_weight (log2), match_probability, held, and
    left_row, right_row, the numbers of the rows.

    frequencies: as made by `term_frequencies`; without them they are counted in what is compared here. pairs: what
    `block` finds, if it was asked already (DuckDB alone). Weights are rounded to 6 decimals, so that no later choice
    hangs on the order of a sum.
    """
    left, right = typed(left), typed(right)
    if not len(left) or not len(right):
        return PAIRS.empty_table()
    if engine == "duckdb" and pairs is None:
        pairs = block(left, right, spec.blocking)
    linker = _linker(left, right, model, spec, engine, frequencies or term_frequencies(left, right, spec), pairs)
    found = linker.inference.predict(threshold_match_probability=above)
    rows = f"unique_id_l as left_row, unique_id_r - {len(left)} as right_row"
    pairs = linker.misc.query_sql(
        f"select {rows}, round(match_weight, 6) as match_weight, round(match_probability, 9) as match_probability,"
        f" {_held_sql(model, spec)} as held from {found.physical_name}"
    ).as_pyarrow_table()
    for name, table in (("right", right), ("left", left)):
        pairs = pairs.add_column(0, f"{name}_id", table["unique_id"].take(pairs[f"{name}_row"]))
    return pairs


NUMBERS = {"match_weight": pa.float64(), "match_probability": pa.float64(), "held": pa.bool_()}
PAIRS = pa.schema(
    [*((column, pa.int64()) for column in ("left_id", "right_id", "left_row", "right_row")), *NUMBERS.items()]
)


def _held_sql(model: Model, spec: Specification) -> str:
    """Whether a pair stands on a held level, read from its weight: Splink hands on no level but with all columns."""
    weight = of_table(model.levels, "match_weight")
    held = [(c.name, weight[c.name, level.label]) for c in spec.comparisons for level in c.scored if level.held]
    return " or ".join(f"abs(mw_{name} - ({value})) < {TELLING}" for name, value in held) or "false"


def term_frequencies(left: pa.Table, right: pa.Table, spec: Specification) -> dict[str, pa.Table]:
    """How frequent each value of a column is in both tables together, by column; empty if the specification uses none."""
    levels = [level for comparison in spec.comparisons for level in comparison.levels]
    columns = sorted({level.tf for level in levels if level.tf}) if spec.term_frequencies else []
    counted = {}
    for column in columns:
        values = pa.chunked_array([*left[column].chunks, *right[column].chunks]).drop_null()
        found = values.value_counts()
        shares = pc.divide(pc.cast(found.field("counts"), pa.float64()), float(max(len(values), 1)))
        counted[column] = pa.table({column: found.field("values"), f"tf_{column}": shares})
    return counted


def rarities(
    both: pa.Table, frequencies: dict[str, pa.Table], model: Model, spec: Specification
) -> tuple[pa.Table, dict[str, pa.Table]]:
    """The table with a class of frequency for each level that term frequencies adjust, and the frequency of each class.

    Splink joins the frequency to every row: classes are few and numbers, names are neither. It replaces u of the level
    by the frequency of the value. But u of a level is the chance to stand on it, and where a better level takes most of
    the pairs that agree on the value, far smaller than the chance to agree. So the class holds the frequency of the value
    times the part of its agreeing pairs that stand on this level.
    """
    u, lookups = of_table(model.levels, "u"), {}
    with ThreadPoolExecutor() as pool:
        classed = pool.map(_classes, (both[column] for column in frequencies), frequencies.values())
    for column, (shares, of_row) in zip(frequencies, classed):
        for name, part in _adjusted(column, u, spec):
            both = both.append_column(name, of_row)
            lookups[name] = pa.table({name: np.arange(len(shares), dtype="int32"), f"tf_{name}": shares * part})
    return both, lookups


def _classes(values: pa.ChunkedArray, frequencies: pa.Table) -> tuple[np.ndarray, pa.ChunkedArray]:
    """The frequencies that occur, and for each value the number of its own among them; missing for an unknown value."""
    shares, of_known = np.unique(frequencies[1].to_numpy(), return_inverse=True)
    known = pc.index_in(values, value_set=frequencies[0].combine_chunks())
    return shares, pa.array(of_known.astype("int32")).take(known)


def _adjusted(column: str, u: dict, spec: Specification):
    """By level that the column adjusts: the name of its class, and its part of others' pairs that agree on the column."""
    agree = f"{column}_l = {column}_r"
    for comparison in spec.comparisons:
        agreeing = [u[comparison.name, level.label] for level in comparison.scored if agree in level.sql.split(" and ")]
        for level in comparison.scored:
            if level.tf == column:
                of_level = u[comparison.name, level.label]
                yield _rarity(comparison, level), of_level / (sum(agreeing) or of_level)


def _rarity(comparison: Comparison, level: Level) -> str:
    return f"rarity_{comparison.name}_{comparison.levels.index(level)}"


def _linker(left, right, model: Model, spec: Specification, engine: str, frequencies: dict, pairs: pa.Table | None):
    """Splink over both sides in one table, numbered through: its keys are then numbers, not texts of two parts.

    On DuckDB the pairs are found here (`blocking.block`) and handed to Splink; on Spark it finds them by the same rules.
    """
    from splink import Linker

    api = backend(engine)
    everybody, terms = rarities(_numbered(left, right, spec), frequencies, model, spec)
    compared = [*dict.fromkeys(column for c in spec.comparisons for column in c.columns), *terms, "unique_id", "side"]
    both = registered(api, everybody.select(compared) if engine == "duckdb" else everybody, "everybody", engine=engine)
    settings = _settings(spec, *(of_table(model.levels, which) for which in "mu"), model.prior)
    linker = Linker([both], settings, log_level=None, validate_settings=False)
    for column, table in terms.items():
        counted = registered(api, table, f"c_{column}", engine=engine)
        linker.table_management.register_term_frequency_lookup(counted, column)
    if engine == "duckdb":
        numbers = {"join_key_l": pairs["left"], "join_key_r": pc.add(pairs["right"], len(left))}
        given = pa.table({"match_key": pa.repeat("0", len(pairs)), **numbers})
        found = registered(api, given, "pairs_found", engine=engine)
        found = linker.table_management.register_blocked_pairs_for_predict(found)
        # Else Splink would first copy the rows that are in a pair, and that is nearly all of them.
        found.metadata["registered_for_predict"] = False
    return linker


def _numbered(left: pa.Table, right: pa.Table, spec: Specification) -> pa.Table:
    """Both sides in one table: unique_id counts from 0 through left and right, `side` is 0 or 1."""
    row, side = np.arange(len(left) + len(right)), np.repeat([0, 1], [len(left), len(right)]).astype("int8")
    both = pa.concat_tables([table.select(spec.columns) for table in (left, right)])
    return both.append_column("unique_id", pa.array(row)).append_column("side", pa.array(side))


def _settings(spec: Specification, m: dict, u: dict, prior: float) -> dict:
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": prior,
        "comparisons": [_comparison(comparison, m, u, spec.term_frequencies) for comparison in spec.comparisons],
        "blocking_rules_to_generate_predictions": [
            f"{rule.sql} and l.side = 0 and r.side = 1" for rule in spec.blocking
        ],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
    }


def _comparison(comparison: Comparison, m: dict, u: dict, term_frequencies: bool) -> dict:
    levels = [_level(comparison, level, m, u, term_frequencies) for level in comparison.levels]
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _level(comparison: Comparison, level: Level, m: dict, u: dict, term_frequencies: bool) -> dict:
    made = {"sql_condition": level.sql, "label_for_charts": level.label}
    if level.null:
        return made | {"is_null_level": True}
    key = (comparison.name, level.label)
    made |= {f"{which}_probability": values[key] for which, values in (("m", m), ("u", u)) if key in values}
    made |= {"fix_m_probability": True} if level.fixed else {}
    if not level.tf or not term_frequencies:
        return made
    return made | {"tf_adjustment_column": _rarity(comparison, level), "disable_tf_exact_match_detection": True}
