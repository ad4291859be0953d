"""What municipalities do today, and a careful deterministic rule: the two that a model has to beat.

Both give links in the same shape as `link`, so that one scoring serves all. A rule links only where it finds exactly
one child; it has no probability, so nothing goes to review.
"""

import pandas as pd

from kosodachi.linkage.engines import typed
from kosodachi.linkage.link import Links
from kosodachi.linkage.prepare import children_of, persons_of

# Sex counts where both hold it: some lists carry none.
SEX = "(l.sex = r.sex or l.sex is null or r.sex is null)"
AS_DELIVERED = f"l.kana_raw = r.kana_raw and l.birth_date = r.birth_date and {SEX}"
AFTER_NORMALISATION = f"l.kana_code = r.kana_code and l.birth_date = r.birth_date and {SEX}"
FOUR_PASSES = (
    "l.name = r.name and l.kana_code = r.kana_code and l.birth_date = r.birth_date",
    AFTER_NORMALISATION,
    "l.name = r.name and l.birth_date = r.birth_date",
    "l.given_code = r.given_code and l.birth_date = r.birth_date and l.chome = r.chome",
)


def exact(register: pd.DataFrame, records: pd.DataFrame, *, normalised: bool = False) -> Links:
    """Links where kana (as delivered, or after normalisation if `normalised`), date of birth and sex are equal."""
    return _by_rules(register, records, [AFTER_NORMALISATION if normalised else AS_DELIVERED])


def four_pass(register: pd.DataFrame, records: pd.DataFrame) -> Links:
    """Links by four rules in turn, on normalised records: name and kana, kana, kanji, given name at the same chome.

    Each pass takes persons that no earlier pass linked; a child may be taken by a later pass again if a source holds
    it under two numbers.
    """
    return _by_rules(register, records, FOUR_PASSES)


PASS = """
select source, person, min(l.unique_id) as register_no from reg l join todo r on {rule}
group by source, person having count(distinct l.unique_id) = 1
"""


def _by_rules(register: pd.DataFrame, records: pd.DataFrame, rules) -> Links:
    import duckdb

    children, todo, found = children_of(register), persons_of(records), []
    with duckdb.connect() as con:
        con.register("reg", typed(children))
        for rule in rules:
            con.register("todo", typed(todo))
            made = con.execute(PASS.format(rule=rule)).df()
            found.append(made)
            done = pd.MultiIndex.from_frame(made[["source", "person"]])
            todo = todo[~pd.MultiIndex.from_frame(todo[["source", "person"]]).isin(done)]
    pairs = pd.concat(found, ignore_index=True).sort_values(["source", "person"], ignore_index=True)
    pairs = pairs.assign(match_weight=float("nan"), match_probability=float("nan"), reason="best", band="link")
    return Links(pairs, {"children": len(children), "linked": len(pairs)})
