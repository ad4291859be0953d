"""A further month of a linkage beside the whole run again: seconds, processor seconds and their ratio, in one run.

The town is simulated, with all its systems. Against the month before, a share of the records is new and a tenth of that
share is written differently. Both ways start from the same read extracts; the whole run trains its model anew.
Run: python benchmarks/incremental.py --children 100000 --shares 0.002,0.01,0.05
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

TOWN = Path(__file__).resolve().parents[1] / "synthetic_data" / "towns" / "large.yaml"


def town(children: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The register, the records of all other sources, and the names of both."""
    from kosodachi.ingest import ingest
    from kosodachi.municipality import Municipality
    from kosodachi.synthesis import read_scenario, synthesise

    made = synthesise(read_scenario(TOWN.read_text(encoding="utf-8")), children=children)
    settings = Municipality.model_validate(made.settings)
    files = {name: made.extracts[source.file] for name, source in settings.sources.items() if source.collected}
    read = ingest(settings, files, key=b"k" * 32)
    of_register = read.identifier_records["source"].eq(settings.register)
    return read.identifier_records[of_register], read.identifier_records[~of_register], read.identifier_names


def month_before(records: pd.DataFrame, share: float) -> pd.DataFrame:
    """The records without the new ones, and some of the others as they were written before."""
    draw = np.random.default_rng(6)
    there = records[draw.random(len(records)) >= share].copy()
    other = draw.random(len(there)) < share / 10
    there.loc[other, "kana_code"] = there.loc[other, "kana_code"] + "x"
    return there


def timed(work):
    """What the work returns, its seconds and its processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    return work(), time.perf_counter() - wall, time.process_time() - processor


def main() -> None:
    """Prints one line a share: seconds of both ways, their ratio, persons compared, links that differ."""
    from kosodachi.linkage.incremental import begin, incremental

    ask = argparse.ArgumentParser()
    ask.add_argument("--children", type=int, default=100_000)
    ask.add_argument("--shares", default="0.002,0.01,0.05")
    asked = ask.parse_args()
    of, records, names = town(asked.children)
    whole, seconds, busy = timed(lambda: begin(of, records, names=names))
    print(f"{len(of):,} children, {len(records):,} records; whole run {seconds:.1f} s ({busy:.1f} s of processor)")
    for share in map(float, asked.shares.split(",")):
        past = begin(of, month_before(records, share), names=names).past
        month, again, worked = timed(lambda: incremental(past, of, records, names=names))  # noqa: B023
        both = whole.links.pairs.merge(month.links.pairs, on=["source", "person"], how="outer", suffixes=("", "_m"))
        links = [both["register_no" + end].where(both["band" + end] == "link", "") for end in ("", "_m")]
        print(
            f"new {share:.1%}: {again:.1f} s ({worked:.1f} s of processor), {again / seconds:.3f} of the whole run "
            f"({worked / busy:.3f} of its processor time); compared {month.compared:,}; "
            f"{(links[0] != links[1]).mean():.5f} of the persons linked otherwise",
            flush=True,
        )


if __name__ == "__main__":
    main()
