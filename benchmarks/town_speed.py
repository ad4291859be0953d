"""How fast a town is simulated and written, and how time and memory grow with its size.

Each size runs in a process of its own, so that its peak memory is its own. The peer is the same view made row by row:
one Python loop over children with one random call a value, and a pandas groupby for what is on record (small n only).
Run: python benchmarks/town_speed.py --sizes 10000,100000,1000000 --out FOLDER
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOWN = Path(__file__).resolve().parents[1] / "synthetic_data" / "towns" / "large.yaml"
CHUNK_FROM = 2_000_000  # sizes from which the town is simulated by chunks
RENDERED = 100_000  # the largest size that is also written to disk here
PEER_CHILDREN = 2_000


def scenario():
    """The scenario with all twelve systems."""
    from kosodachi.synthesis import read_scenario

    return read_scenario(TOWN.read_text(encoding="utf-8"))


def simulated(children: int) -> dict:
    """Seconds and peak memory of one simulation; of its extracts too, if the town is small enough."""
    import resource

    from kosodachi.synthesis import simulate, simulate_chunks

    asked, started, cpu = scenario(), time.perf_counter(), time.process_time()
    if children >= CHUNK_FROM:
        pupils = sum(len(world.school.pupil) for world in simulate_chunks(asked, children=children))
    else:
        world = simulate(asked, children=children)
        pupils = len(world.school.pupil)
    row = {"children": children, "seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - cpu}
    row |= {"pupil_years": pupils, "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}
    return row | (written(world) if children <= RENDERED else {})


def written(world) -> dict:
    """Seconds to render the extracts as bytes, and to write them."""
    from kosodachi.synthesis import render, write_town

    started = time.perf_counter()
    town = render(world)
    rendered = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        write_town(town, Path(folder) / "town")
        size = sum(map(len, town.extracts.values())) / 1e6
    return {"render_seconds": rendered - started, "write_seconds": time.perf_counter() - rendered, "extract_mb": size}


def row_by_row(children: int) -> float:
    """Seconds a child of a straightforward generator: a loop over children, Python's random, the same monthly views."""
    import math
    import random

    import pandas as pd

    draw, rows, started = random.Random(1), [], time.perf_counter()
    for child in range(children):
        home, score = child // 2, [draw.gauss(0, 1) for _ in range(4)]
        for year in range(3):
            for days in (17, 20, 21, 14, 4, 20, 21, 20, 17, 17, 18, 16):
                chance = 1 / (1 + math.exp(3.2 - 0.95 * score[year] - draw.gauss(0, 0.35)))
                rows.append((child, home, year, sum(draw.random() < chance for _ in range(days))))
        draw.gammavariate(1.6, 130), draw.choice(range(300)), draw.expovariate(0.035)
    table = pd.DataFrame(rows, columns=["child", "household", "year", "days"])
    table.groupby(["child", "year"])["days"].sum().groupby("child").apply(lambda days: days.max() >= 30)
    return (time.perf_counter() - started) / children


def apart(children: int) -> dict:
    """The row of one size, from a process of its own."""
    command = [sys.executable, __file__, "--one", str(children)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def plot(rows: list[dict], folder: Path) -> Path:
    """Growth of seconds and of memory with the number of children, on logarithmic axes."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    for axis, column, label in zip(axes, ("seconds", "peak_gb"), ("seconds, simulation", "peak memory, GB")):
        axis.loglog([row["children"] for row in rows], [row[column] for row in rows], marker="o")
        axis.set(xlabel="children", ylabel=label)
        axis.grid(True, which="both", alpha=0.3)
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "town_speed.png", dpi=120)
    return folder / "town_speed.png"


def main() -> None:
    """Prints one line a size and the peer's ratio; writes the plot."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--sizes", default="10000,100000,1000000,10000000")
    ask.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()))
    ask.add_argument("--one", type=int)
    asked = ask.parse_args()
    if asked.one:
        print(json.dumps(simulated(asked.one)))
        return
    rows = []
    for size in asked.sizes.split(","):
        rows.append(apart(int(size)))
        print("  ".join(f"{name} {value:,.2f}".removesuffix(".00") for name, value in rows[-1].items()), flush=True)
    peer, own = row_by_row(PEER_CHILDREN), rows[-1]["seconds"] / rows[-1]["children"]
    print(
        f"peer, row by row: {peer * 1e6:,.1f} us a child at {PEER_CHILDREN:,}; here {own * 1e6:,.1f} us: {peer / own:,.0f} times"
    )
    print(plot(rows, asked.out))


if __name__ == "__main__":
    main()
