"""Days written by municipal systems as ISO days: Japanese eras in every form, ISO, slashes, eight digits.

Two sets of era digits are in use and one number means different years in them, so the set is declared by source and never
guessed. A day that is not in the calendar is told, never moved. Whether a day suits a child is for `values` to see.
"""

import unicodedata

import numpy as np
import pandas as pd

from kosodachi.ingest.normalise.text import all_over_distinct, over_distinct

FIRST_YEAR = {"M": 1868, "T": 1912, "S": 1926, "H": 1989, "R": 2019}
ERAS = {"12345": dict(zip("12345", "MTSHR")), "13579": dict(zip("13579", "MTSHR"))}
KANJI = {
    "明治": "M",
    "大正": "T",
    "昭和": "S",
    "平成": "H",
    "令和": "R",
    "明": "M",
    "大": "T",
    "昭": "S",
    "平": "H",
    "令": "R",
}
UNREADABLE, IMPOSSIBLE, ERA_CODE = "unreadable_date", "impossible_date", "era_code"
# Days that say they are not known: noughts, nines, the last day of 9999, words, stars; a known year with month or day nought.
UNKNOWN = (
    r"^(?:0+|9{4,8}|[0-9]?0{6}|9999[-/.]?12[-/.]?31|0000[-/.]?00[-/.]?00|.*(?:不詳|不明|未詳|未定|頃)日?|なし|[-*.]+"
    r"|(?:[MTSHR]\.?[0-9]{1,2}|[0-9]{4})[年./-](?:0{1,2}|[0-9]{1,2}[月./-]0{1,2})(?:[月./-]0{1,2})?[月日]?"
    r"|(?:[MTSHR0-9][0-9]{2}|[0-9]{4})(?:0000|(?:0[1-9]|1[0-2])00))$"
)
TIME = r"(?:T| +)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$"
LATEST = 2199

# Each form: the era (letter, digit or none), year, month and day by name.
FORMS = (
    r"^(?P<letter>[MTSHR])\.?(?P<year>[0-9]{1,2})[年./-](?P<month>[0-9]{1,2})[月./-](?P<day>[0-9]{1,2})日?$",
    r"^(?P<letter>[MTSHR])(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})$",
    r"^(?P<year>[0-9]{4})[年./-](?P<month>[0-9]{1,2})[月./-](?P<day>[0-9]{1,2})日?$",
    r"^(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})$",
    r"^(?P<digit>[0-9])(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})$",
    r"^(?P<digit>[0-9])[./-](?P<year>[0-9]{1,2})[./-](?P<month>[0-9]{1,2})[./-](?P<day>[0-9]{1,2})$",
)


def iso(values: pd.Series, *, era_codes: str) -> pd.DataFrame:
    """Columns day (YYYY-MM-DD or None) and problem (None, unreadable_date, impossible_date or era_code).

    `era_codes` is the set of era digits, 12345 or 13579. Blank and placeholder days (0000000, 99999999, 不詳) are missing
    without a problem. A year past an era's end (平成31年5月) or before its first day is read: the day is unambiguous.
    """

    def read(texts: pd.Series) -> dict[str, pd.Series]:
        days = _read(_plain(texts), era_codes)
        problem = days.isin((UNREADABLE, IMPOSSIBLE, ERA_CODE))
        return {"day": days.mask(problem, None), "problem": days.where(problem, None)}

    return all_over_distinct(values, read)


def era_digit(text: str) -> str:
    """The era digit of a numeric date, which is a code and no part of the day."""
    return unicodedata.normalize("NFKC", text).strip()[:1]


def _plain(texts: pd.Series) -> pd.Series:
    plain = pd.Series([unicodedata.normalize("NFKC", text).upper().strip() for text in texts], index=texts.index)
    plain = plain.str.replace(TIME, "", regex=True).str.replace(r"\s+", "", regex=True)
    plain = plain.str.replace(r"[‐‑‒–—―−ー]", "-", regex=True).str.replace("元", "1", regex=False)
    eras = "|".join(KANJI)
    return plain.str.replace(rf"^({eras})", lambda found: KANJI[found[1]], regex=True)


def _read(plain: pd.Series, era_codes: str) -> pd.Series:
    found = pd.Series(UNREADABLE, index=plain.index, dtype=object)
    open_ = pd.Series(True, index=plain.index)
    for form in FORMS:
        read = plain[open_].str.extract(form).reindex(columns=["letter", "digit", "year", "month", "day"])
        read = read[read["day"].notna()]
        if read.empty:
            continue
        found.loc[read.index], open_.loc[read.index] = _days(read, era_codes), False
    return found.where(~plain.str.fullmatch(UNKNOWN) & plain.ne(""), None)


def _days(read: pd.DataFrame, era_codes: str) -> pd.Series:
    letter = read["letter"].where(read["digit"].isna(), read["digit"].map(ERAS[era_codes]))
    year, month, day = (read[part].astype(int) for part in ("year", "month", "day"))
    in_era = read["letter"].notna() | read["digit"].notna()
    full = year.where(~in_era, letter.map(FIRST_YEAR).fillna(0).astype(int) + year - 1)
    real = (
        (full >= FIRST_YEAR["M"])
        & (full <= LATEST)
        & month.between(1, 12)
        & (day >= 1)
        & (day <= _length(full, month))
        & (year > 0)
    )
    text = full.astype(str) + "-" + month.astype(str).str.zfill(2) + "-" + day.astype(str).str.zfill(2)
    unknown_era = in_era & letter.isna()
    return text.where(real, IMPOSSIBLE).where(~unknown_era, ERA_CODE)


def _length(year: pd.Series, month: pd.Series) -> np.ndarray:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month.clip(1, 12) - 1]
    return days + (leap & month.eq(2)).to_numpy()


def fiscal_year(values: pd.Series) -> pd.Series:
    """Fiscal years as four digits: 2023, 2023年度, 令和5年度, R5; anything else as it was."""

    def read(texts: pd.Series) -> pd.Series:
        plain = _plain(texts).str.replace(r"年?度?$", "", regex=True)
        era = plain.str.extract(r"^([MTSHR])\.?([0-9]{1,2})$")
        year = era[0].map(FIRST_YEAR) + pd.to_numeric(era[1]) - 1
        return plain.where(year.isna(), year.astype("Int64").astype(str))

    return over_distinct(values, read)
