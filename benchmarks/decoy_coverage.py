"""The false-link share estimated without truth, beside the truth and beside what the model claims, town by town.

Each town is synthesised with its own seed from the scenario of Aoba, read in, linked and assessed by the functions that
31_link_quality calls. The truth is looked at last. Prints one line a town and the summary; `--link` gives
a match probability from which to link in place of the stated false-link rate.
Run: python benchmarks/decoy_coverage.py --towns 50 --children 1500
"""

import argparse
from functools import partial
from pathlib import Path

import pandas as pd

KEY = b"k" * 32
TOWN = Path(__file__).resolve().parents[1] / "synthetic_data" / "towns" / "aoba.yaml"


def town(seed: int, children: int):
    """register, other records, further names, truth record and truth person of one synthetic town."""
    from kosodachi.ingest import ingest
    from kosodachi.municipality import Municipality
    from kosodachi.synthesis import read_scenario, synthesise
    from kosodachi.tables.pseudonyms import pseudonyms

    made = synthesise(read_scenario(TOWN.read_text(encoding="utf-8")), seed=seed, children=children)
    settings = Municipality.model_validate(made.settings)
    files = {source: made.extracts[spec.file] for source, spec in settings.sources.items() if spec.collected}
    read = ingest(settings, files, key=KEY)
    records = read.identifier_records
    of_register = records["source"].eq(settings.register)
    person = made.truth["person"].copy()
    person["research_id"] = pseudonyms(KEY, "person", person.pop("register_no"))
    return records[of_register], records[~of_register], read.identifier_names, made.truth["record"], person


def assessed(seed: int, *, children: int, link: float | None = None, rounds: int = 5, share: float = 0.1) -> dict:
    """One town: links, their true false share and missed share, the estimates with their ends, and the claim."""
    from kosodachi import linkage

    register, others, names, truth, person = town(seed, children)
    given = {"thresholds": linkage.Thresholds(link=link, review=min(0.05, link / 2))} if link else {}
    linking = partial(linkage.link, names=names, seed=1, **given)
    links = linking(register, others)
    decoys = linkage.held_out(register, others, links, linking=linking, rounds=rounds, share=share)
    mixed, of_kin = linkage.mix_ups(links, register), linkage.kin(register, others)
    false = linkage.false_links(links, others, decoys, of_kin, mixed)
    found = linkage.captures(register, others, names)
    missed = linkage.missed_links(links, found, linkage.wrongly_captured(register, others, links, names), false)
    own, lost = (table.set_index("source").loc["all"] for table in (false, missed))
    alone = linkage.false_links(links, others, decoys, of_kin).set_index("source").loc["all"]
    row = {"seed": seed, "linked": int(own["linked"]), "claim": own["claim"], "by_decoys": own["by_decoys"]}
    row |= {"by_mix_ups": own["by_mix_ups"], "decoys": int(own["decoys"]), "decoys_linked": int(own["decoys_linked"])}
    row |= {"estimate": own["value"], "low": own["low"], "high": own["high"], "decoys_alone_high": alone["high"]}
    row |= {"missed": lost["value"], "missed_low": lost["low"], "missed_high": lost["high"]}
    mapped = linkage.person_map(links, register, others, key=KEY)
    scores = linkage.score(mapped, truth, person, key=KEY).set_index("group").loc["all"]
    right = linkage.rightly(links, others, truth, person, key=KEY)[links.pairs["band"] == "link"]
    return row | {"truth": 1 - right.mean(), "missed_truth": 1 - scores["recall"]}


def summary(table: pd.DataFrame) -> dict[str, float]:
    """Shares of towns whose interval holds the truth, mean rates, and how many times the claim is below the truth."""
    held = (table["low"] <= table["truth"]) & (table["truth"] <= table["high"])
    missed = (table["missed_low"] <= table["missed_truth"]) & (table["missed_truth"] <= table["missed_high"])
    means = table[["truth", "estimate", "low", "high", "claim", "missed_truth", "missed"]].mean()
    return {
        "towns": len(table),
        "interval_holds_truth": held.mean(),
        "decoys_alone_hold_truth": (table["truth"] <= table["decoys_alone_high"]).mean(),
        "missed_interval_holds_truth": missed.mean(),
        **{f"mean_{name}": value for name, value in means.items()},
        "truth_over_claim": means["truth"] / means["claim"],
    }


def main() -> None:
    """Prints a line a town, then the summary."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--towns", type=int, default=50)
    ask.add_argument("--children", type=int, default=1500)
    ask.add_argument("--first", type=int, default=1)
    ask.add_argument("--rounds", type=int, default=5)
    ask.add_argument("--link", type=float)
    asked, rows = ask.parse_args(), []
    for seed in range(asked.first, asked.first + asked.towns):
        rows.append(assessed(seed, children=asked.children, link=asked.link, rounds=asked.rounds))
        shown = ("truth", "estimate", "low", "high", "claim", "missed_truth", "missed", "missed_low", "missed_high")
        rates = "  ".join(f"{name} {rows[-1][name]:.3%}" for name in shown)
        print(f"town {seed:>3}  linked {rows[-1]['linked']:,}  {rates}", flush=True)
    for name, value in summary(pd.DataFrame(rows)).items():
        print(f"{name:<28} {value:.4f}")


if __name__ == "__main__":
    main()
