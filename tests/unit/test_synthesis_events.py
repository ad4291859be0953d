"""What happens to people, and what each system may show of it: events in order, habits, protected addresses."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kosodachi.municipality import Municipality
from kosodachi.synthesis import places as at
from kosodachi.synthesis import read_scenario, render, simulate, synthesise, write_town
from kosodachi.synthesis.habits import HABITS
from kosodachi.synthesis.lags import USUAL_LAGS
from kosodachi.synthesis.people import SYSTEMS, People
from kosodachi.synthesis.population import named
from kosodachi.synthesis.schooling import schooling
from kosodachi.synthesis.systems import SYSTEMS as WRITERS
from kosodachi.synthesis.unreadable import SPOILT

TOWNS = Path(__file__).resolve().parents[2] / "synthetic_data" / "towns"
MANY = {"foreign_share": 0.15, "protected_share": 0.05, "alternative_care_share": 0.03, "unnamed_infant_share": 0.1,
        "surname_change_share": 0.2, "remarriage_share": 0.5, "moved_within_share": 0.4}  # fmt: skip
LARGE = read_scenario((TOWNS / "large.yaml").read_text(encoding="utf-8"))
SCENARIO = LARGE.model_copy(update={"unreadable": {}, "children_a_district": 300,
                                    "people": People(**(LARGE.people.model_dump() | MANY))})  # fmt: skip


@pytest.fixture(scope="module")
def world():
    return simulate(SCENARIO, children=1500)


@pytest.fixture(scope="module")
def town(world):
    return render(world)


def sheet(town, source: str) -> pd.DataFrame:
    spec = town.settings["sources"][source]
    content = io.BytesIO(town.extracts[spec["file"]])
    return pd.read_csv(content, encoding=spec["encoding"], dtype=str, keep_default_na=False)


def people_of(town, source: str) -> pd.DataFrame:
    """The rows of a source beside the groups of their children."""
    rows = town.truth["record"].query("source == @source").merge(town.truth["person"], on="person_id")
    return pd.concat([sheet(town, source), rows.sort_values("row_no", ignore_index=True)], axis=1)


def test_every_system_has_all_that_makes_a_system():
    from kosodachi.synthesis.settings import sources_of
    from kosodachi.tables import KINDS

    usual = read_scenario((TOWNS / "large.yaml").read_text(encoding="utf-8")).errors
    declared = sources_of(LARGE)
    for table in (WRITERS, HABITS, USUAL_LAGS, SPOILT, declared, usual):
        assert set(table) == set(SYSTEMS)
    for source in declared.values():
        assert source["encoding"] in ("cp932", "utf-8-sig") and source["purpose"] and source["kind"] in KINDS
    assert {source.get("era_codes") for source in declared.values()} == {"12345", "13579", None}


def test_events_come_in_an_order_that_can_be(world):
    household, child = world.population.household, world.population.child
    moved = household[household["moved_on"].notna()]
    assert not (moved["moved_on"] <= moved["moved_in"]).any() and not (moved["moved_on"] >= moved["moved_out"]).any()
    again = household[household["remarried_on"].notna()]
    assert len(again) > 30 and (again["divorced_on"] < again["remarried_on"]).all()
    twice = again[again["oldest_surname"] >= 0]
    assert len(twice) > 10 and (twice["oldest_changed_on"] < twice["surname_changed_on"]).all()
    assert np.isnat(world.lives.single_since[household["remarried_on"].notna()]).all()
    care = world.population.care
    assert len(care) > 20 and (care["since"].to_numpy() >= child["born"].to_numpy()[care["child"]]).all()


def test_adults_are_people_in_every_town():
    world = simulate(read_scenario((TOWNS / "aoba.yaml").read_text(encoding="utf-8")), children=600)
    assert (world.adults.groupby("household")[["head", "recipient"]].sum() == 1).all(axis=None)
    register = sheet(render(world), "juki")
    assert (register["世帯主氏名"] != "").mean() > 0.98 and (register["世帯主カナ"] != "").mean() > 0.98
    heads = register[register["世帯主氏名"] != ""].groupby("世帯番号")["世帯主氏名"].nunique()
    assert (heads == 1).all()


def test_benefits_to_the_parent_stop_with_alternative_care(world):
    care = world.population.care.set_index("child")["since"]
    for spells in (world.lives.allowance, *(world.benefits[name] for name in ("iryohi_josei", "hoiku", "jido_teate"))):
        paid = spells[spells["child"].isin(care.index)]
        ends = paid["end"].fillna(pd.Timestamp("2200-01-01"))
        assert (ends.to_numpy() <= care.loc[paid["child"]].to_numpy()).all()


def test_children_in_care_have_another_address_and_household_number_where_registered(town, world):
    register, care = people_of(town, "juki"), world.population.care
    there = set(town.truth["person"]["person_id"].to_numpy()[care.loc[care["registered"], "child"]])
    placed = register[register["person_id"].isin(there)]
    others = register[~register["person_id"].isin(there)]
    assert len(placed) > 10 and (placed["世帯主氏名"] == "").all()
    assert set(placed["世帯番号"]).isdisjoint(others["世帯番号"]) and placed["世帯番号"].is_unique
    assert placed["alternative_care"].all()


def test_the_address_of_a_protected_household_is_in_no_extract(town, world):
    where, home = world.population.places, world.population.child["household"].to_numpy()
    codes = world.population.address[world.population.protected]
    current = {*at.long_address(codes, where), *at.short_address(codes, where), *at.short_address(codes, where, city=True),
               *at.short_address(codes, where, small_ke=False)}  # fmt: skip
    assert world.population.protected[home].sum() > 50
    shown = 0
    for source, spec in town.settings["sources"].items():
        if "住所" not in spec.get("columns", {}):
            continue
        rows = people_of(town, source)
        protected = rows[rows["address_protected"]]
        shown += len(protected)
        for column in [column for column in ("住所", "前住所", "郵便番号") if column in rows]:
            assert not protected[column].isin(current).any(), (source, column)
            if source == "juki":
                assert (protected[column] == "").all()
        if HABITS[source].protected == "placeholder":
            assert (protected["住所"] == "＊＊＊＊＊＊").all(), source
        assert protected["error"].str.contains("protected_address").all(), source
    assert shown > 300
    assert (people_of(town, "juki").eval("支援措置区分 == '1'") == people_of(town, "juki")["address_protected"]).all()


def test_no_other_household_is_given_a_protected_address_by_mistake(world):
    often = {system: {"wrong_household": 0.5} for system in SYSTEMS if system != "juki"}
    made = render(replace(world, scenario=SCENARIO.model_copy(update={"errors": often})))
    codes = world.population.address[world.population.protected]
    known = np.concatenate([world.population.address[~world.population.protected], world.population.old_address,
                            world.population.care_address])  # fmt: skip
    current = set(at.short_address(codes, world.population.places)) - set(
        at.short_address(known, world.population.places)
    )
    assert len(current) > 20
    for source in ("jidofuyo", "hoiku", "iryohi_josei", "seikatsu_hogo"):
        rows = people_of(made, source)
        assert rows["error"].str.contains("wrong_household").any() and not rows["住所"].isin(current).any()


@pytest.mark.parametrize(
    ("source", "column"), [("iryohi_josei", "児童氏名"), ("shukketsu", "姓"), ("kokuho_zei", "児童氏名")]
)
def test_each_system_writes_foreign_names_in_its_own_script(town, world, source, column):
    rows = people_of(town, source)
    plain = rows[rows["alias_or_alphabet"] & ~rows["error"].str.contains("confusion|half_width|hiragana|ear")]
    text = plain[column]
    latin = text.str.fullmatch("[Ａ-Ｚ　 ]+")
    kana = text.str.fullmatch("[ァ-ヺー　 ]+")
    alias = plain["error"].str.contains("alias_name")
    script = HABITS[source].script
    assert len(text) > 30
    if script == "alphabet":
        assert latin.all()
    elif script == "katakana":
        assert kana.all() and not alias.any()
    else:
        assert alias.any() and kana[~alias].all() and not latin.any() and not kana[alias].all()


def test_the_register_holds_aliases_alphabets_and_former_surnames(town):
    rows = people_of(town, "juki")
    assert ((rows["氏名アルファベット"] != "") == rows["alias_or_alphabet"]).all()
    assert ((rows["変更前の氏"] != "") == rows["surname_changed"]).all()
    with_alias = rows[rows["通称"] != ""]
    assert len(with_alias) > 10 and with_alias["alias_or_alphabet"].all() and (with_alias["通称カナ"] != "").all()
    assert rows.loc[rows["foreign_name"] & ~rows["alias_or_alphabet"], "氏名"].str.fullmatch("[ァ-ヺー　 ]+").all()


def test_infants_without_a_name_stand_as_baby_or_with_a_surname_alone(town):
    rows = people_of(town, "kenshin")
    made = rows[rows["error"].str.contains("unnamed_infant")]
    assert len(made) > 20 and made["氏名カナ"].str.replace("ﾍﾞﾋﾞｰ", "ベビー").str.endswith(" ベビー").all()
    assert made["unnamed_infant"].all()
    cases = people_of(town, "sodan")
    early = cases[cases["error"].str.contains("unnamed_infant")]
    assert not early["児童氏名"].str.contains("　").any()


def test_a_transfer_gives_a_new_pupil_number_and_parts_the_year(town, world):
    plan, rows = schooling(world.population), people_of(town, "shukketsu")
    number = dict(zip(town.truth["person"]["person_id"], range(len(town.truth["person"]))))
    rows["child"] = rows["person_id"].map(number)
    rows["on"] = plan.on[rows["child"]]
    plain = rows[~rows["error"].str.contains("duplicate|merged")]
    elementary = plain[plain["学校"].str.contains("小学校")]
    changed = elementary[elementary["on"] > pd.Timestamp("2022-05-01")]
    schools = changed.groupby("child").agg(schools=("学校", "nunique"), numbers=("学籍番号", "nunique"))
    assert (schools["schools"] == schools["numbers"]).all() and (schools["numbers"] == 2).sum() > 20
    still = elementary[elementary["on"].isna()].groupby("child")[["学校", "学籍番号"]].nunique()
    assert (still == 1).all(axis=None)
    months = [f"{month}月欠席" for month in (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)]
    twice = changed[changed.duplicated(["child", "年度"], keep=False)]
    assert len(twice) > 10 and ((twice[months] != "").groupby([twice["child"], twice["年度"]]).sum() <= 1).all(
        axis=None
    )


def test_late_and_missing_vaccinations_are_as_asked_and_go_with_need(world):
    doses = simulate(LARGE, seed=4, children=12_000)
    table, home = doses.benefits["yobo"], doses.population.child["household"].to_numpy()
    last = np.datetime64(LARGE.schedule.follow_up_until)
    table = table[table["due"] < last - np.timedelta64(400, "D")]
    late, never = (table["given"] > table["due"]).to_numpy(), table["given"].isna().to_numpy()
    left = doses.population.child["moved_out"].notna().to_numpy()[table["child"]]
    assert late.mean() == pytest.approx(LARGE.lives.vaccinated_late, abs=0.012)
    assert never[~left].mean() == pytest.approx(LARGE.lives.vaccinated_never, abs=0.006)
    need = doses.need.household[home[table["child"]], -1]
    assert need[late].mean() > need[~late].mean() + 0.3 and need[never & ~left].mean() > need[~never].mean() + 0.3
    assert not table.duplicated(["child", "due"]).any() and (table["given"].dropna() <= last).all()


def test_vaccination_is_read_by_ingest_where_it_is_collected(town):
    from kosodachi.ingest import ingest

    settings = Municipality.model_validate(town.settings)
    files = {name: town.extracts[source.file] for name, source in settings.sources.items() if source.collected}
    got = ingest(settings, files, key=b"0" * 32)
    counts = got.ingest_counts.set_index("source")
    assert set(files) == set(SYSTEMS) and (counts["accepted"] == counts["read"]).all()
    assert (
        got.attributes["yobo"]["vaccine_due"].notna().all()
        and got.attributes["yobo"]["vaccinated"].notna().mean() > 0.9
    )


def test_every_file_of_a_town_is_said_to_be_synthetic(town, tmp_path):
    folder = write_town(town, tmp_path / "town")
    said = (folder / "SYNTHETIC.txt").read_text(encoding="utf-8")
    assert "合成データ" in said and "Synthetic data" in said and "truth/" in said
    for file in folder.glob("*.csv"):
        assert file.name in said.split()
        rows = sheet(town, file.stem)
        assert rows.iloc[:, 0].str.startswith("99").all(), file.name
    assert "synthetic: true" in (folder / "municipality.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("stream", "same"),
    [("events.alias", ["jidofuyo.csv:児童生年月日", "juki.csv:住所", "shukketsu.csv:学籍番号"]),
     ("events.protected", ["juki.csv:氏名", "kenshin.csv:氏名カナ", "yobo.csv:接種日"]),
     ("lives.care", ["juki.csv:氏名", "kenshin.csv:受診日", "kokuho_zei.csv", "yobo.csv:接種期限日"]),
     ("lives.vaccination", ["juki.csv", "kenshin.csv", "shukketsu.csv", "sodan.csv", "jido_teate.csv"]),
     ("events.unnamed", ["juki.csv", "shukketsu.csv", "hoiku.csv", "gakuryoku.csv"]),
     ("population.own_surname", ["kenshin.csv", "yobo.csv", "gakuryoku.csv", "shien.csv"]),
     ("systems.yobo.era_slip", ["juki.csv", "kenshin.csv", "yobo.csv:接種日", "yobo.csv:氏名"])],
)  # fmt: skip
def test_another_draw_of_one_stream_leaves_the_others_byte_for_byte(town, monkeypatch, stream, same):
    from kosodachi.synthesis.streams import Streams

    plain = Streams.of
    monkeypatch.setattr(Streams, "of", lambda self, name: plain(self, name + ".again" if name == stream else name))
    other = synthesise(SCENARIO, children=1500)
    assert other.extracts != town.extracts
    for place in same:
        file, _, column = place.partition(":")
        if column:
            assert (sheet(other, file[:-4])[column] == sheet(town, file[:-4])[column]).all(), place
        else:
            assert other.extracts[file] == town.extracts[file], place


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(town):
    import hashlib

    def hashes(made):
        return {name: hashlib.sha256(content).hexdigest() for name, content in made.extracts.items()}

    assert hashes(synthesise(SCENARIO, children=1500)) == hashes(town)
    other = hashes(synthesise(SCENARIO, seed=99, children=1500))
    assert all(other[name] != value for name, value in hashes(town).items())


def test_names_are_given_last(world):
    assert "given" not in world.population.child and "alias_given" in named(world.population, world.streams).child
