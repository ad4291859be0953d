"""The rule that chooses items on whole synthetic towns: extracts with their mistakes, ingest, linkage, known needs.

A few towns of the default scenario, each with its own seed. An item goes with need if its joint weight on the true need of
all towns together, with items as they were computed, is above the odds ratio that
the rule calls relevant. The truth is read after every choice was made. Few items can be computed, so figures are coarse:
this confirms on whole towns what items_selection.py measures on planted ones.
Run: python benchmarks/items_towns.py [--children 900,3000] [--seeds 901,902,903,904,905]
Writes items_towns.json beside this file, or into --out.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from items_selection import scored

SCENARIO = Path(__file__).resolve().parents[1] / "synthetic_data" / "towns" / "aoba.yaml"
KEY = b"k" * 32


def made(children: int, seed: int) -> tuple:
    """A town from its extracts: settings, child, person_link, attributes by source, truth."""
    from kosodachi import linkage
    from kosodachi.ingest import ingest, read_files
    from kosodachi.synthesis import read_scenario, synthesise, write_town
    from kosodachi.workspace.settings import read_settings

    with tempfile.TemporaryDirectory() as folder:
        town = synthesise(read_scenario(SCENARIO.read_bytes()), seed=seed, children=children)
        write_town(town, Path(folder) / "town")
        settings = read_settings(Path(folder) / "town" / "municipality.yaml")
        read = ingest(settings, read_files(Path(folder) / "town", settings), key=KEY)
    of_register = read.identifier_records["source"].eq(settings.register)
    both = read.identifier_records[of_register], read.identifier_records[~of_register]
    persons = linkage.person_map(linkage.link(*both, seed=seed), *both, key=KEY)
    child = linkage.children(both[0], read.attributes[settings.register], persons, key=KEY)
    return settings, child, linkage.person_link(persons), read.attributes, town.truth


def true_need(truth: dict[str, pd.DataFrame], day) -> pd.Series:
    """True need from a day on, by research id."""
    from kosodachi.tables.pseudonyms import pseudonyms

    latent = truth["latent"]
    latent = latent[pd.to_datetime(latent["as_of"]).eq(pd.Timestamp(day))]
    need = pd.Series(latent["need"].to_numpy(float), index=pseudonyms(KEY, "person", latent["register_no"]))
    return need[~need.index.duplicated()]


def one_town(children: int, seed: int) -> dict:
    """Choices of each arm, the items' design, and the true need of the same children."""
    from kosodachi import items, judgement

    settings, child, links, attributes, truth = made(children, seed)
    value = items.values(child, attributes, links, settings, as_of=settings.schedule.train_as_of)
    known = items.known_need(attributes, links, settings)
    day, months = settings.schedule.train_as_of, settings.schedule.label_months
    label = judgement.labels(known, value["research_id"], as_of=day, months=months)
    found = choices(value, label, child.set_index("research_id")["household_id"], settings, seed)
    return {"chosen": found, "known": int(label.sum()), "value": value, "need": true_need(truth, day)}


def choices(value: pd.DataFrame, label: pd.Series, household: pd.Series, settings, seed: int) -> dict[str, set]:
    """The items in use by both, data and literature, by the package's register with its default rule."""
    from kosodachi import items

    catalogue, pooled = items.catalogue(), items.pooled(items.evidence())
    of_data = settings.model_copy(update={"items": settings.items.model_copy(update={"bases": ("data",)})})
    bare = pooled.head(0)
    found = {}
    for arm, papers, rule, learnt in (
        ("both", pooled, settings, True), ("data", bare, of_data, True), ("literature", pooled, settings, False),
    ):  # fmt: skip
        grounds = items.grounds(catalogue, papers, rule)
        town = items.in_town(value, label, household, grounds, rule.items, seed=seed) if learnt else None
        table = items.register(catalogue, papers, rule, town=town)
        found[arm] = set(table.loc[table["decision"].eq("use"), "item_id"])
    return found


def weights_on_need(towns: list[dict]) -> pd.Series:
    """Joint weights of the items on true need over all towns."""
    from kosodachi.items.design import design, with_gaps
    from kosodachi.items.posterior import counts, normal_weights

    value = pd.concat(
        [t["value"].assign(research_id=f"{at}_" + t["value"]["research_id"]) for at, t in enumerate(towns)]
    )
    need = pd.concat([t["need"].set_axis(f"{at}_" + t["need"].index) for at, t in enumerate(towns)])
    data = design(value, need, pd.Series(dtype=object))
    mean, sd = with_gaps(np.zeros(len(data.items)), np.full(len(data.items), 2.0), data.gaps)
    weights, _, _ = normal_weights(counts(data.x, data.label), mean, sd)
    return pd.Series(weights[: len(data.items)], index=list(data.items))


def of_size(children: int, seeds: list[int]) -> dict:
    """Mean scores of each arm over the towns of a size, and the weights on true need that they are held against."""
    towns = [one_town(children, seed) for seed in seeds]
    weights = weights_on_need(towns)
    true = weights.where(weights > np.log(1.1), 0.0).to_numpy()
    rows = [
        {"arm": arm, "known_needs": town["known"]} | scored(weights.index.isin(list(picked)), true)
        for town in towns
        for arm, picked in town["chosen"].items()
    ]
    table = pd.DataFrame(rows).groupby("arm").mean().round(4)
    print(children, weights.round(2).to_string(), table.to_string(), sep="\n\n", flush=True)
    return {"children": children, "weights_on_true_need": weights.round(3).to_dict(),
            "arms": table.reset_index().to_dict("records")}  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--children", default="900,3000")
    asked.add_argument("--seeds", default="901,902,903,904,905")
    asked.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = asked.parse_args()
    seeds = [int(seed) for seed in given.seeds.split(",")]
    record = {"seeds": seeds, "sizes": [of_size(int(size), seeds) for size in given.children.split(",")]}
    (given.out / "items_towns.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
