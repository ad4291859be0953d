"""Whom people should look at, and how many, so that the rate of false or missed links is known to a stated width.

Strata lie on the match weight, because that is where doubt changes. Neyman (1934) allocation looks most where many
persons are and where the answer is least known. The list of persons stays in the identifier zone; what leaves it is how
many were looked at and how many were wrong, by stratum.

Not good for: finding all errors. It measures a rate; the persons not looked at keep their errors.
"""

import numpy as np
import pandas as pd

Z = 1.959963984540054
DRAWS = 4000
EDGES = (-5.0, 0.0, 5.0, 10.0, 15.0, 20.0, 25.0)
LEAST = 5


def strata(persons: pd.DataFrame, *, edges=EDGES) -> pd.Series:
    """The stratum of each person as text: its band, and a step of match weight (`none`: no candidate)."""
    weights = persons["match_weight"].to_numpy(float)
    names = np.array([f"below {edges[0]:+g}", *(f"from {edge:+g}" for edge in edges), "none"])
    place = np.where(np.isnan(weights), len(edges) + 1, np.searchsorted(edges, np.nan_to_num(weights), side="right"))
    return persons["band"].astype(str) + " " + pd.Series(names[place], index=persons.index)


def design(persons: pd.DataFrame, *, half_width: float, least: int = LEAST) -> pd.DataFrame:
    """How many persons to look at by stratum: stratum, persons, guess, look_at.

    persons: one row a person with stratum and guess (its chance of being wrong, as from decoys and calibration).
    half_width: of the 95 % interval of the share that is wrong. n = (sum N S)^2 / (N^2 d^2 / z^2 + sum N S^2), shared
    out by N S (Cochran 1977, Sampling Techniques, eq. 5.25 and 5.48); a guess near 0 counts as 1/2 in the stratum,
    since none seen is not none there. At least `least` are looked at in every stratum, or all of it.
    """
    table = persons.groupby("stratum").agg(persons=("guess", "size"), guess=("guess", "mean")).reset_index()
    n, guess = table["persons"].to_numpy(float), table["guess"].to_numpy(float)
    guess = np.clip(guess, 0.5 / (n + 1), 1 - 0.5 / (n + 1))
    spread = np.sqrt(guess * (1 - guess))
    wanted = (n * spread).sum() ** 2 / max((n.sum() * half_width / Z) ** 2 + (n * spread**2).sum(), 1e-12)
    shared = wanted * n * spread / max((n * spread).sum(), 1e-12)
    return table.assign(look_at=np.minimum(n, np.maximum(np.ceil(shared), least)).astype("int64"))


def sample(persons: pd.DataFrame, designed: pd.DataFrame, *, seed: int = 1) -> pd.DataFrame:
    """The persons to look at, drawn by stratum without replacement; rows of `persons` in the order source, person."""
    rng = np.random.default_rng(seed)
    ordered = persons.sort_values(["source", "person"]).assign(lot=lambda rows: rng.random(len(rows)))
    ordered["place"] = ordered.groupby("stratum")["lot"].rank(method="first")
    wanted = ordered["stratum"].map(designed.set_index("stratum")["look_at"]).fillna(0)
    return ordered[ordered["place"] <= wanted].drop(columns=["lot", "place"]).reset_index(drop=True)


def estimate(looked_at: pd.DataFrame, designed: pd.DataFrame, *, prior: float = 1.0, seed: int = 1) -> dict:
    """The share that is wrong among all persons of the design: value, low, high (95 %), looked_at, wrong.

    looked_at: stratum, wrong (bool). value is the stratified Horvitz-Thompson estimate, sum N_h / N * wrong_h / n_h
    (Horvitz & Thompson 1952, doi:10.1080/01621459.1952.10483446). The interval also holds for strata in which nobody
    was wrong: the persons not looked at are drawn with a rate from Beta(prior * guess + wrong, ...), so the decoys
    that made the guess count as `prior` persons a stratum beside the labels.
    """
    seen = looked_at.groupby("stratum")["wrong"].agg(looked="size", wrong="sum")
    table = designed.set_index("stratum").join(seen).fillna({"looked": 0, "wrong": 0})
    table["looked"], table["wrong"] = table["looked"].astype(int), table["wrong"].astype(int)
    n, total = table["persons"].to_numpy(int), int(table["persons"].sum())
    looked, wrong, guess = (table[column].to_numpy() for column in ("looked", "wrong", "guess"))
    share = np.where(looked > 0, wrong / np.maximum(looked, 1), guess)
    rng, size = np.random.default_rng(seed), (DRAWS, len(table))
    rate = rng.beta(prior * guess + wrong + 1e-6, prior * (1 - guess) + looked - wrong + 1e-6, size)
    drawn = (wrong + rng.binomial(n - looked, rate)).sum(axis=1) / total
    low, high = np.quantile(drawn, [0.025, 0.975])
    value = float((n * share).sum() / total)
    return {"value": value, "low": min(float(low), value), "high": max(float(high), value),
            "looked_at": int(looked.sum()), "wrong": int(wrong.sum())}  # fmt: skip


def needed(persons: pd.DataFrame, half_widths) -> pd.DataFrame:
    """How many persons to look at for each half width: half_width, look_at."""
    rows = [(width, int(design(persons, half_width=width)["look_at"].sum())) for width in half_widths]
    return pd.DataFrame(rows, columns=["half_width", "look_at"])
