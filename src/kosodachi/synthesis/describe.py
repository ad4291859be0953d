"""What a municipality's extracts hold, in counts: children by age and sex, households, what each
source covers by age, and what is left blank.

A first look before ingest: it reads what it can and leaves out what it cannot; whether an extract is in order is for
ingest to say. With a synthetic town's truth it also tells what was planted.
"""

from datetime import date

import numpy as np
import pandas as pd

from kosodachi.municipality import Municipality
from kosodachi.synthesis.margins import compared
from kosodachi.synthesis.sheets import empty, sheet_of

AGES = {"age_00_02": (0, 3), "age_03_05": (3, 6), "age_06_08": (6, 9), "age_09_11": (9, 12), "age_12_14": (12, 15),
        "age_15_17": (15, 18)}  # fmt: skip
GROWN = 18
SIZES = ("one", "two", "three", "four_or_more")
NAMING = ("name", "name_surname", "kana", "birth_date", "sex")
PLANTED = ("all", "twin", "surname_changed", "remarried", "foreign_name", "alias_or_alphabet", "moved", "address_protected",
           "alternative_care", "unnamed_infant")  # fmt: skip
NOT_ASKED = ("base_rate_eligible", "naive_contrast_eligible")


def describe(files: dict[str, bytes], settings: Municipality) -> dict[str, pd.DataFrame]:
    """Tables of counts from the extracts (source -> bytes) of a municipality.

    children: age (years), sex, children in the register on judge_as_of. households: children (one, two, three,
    four_or_more), households. coverage: source, age (bands), persons (told apart by name and day of birth, else by
    number; of the register, residents), children (in the register at that age). blanks: source, reason (blank), missing (records without a name, kana, day of birth or sex that the source
    should hold), of (records). Ages
    before the first and after the last that a source reaches have no row.
    """
    sheets = {name: sheet_of(files[name], source) for name, source in settings.sources.items() if name in files}
    register = settings.of_kind("resident_register")
    on = settings.schedule.judge_as_of
    here = [_residents(sheets[name], on) for name in register if name in sheets]
    residents = here[0] if here else empty()
    at_age = _bands(residents, on)
    return {
        "children": _children(residents, on),
        "households": _households(residents, on),
        "coverage": _stacked(
            [_coverage(name, _residents(sheet, on) if name in register else sheet, on, at_age) for name, sheet in sheets.items()],
            "source", "age", "persons",
        ),
        "blanks": _blanks({name: sheet for name, sheet in sheets.items() if name not in register}, settings),
    }  # fmt: skip


def _stacked(tables: list[pd.DataFrame], *columns: str) -> pd.DataFrame:
    """The tables under each other, by the second column."""
    rows = pd.concat([pd.DataFrame(columns=columns), *tables], ignore_index=True)
    rows = rows.astype({column: int for column in (columns[-1], "children") if column in rows})
    return rows.sort_values(columns[1], kind="stable", ignore_index=True)


def _reached(counts: pd.Series, source: str) -> pd.DataFrame:
    """Counts from the first to the last that is not 0, with the name of the source."""
    some = np.flatnonzero(counts.to_numpy())
    reach = counts.iloc[some[0] : some[-1] + 1] if len(some) else counts.iloc[:0]
    return reach.reset_index().assign(source=source)


def planted(person: pd.DataFrame, latent: pd.DataFrame, settings: Municipality) -> pd.DataFrame:
    """Children of each planted group in the register (group, children), and those in need on judge_as_of (in_need).

    person and latent are truth tables of a synthetic town with their research_id.
    """
    need = latent[pd.to_datetime(latent["as_of"]).eq(pd.Timestamp(settings.schedule.judge_as_of))]
    both = need.merge(person, on="research_id").assign(all=True)
    rows = [(name, int(both[name].sum()), int((both[name] & both["need"]).sum())) for name in PLANTED if name in both]
    return pd.DataFrame(rows, columns=["group", "children", "in_need"])


def calibration(parameters: pd.DataFrame, *, to_published: bool = False) -> pd.DataFrame:
    """Settings that are rates or effects, as asked for and as the draw gave them: setting, asked, achieved.

    The last rows were not asked for: the risk without the offer, and what a naive contrast shows. to_published: the
    town's margins beside published ones instead: margin, target, achieved, tolerance, within, citation, seen_at,
    vintage, verified, basis.
    """
    if to_published:
        return compared(parameters)
    values = parameters.set_index("name")["value"]
    names = [name.removeprefix("achieved_") for name in values.index if name.startswith("achieved_")]
    names = [name for name in names if f"asked_{name}" in values.index]
    rows = [(name, values[f"asked_{name}"], values[f"achieved_{name}"]) for name in names]
    rows += [(name, np.nan, values[name]) for name in NOT_ASKED]
    return pd.DataFrame(rows, columns=["setting", "asked", "achieved"])


def mistakes(record: pd.DataFrame) -> pd.DataFrame:
    """Records with each type of planted mistake: mistake, records; most first."""
    kinds = record.loc[record["error"] != "", "error"].str.split(";").explode()
    counts = kinds.value_counts().rename_axis("mistake").rename("records").reset_index()
    return counts.sort_values(["records", "mistake"], ascending=[False, True], ignore_index=True)


