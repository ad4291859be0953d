"""The research extract: one row a child, flat, without identifiers, coarse in what an outsider could know.

Ids are new in every extract and the rows are shuffled, so two extracts do not join. Not for judging children: it holds
neither order nor reasons. Not anonymous either: a person who knows a child well may know the row.
"""

import numpy as np
import pandas as pd

from kosodachi.sharing.anonymity import generalised, k_anonymity

QUASI = ("district", "moved_here", "age_band", "sex")
LADDER = ((3, True), (6, True), (3, False), (6, False))
K, MOST_BLANKED, LEAST_ALIKE = 5, 0.05, 10
STUDY = ("treated", "outcome", "months", "event")
REFUSED = {
    "name": "identifier", "birth_date": "identifier", "address": "identifier", "person_no": "identifier",
    "research_id": "joins_tables", "household_id": "joins_siblings", "birth_month": "too_fine", "moved_in": "too_fine",
    "moved_out": "too_fine", "rank": "too_fine", "reasons": "free_text", "match_weight": "not_needed",
}  # fmt: skip


def research_extract(
    child: pd.DataFrame,
    item_value: pd.DataFrame,
    judgement: pd.DataFrame,
    cohort: pd.DataFrame | None = None,
    *,
    k: int = K,
    seed: int = 1,
) -> pd.DataFrame:
    """One row a child with item values as of the last judgement, shuffled; contract `research_extract`.

    Columns: research_id (new, E000001...), the quasi-identifiers district (if cells allow), moved_here (yes: moved in
    after the month of birth), age_band (years at the date), sex; points, within_capacity, known_before; item_<id>
    (values; the ten highest and lowest set to the tenth, so that no extreme is one child's) and missing_<id> (the
    reason, where a value is missing); of the study in_study, treated, outcome, months (whole months from the index
    date), event where `cohort` has rows. No date of a child is in it. Every cell of the quasi-identifiers holds k
    children: the ladder is age in 3 or 6 years with district, then without; at most 5 % of rows lose a value.
    """
    as_of = last_date(item_value, judgement)
    parts = [_items(item_value, as_of), _judged(judgement, as_of), *_studied(cohort)]
    people = child.sort_values("research_id").set_index("research_id")
    people = people[people.index.isin(parts[0].index)]
    rest = pd.concat([part.reindex(people.index) for part in parts[1:] + parts[:1]], axis=1)
    if "in_study" in rest:
        rest["in_study"] = rest["in_study"].fillna("no")
    steps = [_quasi(people, as_of, years, with_district) for years, with_district in LADDER]
    table = generalised(steps, rest, k=k, most_blanked=MOST_BLANKED).table
    return _with_new_ids(table, np.random.default_rng(seed))


def last_date(item_value: pd.DataFrame, judgement: pd.DataFrame) -> pd.Timestamp:
    """The date the extract is made for: the last judgement, else the last item values."""
    dated = judgement if len(judgement) else item_value
    return pd.Timestamp(dated["as_of"].max())


