"""How time and memory of the linkage grow with its size, from 10,000 to 3,000,000 persons against as many children.

Each size runs in a process of its own. The town is made once; the seconds are those from normalised tables to the
person map. Run: python benchmarks/link_growth.py --sizes 10000,100000,1000000,3000000 --out FOLDER
"""

import argparse
import json
import tempfile
from pathlib import Path

from link_parts import PART, apart, make_large, make_town, run_one

SOURCES = ("iryohi_josei", "shukketsu", "kenshin")


def plot(rows: list[dict], folder: Path) -> Path:
    """Seconds, CPU seconds and memory by the number of children, on logarithmic axes."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    sizes = [row["children"] for row in rows]
    for axis, columns, label in zip(axes, (("seconds", "cpu_seconds"), ("peak_gb", "tables_gb")), ("seconds", "GB")):
        for column in columns:
            axis.loglog(sizes, [row[column] for row in rows], marker="o", label=column)
        axis.set(xlabel="children in the register", ylabel=label)
        axis.grid(True, which="both", alpha=0.3)
        axis.legend()
    figure.savefig(folder / "link_growth.png", dpi=120)
    return folder / "link_growth.png"


def main() -> None:
    """Prints one line a size and writes the plot and the JSON."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--sizes", default="10000,100000,1000000,3000000")
    ask.add_argument("--seed", type=int, default=22)
    ask.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "kosodachi_link")
    ask.add_argument("--one", type=int)
    ask.add_argument("--only_town")
    asked = ask.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    if asked.one:
        make = make_town if asked.one <= PART else make_large
        town = make(asked.one, asked.seed, SOURCES, asked.out)
        print(json.dumps({} if asked.only_town else run_one("kosodachi", town, asked.one)))
        return
    rows = []
    for size in map(int, asked.sizes.split(",")):
        apart(str(Path(__file__).resolve()), "--one", str(size), "--out", str(asked.out), "--seed", str(asked.seed))
        row = apart(
            str(Path(__file__).resolve()), "--one", str(size), "--out", str(asked.out), "--seed", str(asked.seed)
        )
        rows.append({"size": size, **row})
        print("  ".join(f"{name} {value}" for name, value in rows[-1].items() if name != "scores"), flush=True)
    (asked.out / "link_growth.json").write_text(json.dumps(rows, indent=1), "utf-8")
    print(plot([row for row in rows if "error" not in row], asked.out))


if __name__ == "__main__":
    main()
