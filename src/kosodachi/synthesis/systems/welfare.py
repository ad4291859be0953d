"""Systems of benefits and of further school records: rows of children under the number of the parent who receives.

A recipient's number with a branch for each child; the survey and school aid give new numbers every year.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis import places as at
from kosodachi.synthesis.adults import recipient_names
from kosodachi.synthesis.errors import BLANK
from kosodachi.synthesis.forms import each, era_digits, era_dotted, half_width, slashed, written
from kosodachi.synthesis.names import names
from kosodachi.synthesis.systems.view import View, World, counts, known, numbers, sexes


def guardians(world: World) -> np.ndarray:
    """The name of each household's recipient, by position; foreign names in katakana."""
    book = names()
    surname, given = recipient_names(world.adults, world.population, world.streams)
    foreign = world.population.household["foreign"].to_numpy()
    kanji = book.surname[surname] + BLANK + book.given[given]
    return np.where(foreign, book.surname_kana[surname] + BLANK + book.given_kana[given], kanji)


def _branch_numbers(world: World, system: str, home: np.ndarray, child: np.ndarray) -> np.ndarray:
    """The recipient's number and a branch, the child's order in the household."""
    order = world.population.child.groupby("household").cumcount().to_numpy()[child] + 1
    of_home = numbers(world, system, len(world.population.household), 8)
    return of_home[home] + "-" + np.array([f"{i:02d}" for i in range(100)], dtype=object)[order]


def _yearly_numbers(world: World, system: str, year: np.ndarray) -> np.ndarray:
    """New numbers each year, in no order: 99, the year, a running number."""
    return numbers(world, system, len(year), 10) + "-" + counts(year % 100, True)


def _benefit(world: World, system: str, number: str, dates, *, start: str, end: str, address: bool = True) -> View:
    """One row a child and spell, with the recipient's name."""
    spells = world.benefits[system]
    child = spells["child"].to_numpy()
    home, held = world.population.child["household"].to_numpy()[child], known(world, system, child)
    place = {"住所": at.short_address(held.address, world.population.places)} if address else {}
    table = pd.DataFrame({
        number: _branch_numbers(world, system, home, child), "受給者氏名": guardians(world)[home],
        "児童氏名": held.name, "児童カナ": each(held.kana, half_width),
        "生年月日": written(held.born, dates), "性別": sexes(held, "1", "2"), **place,
        start: written(spells["start"].to_numpy(), dates), end: written(spells["end"].to_numpy(), dates),
    })  # fmt: skip
    return View(table, child, held.errors).sorted_by([number, start])


def seikatsu_hogo(world: World) -> View:
    """Public assistance: one row a child of the household and spell."""
    return _benefit(world, "seikatsu_hogo", "ケース番号", era_digits("13579"), start="保護開始日", end="保護廃止日")


def iryohi_josei(world: World) -> View:
    """Aid with children's medical costs: one row a child."""
    return _benefit(world, "iryohi_josei", "受給者番号", era_digits("12345"), start="資格取得日", end="資格喪失日")


def hoiku(world: World) -> View:
    """Licensed nursery care: one row a child."""
    return _benefit(world, "hoiku", "児童番号", era_dotted, start="入所日", end="退所日")


def _pupils(world: World, system: str, number: str) -> tuple[View, pd.DataFrame]:
    """Rows of pupils by name and school under a number of the year."""
    rows, where = world.benefits[system], world.population.places
    child, district = rows["child"].to_numpy(), rows["district"].to_numpy()
    held = known(world, system, child)
    school = np.where(rows["junior"], where.junior_high[where.junior_of(district)], where.elementary[district])
    table = pd.DataFrame({
        number: _yearly_numbers(world, system, rows["year"].to_numpy()), "児童生徒氏名": held.name,
        "児童生徒カナ": held.kana, "生年月日": written(held.born, slashed), "性別": sexes(held, "男", "女"),
        "学校": school, "学年": counts(rows["grade"], True),
    })  # fmt: skip
    return View(table, child, held.errors), rows


def shugaku_enjo(world: World) -> View:
    """School aid: one row a pupil and year; joined by names alone, with the guardian's name."""
    view, rows = _pupils(world, "shugaku_enjo", "認定番号")
    home = world.population.child["household"].to_numpy()[view.child]
    view.table["保護者氏名"] = guardians(world)[home]
    view.table["認定日"] = written(rows["start"].to_numpy(), slashed)
    view.table["認定終了日"] = written(rows["end"].to_numpy(), slashed)
    return view.sorted_by(["認定番号"])


def gakuryoku(world: World) -> View:
    """The academic survey: one row a pupil who took it and year."""
    view, rows = _pupils(world, "gakuryoku", "受検番号")
    view.table["年度"], view.table["標準得点"] = counts(rows["year"], True), counts(rows["score"], True)
    return view.sorted_by(["受検番号"])


def kokuho_zei(world: World) -> View:
    """National health insurance: household income of the year, blank where none was declared; a row a child."""
    rows = world.benefits["kokuho_zei"]
    child, income = rows["child"].to_numpy(), rows["income"].to_numpy()
    home, held = world.population.child["household"].to_numpy()[child], known(world, "kokuho_zei", child)
    table = pd.DataFrame({
        "通知書番号": _branch_numbers(world, "kokuho_zei", home, child) + "-" + counts(rows["year"], True),
        "納税義務者氏名": guardians(world)[home],
        "児童氏名": held.name, "児童カナ": each(held.kana, half_width), "生年月日": written(held.born, era_digits("12345")),
        "性別": sexes(held, "1", "2"), "年度": counts(rows["year"], True), "世帯所得": counts(income, income >= 0),
    })  # fmt: skip
    return View(table, child, held.errors).sorted_by(["通知書番号"])
