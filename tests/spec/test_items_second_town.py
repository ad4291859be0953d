"""A small town without outreach log and without truth gets a register, and is told what its data cannot say."""

from pathlib import Path

import pandas as pd
import pytest

from kosodachi import items, judgement, linkage
from kosodachi.ingest import ingest, read_files
from kosodachi.tables import checked
from kosodachi.workspace.settings import read_settings

TOWN = Path(__file__).parent / "towns" / "minori"
KEY = b"k" * 32


@pytest.fixture(scope="module")
def town() -> dict:
    settings = read_settings(TOWN / "municipality.yaml")
    read = ingest(settings, read_files(TOWN, settings), key=KEY)
    of_register = read.identifier_records["source"].eq(settings.register)
    both = read.identifier_records[of_register], read.identifier_records[~of_register]
    persons = linkage.person_map(linkage.link(*both, seed=settings.seed), *both, key=KEY)
    child = linkage.children(both[0], read.attributes[settings.register], persons, key=KEY)
    held = {"settings": settings, "child": child, "attributes": read.attributes, "links": linkage.person_link(persons)}
    days = [settings.schedule.train_as_of, settings.schedule.judge_as_of]
    given = held["child"], held["attributes"], held["links"], settings
    return held | {"values": pd.concat([items.values(*given, as_of=day) for day in days], ignore_index=True)}


def learnt(town) -> tuple:
    settings = town["settings"]
    day, months = settings.schedule.train_as_of, settings.schedule.label_months
    value = town["values"][town["values"]["as_of"].eq(pd.Timestamp(day))]
    known = items.known_need(town["attributes"], town["links"], settings)
    return value, judgement.labels(known, value["research_id"], as_of=day, months=months)


def test_few_known_needs_leave_the_choice_to_the_literature(town):
    settings, (value, label) = town["settings"], learnt(town)
    assert 0 < label.sum() < settings.items.least_events
    catalogue, pooled = items.catalogue(), items.pooled(items.evidence())
    home = town["child"].set_index("research_id")["household_id"]
    found = items.in_town(value, label, home, items.grounds(catalogue, pooled, settings), settings.items, seed=1)
    assert found[["town", "p_town", "stability", "gain"]].isna().all(axis=None)
    alike = items.redundancy(value)
    table = checked("item_register", items.register(catalogue, pooled, settings, town=found, alike=alike))
    alone = items.register(catalogue, pooled, settings)
    used = set(table.loc[table["decision"].eq("use"), "item_id"])
    assert {"absence_days", "many_siblings"} <= used <= set(alone.loc[alone["decision"].eq("use"), "item_id"])
    turned = items.sensitivity(catalogue, pooled, settings, town=found, alike=alike)
    assert set(turned["change"]) <= {"added", "dropped", "unchanged"}
    assert set(items.weights(found, sorted(used))["estimate_from"]) == {"from_literature"}


def test_every_gap_has_its_reason_and_sources_their_age(town):
    settings = town["settings"]
    yearly = items.availability_by_year(town["values"], settings, items.catalogue())
    assert set(yearly.loc[yearly["item_id"].eq("late_vaccination"), "reason"]) == {"no_system", "not_applicable"}
    given = town["attributes"], town["links"], settings
    covered = items.coverage(town["child"], *given, as_of=settings.schedule.judge_as_of)
    assert set(covered["source"]) == {"boshi", "gakko"}
    assert covered["share"].between(0, 1).all()
    age = items.staleness(*given, as_of=settings.schedule.index_date).set_index("source")
    assert set(age.index) == {"boshi", "gakko", "soudan", "teate"}
    assert age.loc["gakko", "newest_month"] == "2024-04"
