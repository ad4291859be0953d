"""What the choice of items is worth to those who look: precision among the first at capacity, on towns of known truth.

Towns of the default scenario, each with its own seed: extracts, ingest, linkage, choice of items, points card, judgement. Four
choices of items feed the same card: by the rule (`both`), by this town's data alone, by the literature alone, and all items that
have values. Precision is the share of the first 300 whose need is true; differences are town by town, with a 95 % interval
(t) over the towns. Nothing was tuned on these towns.
Run: python benchmarks/items_capacity.py [--towns 20] [--first 900]
Writes items_capacity.json beside this file, or into --out.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
from items_towns import choices, made, true_need


def one_town(seed: int, children: int) -> list[dict]:
    """Precision at capacity of each choice of items in one town."""
    from kosodachi import items, judgement

    settings, child, links, attributes, truth = made(children, seed)
    days = settings.schedule.train_as_of, settings.schedule.judge_as_of
    value = [items.values(child, attributes, links, settings, as_of=day) for day in days]
    known, need = items.known_need(attributes, links, settings), true_need(truth, days[1])
    label = judgement.labels(known, value[0]["research_id"], as_of=days[0], months=settings.schedule.label_months)
    household = child.set_index("research_id")["household_id"]
    picked = choices(value[0], label, household, settings, seed)
    picked["all"] = set(value[0].dropna(subset=["value"])["item_id"])
    catalogue, pooled, both = items.catalogue(), items.pooled(items.evidence()), pd.concat(value, ignore_index=True)
    grounds = items.grounds(catalogue, pooled, settings)
    town = items.in_town(value[0], label, household, grounds, settings.items, seed=seed)
    table, rows = items.register(catalogue, pooled, settings, town=town), []
    for arm, used in picked.items():
        decision = pd.Series(np.where(table["item_id"].isin(used), "use", "not_used"), index=table.index)
        basis = table["basis"].where(decision.ne("use") | table["basis"].ne("none"), "data")
        card = judgement.train(both, known, table.assign(decision=decision, basis=basis), settings)
        judged = judgement.judge(card.table, both, known, settings)
        found = judgement.at_capacity(judged, need, capacity=settings.capacity.reviewed).set_index("metric")["value"]
        rows.append({"seed": seed, "arm": arm, "items": len(used), "precision": float(found["precision"])})
    return rows


def differences(rows: pd.DataFrame) -> pd.DataFrame:
    """How far the rule's choice is ahead of each other one, town by town."""
    from scipy.stats import t

    wide, lines = rows.pivot(index="seed", columns="arm", values="precision"), []
    for arm in ("data", "literature", "all"):
        gap = wide["both"] - wide[arm]
        reach = t.ppf(0.975, len(gap) - 1) * gap.std(ddof=1) / np.sqrt(len(gap))
        lines.append({"both_less": arm, "ahead": gap.mean(), "low": gap.mean() - reach, "high": gap.mean() + reach,
                      "sd_of_a_town": gap.std(ddof=1), "better": int((gap > 1e-9).sum()), "worse": int((gap < -1e-9).sum())})  # fmt: skip
    return pd.DataFrame(lines).round(4)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--towns", type=int, default=20)
    asked.add_argument("--first", type=int, default=900)
    asked.add_argument("--children", type=int, default=3000)
    asked.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = asked.parse_args()
    seeds = range(given.first, given.first + given.towns)
    rows = pd.DataFrame([row for seed in seeds for row in one_town(seed, given.children)])
    means, ahead = rows.groupby("arm")[["items", "precision"]].mean().round(4).reset_index(), differences(rows)
    print(means.to_string(index=False), ahead.to_string(index=False), sep="\n\n")
    record = {"children": given.children, "towns": given.towns, "first_seed": given.first, "arms": means.to_dict("records"),
              "differences": ahead.to_dict("records")}  # fmt: skip
    (given.out / "items_capacity.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
