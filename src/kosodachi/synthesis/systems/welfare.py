"""Systems of benefits and of further school records: rows of children under the number of the parent who receives.

A recipient's number with a branch for each child; the survey and school aid give new numbers every year.
"""

import numpy as np
import pandas as pd

from kosodachi.synthesis import places as at
from kosodachi.synthesis.forms import each, era_digits, era_dotted, half_width, slashed, written
from kosodachi.synthesis.systems.view import View, World, counts, known, numbers, sexes


def _branch_numbers(
    world: World, system: str, home: np.ndarray, child: np.ndarray, second: np.ndarray | int = 0
) -> np.ndarray:
    """The recipient's number and a branch, the child's order in the household; a second spell has another branch."""
    order = world.population.child.groupby("household").cumcount().to_numpy()[child] + 1 + 50 * second
    of_home = numbers(world, system, len(world.population.household), 8)
    return of_home[home] + "-" + np.array([f"{i:02d}" for i in range(100)], dtype=object)[order]


def _yearly_numbers(world: World, system: str, year: np.ndarray) -> np.ndarray:
    """New numbers each year, in no order: 99, the year, a running number."""
    return numbers(world, system, len(year), 10) + "-" + counts(year % 100, True)


def _benefit(world: World, system: str, number: str, dates, *, start: str, end: str, who: str = "受給者氏名") -> View:
    """One row a child and spell, with the recipient's name; who: the header over that name."""
    spells = world.benefits[system]
    child = spells["child"].to_numpy()
    home, held = (
        world.population.child["household"].to_numpy()[child],
        known(world, system, child, spells["end"].to_numpy()),
    )
    second = spells["second"].to_numpy() if "second" in spells else np.zeros(len(spells), dtype=bool)
    table = pd.DataFrame({
        number: _branch_numbers(world, system, home, child, second), who: held.guardian,
        "児童氏名": held.name, "児童カナ": each(held.kana, half_width),
        "生年月日": written(held.born, dates), "性別": sexes(held, "1", "2"),
        "住所": held.placed(at.short_address(held.address, world.population.places)),
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
    return _benefit(world, "hoiku", "児童番号", era_dotted, start="入所日", end="退所日", who="保護者氏名")


def jido_teate(world: World) -> View:
    """Child allowance: one row a child under the recipient's number, and one a spell after a gap."""
    return _benefit(world, "jido_teate", "受給者番号", era_digits("12345"), start="支給開始日", end="支給終了日")


def _pupils(world: World, system: str, number: str, month: int, **further) -> tuple[View, pd.DataFrame]:
    """Rows of pupils by name and school under a number of the year, written in a month (from April) of it."""
    rows, where = world.benefits[system], world.population.places
    child, district = rows["child"].to_numpy(), rows["district"].to_numpy()
    day = ((rows["year"].to_numpy() - 1970) * 12 + 3 + month).astype("datetime64[M]")
    held = known(world, system, child, day.astype("datetime64[D]"), guardian="保護者氏名" in further.values())
    school = np.where(rows["junior"], where.junior_high[where.junior_of(district)], where.elementary[district])
    table = pd.DataFrame({
        number: _yearly_numbers(world, system, rows["year"].to_numpy()), "児童生徒氏名": held.name,
        "児童生徒カナ": held.kana, "生年月日": written(held.born, slashed), "性別": sexes(held, "男", "女"),
        "学校": school, "学年": counts(rows["grade"], True), **{header: held.guardian for header in further.values()},
    })  # fmt: skip
    return View(table, child, held.errors), rows


def shugaku_enjo(world: World) -> View:
    """School aid: one row a pupil and year; joined by names alone, with the guardian's name."""
    view, rows = _pupils(world, "shugaku_enjo", "認定番号", 2, guardian="保護者氏名")
    view.table["認定日"] = written(rows["start"].to_numpy(), slashed)
    view.table["認定終了日"] = written(rows["end"].to_numpy(), slashed)
    return view.sorted_by(["認定番号"])


def gakuryoku(world: World) -> View:
    """The academic survey: one row a pupil who took it and year."""
    view, rows = _pupils(world, "gakuryoku", "受検番号", 0)
    view.table["年度"], view.table["標準得点"] = counts(rows["year"], True), counts(rows["score"], True)
    return view.sorted_by(["受検番号"])


def kokuho_zei(world: World) -> View:
    """National health insurance: household income of the year, blank where none was declared; a row a child."""
    rows = world.benefits["kokuho_zei"]
    child, income = rows["child"].to_numpy(), rows["income"].to_numpy()
    day = ((rows["year"].to_numpy() - 1970) * 12 + 6).astype("datetime64[M]")
    home, held = world.population.child["household"].to_numpy()[child], known(world, "kokuho_zei", child, day)
    table = pd.DataFrame({
        "通知書番号": _branch_numbers(world, "kokuho_zei", home, child) + "-" + counts(rows["year"], True),
        "納税義務者氏名": held.guardian,
        "児童氏名": held.name, "児童カナ": each(held.kana, half_width), "生年月日": written(held.born, era_digits("12345")),
        "性別": sexes(held, "1", "2"), "年度": counts(rows["year"], True), "世帯所得": counts(income, income >= 0),
    })  # fmt: skip
    return View(table, child, held.errors).sorted_by(["通知書番号"])
