"""Every fault that the code raises has its text in both languages, with the same placeholders, and no text lies idle."""

import pickle
import re
from pathlib import Path
from string import Formatter

import pytest

from kosodachi.faults import Fault, Faults, catalogue, refuse

SOURCE = Path(__file__).parents[2] / "src"
CODE = re.compile(r"E-[A-Z]+-\d\d")
RAISED = {code for file in SOURCE.rglob("*.py") for code in CODE.findall(file.read_text(encoding="utf-8"))}


def placeholders(text: dict) -> set[str]:
    return {name for part in text.values() for _, name, _, _ in Formatter().parse(part) if name}


def test_every_raised_code_has_a_text_and_no_text_is_idle():
    assert set(catalogue()) == RAISED


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_texts_are_whole_in_both_languages(code):
    texts = catalogue()[code]
    assert set(texts) == {"ja", "en"}
    for text in texts.values():
        assert text["found"]
        assert text["remedy"]
    assert placeholders(texts["ja"]) == placeholders(texts["en"])


def test_a_fault_is_told_in_three_lines_and_survives_a_process_border():
    fault = pickle.loads(pickle.dumps(Fault("E-RUN-02", where="run", town="nowhere")))
    assert fault.told("en").startswith("E-RUN-02 run: no municipality called 'nowhere'")
    assert "自治体「nowhere」" in fault.told("ja")
    assert len(fault.told("en").splitlines()) <= 3


def test_refuse_tells_all_faults_together():
    refuse([])
    with pytest.raises(Faults) as told:
        refuse([Fault("E-RUN-02", town="a"), Fault("E-RUN-02", town="b")])
    assert "'a'" in str(told.value)
    assert "'b'" in str(told.value)
