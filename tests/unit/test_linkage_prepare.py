"""Who is one person of a source, before anything is compared."""

import pandas as pd

from kosodachi.linkage import prepare


def test_person_keys_belong_to_their_rows_whatever_the_index():
    rows = pd.DataFrame({
        "record_id": ["a", "b", "c", "d", "e"], "source": ["s"] * 5, "person_no": ["1", None, "2", "2", "3"],
        "birth_date": ["2015-01-01", "2015-01-02", "2015-01-03", "2015-01-04", None],
        "given": ["花", "海", "空", "陸", "森"], "given_code": None,
    }, index=[7, 3, 11, 20, 2])  # fmt: skip
    keys = prepare.person_keys(rows)
    assert keys.to_dict() == {7: "1", 3: "record b", 11: "2 born 2015-01-03", 20: "2 born 2015-01-04", 2: "3"}
