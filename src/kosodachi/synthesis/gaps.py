"""What is not there, and why: by source, reason and fiscal year.

Lacking is not no. A blank is counted in records; the other reasons in children of the register. What nobody can know
without a truth (who gave no consent) is told for synthetic towns alone.
"""

from datetime import date

import numpy as np
import pandas as pd

from kosodachi.municipality import Municipality
from kosodachi.synthesis.calendar import years_of
from kosodachi.synthesis.sheets import DATED

NAMING = ("name", "name_surname", "kana", "birth_date", "sex")
EARLIER, UNDATED = "earlier", "undated"
# Ages at the end of a fiscal year, from and before, of the children of whom a kind of source holds that year.
HOLDS = {"infant_checkup": (0, 4), "vaccination": (0, 7), "school_attendance": (7, 16)}
BORN_HERE = pd.Timedelta(days=31)  # a child is entered some days after its birth
COLUMNS = ["source", "reason", "year", "missing", "of"]


def gaps(described: dict[str, pd.DataFrame], missing: pd.DataFrame | None, settings: Municipality) -> pd.DataFrame:
    """What is not there and why: source, reason, year, missing, of; in the order of sources, reasons and years.

    year: earlier, the fiscal years of the study as text, undated. described: as `describe` gives it. The reason blank
    counts records; the others children of the register. missing: the truth table of a synthetic town (source, reason),
    for what no extract shows; None for a real one. A source and reason of which too few are lacking in every year to be
    shown has no row.
    """
    years = [str(year) for year in years_of(settings.schedule)]
    children = int(described["children"]["children"].sum())
    counts = pd.DataFrame(
        [(name, source.not_collected, children) for name, source in settings.sources.items() if not source.collected],
        columns=["source", "reason", "missing"],
    )
    if missing is not None:
        drawn = missing[missing["reason"].isin(("no_consent", "opted_out"))]
        counts = pd.concat([counts, drawn.groupby(["source", "reason"]).size().rename("missing").reset_index()])
    whole = counts.assign(of=children).merge(pd.DataFrame({"year": years}), how="cross")[COLUMNS]
    table = pd.concat([whole, described["arrivals"], described["blanks"]], ignore_index=True)
    most = table.groupby(["source", "reason"])["missing"].transform("max")
    table = table[most >= settings.disclosure.threshold]
    return _ordered(table, settings, years).astype({"missing": int, "of": int})


def _ordered(table: pd.DataFrame, settings: Municipality, years: list[str]) -> pd.DataFrame:
    place = {name: place for place, name in enumerate([*settings.sources, EARLIER, *years, UNDATED])}
    by = {"source": table["source"].map(place), "reason": table["reason"], "year": table["year"].map(place)}
    return table.loc[pd.DataFrame(by).sort_values(list(by)).index].reset_index(drop=True)


def blanks(sheets: dict[str, pd.DataFrame], settings: Municipality) -> pd.DataFrame:
    """Records that lack something that names a child (name, kana, day of birth, sex), of those in which the source should
    hold it: source, reason (blank), year, missing, of."""
    parts = [pd.DataFrame(columns=COLUMNS)]
    for name, sheet in sheets.items():
        declared = set(settings.sources[name].columns.values())
        texts = sheet[[column for column in NAMING if column in declared and column in sheet]].astype("object")
        lacks = (texts.isna() | (texts == "")).any(axis=1)
        found = lacks.groupby(_year(sheet, settings)).agg(missing="sum", of="size").rename_axis("year").reset_index()
        parts.append(found.assign(source=name, reason="blank")[COLUMNS])
    return pd.concat(parts, ignore_index=True)


def arrivals(residents: pd.DataFrame, sheets: dict[str, pd.DataFrame], settings: Municipality) -> pd.DataFrame:
    """Children who came to the town after a fiscal year had begun of which a source holds their age: source, reason
    (moved_in_later), year, missing, of (children of the register of that age). Some or all of the year is elsewhere.
    Years that begin on judge_as_of or later have no row: nobody can have come to them late yet."""
    rows, on = [], pd.Timestamp(settings.schedule.judge_as_of)
    born, came = pd.to_datetime(residents["birth_date"]), pd.to_datetime(residents["moved_in"])
    for name, sheet in sheets.items():
        low, high = HOLDS.get(settings.sources[name].kind, (0, 0))
        held = set(_year(sheet, settings)) if high else set()
        for year in (year for year in years_of(settings.schedule) if str(year) in held):
            start, end = pd.Timestamp(date(int(year), 4, 1)), pd.Timestamp(date(int(year) + 1, 4, 1))
            if start >= on:
                continue
            old = ((end - born) / pd.Timedelta(days=365.2425)).to_numpy(float)
            at_age = (old >= low) & (old < high)
            late = at_age & (came > start).to_numpy() & (came > born + BORN_HERE).to_numpy()
            rows.append((name, "moved_in_later", str(year), int(late.sum()), int(at_age.sum())))
    return pd.DataFrame(rows, columns=COLUMNS)


def _year(sheet: pd.DataFrame, settings: Municipality) -> pd.Series:
    """The fiscal year in which each record was begun, as text; earlier than the study; undated."""
    year = pd.Series(np.nan, index=sheet.index)
    if DATED[0] in sheet:
        year = pd.to_numeric(sheet[DATED[0]], errors="coerce")
    for column in DATED[1:]:
        day = pd.to_datetime(sheet[column])
        year = year.fillna(day.dt.year - (day.dt.month < 4))
    years = years_of(settings.schedule)
    text = year.map(lambda one: UNDATED if np.isnan(one) else EARLIER if one < years[0] else str(int(one)))
    return text.where(year.isna() | (year <= years[-1]), str(years[-1]))
