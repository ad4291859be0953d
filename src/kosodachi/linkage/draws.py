"""Link sets drawn from the match probabilities, so that an effect can be estimated with the error of the links in it.

Each draw links every doubtful person to one of its candidates or to none, by their calibrated odds. Only what differs
from the links that were made is kept. Persons who are sure are the same in every draw.

Not good for: errors that the probabilities do not hold (a record with the particulars of another child), and matches
that blocking never made a candidate. A draw is a whole link set; no single row of it says anything about a child.
"""

import numpy as np
import pandas as pd

from kosodachi.linkage.comparisons import TERM_FREQUENCIES_FROM, japanese
from kosodachi.linkage.link import Links, scored
from kosodachi.linkage.prepare import children_of, person_keys, persons_of
from kosodachi.tables.pseudonyms import pseudonyms

COLUMNS = ["draw", "record_id", "research_id"]
PAIR = ["source", "person", "register_no", "match_weight"]
NONE = ""


def candidates(
    links: Links,
    register: pd.DataFrame,
    records: pd.DataFrame,
    *,
    names: pd.DataFrame | None = None,
    engine: str = "duckdb",
) -> pd.DataFrame:
    """All candidates of each person by the model of `links`: source, person, register_no, match_weight.

    Links without a model (a deterministic rule) have the child they linked, with its weight, alone.
    """
    best = links.pairs[PAIR]
    if links.model is None or records.empty:
        return best.reset_index(drop=True)
    children, persons = children_of(register, names), persons_of(records, names)
    spec = japanese(engine=engine, term_frequencies=children.people >= TERM_FREQUENCIES_FROM)
    pairs = scored(links.model, children, persons, spec=spec, engine=engine).to_pandas()
    pairs = pairs[~pairs["held"]].rename(columns={"left_id": "register_no"})
    pairs = pd.concat([best, pairs[PAIR]]).sort_values([*PAIR[:3], "match_weight"], ascending=[True, True, True, False])
    return pairs.drop_duplicates(PAIR[:3]).reset_index(drop=True)


def chances(pairs: pd.DataFrame, calibration) -> pd.DataFrame:
    """The chance of each candidate: source, person, register_no, chance; what is missing to 1 is the chance of none.

    pairs: source, person, register_no, match_weight, the candidates of each person (one row a child). The best one
    has its calibrated probability; the rest share what is left by their odds, 2^weight against 1 for none.
    """
    best = pairs.sort_values(["source", "person", "match_weight", "register_no"], ascending=[True, True, False, True])
    best = best.drop_duplicates(["source", "person", "register_no"]).reset_index(drop=True)
    first = ~best.duplicated(["source", "person"])
    odds = np.where(first, 0.0, np.exp2(np.minimum(best["match_weight"].to_numpy(float), 100)))
    whole = pd.Series(odds).groupby([best["source"], best["person"]]).transform("sum").to_numpy() + 1
    mine = np.where(first, calibration(best["match_weight"]), 0.0)
    of_best = pd.Series(mine).groupby([best["source"], best["person"]]).transform("sum").to_numpy()
    return best[["source", "person", "register_no"]].assign(chance=np.where(first, mine, (1 - of_best) * odds / whole))


def draw_links(links: Links, candidates: pd.DataFrame, *, draws: int = 20, sure: float = 0.999, seed: int = 1):
    """Persons whose link differs from the one made, by draw: draw, source, person, register_no (missing: none).

    candidates: as `chances` gives them. Persons whose made outcome has a chance of `sure` or more are left alone.
    Within a draw a child keeps one drawn person a source: of two newly drawn, or a newly drawn one and one linked
    already, the one that was linked, or the likelier, stays; the other has none.
    """
    made = links.pairs.loc[links.pairs["band"] == "link", ["source", "person", "register_no"]]
    doubtful = _doubtful(candidates, made, sure)
    if doubtful.empty:
        return pd.DataFrame(columns=["draw", "source", "person", "register_no"])
    rng = np.random.default_rng(seed)
    parts = [_one(doubtful, made, rng).assign(draw=number) for number in range(draws)]
    return pd.concat(parts, ignore_index=True)[["draw", "source", "person", "register_no"]]


def _doubtful(candidates: pd.DataFrame, made: pd.DataFrame, sure: float) -> pd.DataFrame:
    """Candidates of the doubtful persons, and the outcome none, with the upper end of each chance."""
    rest = 1 - candidates.groupby(["source", "person"])["chance"].sum().clip(upper=1)
    every = pd.concat([candidates, rest.rename("chance").reset_index().assign(register_no=NONE)], ignore_index=True)
    every = every.merge(made.rename(columns={"register_no": "now"}), on=["source", "person"], how="left")
    every["now"] = every["now"].fillna(NONE)
    certain = every[(every["register_no"] == every["now"]) & (every["chance"] >= sure)]
    keys = ["source", "person"]
    every = every[~pd.MultiIndex.from_frame(every[keys]).isin(pd.MultiIndex.from_frame(certain[keys]))]
    every = every.sort_values([*keys, "chance", "register_no"], ascending=[True, True, False, True])
    every["until"] = every.groupby(keys)["chance"].cumsum()
    return every.reset_index(drop=True)


def _one(doubtful: pd.DataFrame, made: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One draw: what differs from the links made."""
    keys = ["source", "person"]
    place = doubtful.groupby(keys).ngroup().to_numpy()
    lot = rng.random(place.max() + 1)[place]
    past = doubtful[(doubtful["until"] >= lot).to_numpy()]
    taken = past.drop_duplicates(keys)
    differs = taken[taken["register_no"] != taken["now"]]
    held = made[~pd.MultiIndex.from_frame(made[keys]).isin(pd.MultiIndex.from_frame(differs[keys]))]
    there = pd.MultiIndex.from_frame(held[["source", "register_no"]])
    again = differs.sort_values(["source", "register_no", "chance", "person"], ascending=[True, True, False, True])
    again = again.duplicated(["source", "register_no"]).reindex(differs.index)
    clash = again | pd.MultiIndex.from_frame(differs[["source", "register_no"]]).isin(there)
    drawn = differs["register_no"].where(~(clash & (differs["register_no"] != NONE)), NONE)
    differs = differs.assign(register_no=drawn)[drawn != differs["now"]]
    return differs.assign(register_no=differs["register_no"].where(differs["register_no"] != NONE, None))


def link_draws(drawn: pd.DataFrame, records: pd.DataFrame, *, key: bytes) -> pd.DataFrame:
    """The drawn differences as the table `link_draws`: draw, record_id, research_id (missing: no link in this draw)."""
    of_records = records[["record_id", "source"]].assign(person=person_keys(records))
    rows = drawn.merge(of_records, on=["source", "person"])
    rows["research_id"] = pseudonyms(key, "person", rows["register_no"].astype("object"))
    rows = rows[COLUMNS].sort_values(["draw", "record_id"], ignore_index=True)
    return rows.astype({"draw": "int64"})


def with_draw(person_link: pd.DataFrame, drawn: pd.DataFrame, draw: int) -> pd.DataFrame:
    """The person link as draw number `draw` has it: research_id and band changed where the draw differs."""
    here = drawn[drawn["draw"] == draw].set_index("record_id")["research_id"]
    differs = person_link["record_id"].isin(here.index)
    new = person_link["record_id"].map(here)
    band = np.where(new.notna(), "link", "none")
    research = person_link["research_id"].where(~differs, new)
    return person_link.assign(
        research_id=research.astype("object").where(research.notna(), None),
        band=person_link["band"].where(~differs, band),
    )
