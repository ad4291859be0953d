"""What a municipality's extracts hold, in counts: children by age and sex, households, what each source covers by age.

A first look before ingest: it reads what it can and leaves out what it cannot; whether an extract is in order is for
ingest to say.
"""

import unicodedata
from datetime import date

import jaconv
import numpy as np
import pandas as pd

from kosodachi.municipality import Municipality
from kosodachi.synthesis.gaps import arrivals, blanks
from kosodachi.synthesis.sheets import empty, sheet_of

AGES = {"age_00_02": (0, 3), "age_03_05": (3, 6), "age_06_08": (6, 9), "age_09_11": (9, 12), "age_12_14": (12, 15),
        "age_15_17": (15, 18)}  # fmt: skip
GROWN = 18
SIZES = ("one", "two", "three", "four_or_more")
NAMES = ("kana", "name", "name_surname")


def describe(files: dict[str, bytes], settings: Municipality) -> dict[str, pd.DataFrame]:
    """Tables of counts from the extracts (source -> bytes) of a municipality.

    children: age (years), sex, children in the register on judge_as_of. households: size (one, two, three,
    four_or_more children), households. coverage: source, age (bands), persons (see `persons_of`; of the register, its
    residents on that day), children (in the register at that age); ages before the first and after the last that a
    source reaches have no row. blanks and arrivals: see `gaps`.
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
            [_coverage(name, residents if name in register else sheet, on, at_age) for name, sheet in sheets.items()],
            "source",
            "age",
            "persons",
        ),
        "blanks": blanks({name: sheet for name, sheet in sheets.items() if name not in register}, settings),
        "arrivals": arrivals(residents, sheets, settings),
    }


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


def _coverage(name: str, sheet: pd.DataFrame, on: date, at_age: pd.Series) -> pd.DataFrame:
    persons = persons_of(sheet)
    counts = pd.Series(_age(persons["birth_date"], on)).value_counts().reindex(list(AGES), fill_value=0)
    table = _reached(counts.rename_axis("age").rename("persons"), name)
    return table.assign(children=table["age"].map(at_age).astype(int))


def persons_of(sheet: pd.DataFrame) -> pd.DataFrame:
    """One row a person of a sheet: its first record. One person number is one person, and so are numbers that share a
    day of birth and a name (kana; where there is none, as written), since a pupil has a new number at each school."""
    number = sheet["person_no"] if "person_no" in sheet else pd.Series(np.arange(len(sheet)), index=sheet.index)
    first = sheet.assign(number=number).drop_duplicates("number")
    names = pd.DataFrame({column: first[column] for column in NAMES if column in first}).replace("", np.nan)
    key = names.bfill(axis=1).iloc[:, 0] if len(names.columns) else pd.Series(np.nan, index=first.index, dtype=object)
    known = {text: _plain(text) for text in key.dropna().unique()}
    key = key.map(known).fillna("no. " + first["number"].astype(str))
    return first[~pd.DataFrame({"key": key, "born": first["birth_date"]}).duplicated()]


def _plain(text: str) -> str:
    """A name in katakana of full width, without blanks."""
    return "".join(jaconv.hira2kata(unicodedata.normalize("NFKC", text)).split())
