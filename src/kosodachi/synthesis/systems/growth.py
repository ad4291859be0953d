"""The systems that see children grow: infant check-ups and school attendance."""

import numpy as np
import pandas as pd

from kosodachi.synthesis import places as at
from kosodachi.synthesis.errors import Writing
from kosodachi.synthesis.forms import each, era_dotted, half_width, hiragana, slashed, written
from kosodachi.synthesis.systems.view import View, World, counts, known, numbers, persons, sexes
from kosodachi.tables import MONTHS

CHECKUP = np.array(["4か月児", "1歳6か月児", "3歳児"], dtype=object)
FINDING = np.array(["異常なし", "要観察", "要精密"], dtype=object)


def kenshin(world: World) -> View:
    """Infant check-ups in order of due day: no kanji, kana in half width; no result for those who did not come."""
    due, where = world.lives.checkup, world.population.places
    record = persons(world, "kenshin", due["child"].to_numpy())
    held, row = known(world, "kenshin", record.who), record.row
    came, kind = due["attended"].to_numpy(), due["kind"].to_numpy()
    table = pd.DataFrame({
        "健診番号": numbers(world, "kenshin", len(record.who), 9)[row], "氏名カナ": each(held.kana, half_width)[row],
        "生年月日": written(held.born, era_dotted)[row], "性別": sexes(held, "男", "女")[row],
        "住所": at.short_address(held.address, where, small_ke=False)[row],
        "健診種別": CHECKUP[kind], "受診日": written(due["day"].to_numpy(), era_dotted),
        "受診区分": np.where(came, "受診", "未受診"), "出生体重": counts(due["weight"], came),
        "未処置歯数": counts(due["caries"], came & (kind > 0)), "判定区分": np.where(came, FINDING[due["finding"]], ""),
    })  # fmt: skip
    errors = held.errors.iloc[row].reset_index(drop=True).assign(duplicate=record.second)
    return View(table, record.who[row], errors)


def shukketsu(world: World) -> View:
    """School attendance: one pupil number for elementary and another for junior high school, one row a fiscal year."""
    pupil, days, where = world.school.pupil, world.school.days, world.population.places
    record = persons(world, "shukketsu", pupil["child"].to_numpy() * 2 + pupil["junior"].to_numpy())
    held, row = known(world, "shukketsu", record.who // 2, Writing(unicode_only=True)), record.row
    district = pupil["district"].to_numpy()
    school = np.where(pupil["junior"], where.junior_high[where.junior_of(district)], where.elementary[district])
    absent = {f"{int(month)}月欠席": counts(days[:, i], days[:, i] >= 0) for i, month in enumerate(MONTHS)}
    table = pd.DataFrame({
        "学籍番号": numbers(world, "shukketsu", len(record.who), 8)[row],
        "姓": held.surname[row], "名": held.given[row], "ふりがな": each(held.kana, hiragana)[row],
        "生年月日": written(held.born, slashed)[row], "性別": sexes(held, "男", "女")[row], "学校": school,
        "学年": counts(pupil["grade"], True), "年度": counts(pupil["year"], True), **absent,
    })  # fmt: skip
    errors = held.errors.iloc[row].reset_index(drop=True).assign(duplicate=record.second)
    return View(table, record.who[row] // 2, errors).sorted_by(["年度", "学校", "学年", "学籍番号"])
