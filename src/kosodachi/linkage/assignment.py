"""One register child for each person of a source: mutual best links in SQL, and the band of each.

Bands: link (used), review (a person looks), none. A person of a source goes to review if the best pair is held, not
sure enough, a tie, or if the child has a surer record under another person number of the same source. Ties are never
broken by the order of rows. It does not look across sources: two sources may disagree about a child.
"""

import pandas as pd

from kosodachi.linkage.spec import Thresholds

ASSIGN = """
with pair as (
  select source, person, left_id as register_no, match_weight, match_probability, held from pairs
  qualify row_number() over (partition by source, person, left_id order by match_weight desc, held) = 1
), best as (
  select *, coalesce(match_weight - lead(match_weight) over person_first, 1e9) as ahead
  from pair window person_first as (partition by source, person order by match_weight desc, register_no)
  qualify row_number() over person_first = 1
), claimed as (
  select *, row_number() over (partition by source, register_no order by held, match_weight desc, person) as claim
  from best
), judged as (
  select *, case when match_probability < $review then 'unlikely'
                 when held then 'held'
                 when match_probability < $link then 'unsure'
                 when ahead < $margin then 'tie'
                 when claim > 1 and match_probability < $duplicate then 'taken'
                 when claim > 1 then 'duplicate'
                 else 'best' end as reason
  from claimed
)
select source, person, register_no, match_weight, match_probability, reason,
       case when reason = 'unlikely' then 'none'
            when reason in ('best', 'duplicate') then 'link'
            else 'review' end as band
from judged order by source, person
"""

COLUMNS = ["source", "person", "register_no", "match_weight", "match_probability", "reason", "band"]


def assign(pairs: pd.DataFrame, thresholds: Thresholds = Thresholds()) -> pd.DataFrame:  # noqa: B008
    """One row a person of a source that has a candidate: register_no of the best child, reason and band.

    pairs: source, person, left_id, match_weight (log2), match_probability, held. A second person number of one source
    for a child (a duplicate in that system, or a system that numbers cases) is linked many-to-one from
    `thresholds.duplicate` on, else sent to review; `reason` tells them apart and they are counted.
    """
    import duckdb

    if pairs.empty:
        return pd.DataFrame(
            {column: pd.Series(dtype="float64" if column.startswith("match") else "object") for column in COLUMNS}
        )
    given = {name: getattr(thresholds, name) for name in ("link", "review", "duplicate", "margin")}
    with duckdb.connect() as con:
        con.register("pairs", pairs)
        return con.execute(ASSIGN, given).df()