def age_in_years(birth_month: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Whole years at a date, from the month of birth; missing stays missing."""
    months = (as_of.year - birth_month.dt.year) * 12 + as_of.month - birth_month.dt.month
    return (months // 12).clip(lower=0)


def _quasi(people: pd.DataFrame, as_of: pd.Timestamp, years: int, with_district: bool) -> pd.DataFrame:
    low = age_in_years(people["birth_month"], as_of) // years * years
    known = low.notna()
    band = low.fillna(0).astype(int)
    month = people["moved_in"].dt.to_period("M")
    moved = month.gt(people["birth_month"].dt.to_period("M"))
    quasi = {
        "district": people["district"],
        "moved_here": pd.Series(np.where(moved, "yes", "no"), people.index).where(people["moved_in"].notna()),
        "age_band": (band.astype(str) + "-" + (band + years - 1).astype(str)).where(known),
        "sex": people["sex"],
    }
    if not with_district:
        del quasi["district"]
    return pd.DataFrame({name: column.astype(object) for name, column in quasi.items() if column.notna().any()})


def _items(item_value: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Item values and reasons as columns, by research id; an item that nobody has a value of is left out."""
    rows = item_value[pd.to_datetime(item_value["as_of"]) == as_of]
    values = rows.pivot(index="research_id", columns="item_id", values="value").astype(float)
    reasons = rows.pivot(index="research_id", columns="item_id", values="missing")
    parts = {}
    for item in values.columns[values.notna().any()]:
        parts[f"item_{item}"] = _top_coded(values[item])
        if values[item].isna().any():
            parts[f"missing_{item}"] = reasons[item].astype(object).where(values[item].isna(), None)
    return pd.DataFrame(parts, index=values.index)


def _top_coded(values: pd.Series) -> pd.Series:
    """Values with the ten lowest and highest set to the tenth; yes-no values as they are."""
    known = np.sort(values.dropna().to_numpy())
    if len(np.unique(known)) <= 2 or len(known) < 2 * LEAST_ALIKE:
        return values
    return values.clip(known[LEAST_ALIKE - 1], known[-LEAST_ALIKE])


def _judged(judgement: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    rows = judgement[pd.to_datetime(judgement["as_of"]) == as_of].set_index("research_id")
    columns = ["points", "within_capacity", "known_before"] if len(rows) else []
    return rows[columns].astype(float)


def _studied(cohort: pd.DataFrame | None) -> list[pd.DataFrame]:
    if cohort is None or cohort.empty:
        return []
    rows = cohort.set_index("research_id")
    return [rows[list(STUDY)].astype(float).assign(in_study="yes")]


def _with_new_ids(table: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    shuffled = table.iloc[random.permutation(len(table))].reset_index(drop=True)
    shuffled.insert(0, "research_id", [f"E{number:06d}" for number in range(1, len(shuffled) + 1)])
    return shuffled


def halves(extract: pd.DataFrame, *, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two random halves of the rows: one to learn from, one held out, so that learning by heart can be told."""
    order = np.random.default_rng(seed).permutation(len(extract))
    cut = len(order) // 2
    return tuple(extract.iloc[np.sort(part)].reset_index(drop=True) for part in (order[:cut], order[cut:]))


def k_report(child: pd.DataFrame, extract: pd.DataFrame, *, as_of: pd.Timestamp, k: int = K) -> pd.DataFrame:
    """k-anonymity before and after: columns stage, columns, children, unique, below_k, k, cells.

    Stages: register (month of birth, sex, district), whole_years (age, sex, district), extract (its quasi-identifiers).
    """
    people = child.assign(age=age_in_years(child["birth_month"], as_of))
    quasi = tuple(column for column in QUASI if column in extract)
    stages = {
        "register": (people, ("birth_month", "sex", "district")),
        "whole_years": (people, ("age", "sex", "district")),
        "extract": (extract, quasi),
    }
    rows = [
        {"stage": stage, "columns": ", ".join(columns), **k_anonymity(table, columns, k=k)}
        for stage, (table, columns) in stages.items()
    ]
    return pd.DataFrame(rows)[["stage", "columns", "children", "unique", "below_k", "k", "cells"]]


def columns_offered(extract: pd.DataFrame) -> pd.DataFrame:
    """What is offered and what is refused: columns group, decision (offered, coarsened, refused), form."""
    offered = [(column, "coarsened", _form(column)) for column in QUASI if column in extract]
    if "district" not in extract:
        offered.append(("district", "refused", "cells_too_small"))
    families = {
        "judgement_points": ("offered", "numbers", "points"),
        "item_values": ("coarsened", "extremes_cut", "item_"),
        "missing_reasons": ("offered", "codes", "missing_"),
        "study_outcome": ("coarsened", "whole_months", "in_study"),
    }
    for family, (decision, form, start) in families.items():
        there = any(column.startswith(start) for column in extract)
        offered.append((family, decision if there else "refused", form if there else "no_data"))
    offered += [(column, "refused", why) for column, why in REFUSED.items()]
    return pd.DataFrame(offered, columns=["column", "decision", "form"])


def _form(column: str) -> str:
    return {"age_band": "bands", "moved_here": "yes_no"}.get(column, "codes")
