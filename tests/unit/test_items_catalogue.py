"""Every item of the catalogue is whole: words in both languages, a source that exists, a function that takes its
parameters."""

import inspect

import pytest
from pydantic import ValidationError

from kosodachi.items import Item, catalogue
from kosodachi.items.checks import lint
from kosodachi.items.values import REGISTRY
from kosodachi.tables import COLUMNS, KINDS

ITEMS = {item.item_id: item for item in catalogue()}


def test_the_catalogue_is_in_order_and_holds_what_the_first_town_needs():
    assert list(ITEMS) == sorted(ITEMS)
    assert {"absence_days", "prior_referral", "single_parent", "missed_infant_checkup", "late_vaccination"} <= set(
        ITEMS
    )


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_an_item_is_whole(item):
    assert item.source_kind in KINDS
    assert all([item.ja, item.en, item.definition.ja, item.definition.en, item.stigma.ja, item.stigma.en])
    assert 0 <= item.age_band[0] <= item.age_band[1] <= 17
    taken = inspect.signature(REGISTRY[item.compute.function]).parameters
    wanted = {name for name, parameter in taken.items() if parameter.kind is parameter.KEYWORD_ONLY}
    assert set(item.compute.parameters) == wanted
    held = KINDS[item.source_kind].required + KINDS[item.source_kind].optional
    named = [value for value in item.compute.parameters.values() if isinstance(value, str)]
    assert set(named) <= set(held) <= set(COLUMNS)


def test_health_results_and_consultation_records_are_never_called_ordinary():
    assert ITEMS["untreated_caries"].sensitivity == ITEMS["low_birth_weight"].sensitivity == "statutory"
    assert ITEMS["developmental_finding"].sensitivity == "statutory"
    assert ITEMS["prior_referral"].sensitivity == "harmed"


def test_faults_of_an_item_are_found_and_told():
    item = ITEMS["many_siblings"]
    wrong = item.model_copy(update={"compute": item.compute.model_copy(update={"function": "sibling"})})
    drawn = item.model_copy(update={"evidence": (item.evidence[0].model_copy(update={"item_id": "many_sibling"}),)})
    assert [fault.code for fault in lint(items=[wrong, drawn])] == ["E-ITEM-07", "E-ITEM-08"]
    assert "many_sibling" in lint(items=[drawn])[0].told("ja")


def test_an_item_needs_exactly_one_limit():
    given = ITEMS["many_siblings"].model_dump()
    with pytest.raises(ValidationError, match="exactly one"):
        Item.model_validate(given | {"present": {"at_least": 1, "below": 5}})
