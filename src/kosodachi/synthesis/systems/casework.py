"""The systems of casework: family consultation and the outreach log. Numbers are a case's, not a child's."""

import numpy as np
import pandas as pd

from kosodachi.synthesis import places as at
from kosodachi.synthesis.forms import era_kanji, slashed, written
from kosodachi.synthesis.systems.view import View, World, entered_twice, known, running_numbers, sexes

KIND = np.array(["虐待", "養護", "不登校", "発達", "その他"], dtype=object)
ROUTE = np.array(
    ["学校", "保育所等", "保健センター", "家族・親族", "近隣", "警察", "児童相談所", "その他", "プッシュ型支援"],
    dtype=object,
)
CONSENT = np.array(["不同意", "同意", ""], dtype=object)
NEWBORN = np.timedelta64(60, "D")  # a child noticed within so many days of birth may have no name yet
LOT = np.array(["落選", "当選", ""], dtype=object)
CHANNEL = np.array(["訪問", "電話", "学校", "手紙"], dtype=object)


def sodan(world: World) -> View:
    """Family consultation by day of opening. Cases that outreach opened draw from a stream of their own."""
    streams = {"sodan": world.lives.consultation, "sodan_outreach": world.cases_after}
    views = [_cases(world, cases, stream) for stream, cases in streams.items()]
    day = np.concatenate([view.table.pop("_opened").to_numpy() for view in views])
    child = np.concatenate([view.child for view in views])
    table, errors = (pd.concat([getattr(v, part) for v in views], ignore_index=True) for part in ("table", "errors"))
    born = world.population.child["born"].to_numpy()[child]
    view = View(table, child, errors).at(np.lexsort((born, day)))
    view.table.insert(0, "受付番号", running_numbers(world, len(table), 8))
    return view


def _cases(world: World, cases: pd.DataFrame, stream: str) -> View:
    twice = entered_twice(world, "sodan", len(cases), stream=stream)
    rows = cases.iloc[np.concatenate([np.arange(len(cases)), np.flatnonzero(twice)])].reset_index(drop=True)
    child, opened = rows["child"].to_numpy(), rows["opened"].to_numpy()
    newborn = opened - world.population.child["born"].to_numpy()[child] < NEWBORN
    held = known(world, "sodan", child, opened, newborn=newborn, stream=stream)
    table = pd.DataFrame({
        "児童氏名": held.name, "児童カナ": held.kana,
        "生年月日": written(held.born, era_kanji), "性別": sexes(held, "男", "女"), "保護者氏名": held.guardian,
        "住所": held.placed(at.short_address(held.address, world.population.places, city=True)),
        "受付日": written(opened, era_kanji), "終結日": written(rows["closed"].to_numpy(), era_kanji),
        "相談種別": KIND[rows["kind"]], "相談経路": ROUTE[rows["route"]], "_opened": opened,
    })  # fmt: skip
    return View(table, child, held.errors.assign(duplicate=np.arange(len(rows)) >= len(cases)))


def shien(world: World) -> View:
    """The outreach log by day of the offer; where lots were drawn, with who was drawn, and below them who was not."""
    log = lots(world)
    day = log["offered"].fillna(pd.Timestamp(world.scenario.schedule.index_date)).to_numpy()
    held = known(world, "shien", log["child"].to_numpy(), day, guardian=False)
    table = pd.DataFrame({
        "記録番号": running_numbers(world, len(log), 8), "児童氏名": held.name, "児童カナ": held.kana,
        "生年月日": written(held.born, era_kanji),
        "住所": held.placed(at.short_address(held.address, world.population.places)),
        "案内日": written(log["offered"].to_numpy(), slashed), "接触日": written(log["contacted"].to_numpy(), slashed),
        "同意区分": CONSENT[log["consented"]], "支援開始日": written(log["started"].to_numpy(), slashed),
        "支援方法": np.where(log["offered"].notna(), CHANNEL[log["channel"]], ""),
    })  # fmt: skip
    if world.scenario.programme.design == "lottery":
        table["抽選区分"] = LOT[log["lot"]]
    return View(table, log["child"].to_numpy(), held.errors)


def lots(world: World) -> pd.DataFrame:
    """The log with lot (1 drawn, 0 not, -1 no lot), and the pupils who were in the lot and not drawn, without an offer."""
    if world.scenario.programme.design != "lottery":
        return world.log
    pupil = world.outcomes.child
    by_lot = pupil[pupil["propensity"].between(0, 1, inclusive="neither")]
    lost = by_lot.loc[~by_lot["offered"], ["child"]].sort_values("child")
    log = world.log.assign(lot=np.where(world.log["child"].isin(by_lot["child"]), 1, -1))
    both = pd.concat([log, lost.assign(consented=-1, channel=0, lot=0)], ignore_index=True)
    return both.astype(log.dtypes.to_dict())
