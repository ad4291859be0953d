"""How fast a town is simulated and written, and how time and memory grow with its size.

Each size runs in a process of its own, so that its peak memory is its own. Simulation and extracts on disk are timed
apart: the second is how `kosodachi synthesise` writes a large town, part by part. The peer is the same view made row by
row: one Python loop over children with one random call a value, and a pandas groupby for what is on record (small n only).
Both are timed in the same run, in seconds of the processor too, since a busy machine makes the clock lie.
Run: python benchmarks/town_speed.py [--sizes 10000,100000,1000000] [--disk 10000,100000]
Writes town_speed.json and town_speed.png beside this file, or into --out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOWN = Path(__file__).resolve().parents[1] / "synthetic_data" / "towns" / "large.yaml"
CHUNK_FROM = 2_000_000  # sizes from which the town is simulated by chunks
PEER_CHILDREN = 2_000
BARS = {100_000: (2, None), 1_000_000: (20, 3), 10_000_000: (240, 12)}  # children: most seconds, most GB


def scenario():
    """The scenario with all its systems."""
    from kosodachi.synthesis import read_scenario

    return read_scenario(TOWN.read_bytes())


def simulated(children: int) -> dict:
    """Seconds and peak memory of one simulation."""
    from kosodachi.synthesis import simulate, simulate_chunks

    asked, clock = scenario(), Clock()
    if children >= CHUNK_FROM:
        pupils = sum(len(world.school.pupil) for world in simulate_chunks(asked, children=children))
    else:
        pupils = len(simulate(asked, children=children).school.pupil)
    return {"children": children, **clock.read(), "pupil_years": pupils, "peak_gb": peak_gb()}


def on_disk(children: int) -> dict:
    """Seconds to write a town down: its rows as each system writes them, and their bytes on disk; simulation taken out."""
    from kosodachi.synthesis import write_chunks

    writing, spent = sys.modules["kosodachi.synthesis.write_chunks"], {"seconds": 0.0, "cpu_seconds": 0.0}
    simulate_chunks = writing.simulate_chunks

    def timed(*args, **options):
        worlds = simulate_chunks(*args, **options)
        while True:
            clock = Clock()
            world = next(worlds, None)
            for name, value in clock.read().items():
                spent[name] += value
            if world is None:
                return
            yield world

    writing.simulate_chunks = timed
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        made = write_chunks(scenario(), Path(folder) / "town", children=children)
        whole = clock.read()
        size = sum(file.stat().st_size for file in made.rglob("*") if file.is_file()) / 1e6
    return {
        "children": children,
        **{name: whole[name] - spent[name] for name in whole},
        "mb": size,
        "peak_gb": peak_gb(),
    }


class Clock:
    """Seconds on the clock and of the processor since it was made."""

    def __init__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> dict:
        return {"seconds": time.perf_counter() - self.wall, "cpu_seconds": time.process_time() - self.cpu}


def peak_gb() -> float:
    """Most memory that this process held."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def row_by_row(children: int) -> float:
    """Processor seconds a child of a straightforward generator: a loop over children, Python's random, the same months."""
    import math
    import random

    import pandas as pd

    draw, rows, clock = random.Random(1), [], Clock()
    for child in range(children):
        home, score = child // 2, [draw.gauss(0, 1) for _ in range(4)]
        for year in range(3):
            for days in (17, 20, 21, 14, 4, 20, 21, 20, 17, 17, 18, 16):
                chance = 1 / (1 + math.exp(3.2 - 0.95 * score[year] - draw.gauss(0, 0.35)))
                rows.append((child, home, year, sum(draw.random() < chance for _ in range(days))))
        draw.gammavariate(1.6, 130), draw.choice(range(300)), draw.expovariate(0.035)
    table = pd.DataFrame(rows, columns=["child", "household", "year", "days"])
    table.groupby(["child", "year"])["days"].sum().groupby("child").apply(lambda days: days.max() >= 30)
    return clock.read()["cpu_seconds"] / children


def apart(what: str, children: int) -> dict:
    """The row of one size, from a process of its own, with how busy the machine was."""
    command = [sys.executable, __file__, f"--one-{what}", str(children)]
    row = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    row = {name: round(value, 3) for name, value in row.items()} | {"load": round(os.getloadavg()[0], 1)}
    print(what, "  ".join(f"{name} {value:,}" for name, value in row.items()), flush=True)
    return row


def machine() -> str:
    """The machine in words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"{os.cpu_count()} cores, {memory:.0f} GB, Python {sys.version.split()[0]}"


def plot(found: dict, folder: Path) -> Path:
    """Growth of seconds and of memory with the number of children, on logarithmic axes, with what is asked for."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
    for axis, columns, label in zip(axes, (("cpu_seconds", "seconds"), ("peak_gb",)), ("seconds", "peak memory, GB")):
        for what, colour in (("simulation", "#0072b2"), ("disk", "#d55e00")):
            for column, style in zip(columns, ("-o", ":")):
                name = f"{what}, {'processor' if column == 'cpu_seconds' else 'clock'}" if len(columns) > 1 else what
                rows = [row for row in found[what] if column in row]
                axis.loglog(
                    [row["children"] for row in rows], [row[column] for row in rows], style, color=colour, label=name
                )
        asked = [(size, most[axis is axes[1]]) for size, most in BARS.items() if most[axis is axes[1]]]
        axis.loglog(*zip(*asked), "k_", markersize=16, markeredgewidth=2, label="at most")
        axis.set(xlabel="children", ylabel=label)
        axis.grid(True, which="major", alpha=0.3)
        axis.legend(frameon=False, fontsize=8)
    loads = [row["load"] for row in found["simulation"]]
    figure.suptitle(f"{found['machine']}, {min(loads):g} to {max(loads):g} processes at work on it", fontsize=10)
    figure.savefig(folder / "town_speed.png", dpi=110, metadata={"Software": None})
    return folder / "town_speed.png"


def main() -> None:
    """Prints one line a size and the peer's ratio; writes the figures and the plot."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--sizes", default="10000,30000,100000,300000,1000000,3000000,10000000")
    ask.add_argument("--disk", default="10000,100000,300000")
    ask.add_argument("--out", type=Path, default=Path(__file__).parent)
    ask.add_argument("--one-simulation", type=int)
    ask.add_argument("--one-disk", type=int)
    asked = ask.parse_args()
    for one, size in ((simulated, asked.one_simulation), (on_disk, asked.one_disk)):
        if size:
            print(json.dumps(one(size)))
            return
    found = {"machine": machine(), "town": "large, all systems"}
    found["simulation"] = [apart("simulation", int(size)) for size in asked.sizes.split(",")]
    found["disk"] = [apart("disk", int(size)) for size in asked.disk.split(",")]
    peer = row_by_row(PEER_CHILDREN)
    found["peer"] = {"children": PEER_CHILDREN, "cpu_us_a_child": round(peer * 1e6, 1)}
    found["peer"]["times_slower"] = {
        str(row["children"]): round(peer * row["children"] / row["cpu_seconds"], 1) for row in found["simulation"]
    }
    print("peer, row by row:", found["peer"])
    (asked.out / "town_speed.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(plot(found, asked.out))


if __name__ == "__main__":
    main()
