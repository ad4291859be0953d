"""What a source can say before any item is made of it: whose records were linked, and how old they are.

Coverage of a source that records events alone (allowances, consultation) is no measure of its links: most children
have no event. It is therefore given for sources that should hold every child of an age.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from kosodachi.items.availability import availability
from kosodachi.items.measures import MONTH_OF, months_held
from kosodachi.items.specification import Item, catalogue
from kosodachi.items.values import linked, residents_as_of
from kosodachi.municipality import Municipality

AGE_GROUPS = {"age_0_2": (0, 2), "age_3_5": (3, 5), "age_6_11": (6, 11), "age_12_14": (12, 14), "age_15_17": (15, 17)}
RECENT_MONTHS = 12
ENOUGH_RECORDS = 10


def coverage(
    children: pd.DataFrame,
    attributes: Mapping[str, pd.DataFrame],
    person_link: pd.DataFrame,
    settings: Municipality,
    *,
    as_of,
    items: Sequence[Item] | None = None,
) -> pd.DataFrame:
    """How many children of a source's ages have a linked record, by group: source, dimension (everyone, by_age, by_sex,
    by_move, by_siblings), level, children, linked, share.

    Sources that should hold every child of an age: those with items for which no record means unknown; their ages are
    those of these items. Records of any date count, of band `link` alone. Groups of the resident register as of the day.
    """
    residents = _grouped(residents_as_of(children, pd.Timestamp(as_of)), pd.Timestamp(as_of))
    parts = []
    for kind, ages in _ages_of_kinds(items or catalogue()).items():
        for source in settings.of_kind(kind):
            found = linked({source: attributes[source]}, person_link, settings, kind)["research_id"]
            of_age = residents[residents["age"].between(*ages)]
            parts.append(of_age.assign(source=source, linked=of_age["research_id"].isin(found)))
    columns = ["source", "dimension", "level", "children", "linked", "share"]
    if not parts:
        return pd.DataFrame(columns=columns)
    long = pd.concat(parts, ignore_index=True).melt(["source", "linked"], DIMENSIONS, "dimension", "level")
    table = long.dropna(subset=["level"]).groupby(["source", "dimension", "level"])["linked"].agg(["size", "sum"])
    table = table.rename(columns={"size": "children", "sum": "linked"}).reset_index()
    table["share"] = table["linked"] / table["children"]
    table["place"], ages = table["dimension"].map(DIMENSIONS.index), {name: at for at, name in enumerate(AGE_GROUPS)}
    table["age"] = table["level"].map(ages).fillna(-1)
    return table.sort_values(["source", "place", "age", "level"], ignore_index=True)[columns]


DIMENSIONS = ["everyone", "by_age", "by_sex", "by_move", "by_siblings"]


def _grouped(residents: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Residents with their level in each dimension; an unknown sex is in no level."""
    age = pd.Series(None, index=residents.index, dtype=object)
    for name, ages in AGE_GROUPS.items():
        age = age.mask(residents["age"].between(*ages), name)
    moved_in = pd.to_datetime(residents["moved_in"])
    came = (moved_in >= day - pd.DateOffset(months=RECENT_MONTHS)) & (
        moved_in >= residents["birth_month"] + pd.DateOffset(months=1)
    )
    more = residents.groupby("household_id")["research_id"].transform("size") > 1
    return residents[["research_id", "age"]].assign(
        everyone="all_children",
        by_age=age,
        by_sex=residents["sex"],
        by_move=came.map({True: "came_lately", False: "settled"}),
        by_siblings=more.map({True: "with_siblings", False: "only_child"}),
    )


def _ages_of_kinds(items: Sequence[Item]) -> dict[str, tuple[int, int]]:
    """The ages of which a kind of source should hold every child: those of its items for which no record is unknown."""
    bands: dict[str, list] = {}
    for item in items:
        if item.computed and item.without_record == "unknown" and item.source_kind != "resident_register":
            bands.setdefault(item.source_kind, []).append(item.age_band)
    return {kind: (min(low for low, _ in ages), max(high for _, high in ages)) for kind, ages in bands.items()}


def staleness(
    attributes: Mapping[str, pd.DataFrame], person_link: pd.DataFrame, settings: Municipality, *, as_of
) -> pd.DataFrame:
    """How old each collected source is on a day: source, source_kind, records (dated and linked, before the day), children,
    newest_month (YYYY-MM; 10 records are of this month or later; None if there are fewer), months_old (whole months from
    then to the day), mean_months (mean age in months of each child's newest record).

    The resident register tells of every day up to its extract and has no row; nor has a source without a date.
    """
    day = pd.Timestamp(as_of)
    rows = [
        {"source": source, "source_kind": spec.kind}
        | _age_of(source, spec.kind, attributes, person_link, settings, day)
        for source, spec in sorted(settings.sources.items())
        if spec.collected and spec.kind in MONTH_OF and source in attributes
    ]
    columns = ["source", "source_kind", "records", "children", "newest_month", "months_old", "mean_months"]
    return pd.DataFrame(rows, columns=columns)


def _age_of(source, kind, attributes, person_link, settings: Municipality, day: pd.Timestamp) -> dict:
    records = linked({source: attributes[source]}, person_link, settings, kind)
    held = months_held(records, kind)
    held = held[held["month"] < day]
    latest = held["month"].nlargest(ENOUGH_RECORDS)
    newest = latest.iloc[-1] if len(latest) == ENOUGH_RECORDS else None
    last = held.groupby("research_id")["month"].max()
    return {
        "records": len(held),
        "children": len(last),
        "newest_month": newest.strftime("%Y-%m") if newest is not None else None,
        "months_old": float(_months(newest, day)) if newest is not None else float("nan"),
        "mean_months": _months(last, day).mean() if len(last) else float("nan"),
    }


def _months(earlier, day: pd.Timestamp):
    when = earlier.dt if isinstance(earlier, pd.Series) else earlier
    return (day.year - when.year) * 12 + day.month - when.month


def availability_by_year(item_values: pd.DataFrame, settings: Municipality, items: Sequence[Item]) -> pd.DataFrame:
    """`availability` of each day in `item_values`, of source by item by year: source_kind, source (short names, `;`, or
    the kind where none is held), item_id, year (of the day), reason, children, of, share. Every item of `items` has rows
    in every year, those that cannot be had with their reason alone."""
    kinds = {item.item_id: item.source_kind for item in items}
    held = {kind: ";".join(settings.of_kind(kind)) or kind for kind in {*kinds.values()}}
    parts = [
        availability(table, items=items).assign(year=day.year)
        for day, table in item_values.groupby(pd.to_datetime(item_values["as_of"]), sort=True)
    ]
    table = pd.concat(parts, ignore_index=True)
    kind = table["item_id"].map(kinds)
    table = table.assign(source_kind=kind, source=kind.map(held))
    columns = ["source_kind", "source", "item_id", "year", "reason", "children", "of", "share"]
    return table.sort_values(["source_kind", "item_id", "year"], kind="stable", ignore_index=True)[columns]
