"""The false-link rate without truth: records that can never truly link are linked with all the others, and counted.

Two kinds of decoys. Held out: some children are taken out of a copy of the register, so every link of the records that
were theirs is false. Recombined: made-up records, family and place from one record, birth and sex from another, given
name from a third, so each goes with the others as often as in the source (after Robach, Hof & van de Wiel 2025,
doi:10.1002/sim.70292). A decoy behaves as a record without a child; of the records without one, `unlinked` are seen
and the linked ones are the false links. With phi the share of decoys linked that is unlinked * phi / (1 - phi).

Not good for: a record that a system filled in with the particulars of another child altogether. It links well, to the
wrong child, and no decoy looks like it; `mix_ups` counts the part of these that shows, and people find the rest.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from kosodachi.linkage.link import Links
from kosodachi.linkage.prepare import person_keys

DECOY = "decoy"
COLUMNS = ["kind", "round", "source", "person", "register_no", "kin", "match_weight", "linked"]
FAMILY = ["surname", "surname_code", "postcode", "address", "town", "chome", "block"]
GIVEN, BORN = ["given", "given_code"], ["birth_date", "sex"]


def held_out(
    register: pd.DataFrame,
    records: pd.DataFrame,
    links: Links,
    *,
    linking: Callable[[pd.DataFrame, pd.DataFrame], Links],
    rounds: int = 5,
    share: float = 0.1,
    seed: int = 1,
) -> pd.DataFrame:
    """Decoys by holding out children, one row a decoy: kind, round, source, person, register_no, kin, match_weight, linked.

    linking: links of (register, records) as `links` were made. In each round another `share` of the children is out,
    so rounds * share must not exceed 1. register_no: the child held out. kin: the register holds another child of that surname at that address.
    match_weight: of the best candidate that is not held for people; missing without one.
    """
    if rounds * share > 1 + 1e-9:
        raise ValueError("rounds * share is above 1: children would be held out twice")
    linked = links.pairs.loc[links.pairs["band"] == "link", ["source", "person", "register_no"]]
    numbers = person_keys(register)
    order = np.random.default_rng(seed).permutation(numbers.sort_values().to_numpy())
    size = max(1, round(share * len(order)))
    found = []
    for number in range(rounds):
        out = set(order[number * size : (number + 1) * size])
        rest = register[~numbers.isin(out)]
        decoys = linked[linked["register_no"].isin(out)]
        if len(decoys) and len(rest):
            found.append(_seen(linking(rest, records), decoys, kin(rest, records), kind="held_out", number=number))
    return _joined(found)


def recombined(
    register: pd.DataFrame,
    records: pd.DataFrame,
    *,
    linking: Callable[[pd.DataFrame, pd.DataFrame], Links],
    share: float = 0.1,
    seed: int = 1,
) -> pd.DataFrame:
    """Decoys by recombination, `share` of the records of each source; columns as `held_out`.

    Families and dates are drawn with their whole record parts; given names among children of that sex. A combination
    that the register holds (given name and date of birth) is dropped: it could be a child.
    """
    made = recombine(register, records, share=share, seed=seed)
    if made.empty:
        return _joined([])
    decoys = pd.DataFrame({"source": made["source"], "person": person_keys(made), "register_no": None})
    links = linking(register, pd.concat([records, made], ignore_index=True))
    return _joined([_seen(links, decoys, kin(register, made), kind="recombined", number=0)])


def recombine(register: pd.DataFrame, records: pd.DataFrame, *, share: float = 0.1, seed: int = 1) -> pd.DataFrame:
    """Made-up records of every source in the shape of identifier_records; see `recombined`."""
    rng = np.random.default_rng(seed)
    parts = [_recombine(rows, share, rng) for _, rows in records.sort_values("record_id").groupby("source")]
    made = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else records[:0]
    held = pd.MultiIndex.from_frame(register[["given_code", "birth_date"]])
    return made[~pd.MultiIndex.from_frame(made[["given_code", "birth_date"]]).isin(held)].reset_index(drop=True)


def _recombine(rows: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.DataFrame:
    rows = rows.drop_duplicates("person_no") if rows["person_no"].notna().all() else rows
    size = round(share * len(rows))
    family, born = (rows.iloc[rng.permutation(len(rows))[:size]].reset_index(drop=True) for _ in range(2))
    given = rows.iloc[_of_same_sex(rows["sex"], born["sex"], rng)].reset_index(drop=True)
    made = family.assign(**{column: born[column] for column in BORN}, **{column: given[column] for column in GIVEN})
    numbers = [f"{DECOY} {number}" for number in range(size)]
    made = made.assign(person_no=numbers, household_no=None, row_no=-1 - np.arange(size))
    made["record_id"] = made["source"] + " " + pd.Series(numbers, index=made.index, dtype="object")
    for whole, first, second in (("name", "surname", "given"), ("kana_code", "surname_code", "given_code")):
        made[whole] = made[first].str.cat(made[second])
    return made.assign(name_raw=made["name"], kana_raw=made["kana_code"], kana=made["kana_code"])


def _of_same_sex(pool: pd.Series, wanted: pd.Series, rng: np.random.Generator) -> np.ndarray:
    """Positions in `pool`, drawn at random among those with the wanted sex (among all where there is none)."""
    places = np.empty(len(wanted), dtype=int)
    for sex in sorted(wanted.fillna("").unique()):
        here = np.flatnonzero(pool.fillna("") == sex)
        mask = (wanted.fillna("") == sex).to_numpy()
        places[mask] = rng.choice(here if len(here) else np.arange(len(pool)), mask.sum())
    return places


def best_weights(links: Links, records: pd.DataFrame) -> pd.DataFrame:
    """Every person of the sources: source, person, match_weight of its best candidate, as the decoys have theirs.

    Missing without a candidate, or where the best is held for people: no threshold links those.
    """
    every = pd.DataFrame({"source": records["source"], "person": person_keys(records)}).drop_duplicates()
    found = links.pairs.loc[links.pairs["reason"] != "held", ["source", "person", "match_weight"]]
    return every.merge(found, on=["source", "person"], how="left").astype({"match_weight": float})


def kin(register: pd.DataFrame, records: pd.DataFrame) -> pd.DataFrame:
    """source, person, kin: whether the register holds a child of another given name, same surname, same address."""
    persons = records[["source", "surname_code", "address", "given_code"]].assign(person=person_keys(records))
    families = register[["surname_code", "address", "given_code"]].dropna(subset=["surname_code", "address"])
    pairs = persons.merge(families, on=["surname_code", "address"], suffixes=("", "_kin"))
    other = pairs[pairs["given_code"].fillna("") != pairs["given_code_kin"].fillna("")]
    every = persons[["source", "person"]].drop_duplicates()
    there = pd.MultiIndex.from_frame(other[["source", "person"]])
    return every.assign(kin=pd.MultiIndex.from_frame(every).isin(there)).reset_index(drop=True)


def _seen(links: Links, decoys: pd.DataFrame, of_kin: pd.DataFrame, *, kind: str, number: int) -> pd.DataFrame:
    """What became of the decoys: their best candidate and whether it was linked."""
    found = links.pairs[["source", "person", "match_weight", "reason", "band"]]
    seen = decoys[["source", "person", "register_no"]].merge(found, on=["source", "person"], how="left")
    seen = seen.merge(of_kin, on=["source", "person"], how="left")
    seen["match_weight"] = seen["match_weight"].astype(float).where(seen["reason"] != "held")
    seen = seen.assign(linked=seen["band"].eq("link"), kin=seen["kin"].eq(True), kind=kind, round=number)
    return seen[COLUMNS]


def _joined(found: list[pd.DataFrame]) -> pd.DataFrame:
    if not found:
        kinds = {"kin": bool, "match_weight": float, "linked": bool, "round": "int64"}
        return pd.DataFrame({column: pd.Series(dtype=kinds.get(column, "object")) for column in COLUMNS})
    return pd.concat(found, ignore_index=True).sort_values(["kind", "round", "source", "person"], ignore_index=True)
