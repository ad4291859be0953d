"""Match probabilities set right by decoys or by people's labels, and thresholds that keep a stated false-link rate.

Decoys show how often a record without a child reaches a weight. Times the number of such records that is what wrong best
candidates weigh; the rest of what is seen at a weight is right (target and decoys, as Kall et al. 2008,
doi:10.1021/pr700600n, for another kind of match). Isotonic regression keeps the order of the weights.

Not good for: single links, and weights that no decoy and no label reached: there the end of the curve is carried on.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

HIGHEST = 1 - 1e-6


@dataclass(frozen=True)
class Calibration:
    """A curve from match weight to probability: knots with columns weight, probability (rising), and how it was made."""

    knots: pd.DataFrame
    made_from: str

    def __call__(self, weights) -> np.ndarray:
        """Calibrated match probabilities of the weights; 0 where a weight is missing (no candidate)."""
        weights = np.asarray(weights, dtype=float)
        found = np.interp(np.nan_to_num(weights, nan=-1e9), self.knots["weight"], self.knots["probability"])
        return np.where(np.isnan(weights), 0.0, found)


def weight_of(probability: float) -> float:
    """The match weight (log2 odds) of a match probability; infinite at 1."""
    return float(np.log2(probability / (1 - probability))) if probability < 1 else float("inf")


def from_decoys(weights, decoy_weights, *, linked_from: float) -> Calibration:
    """The calibration that follows from the best weights of all persons and of the decoys (missing: no candidate).

    linked_from: the weight from which persons are linked; with it the number of persons without a child is the
    unlinked over the share of decoys that are not linked.
    """
    weights, decoys = (np.asarray(values, dtype=float) for values in (weights, decoy_weights))
    without = min(len(weights), _unlinked(weights, linked_from) / max(1 - _share(decoys, linked_from), 1e-9))
    seen, fake = weights[~np.isnan(weights)], decoys[~np.isnan(decoys)]
    if not len(seen):
        return Calibration(pd.DataFrame({"weight": [0.0], "probability": [0.0]}), "decoys")
    each = without / max(1, len(decoys))
    # half a decoy more at the highest weight: none seen there is not none possible
    x = np.concatenate([seen, fake, [seen.max()]])
    y = np.concatenate([np.zeros(len(seen)), np.ones(len(fake) + 1)])
    share = _isotonic(x, y, np.concatenate([np.ones(len(seen)), np.full(len(fake), each), [each / 2]]), rising=False)
    wrong = share["probability"] / np.maximum(1 - share["probability"], 1e-9)
    return Calibration(share.assign(probability=(1 - wrong).clip(0, HIGHEST)), "decoys")


def from_labels(weights, right, *, chance=None, method: str = "isotonic") -> Calibration:
    """The calibration that follows from labels of people; `chance`: the chance each had to be looked at.

    method: isotonic, or platt (logistic in the weight; Platt 1999) where labels are few.
    """
    weights, right = np.asarray(weights, dtype=float), np.asarray(right, dtype=float)
    counts = np.ones(len(weights)) if chance is None else 1 / np.asarray(chance, dtype=float)
    if method == "isotonic":
        return Calibration(_isotonic(weights, right, counts, rising=True), "labels, isotonic")
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6).fit(weights[:, None], right, sample_weight=counts)
    grid = np.linspace(weights.min() - 10, weights.max() + 10, 401)
    return Calibration(
        pd.DataFrame({"weight": grid, "probability": fitted.predict_proba(grid[:, None])[:, 1]}), "labels, platt"
    )


def _isotonic(x, y, counts, *, rising: bool) -> pd.DataFrame:
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0, y_max=1, increasing=rising, out_of_bounds="clip").fit(x, y, counts)
    return pd.DataFrame({"weight": fitted.X_thresholds_, "probability": fitted.y_thresholds_})


def _unlinked(weights: np.ndarray, threshold: float) -> int:
    return int((~(weights >= threshold)).sum())


def _share(decoys: np.ndarray, threshold: float) -> float:
    return float((decoys >= threshold).mean()) if len(decoys) else 0.0


def false_by_threshold(weights, decoy_weights, thresholds) -> pd.DataFrame:
    """What each threshold (match weight) would do: threshold, linked, false (expected number), rate (false / linked)."""
    weights, decoys = (np.asarray(values, dtype=float) for values in (weights, decoy_weights))
    rows = []
    for threshold in thresholds:
        unlinked, phi = _unlinked(weights, threshold), _share(decoys, threshold)
        linked = len(weights) - unlinked
        false = min(linked, unlinked * phi / max(1 - phi, 1e-9))
        rows.append({"threshold": float(threshold), "linked": linked, "false": false, "rate": false / max(linked, 1)})
    return pd.DataFrame(rows, columns=["threshold", "linked", "false", "rate"])


def threshold_for(false_link_rate: float, weights, decoy_weights) -> float:
    """The lowest match weight from which, at it and at every higher one, the expected false-link rate is as stated.

    weights, decoy_weights: best candidates of persons and decoys, missing (or -inf) without one; leave out held pairs.
    Infinity if no weight reaches it. Mix-ups of records (see `mixups`) come on top: no threshold removes them.
    """
    steps = np.asarray(weights, dtype=float)
    steps = np.unique(steps[np.isfinite(steps)])
    table = false_by_threshold(weights, decoy_weights, steps)
    kept = table["rate"].to_numpy() <= false_link_rate
    last_bad = np.flatnonzero(~kept)
    if not len(last_bad):
        return float(steps[0]) if len(steps) else float("inf")
    return float(steps[last_bad[-1] + 1]) if last_bad[-1] + 1 < len(steps) else float("inf")


def reliability(
    probabilities, calibrated, right=None, *, edges=(0.0, 0.05, 0.5, 0.9, 0.99, 0.999, 1.0)
) -> pd.DataFrame:
    """Claimed and calibrated probability by band of the claim: claim (text), persons, claimed, calibrated, true.

    right: whether each is right, where that is known; else `true` is missing. Bands without persons have no row.
    """
    claims = np.asarray(probabilities, dtype=float)
    place = np.clip(np.searchsorted(edges, claims, side="right") - 1, 0, len(edges) - 2)
    table = pd.DataFrame({"place": place, "claimed": claims, "calibrated": calibrated})
    table["true"] = np.nan if right is None else np.asarray(right, dtype=float)
    means = table.groupby("place").agg(
        persons=("claimed", "size"),
        claimed=("claimed", "mean"),
        calibrated=("calibrated", "mean"),
        true=("true", "mean"),
    )
    names = [f"{low:g} .. {high:g}" for low, high in pairwise(edges)]
    return (
        means.reset_index()
        .assign(claim=lambda rows: [names[p] for p in rows["place"]])
        .drop(columns="place")[["claim", "persons", "claimed", "calibrated", "true"]]
    )
