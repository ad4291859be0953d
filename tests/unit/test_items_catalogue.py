"""Every item of the catalogue is whole: words in both languages, a source that exists, a function that takes its
parameters."""

import inspect
import json
from importlib.resources import files

import pytest
from pydantic import ValidationError

from kosodachi.items import Item, catalogue, evidence, sources
from kosodachi.items.checks import lint
from kosodachi.items.evidence_rows import Evidence, EvidenceRow, evidence_schema
from kosodachi.items.specification import item_schema
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
    said = [item.definition, item.stigma, item.system]
    assert all([item.ja, item.en, *(words.ja for words in said), *(words.en for words in said)])
    assert 0 <= item.age_band[0] <= item.age_band[1] <= 17
    assert item.evidence
    assert item.item_id.isidentifier()


@pytest.mark.parametrize("item", [item for item in ITEMS.values() if item.computed], ids=lambda item: item.item_id)
def test_a_computed_item_names_a_function_and_columns_that_exist(item):
    taken = inspect.signature(REGISTRY[item.compute.function]).parameters
    wanted = {name for name, parameter in taken.items() if parameter.kind is parameter.KEYWORD_ONLY}
    assert set(item.compute.parameters) == wanted
    held = KINDS[item.source_kind].required + KINDS[item.source_kind].optional
    named = [value for value in item.compute.parameters.values() if isinstance(value, str)]
    assert set(named) <= set(held) <= set(COLUMNS)


def test_the_catalogue_is_broad_and_says_why_an_item_cannot_be_computed():
    assert len(ITEMS) >= 40
    left = [item for item in ITEMS.values() if not item.computed]
    assert {item.not_computed.reason for item in left} == {"no_system", "no_column", "counted_elsewhere"}
    assert all(item.source_kind == "none" for item in left if item.not_computed.reason == "no_system")
    assert all(item.source_kind in KINDS for item in left if item.not_computed.reason != "no_system")


def test_every_file_is_named_after_its_item_and_points_editors_to_the_schema():
    for file in (files("kosodachi.items") / "data" / "catalogue").iterdir():
        first, second = file.read_text(encoding="utf-8").splitlines()[:2]
        assert first == "# yaml-language-server: $schema=../../item.schema.json"
        assert second == f"item_id: {file.name.removesuffix('.yaml')}"


def test_the_committed_schema_is_current_and_its_files_keep_to_it():
    """If this fails: write json.dumps(item_schema(), ensure_ascii=False, indent=1) to items/item.schema.json."""
    committed = json.loads((files("kosodachi.items") / "item.schema.json").read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(item_schema(), ensure_ascii=False))
    assert set(committed["required"]) >= {"definition", "system", "compute", "sensitivity", "cost", "stigma"}
    assert committed["additionalProperties"] is False


def test_what_policy_excludes_is_never_used_whatever_its_evidence():
    excluded = {item.item_id for item in ITEMS.values() if item.excluded}
    assert excluded == {"abortion_history", "father_not_recorded", "parental_criminal_record"}


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


def test_an_item_is_computed_or_says_why_not():
    given = ITEMS["many_siblings"].model_dump()
    why = {"reason": "no_column", "ja": "列がない", "en": "no column"}
    for wrong in ({"compute": "none"}, {"not_computed": why}, {"compute": "none", "not_computed": why}):
        with pytest.raises(ValidationError, match="either compute"):
            Item.model_validate(given | wrong)
    assert not Item.model_validate(given | {"compute": "none", "not_computed": why, "present": None}).computed


def test_parameters_and_columns_that_do_not_fit_are_found():
    item = ITEMS["single_parent"]
    wrong = item.model_copy(
        update={"compute": item.compute.model_copy(update={"parameters": {"start": "allowance_from", "stop": "x"}})}
    )
    assert [(fault.code, fault.values["name"]) for fault in lint(items=[wrong])] == [
        ("E-ITEM-12", "end"),
        ("E-ITEM-12", "stop"),
        ("E-ITEM-12", "x"),
    ]


def test_the_schema_of_evidence_is_current_and_every_row_and_source_keeps_to_it():
    """If this fails: write json.dumps(evidence_schema(), ensure_ascii=False, indent=1) to items/evidence.schema.json."""
    committed = json.loads((files("kosodachi.items") / "evidence.schema.json").read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(evidence_schema(), ensure_ascii=False))
    rows = evidence()[list(EvidenceRow.model_fields)].to_dict("records")
    held = Evidence.model_validate({"rows": rows, "sources": sources().to_dict("records")})
    assert [len(held.rows), len(held.sources)] == [len(rows), len(sources())]


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("match", "exact"),
        ("verified", "maybe"),
        ("ci_low", "1,2"),
        ("polarity", "0"),
        ("ci_level", "0.9"),
        ("value", "large"),
    ],
)
def test_the_schema_of_evidence_refuses_what_a_row_cannot_hold(column, wrong):
    row = evidence()[list(EvidenceRow.model_fields)].iloc[0].to_dict()
    with pytest.raises(ValidationError, match=column):
        Evidence.model_validate({"rows": [row | {column: wrong}]})


def test_every_fault_of_form_is_found_with_its_file_and_line():
    from kosodachi.items.schema_checks import catalogue_faults
    from kosodachi.items.specification import item_texts

    texts = item_texts()
    good = texts["many_siblings.yaml"]
    assert catalogue_faults(texts) == []
    wrong = {
        "a.yaml": good,
        "many_siblings.yaml": good.replace("cost: low", "cost: cheap").replace("closeness: ", "closeness: un"),
        "tardiness.yaml": "item_id: [tardiness\n",
    }
    found = [(fault.code, fault.where, fault.values["name"]) for fault in catalogue_faults(wrong)]
    lines = good.splitlines()
    cost, close = (next(at for at, line in enumerate(lines, 1) if word in line) for word in ("cost:", "closeness:"))
    assert found[0] == ("E-ITEM-16", "a.yaml:2:1", "item_id")
    assert found[1][1].startswith(f"many_siblings.yaml:{cost}:")
    assert found[2][1].startswith(f"many_siblings.yaml:{close}:")
    assert [name for _, _, name in found[1:]] == ["cost", "evidence.0.closeness", "YAML"]


def test_faults_of_an_item_say_where_they_stand():
    item = ITEMS["many_siblings"]
    wrong = item.model_copy(update={"compute": item.compute.model_copy(update={"function": "sibling"})})
    assert lint(items=[wrong])[0].where.startswith("many_siblings.yaml:")
    assert all(fault.where for fault in lint(items=[wrong]))
