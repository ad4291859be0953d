"""What each design of notebook 63 finds behind its own tests, on fresh towns whose truth is known.

The page's functions decide and estimate; this file only looks at the estimate also where they withhold it. Towns and
worlds: `effect_by_design_towns`. One JSON line a town goes to --out as it is made, and a later run goes on from there.
Run: python benchmarks/effect_by_design.py --out FOLDER [--designs lottery] [--worlds holds,null] [--first 50000]
     [--towns 200] [--seconds 90] [--processes 2]
then --summary [--first SEED], which writes effect_by_design.json beside this file and prints the table.
"""

import argparse
import importlib
import json
import multiprocessing
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from effect_by_design_towns import BROKEN, PLANS, Made, made

HOLDS, NULL = "holds", "null"
PAGE = "kosodachi.effect.by_design"
SHOWN_OF = {"stepped_wedge": ("stepped_wedge", "staggered")}  # a drawn order permits both analyses


@contextmanager
def looked_behind(kept: dict):
    """Within it the page's gate works as ever, and the estimate that it guards is kept under its design even if withheld."""
    guards = importlib.import_module(f"{PAGE}.finding").behind

    def behind(design, tests, estimate, **options):
        kept[design] = estimate()
        return guards(design, tests, lambda: kept[design], **options)

    with ExitStack() as stack:
        for module in ("cut", "drawn", "early", "waves"):
            stack.enter_context(patch.object(importlib.import_module(f"{PAGE}.{module}"), "behind", behind))
        yield


def one_town(asked: tuple[str, str, int]) -> list[dict]:
    """The lines of one town: one a design that the page reads in it."""
    design, world, seed = asked
    started, town, kept = time.process_time(), made(design, world, seed), {}
    with looked_behind(kept):
        findings, truths = ANALYSES[design](town, seed, kept)
    lines = []
    for one in findings:
        if one.design not in SHOWN_OF.get(design, (design,)):
            continue
        guarded = kept.get(one.design)
        lines.append({
            "rollout": design, "design": one.design, "world": world, "seed": seed, "state": one.verdict,
            "because": one.because, "tests": {t.name: [t.measured, t.bound, t.met] for t in one.tests},
            **{c: float(getattr(guarded, c)) if guarded else None for c in ("value", "low", "high", "p", "n")},
            **truths[one.design], "seconds": round(time.process_time() - started, 2),
        })  # fmt: skip
    return lines


def at_the_cut(town: Made, seed: int, kept: dict):
    """Truth: the gain of pupils within two points of the cut."""
    from kosodachi.effect import Bounds, by_design

    one = by_design.capacity_cut(town.found, bounds=Bounds())
    x = by_design.at_cut(town.found)["x"].to_numpy()
    gain = (town.pupils["y1"] - town.pupils["y0"]).reindex(town.found.people["research_id"]).to_numpy()
    points = town.found.people["points"].notna().to_numpy()
    return [one], {"discontinuity": {"truth": np.nanmean(gain[points][np.abs(x) <= 2])}}


def by_lot(town: Made, seed: int, kept: dict):
    """Truth: the gain of those among whom lots were drawn."""
    from kosodachi.effect import Bounds, by_design

    found = by_design.drawn(town.found, bounds=Bounds(), seed=seed)
    lot = town.found.people.loc[town.found.people["lot"].notna(), "research_id"]
    return found, {"lottery": {"truth": (town.pupils["y1"] - town.pupils["y0"]).reindex(lot).mean()}}


