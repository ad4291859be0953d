"""One register child for each person of a source: mutual best links in SQL, and the band of each.

Bands: link (used), review (a person looks), none. A person of a source goes to review if the best pair is held, not
sure enough, a tie, or if the child has a surer record under another person number of the same source. Ties are never
broken by the order of rows. It does not look across sources: two sources may disagree about a child.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa

from kosodachi.linkage.engines import connect
from kosodachi.linkage.prepare import PERSON_ID, hashed
from kosodachi.linkage.spec import Thresholds
from kosodachi.tables.arrow import BATCH, typed

# Persons and children as numbers; `best` keeps the row of the pair that counts.
PAIR = """
create temp table pair as
with numbered as (
  select row, source, {person_id} as person_id, {child_id} as child_id, match_weight, match_probability, held from pairs
)
select any_value(source) as source, person_id, child_id, max(match_weight) as match_weight, max(match_probability) as match_probability,
       arg_max(held, match_weight + if(held, 0, 1e-7)) as held, min(row) as row
from numbered group by person_id, child_id
"""
BEST = """
create temp table best as
select *, coalesce(match_weight - lead(match_weight) over person_first, 1e9) as ahead
from pair window person_first as (partition by person_id order by match_weight desc, child_id)
qualify row_number() over person_first = 1
"""
# Twins have as many numbers in a source, give or take one; if one has two more, one of them may be the other's.
ASSIGN = """
with claims as (
  select source, child_id, count(*) as n from best where not held and match_probability >= $link group by all
), twins as (
  select birth, child_id from births
), crowded as (
  select distinct c.source, c.child_id, true as crowded
  from claims c join twins b using (child_id)
  join twins o on o.birth = b.birth and o.child_id <> b.child_id
  left join claims t on t.source = c.source and t.child_id = o.child_id
  where c.n - coalesce(t.n, 0) > 1
), numbering as (
  select source, avg((n > 1)::int) >= $several as several
  from (select source, child_id, count(*) as n from best where not held and match_probability >= $duplicate group by all)
  group by source
), claimed as (
  select *, row_number() over (partition by source, child_id order by held, match_weight desc, person_id) as claim from best
), judged as (
  select *, case when match_probability < $review then 'unlikely'
                 when held then 'held'
                 when match_probability < $link then 'unsure'
                 when ahead < $margin then 'tie'
                 when crowded then 'twin'
                 when claim > 1 and match_probability < if(several, $link, $duplicate) then 'taken'
                 when claim > 1 then 'duplicate'
                 else 'best' end as reason
  from claimed left join crowded using (source, child_id) left join numbering using (source)
)
select row, person_id, child_id, match_weight, match_probability, reason,
       case when reason = 'unlikely' then 'none'
            when reason in ('best', 'duplicate') then 'link'
            else 'review' end as band
from judged
"""

# From this share of children with several numbers on, a source is one that numbers children anew.
SEVERAL = 0.05
LEAST = 0.8
KNOWN = {"person_id": "person_id", "child_id": "child_id"}
UNKNOWN = {"person_id": PERSON_ID, "child_id": hashed("left_id")}
BIRTHS = "create temp table births as select birth, {child_id} as child_id from given_births"
COLUMNS = ["source", "person", "register_no", "match_weight", "match_probability", "reason", "band"]
NOBODY = pa.schema({name: pa.float64() if name.startswith("match") else pa.string() for name in COLUMNS})
REASONS = ("best", "duplicate", "tie", "held", "twin", "taken", "unsure")


def assign(
    pairs: pd.DataFrame | pa.Table,
    thresholds: Thresholds = Thresholds(),  # noqa: B008
    *,
    births: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row a person of a source that has a candidate: register_no of the best child, reason and band.

    pairs: source, person, left_id, match_weight (log2), match_probability, held. A
    second person number of one source for a child (a duplicate in that system, or a system that numbers cases) is
    linked many-to-one from `thresholds.duplicate` on (from `link` on in a source that numbers many children anew), else
    sent to review; `reason` tells them apart and they are counted. births: register_no and birth (a group of children
    of one birth); of a child with two numbers more in a source than its twin, none is linked (reason twin), because
    one of them may be the twin's.
    """
    made = named(judged(pairs, thresholds, births=births), pairs) if len(pairs) else NOBODY.empty_table()
    return made.sort_by([("source", "ascending"), ("person", "ascending")]).to_pandas()


def judged(pairs: pd.DataFrame | pa.Table, thresholds: Thresholds, *, births: pd.DataFrame | None = None) -> pa.Table:
    """What `assign` gives, by number: row (of `pairs`), person_id, child_id, match_weight, match_probability, reason, band.

    Where `pairs` hold person_id and child_id, as `scored` gives them, `births` must hold child_id too.
    """
    pairs = typed(pairs)
    known = "person_id" in pairs.column_names
    births = pd.DataFrame({"register_no": [], "birth": []}, dtype="object") if births is None else births
    with connect() as con:
        con.register("pairs", typed(pairs.append_column("row", pa.array(np.arange(len(pairs))))))
        con.register("given_births", typed(births))
        con.execute(BIRTHS.format(child_id="child_id" if known else hashed("register_no")))
        con.execute(PAIR.format(**KNOWN if known else UNKNOWN))
        con.execute(BEST)
        given = {name: getattr(thresholds, name) for name in ("link", "review", "duplicate", "margin")}
        return con.execute(ASSIGN, given | {"several": SEVERAL}).to_arrow_table(BATCH)


def named(made: pa.Table, pairs: pd.DataFrame | pa.Table) -> pa.Table:
    """Judged pairs with their texts: columns COLUMNS, in no order."""
    texts = typed(pairs).select(["source", "person", "left_id"]).take(made["row"]).rename_columns(COLUMNS[:3])
    for column in COLUMNS[3:]:
        texts = texts.append_column(column, made[column])
    return texts


def link_from(probabilities: np.ndarray, false_link_rate: float, *, least: float = LEAST) -> float:
    """The lowest match probability from which on the links are expected to hold at most this share of false ones.

    probabilities: of the best pair of each person. The expected share is the mean of 1 - p above the threshold. No link
    has a probability below `least`, however sure the rest. It is as right as the probabilities are calibrated.
    """
    sure = np.sort(np.asarray(probabilities, dtype=float))[::-1]
    sure = sure[sure >= least]
    if not len(sure):
        return least
    expected = np.cumsum(1 - sure) / np.arange(1, len(sure) + 1)
    within = np.flatnonzero(expected <= false_link_rate)
    return float(sure[within[-1]]) if len(within) else 1.0


BEST_FREE = "select max(match_probability) as likely from pairs where not held group by {person_id} order by likely"


def thresholds_for(pairs, false_link_rate: float, thresholds: Thresholds) -> Thresholds:
    """The thresholds with `link` lowered or raised to the stated false-link rate, from pairs that are not held."""

    with connect() as con:
        con.register("pairs", pairs := typed(pairs))
        ids = KNOWN if "person_id" in pairs.column_names else UNKNOWN
        likely = con.execute(BEST_FREE.format(**ids)).fetchnumpy()["likely"]
    link = link_from(likely, false_link_rate)
    review, duplicate = min(thresholds.review, link), max(link, thresholds.duplicate)
    return replace(thresholds, link=link, review=review, duplicate=duplicate)
