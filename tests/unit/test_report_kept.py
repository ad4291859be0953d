"""Released tables come back from their files as they were, and not after someone touched them."""

import pandas as pd
import pytest
from report_samples import linked

from kosodachi.disclosure import keep
from kosodachi.faults import Fault
from kosodachi.report.kept import kept


def test_a_kept_table_comes_back(tmp_path):
    keep(linked(), tmp_path)
    again = kept(tmp_path, "links")
    pd.testing.assert_frame_equal(again.table, linked().table)
    assert (again.name, again.rule, again.suppressed) == ("links", linked().rule, 1)
    assert again.roles == linked().roles


def test_a_table_that_was_not_released_is_none(tmp_path):
    assert kept(tmp_path, "links") is None


def test_a_touched_table_is_refused(tmp_path):
    keep(linked(), tmp_path)
    file = tmp_path / "links.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("65", "60"), encoding="utf-8")
    with pytest.raises(Fault) as caught:
        kept(tmp_path, "links")
    assert caught.value.code == "E-REP-07"
