"""Availability and univariate screens of 500 items for a million children: seconds and peak memory.

The values lie in an Arrow file, one byte a value, and are read by blocks of columns. Writing the made-up file is not
measured; reading and screening are, in a process of its own. The peer is the package's own way with long tables (one row a
child and item), measured on a part that fits, in the same run; the ratio is of values per processor second.
Run: python benchmarks/items_scale.py [--children 1000000] [--items 500] [--peer-children 20000] [--peer-items 20]
Writes items_scale.json beside this file, or into --out.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

MOST_SECONDS, MOST_GB = 60, 4
CASES = 0.03


def labels(children: int) -> np.ndarray:
    """Known needs of 3 % of the children; a tenth have no label."""
    rng = np.random.default_rng(1)
    return np.where(rng.random(children) < 0.1, np.nan, (rng.random(children) < CASES).astype(float))


def codes(children: int, item: int) -> np.ndarray:
    """One item's made-up values: up to 30 % hold, up to 40 % are unknown for one of two reasons."""
    rng = np.random.default_rng([2, item])
    held, unknown = rng.uniform(0.02, 0.3), rng.uniform(0, 0.4)
    draw = rng.random(children, dtype=np.float32)
    value = (draw < held * (1 - unknown)).astype(np.uint8)
    value[draw > 1 - unknown] = 2 + item % 8
    return value


def write(file: Path, children: int, items: int) -> None:
    """The Arrow file, column by column."""
    import pyarrow as pa

    table = pa.table({f"item_{at:03d}": codes(children, at) for at in range(items)})
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def measured(file: Path, children: int) -> dict:
    """Seconds, processor seconds and peak memory of reading and screening the file."""
    import pyarrow as pa

    from kosodachi.items import blocks_of_arrow, screened

    label, clock, cpu = labels(children), time.perf_counter(), time.process_time()
    with pa.memory_map(str(file)) as source:
        availability, screen = screened(blocks_of_arrow(pa.ipc.open_file(source).read_all()), label)
    seconds, cpu = time.perf_counter() - clock, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"children": children, "items": len(screen), "reasons": len(availability), "seconds": round(seconds, 2),
            "cpu_seconds": round(cpu, 2), "peak_gb": round(peak, 2)}  # fmt: skip


def peer(children: int, items: int) -> dict:
    """The same by long tables, on a part."""
    import pandas as pd

    from kosodachi.items import availability, observed
    from kosodachi.items.blocks import REASONS

    ids = np.array([f"c{at:07d}" for at in range(children)], dtype=object)
    parts = []
    for at in range(items):
        code = codes(children, at)
        reason = np.where(code >= 2, np.array(REASONS, dtype=object)[np.maximum(code, 2) - 2], None)
        value = np.where(code < 2, code, np.nan)
        parts.append(pd.DataFrame({"research_id": ids, "item_id": f"item_{at:03d}", "value": value, "missing": reason}))
    table, label, cpu = pd.concat(parts, ignore_index=True), pd.Series(labels(children), index=ids), time.process_time()
    availability(table)
    observed(table, label)
    return {"children": children, "items": items, "cpu_seconds": round(time.process_time() - cpu, 2)}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--children", type=int, default=1_000_000)
    asked.add_argument("--items", type=int, default=500)
    asked.add_argument("--peer-children", type=int, default=20_000)
    asked.add_argument("--peer-items", type=int, default=20)
    asked.add_argument("--file", type=Path, help="measure this file alone (used by the run itself)")
    asked.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = asked.parse_args()
    if given.file:
        print(json.dumps(measured(given.file, given.children)))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "values.arrow"
        write(file, given.children, given.items)
        command = [sys.executable, __file__, "--children", str(given.children), "--file", str(file)]
        mine = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    other = peer(given.peer_children, given.peer_items)
    rate = [run["children"] * run["items"] / max(run["cpu_seconds"], 0.01) for run in (mine, other)]
    record = {"blocks": mine, "long_tables": other, "values_per_cpu_second_ratio": round(rate[0] / rate[1], 1),
              "bars": {"seconds": MOST_SECONDS, "peak_gb": MOST_GB}}  # fmt: skip
    record["within_bars"] = mine["seconds"] <= MOST_SECONDS and mine["peak_gb"] <= MOST_GB
    print(json.dumps(record, indent=1))
    (given.out / "items_scale.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