def in_waves(town: Made, seed: int, kept: dict):
    """Truth of the wedge: the gain over pupils and months reached while a school waits; of staggered starts: the same
    average of true gains that the analysis takes of differences (truth_pupils: the wedge's)."""
    from kosodachi.effect import by_design

    found, _ = by_design.waves(town.found, seed=seed)
    shown = dict(kept)
    data, bare = by_design.panel(town.found), by_design.panel(replace(town.found, days=town.bare))
    gain = data.merge(bare, on=["site", "pupil", "period", "start"], suffixes=("", "_bare"))
    gain = gain.assign(y=gain["y"] - gain["y_bare"]).drop(columns="y_bare")
    on = gain["period"] >= gain["start"]
    pupils = gain.loc[on, "y"].mean()
    with patch.object(
        importlib.import_module(f"{PAGE}.waves"), "panel", lambda _: gain.assign(y=gain["y"].where(on, 0.0))
    ):
        by_design.waves(town.found, seed=seed)
    truths = {
        name: {"truth": kept[name].value if name in kept else pupils, "truth_pupils": pupils}
        for name in ("stepped_wedge", "staggered")
    }
    truths["stepped_wedge"]["truth"] = pupils
    kept.clear()
    kept.update(shown)
    return found, truths


def early(town: Made, seed: int, kept: dict):
    """Truth: the gain of the analysed children in the long outcome; truth_carried: in their index."""
    from kosodachi import effect
    from kosodachi.effect.nuisance import RIDGE
    from kosodachi.effect.study import analysed
    from kosodachi.effect.surrogate import surrogate_index

    page = importlib.import_module(f"{PAGE}.early")
    attributes, link, settings = town.tables[3:]
    study = effect.cohort(*town.tables)
    controls = effect.control_estimates(study, attributes, link, settings, seed=seed)
    decided = effect.gate(study, bounds=effect.Bounds(), systematic=effect.null_of(controls))
    one = page.early(town.found, study, replace(decided, verdict="passed"), seed=seed)
    if not decided.passed:
        one = replace(one, verdict=decided.verdict, because="gate_not_passed", found=None)
    who = analysed(study).table["research_id"]
    past, outcome = page._indicators(town.found, town.found.days.index, 12), page._outcome(town.found)
    known = ~(np.isnan(past).any(axis=1) | np.isnan(outcome))
    index = surrogate_index(outcome[known], past[known], ridge=RIDGE)
    arms = [page._indicators(replace(town.found, days=days), who, 0) for days in (town.given, town.bare)]
    held = ~np.isnan(arms[0]).any(axis=1)
    carried = (index.of(arms[0][held]) - index.of(arms[1][held])).mean()
    long = [(days.reindex(index=who, columns=town.found.trial.outcome_months).sum(axis=1, skipna=False) >= town.found.trial.long_absence_days)
            for days in (town.given, town.bare)]  # fmt: skip
    gain = (long[0].astype(float) - long[1].astype(float)).to_numpy()[held].mean()
    return [one], {"surrogate": {"truth": gain, "truth_carried": carried, "gate": list(decided.failed)}}


ANALYSES = {
    "discontinuity": at_the_cut,
    "lottery": by_lot,
    "stepped_wedge": in_waves,
    "staggered": in_waves,
    "surrogate": early,
}


def run(given) -> None:
    """Makes the towns asked for that are not in --out yet, until --seconds have passed."""
    until = time.monotonic() + given.seconds
    given.out.mkdir(parents=True, exist_ok=True)
    for design in given.designs.split(","):
        for world in given.worlds.split(",") if given.worlds else (HOLDS, NULL, *BROKEN[design]):
            if world not in (HOLDS, NULL, *BROKEN[design]):
                continue
            file = given.out / f"{design}.{world}.jsonl"
            done = {json.loads(line)["seed"] for line in file.read_text().splitlines()} if file.exists() else set()
            left = [(design, world, s) for s in range(given.first, given.first + given.towns) if s not in done]
            if left and not _made(left, file, until, given.processes):
                print(f"{design} {world}: to be continued", flush=True)
                return
    print("all are made", flush=True)


def _made(left: list, file: Path, until: float, processes: int) -> bool:
    with multiprocessing.Pool(processes) as pool, file.open("a") as out:
        for start in range(0, len(left), 4 * processes):
            if time.monotonic() > until:
                return False
            for lines in pool.map(one_town, left[start : start + 4 * processes], chunksize=1):
                out.write("".join(json.dumps(line) + "\n" for line in lines))
            out.flush()
    return True


