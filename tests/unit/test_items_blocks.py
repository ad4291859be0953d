"""Screens by blocks of columns give what the long tables give."""

import numpy as np
import pandas as pd
from items_town import attributes, children, links, settings

from kosodachi.items import availability, block_of, blocks_of_arrow, catalogue, observed, screened, values

ITEMS = [item for item in catalogue() if item.computed]
TABLE = values(children(), attributes(), links(), settings(), as_of="2024-04-01")


def label() -> pd.Series:
    return pd.Series({"ann": 1.0, "ben": 0.0, "cho": 0.0, "dan": 1.0, "eve": np.nan})


def test_availability_by_blocks_is_that_of_the_long_table():
    found, _ = screened([block_of(TABLE)], label().to_numpy())
    peer = availability(TABLE)
    peer = peer[peer["children"] > 0].sort_values(["item_id", "reason"], ignore_index=True)
    pd.testing.assert_frame_equal(found.sort_values(["item_id", "reason"], ignore_index=True), peer, check_dtype=False)


def test_the_screen_by_blocks_is_that_of_the_long_table():
    _, found = screened([block_of(TABLE)], label().to_numpy())
    peer = observed(TABLE, label())
    mine = found[found["item_id"].isin(peer["item_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, peer, check_dtype=False)
    assert (found.loc[~found["item_id"].isin(peer["item_id"]), "children"] == 0).all()


def test_blocks_of_an_arrow_table_are_its_columns_in_order():
    import pyarrow as pa

    block = block_of(TABLE)
    table = pa.table({name: codes for name, codes in zip(block.items, block.codes)})
    parts = list(blocks_of_arrow(table, columns=4))
    assert [len(part.items) for part in parts] == [4, 4, 4, 3]
    for one, other in zip(screened(parts, label().to_numpy()), screened([block], label().to_numpy())):
        pd.testing.assert_frame_equal(one, other)
