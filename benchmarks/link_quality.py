"""How good and how fast the linkage is, beside today's practice, a careful rule, tutorial Splink and recordlinkage.

Towns of the preset `large`: eleven sources at once, and one million persons against a register of one million. Seeds are
others than the one on which the settings were developed. Prints a Markdown table a town and writes it beside the JSON.
Run: python benchmarks/link_quality.py --children 100000,1000000 --seed 21 --out FOLDER
As many rows of the register as of one source, in a town made before: --one kosodachi --folder FOLDER/town_1000000_22_3
--persons 1000000 --source iryohi_josei
"""

import argparse
import json
import tempfile
from pathlib import Path

import pandas as pd
from link_parts import ELEVEN, SYSTEMS, apart, make_large, make_town, run_one

MILLION = 1_000_000
SOME = ("iryohi_josei", "shukketsu", "kenshin")
RECORDLINKAGE_UP_TO = 200_000
SHOWN = ("all", "surname_changed", "foreign_name", "twin", "moved", "unnamed_infant", "address_protected")


def sources_of(children: int) -> tuple[str, ...]:
    """Eleven sources, or three for a town so large that their extracts would not fit into memory together."""
    return ELEVEN if children < MILLION // 2 else SOME


def measured(children: int, seed: int, folder: Path, systems: list[str]) -> list[dict]:
    """One row a way of linking, or the reason why it was not run."""
    script, persons = str(Path(__file__).resolve()), MILLION if children >= MILLION // 2 else 0
    town = apart(script, "--town", f"{children},{seed}", "--out", str(folder))
    rows = []
    for system in systems:
        if system.startswith("recordlinkage") and children > RECORDLINKAGE_UP_TO:
            rows.append({"system": system, "error": f"not run above {RECORDLINKAGE_UP_TO:,} children"})
            continue
        rows.append(
            {"system": system} | apart(script, "--one", system, "--folder", town["folder"], "--persons", str(persons))
        )
        print(json.dumps({key: value for key, value in rows[-1].items() if key != "scores"}), flush=True)
    return rows


def table(rows: list[dict], groups: tuple[str, ...] = SHOWN) -> str:
    """Markdown: precision, recall, F1 over all, seconds, memory; recall by group; wrong links of the absent."""
    lines = []
    for row in rows:
        if "error" in row:
            lines.append({"system": row["system"], "precision": row["error"]})
            continue
        by = pd.DataFrame(row["scores"]).set_index("group")
        line = {
            "system": row["system"],
            **{name: f"{by.loc['all', name]:.4f}" for name in ("precision", "recall", "f1")},
        }
        line |= {f"recall, {group}": f"{by.loc[group, 'recall']:.3f}" for group in groups[1:]}
        line |= {f"wrong, {group}": f"{by.loc[group, 'wrong_share']:.2%}" for group in ("absent", "absent twin")}
        lines.append(line | {"seconds": f"{row['seconds']:.1f}", "CPU": f"{row['cpu_seconds']:.1f}",
                             "peak GB": f"{row['peak_gb']:.1f}", "of it tables": f"{row['tables_gb']:.1f}",
                             "load": f"{row['load']:.1f}"})  # fmt: skip
    shown = pd.DataFrame(lines).fillna("")
    head = ["| " + " | ".join(shown.columns) + " |", "|" + "--|" * len(shown.columns)]
    return "\n".join(head + ["| " + " | ".join(line) + " |" for line in shown.astype(str).to_numpy()])


def main() -> None:
    """Prints and writes one table a town."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--children", default="100000")
    ask.add_argument("--seed", type=int, default=21)
    ask.add_argument("--systems", default=",".join(SYSTEMS).replace(", ", ";"))
    ask.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "kosodachi_link")
    ask.add_argument("--town")
    ask.add_argument("--one")
    ask.add_argument("--folder", type=Path)
    ask.add_argument("--persons", type=int, default=0)
    ask.add_argument("--source", default="")
    asked = ask.parse_args()
    if asked.town:
        children, seed = map(int, asked.town.split(","))
        make = make_town if children < MILLION // 2 else make_large
        print(json.dumps({"folder": str(make(children, seed, sources_of(children), asked.out))}))
    elif asked.one:
        print(json.dumps(run_one(asked.one, asked.folder, asked.persons or None, source=asked.source)))
    else:
        systems = [name.replace(";", ", ") for name in asked.systems.split(",")]
        for children in map(int, asked.children.split(",")):
            rows = measured(children, asked.seed, asked.out, systems)
            (asked.out / f"link_quality_{children}_{asked.seed}.json").write_text(json.dumps(rows, indent=1), "utf-8")
            text = f"{children:,} children, seed {asked.seed}\n\n{table(rows)}\n"
            (asked.out / f"link_quality_{children}_{asked.seed}.md").write_text(text, "utf-8")
            print(text, flush=True)


if __name__ == "__main__":
    main()
