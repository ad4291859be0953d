"""The systems that see children grow: infant check-ups, vaccinations and school attendance."""

import numpy as np
import pandas as pd

from kosodachi.synthesis import places as at
from kosodachi.synthesis.forms import each, era_digits, era_dotted, half_width, hiragana, slashed, written
from kosodachi.synthesis.schooling import schooling
from kosodachi.synthesis.systems.view import View, World, counts, known, latest, numbers, persons, sexes
from kosodachi.tables import MONTHS

CHECKUP = np.array(["4か月児", "1歳6か月児", "3歳児"], dtype=object)
FINDING = np.array(["異常なし", "要観察", "要精密"], dtype=object)


def kenshin(world: World) -> View:
    """Infant check-ups in order of due day: no kanji, kana in half width; no result for those who did not come."""
    due, where = world.lives.checkup, world.population.places
    record = persons(world, "kenshin", due["child"].to_numpy())
    row, day = record.row, latest(record.row, due["due"].to_numpy(), len(record.who))
    held = known(world, "kenshin", record.who, day, newborn=True, guardian=False)
    came, kind = due["attended"].to_numpy(), due["kind"].to_numpy()
    table = pd.DataFrame({
        "健診番号": numbers(world, "kenshin", len(record.who), 9)[row], "氏名カナ": each(held.kana, half_width)[row],
        "生年月日": written(held.born, era_dotted)[row], "性別": sexes(held, "男", "女")[row],
        "住所": held.placed(at.short_address(held.address, where, small_ke=False))[row],
        "健診種別": CHECKUP[kind], "受診日": written(due["day"].to_numpy(), era_dotted),
        "受診区分": np.where(came, "受診", "未受診"), "出生体重": counts(due["weight"], came),
        "未処置歯数": counts(due["caries"], came & (kind > 0)), "判定区分": np.where(came, FINDING[due["finding"]], ""),
    })  # fmt: skip
    errors = held.errors.iloc[row].reset_index(drop=True).assign(duplicate=record.second)
    return View(table, record.who[row], errors)


def yobo(world: World) -> View:
    """Vaccinations: one row a child and visit that fell due; the day is empty where none was given or reported.

    The days of some visits are exchanged with those of the next, logged as dose_order: doses of one vaccine can then
    stand in an order that is impossible.
    """
    due, where, dates = world.benefits["yobo"], world.population.places, era_digits("13579")
    record = persons(world, "yobo", due["child"].to_numpy())
    row, day = record.row, latest(record.row, due["due"].to_numpy(), len(record.who))
    held = known(world, "yobo", record.who, day, newborn=True, guardian=False)
    given, swapped = _swapped(world, row, due["given"].to_numpy().astype("datetime64[D]"))
    table = pd.DataFrame({
        "接種券番号": numbers(world, "yobo", len(record.who), 9)[row], "氏名": held.name[row],
        "氏名カナ": each(held.kana, half_width)[row], "生年月日": written(held.born, dates)[row],
        "性別": sexes(held, "1", "2")[row],
        "住所": held.placed(at.short_address(held.address, where, small_ke=False))[row],
        "接種期限日": written(due["due"].to_numpy(), dates), "接種日": written(given, dates),
    })  # fmt: skip
    errors = held.errors.iloc[row].reset_index(drop=True).assign(duplicate=record.second, dose_order=swapped)
    return View(table, record.who[row], errors)


def _swapped(world: World, row: np.ndarray, given: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days with some exchanged with those of the next visit of the same person record, and which."""
    rate = world.scenario.errors.get("yobo", {}).get("dose_order", 0.0)
    first = np.flatnonzero((row[1:] == row[:-1]) & (given[1:] > given[:-1]))
    first = first[world.streams.of("systems.yobo.dose_order").random(len(row))[first] < rate]
    first = first[np.append(True, np.diff(first) > 1)] if len(first) else first
    changed, flag = given.copy(), np.zeros(len(row), dtype=bool)
    changed[first], changed[first + 1] = given[first + 1], given[first]
    flag[first], flag[first + 1] = True, True
    return changed, flag


def shukketsu(world: World) -> View:
    """School attendance: one row a pupil number and fiscal year. A pupil has one number at elementary and another at
    junior high school, and a new one after a transfer; the year of a transfer stands in two rows."""
    at_row, after, shown = _parts(world)
    pupil, days, where = world.school.pupil.iloc[at_row], world.school.days[at_row], world.population.places
    child, plan = pupil["child"].to_numpy(), schooling(world.population)
    record = persons(world, "shukketsu", child * 4 + pupil["junior"].to_numpy() * 2 + after)
    end = ((pupil["year"].to_numpy() - 1970) * 12 + 15).astype("datetime64[M]").astype("datetime64[D]")
    held = known(world, "shukketsu", record.who // 4, latest(record.row, end, len(record.who)))
    row, district = record.row, np.where(after, plan.after[child], plan.before[child])
    school = np.where(pupil["junior"], where.junior_high[where.junior_of(district)], where.elementary[district])
    absent = {f"{int(month)}月欠席": counts(days[:, i], shown[:, i]) for i, month in enumerate(MONTHS)}
    table = pd.DataFrame({
        "学籍番号": numbers(world, "shukketsu", len(record.who), 8)[row],
        "姓": held.surname[row], "名": held.given[row], "ふりがな": each(held.kana, hiragana)[row],
        "生年月日": written(held.born, slashed)[row], "性別": sexes(held, "男", "女")[row],
        "保護者氏名": held.guardian[row], "学校": school,
        "学年": counts(pupil["grade"], True), "年度": counts(pupil["year"], True), **absent,
    })  # fmt: skip
    errors = held.errors.iloc[row].reset_index(drop=True).assign(duplicate=record.second)
    return View(table, record.who[row] // 4, errors).sorted_by(["年度", "学校", "学年", "学籍番号"])


def _parts(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of attendance parted at a transfer: position of the row, whether after the transfer, the months shown.

    Pupils are with the new school from the month of the transfer on. Districts that share a school part nothing.
    """
    pupil, where, plan = world.school.pupil, world.population.places, schooling(world.population)
    child, months = pupil["child"].to_numpy(), np.arange(12)
    before, after, on = plan.before[child], plan.after[child], plan.on[child]
    same = np.where(pupil["junior"], where.junior_of(before) == where.junior_of(after), before == after)
    april = (pupil["year"].to_numpy() - 1970) * 12 + 3
    month = on.astype("datetime64[M]").astype(int) - april
    month = np.where(same | np.isnat(on), 12, np.clip(month, 0, 12))[:, None]
    here = world.school.days >= 0
    first, second = here & (months < month), here & (months >= month)
    rows = [np.flatnonzero(part.any(axis=1)) for part in (first, second)]
    at_row = np.concatenate(rows)
    moved = np.repeat([0, 1], [len(part) for part in rows])
    order = np.lexsort((moved, at_row))
    shown = np.concatenate([first[rows[0]], second[rows[1]]])
    return at_row[order], moved[order], shown[order]
