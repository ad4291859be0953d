"""What leaving an item out costs: how often the 95 % limits hold the true cost, on small towns of known truth.

A population of households is drawn once: five items with a weight and three without, need, and needs that became known. A
town is a sample of its households; truth is measured on other households of the same population, with scores learnt on
towns of the same size. Two truths are held against the limits: the cost to expect of a town of this size (the mean over
towns), and the cost of the very score that this town learns. Two ways to draw: `anew` is the package's (weights learnt anew
in every draw), `kept` resamples households and keeps the scores, as a bootstrap of the evaluation alone would.
Run: python benchmarks/items_left_out.py [--sizes 900,3000] [--towns 120] [--draws 200]
Writes items_left_out.json beside this file, or into --out.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from items_selection import children, planted

WEIGHTS = (1.2, 0.9, 0.7, 0.5, 0.3, 0.0, 0.0, 0.0)
POPULATION, SHARE = 200_000, 0.1
KNOWN_SHARE, SEED = 0.5, 7
METRICS = ("precision", "auc")


def population(children_in_all: int = POPULATION):
    """A large town with eight items, first half to sample towns from, second half to measure truth on."""
    world = planted(SEED).iloc[: len(WEIGHTS)].assign(weight=WEIGHTS)
    return children(world, children_in_all, SEED, known_share=KNOWN_SHARE)


def sampled(whole, rows: np.ndarray):
    from kosodachi.items.design import Design

    return Design(
        whole.items, whole.x[rows], whole.label[rows], np.unique(whole.household[rows], return_inverse=True)[1]
    )


def priors(data) -> tuple[np.ndarray, np.ndarray]:
    """Wide priors, as of items without papers: the data decide."""
    from kosodachi.items.design import with_gaps

    return with_gaps(np.zeros(len(data.items)), np.full(len(data.items), 2.0), data.gaps)


def true_cost(data, away) -> np.ndarray:
    """What each item costs the score that a town learns on all its households, measured on the rest of the population:
    shape (metric, item)."""
    from kosodachi.items.left_out import _measures
    from kosodachi.items.posterior import counts, normal_weights

    weights, spread, _ = normal_weights(counts(data.x, data.label), *priors(data), known_share=KNOWN_SHARE)
    own = np.arange(len(data.items))
    every = np.vstack([weights, weights - spread[:, own].T * (weights[own] / np.diag(spread)[own])[:, None]])
    every[:, len(own) :] = 0.0
    every[1 + own, own] = 0.0
    found = _measures(every @ away.x.T, away.label, np.ones((1, len(away.label))), round(SHARE * len(away.label)))[
        ..., 0
    ]
    return found[:, :1] - found[:, 1:]


def kept(data, capacity: int, seed: int, draws: int) -> np.ndarray:
    """Limits of a bootstrap that keeps the scores: shape (metric, item, 2)."""
    from kosodachi.items.left_out import REPEATS, _measures, _out_of_fold

    rng, homes = np.random.default_rng([seed, 41]), int(data.household.max()) + 1
    times = rng.multinomial(homes, np.full(homes, 1 / homes), size=draws)[:, data.household].astype(float)
    scores = [_out_of_fold(data, *priors(data), KNOWN_SHARE, rng) for _ in range(REPEATS)]
    found = np.mean([_measures(score, data.label, times, capacity) for score in scores], axis=0)
    return np.moveaxis(np.nanquantile(found[:, :1] - found[:, 1:], [0.025, 0.975], axis=2), 0, -1)


def one_town(whole, size: int, seed: int, draws: int) -> dict[str, np.ndarray]:
    """Limits of both ways and the true cost of this town's own score, on a part of the population that is not its own."""
    from kosodachi.items.left_out import costs

    rng = np.random.default_rng([SEED, size, seed])
    homes = int(whole.household.max()) + 1
    here = np.isin(whole.household, rng.choice(homes // 2, size // 2, replace=False))
    data, away = sampled(whole, np.flatnonzero(here)), sampled(whole, np.flatnonzero(whole.household >= homes // 2))
    capacity = round(SHARE * size)
    table = costs(data, *priors(data), capacity=capacity, known_share=KNOWN_SHARE, seed=seed, draws=draws)
    anew = np.stack([table.loc[table["metric"].eq(m), ["low", "high"]].to_numpy() for m in METRICS])
    point = np.stack([table.loc[table["metric"].eq(m), "cost"].to_numpy() for m in METRICS])
    together = np.stack([table.loc[table["metric"].eq(m), ["low_all", "high_all"]].to_numpy() for m in METRICS])
    limits = {"anew": anew, "kept": kept(data, capacity, seed, draws), "anew_all": together}
    return limits | {"point": point, "own": true_cost(data, away), "events": data.label.sum()}


def holds(limits: np.ndarray, truth: np.ndarray) -> np.ndarray:
    return (limits[..., 0] <= truth) & (truth <= limits[..., 1])


def of_size(whole, size: int, towns: int, draws: int) -> list[dict]:
    """One row a way of drawing, metric and truth: share of limits that hold it, their mean width, and by all items at
    once for the limits that claim it."""
    start = time.process_time()
    found = [one_town(whole, size, seed, draws) for seed in range(towns)]
    expected = np.mean([town["own"] for town in found], axis=0)
    rows = []
    for way in ("anew", "kept", "anew_all"):
        for place, metric in enumerate(METRICS):
            for truth in ("expected", "own"):
                hit = np.array([holds(t[way], expected if truth == "expected" else t["own"])[place] for t in found])
                hit = hit.all(axis=1) if way == "anew_all" else hit
                width = np.mean([np.diff(t[way][place], axis=1).mean() for t in found])
                rows.append({"children": size, "towns": towns, "draws": draws, "limits": way, "metric": metric, "truth": truth,
                             "holds": hit.mean(), "width": width})  # fmt: skip
    bias = np.mean([t["point"] for t in found], axis=0) - expected
    events = np.mean([t["events"] for t in found])
    print(f"{size}: {events:.0f} known needs, {time.process_time() - start:.0f} CPU s, true cost (AUC) "
          f"{np.round(expected[1], 4)}, estimate less truth {np.round(bias[1], 4)}", flush=True)  # fmt: skip
    return rows


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--sizes", default="900,3000")
    asked.add_argument("--towns", type=int, default=120)
    asked.add_argument("--draws", type=int, default=200)
    asked.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = asked.parse_args()
    whole = population()
    rows = [row for size in given.sizes.split(",") for row in of_size(whole, int(size), given.towns, given.draws)]
    table = pd.DataFrame(rows).round(4)
    print(table.to_string(index=False))
    file = given.out / "items_left_out.json"
    kept_rows = json.loads(file.read_text(encoding="utf-8"))["rows"] if file.exists() else []
    rows = [row for row in kept_rows if row["children"] not in set(table["children"])] + table.to_dict("records")
    file.write_text(json.dumps({"rows": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