def gaps(described: dict[str, pd.DataFrame], missing: pd.DataFrame | None, settings: Municipality) -> pd.DataFrame:
    """What is not there and why: source, reason, missing, of.

    blank counts records, from the extracts. The other reasons count children of the register: sources that are not
    collected, and with a synthetic town's truth (`missing`: source, reason) all that are known there.
    """
    children = int(described["children"]["children"].sum())
    if missing is not None:
        counts = missing.groupby(["source", "reason"], sort=True).size().rename("missing").reset_index()
        counts["of"] = max(children, int(counts["missing"].max())) if len(counts) else children
    else:
        rows = [(name, s.not_collected, children, children) for name, s in settings.sources.items() if not s.collected]
        counts = pd.DataFrame(rows, columns=["source", "reason", "missing", "of"])
    order = {name: place for place, name in enumerate(settings.sources)}
    table = pd.concat([counts, described["blanks"]], ignore_index=True)
    return table.sort_values(
        ["source", "reason"], key=lambda c: c.map(order) if c.name == "source" else c, ignore_index=True
    )


def _years_old(born: pd.Series, on: date) -> np.ndarray:
    """Age in whole years on a day; missing before birth."""
    born = pd.to_datetime(born)
    late = (born.dt.month > on.month) | ((born.dt.month == on.month) & (born.dt.day > on.day))
    years = (on.year - born.dt.year - late.astype(int)).to_numpy(float)
    return np.where((born > pd.Timestamp(on)).to_numpy(), np.nan, years)


def _age(born: pd.Series, on: date) -> np.ndarray:
    """Age bands on a day; None outside 0 to 17."""
    years = _years_old(born, on)
    inside = [(years >= low) & (years < high) for low, high in AGES.values()]
    return np.select(inside, list(AGES), default=None)


def _residents(register: pd.DataFrame, on: date) -> pd.DataFrame:
    day = pd.Timestamp(on)
    return register[~(register["moved_in"] > day) & ~(register["moved_out"] <= day)]


def _children(register: pd.DataFrame, on: date) -> pd.DataFrame:
    table = register.assign(age=_years_old(register["birth_date"], on))
    grid = pd.MultiIndex.from_product([range(GROWN), ("female", "male")], names=["age", "sex"])
    return table.groupby(["age", "sex"]).size().reindex(grid, fill_value=0).rename("children").reset_index()


def _bands(register: pd.DataFrame, on: date) -> pd.Series:
    return pd.Series(_age(register["birth_date"], on)).value_counts().reindex(list(AGES), fill_value=0)


def _households(register: pd.DataFrame, on: date) -> pd.DataFrame:
    """Households by how many children under 18 they have."""
    table = register[(_years_old(register["birth_date"], on) < GROWN)]
    held = table["household_no"].replace("", np.nan).dropna() if "household_no" in table else pd.Series(dtype=object)
    sizes = held.value_counts().clip(upper=len(SIZES)).value_counts().reindex(range(1, len(SIZES) + 1), fill_value=0)
    return pd.DataFrame({"size": list(SIZES), "households": sizes.to_numpy()})


def _blanks(sheets: dict[str, pd.DataFrame], settings: Municipality) -> pd.DataFrame:
    """Records that lack something that names a child, of those in which the source should hold it."""
    rows = []
    for name, sheet in sheets.items():
        held = set(settings.sources[name].columns.values())
        declared = [column for column in NAMING if column in held and column in sheet]
        texts = sheet[declared].astype("object")
        rows.append((name, "blank", int((texts.isna() | (texts == "")).any(axis=1).sum()), len(sheet)))
    return pd.DataFrame(rows, columns=["source", "reason", "missing", "of"])


def _who(sheet: pd.DataFrame) -> np.ndarray:
    """What tells persons of a source apart before linkage: kana (else name) with the day of birth, else the number."""
    names = [sheet[c] for c in ("kana", "name", "name_surname") if c in sheet]
    called = names[0].fillna("") if names else pd.Series("", index=sheet.index)
    called = called.where(called != "", sheet["name"].fillna("")) if "name" in sheet else called
    called = called.str.normalize("NFKC").str.replace(r"\s", "", regex=True)
    number = sheet["person_no"].astype(str) if "person_no" in sheet else pd.Series(sheet.index.astype(str), sheet.index)
    whole = called.ne("") & sheet["birth_date"].notna()
    return np.where(whole, called + "|" + sheet["birth_date"].astype(str), number.to_numpy())


def _coverage(name: str, sheet: pd.DataFrame, on: date, at_age: pd.Series) -> pd.DataFrame:
    persons = sheet.assign(who=_who(sheet), age=_age(sheet["birth_date"], on)).drop_duplicates("who")
    counts = persons.groupby("age").size().reindex(list(AGES), fill_value=0)
    table = _reached(counts.rename_axis("age").rename("persons"), name)
    return table.assign(children=table["age"].map(at_age).astype(int))
