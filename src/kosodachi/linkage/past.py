"""What one month of a linkage leaves to the next, and how it is kept: four tables of the identifier zone.

The model holds no row of anybody. Scores and prints do: a print is a hash of all that is compared of a person, which
tells whether a person is written as before, and would confirm a guess of how. Names stand in the frequencies, if any.
"""

import json
from dataclasses import asdict, dataclass, fields

import numpy as np
import pandas as pd
import pyarrow as pa

from kosodachi.linkage.model import Model
from kosodachi.linkage.spec import Thresholds
from kosodachi.tables.arrow import typed


@dataclass(frozen=True)
class Scores:
    """Scored pairs of one pass, and how its persons were written then.

    pairs: source, person, left_id, match_weight, match_probability, held. left: person, print. right: source, person,
    print. A print is a hash of all that is compared of a person; it belongs to the identifier zone.
    """

    pairs: pa.Table
    left: pa.Table
    right: pa.Table


@dataclass(frozen=True)
class Past:
    """What one month leaves to the next: the model with its thresholds and, where it uses them, how frequent names were
    when it was trained (by column); and the scores of both passes."""

    model: Model
    thresholds: Thresholds
    frequencies: dict[str, pa.Table]
    first: Scores
    second: Scores


PAIR = {"source": pa.string(), "person": pa.string(), "left_id": pa.string(), "match_weight": pa.float64(),
        "match_probability": pa.float64(), "held": pa.bool_()}  # fmt: skip
LEFT = {"person": pa.string(), "print": pa.int64()}
RIGHT = {"source": pa.string(), **LEFT}
PASSES = ("first", "second")


def nothing() -> Scores:
    """Scores of nothing."""
    return Scores(*(pa.schema(list(columns.items())).empty_table() for columns in (PAIR, LEFT, RIGHT)))


def tables_of(past: Past) -> dict[str, pd.DataFrame]:
    """The past as tables by the name of their contract: link_model (one row), link_scores, link_prints, link_frequencies."""
    scores, prints = [], []
    for name in PASSES:
        of = getattr(past, name)
        scores.append(of.pairs.to_pandas().assign(pass_name=name))
        sides = [of.left.to_pandas().assign(source=None), of.right.to_pandas()]
        prints += [table.assign(pass_name=name, side=side) for table, side in zip(sides, ("register", "records"))]
    counted = [
        pd.DataFrame({"column": column, "value": table[0].to_pandas(), "share": table[1].to_pandas()})
        for column, table in past.frequencies.items()
    ]
    none = pd.DataFrame({"column": [], "value": [], "share": []}).astype({"column": object, "value": object})
    return {
        "link_model": pd.DataFrame({"parameters": [_text(past)]}),
        "link_scores": pd.concat(scores, ignore_index=True),
        "link_prints": pd.concat(prints, ignore_index=True),
        "link_frequencies": pd.concat([none, *counted], ignore_index=True),
    }


def past_of(tables: dict[str, pd.DataFrame] | None) -> Past | None:
    """The past again from its tables; None if there are none."""
    if tables is None:
        return None
    given = json.loads(tables["link_model"]["parameters"].iloc[0])
    frames = {field.name: field.type for field in fields(Model) if field.type is pd.DataFrame}
    model = {name: pd.DataFrame(value) if name in frames else value for name, value in given["model"].items()}
    counted = tables["link_frequencies"].groupby("column", sort=True)
    frequencies = {column: _frequency(column, rows) for column, rows in counted}
    passes = [_scores(tables["link_scores"], tables["link_prints"], name) for name in PASSES]
    return Past(Model(**model), Thresholds(**given["thresholds"]), frequencies, *passes)


def _text(past: Past) -> str:
    model = {field.name: getattr(past.model, field.name) for field in fields(Model)}
    plain = {
        name: value.replace({np.nan: None}).to_dict("list") if isinstance(value, pd.DataFrame) else value
        for name, value in model.items()
    }
    return json.dumps({"model": plain, "thresholds": asdict(past.thresholds)}, ensure_ascii=False, default=_number)


def _number(value):
    return value.item()


def _frequency(column: str, rows: pd.DataFrame) -> pa.Table:
    return pa.table({column: typed(rows[["value"]])[0], f"tf_{column}": rows["share"].to_numpy()})


def _scores(scores: pd.DataFrame, prints: pd.DataFrame, name: str) -> Scores:
    prints = prints[prints["pass_name"] == name]
    sides = [prints[prints["side"] == side] for side in ("register", "records")]
    parts = zip((scores[scores["pass_name"] == name], *sides), (PAIR, LEFT, RIGHT))
    return Scores(
        *(pa.Table.from_pandas(table, pa.schema(list(kinds.items())), preserve_index=False) for table, kinds in parts)
    )