def summary(lines: pd.DataFrame) -> dict:
    """Of one design in one world: the share shown, why others are not, and figures among the shown and among all."""
    shown = lines[lines["state"] == "passed"]
    out = {"towns": len(lines), "first_seed": int(lines["seed"].min()), "shown": len(shown) / len(lines)}
    out["because"] = lines.loc[lines["state"] != "passed", "because"].value_counts().to_dict()
    for name, part in (("shown", shown), ("all", lines)):
        out |= {f"{key}_{name}": value for key, value in figures(part).items()}
    return out


def figures(part: pd.DataFrame) -> dict:
    """Number with an estimate, mean truth, bias, RMSE, share found (0 outside the interval; p), coverage of each truth."""
    known = part[part["value"].notna() & part["low"].notna()]
    if known.empty:
        return {"n": 0}
    off, out = known["value"] - known["truth"], {"n": len(known)}
    out |= {"bias": off.mean(), "bias_se": off.std() / len(known) ** 0.5, "rmse": (off**2).mean() ** 0.5,
            "found": ((known["low"] > 0) | (known["high"] < 0)).mean(), "found_p": (known["p"] < 0.05).mean()}  # fmt: skip
    for name in ("truth", "truth_pupils", "truth_carried"):
        if name in known and known[name].notna().any():
            held = (known["low"] <= known[name]) & (known[name] <= known["high"])
            out |= {name: known[name].mean(), name.replace("truth", "coverage"): held.mean()}
    return out


def summarised(folder: Path, first: int) -> list[dict]:
    """One line a roll-out, design and world of the towns in a folder, from a seed on."""
    lines = [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]
    table = pd.DataFrame([line for line in lines if line["seed"] >= first])
    keys = ["rollout", "design", "world"]
    return [dict(zip(keys, key)) | summary(part) for key, part in table.groupby(keys, sort=False)]


def markdown(lines: list[dict]) -> str:
    """The table of the README; * where coverage leaves 93-97 % or what is found without effect 3-7 %."""
    out = ["| roll-out: design | world | towns | shown | truth | bias of shown | RMSE | coverage: shown | all | found: shown | all |",
           "|" + "---|" * 11]  # fmt: skip
    for one in sorted(lines, key=lambda one: list(PLANS).index(one["rollout"])):
        name = one["design"] if one["rollout"] == one["design"] else f"{one['rollout']}: {one['design']}"
        null = one["world"] == NULL
        cells = [name, one["world"], one["towns"], f"{one['shown']:.0%}"]
        cells += [_figure(one, f"{key}_shown", "+.3f") for key in ("truth", "bias")] + [
            _figure(one, "rmse_shown", ".3f")
        ]
        bounds = (0.93, 0.97) if one["world"] in (HOLDS, NULL) else (0, 1)
        cells += [_figure(one, f"coverage_{of}", ".1%", *bounds) for of in ("shown", "all")]
        cells += [_figure(one, f"found_{of}", ".1%", *((0.03, 0.07) if null else (0, 1))) for of in ("shown", "all")]
        out.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(out) + "\n"


def _figure(one: dict, key: str, form: str, low: float = -np.inf, high: float = np.inf) -> str:
    value = one.get(key)
    return "-" if value is None else format(value, form) + " *" * (not low - 1e-9 <= value <= high + 1e-9)


def main() -> None:
    """Makes towns, or sums up those that were made."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--designs", default=",".join(PLANS))
    asked.add_argument("--worlds", default="")
    asked.add_argument("--first", type=int, default=50_000)
    asked.add_argument("--towns", type=int, default=200)
    asked.add_argument("--seconds", type=float, default=1e9)
    asked.add_argument("--processes", type=int, default=1)
    asked.add_argument("--summary", action="store_true")
    given = asked.parse_args()
    if not given.summary:
        return run(given)
    lines = summarised(given.out, given.first)
    rounded = [{k: round(float(v), 4) if isinstance(v, float) else v for k, v in line.items()} for line in lines]
    text = json.dumps({"lines": rounded}, indent=1) + "\n"
    Path(__file__).with_suffix(".json").write_text(text, encoding="utf-8")
    sys.stdout.write(markdown(lines))


if __name__ == "__main__":
    main()
