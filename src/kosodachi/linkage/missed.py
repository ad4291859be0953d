"""The missed-link rate without truth: capture and recapture by two keys that share no field.

One key knows a child by its name alone, the other by date of birth, place and sex alone (as far as the source holds them). If a name is written wrongly as
often where date and place agree as where they do not, the children found by both tell how many neither finds:
n1 n2 / m (Lincoln-Petersen, as Chapman 1951; for linked lists Ding & Fienberg 1994). What a key finds wrongly, records
whose own child is left out tell, and it is taken off first.

Not good for: children for whom both keys fail together more often than chance, such as a family that moves and changes
its name at a divorce. Then too few are estimated to be missed; `odds` says how the estimate moves with that dependence.
"""

import numpy as np
import pandas as pd

from kosodachi.linkage.link import Links
from kosodachi.linkage.prepare import person_keys

BY_NAME = (("name",), ("kana_code",))
BY_BIRTH = (("birth_date", "chome", "sex"), ("birth_date", "chome"), ("birth_date", "sex"))
KEYS = ("by_name", "by_birth")
FILLED = 0.5
ROUNDS = 50
FOLDS = 20
FOUND = ["source", "person", "register_no"]
Z = 1.959963984540054
ALL = "all"


def captures(register: pd.DataFrame, records: pd.DataFrame, names: pd.DataFrame | None = None) -> pd.DataFrame:
    """What each key finds: source, person, by_name and by_birth (person number of the register, missing if not one).

    names: identifier_names; a child is then known by any name that it goes by. A key finds a child only if no other
    child of the register has the same values. fold: a number from 0 to FOLDS - 1,
    the same for all persons whose found child is of one household; by it the interval knows that siblings move together.
    """
    every = _found(register, records, names, most=1)
    home = register["household_no"].where(register["household_no"].notna(), person_keys(register))
    child = every["by_name"].where(every["by_name"].notna(), every["by_birth"])
    of_child = child.map(dict(zip(person_keys(register), home)))
    unit = of_child.where(of_child.notna(), every["source"] + "|" + every["person"])
    return every.assign(fold=pd.util.hash_array(unit.to_numpy(dtype=object)) % FOLDS)


def _found(
    register: pd.DataFrame, records: pd.DataFrame, names, *, most: int, own: pd.DataFrame | None = None
) -> pd.DataFrame:
    """source, person, by_name, by_birth: the one child each key finds, among values held by at most `most` children.

    own: source, person, register_no of children who are left out of what their own records may find.
    """
    every = records[["source"]].assign(person=person_keys(records)).drop_duplicates()
    births = [_captured(register, rows, _birth_key(rows), most) for _, rows in records.groupby("source")]
    called = [_captured(_named(register, names), _named(records, names), key, most) for key in BY_NAME]
    for column, found in (("by_name", called), ("by_birth", births)):
        pairs = pd.concat([pd.DataFrame(columns=FOUND, dtype=object), *found]).drop_duplicates()
        if own is not None:
            mine = pd.MultiIndex.from_frame(own[["source", "person", "register_no"]])
            pairs = pairs[~pd.MultiIndex.from_frame(pairs[["source", "person", "register_no"]]).isin(mine)]
        one = pairs[~pairs.duplicated(["source", "person"], keep=False)].rename(columns={"register_no": column})
        every = every.merge(one, on=["source", "person"], how="left")
    return every.sort_values(["source", "person"], ignore_index=True)


def _named(rows: pd.DataFrame, names: pd.DataFrame | None) -> pd.DataFrame:
    """The rows, and a copy of each for every further name that it goes by."""
    if names is None:
        return rows
    forms = [column for key in BY_NAME for column in key]
    further = names.loc[names["kind"] != "current", ["record_id", *forms]].dropna(how="all", subset=forms)
    return pd.concat([rows, rows.drop(columns=forms).merge(further, on="record_id")], ignore_index=True)


def _birth_key(rows: pd.DataFrame) -> tuple[str, ...]:
    """The finest key of birth whose fields the source fills in."""
    filled = rows[["birth_date", "chome", "sex"]].notna().mean()
    return next((key for key in BY_BIRTH if filled[list(key)].min() >= FILLED), BY_BIRTH[-1])


def _captured(register: pd.DataFrame, records: pd.DataFrame, key: tuple[str, ...], most: int) -> pd.DataFrame:
    key = list(key)
    left = register[key].assign(register_no=person_keys(register)).dropna(subset=key).drop_duplicates()
    left = left[left.groupby(key)["register_no"].transform("size") <= most]
    right = records[["source", *key]].assign(person=person_keys(records)).dropna(subset=key)
    return right.merge(left, on=key)[FOUND].drop_duplicates()


def wrongly_captured(
    register: pd.DataFrame, records: pd.DataFrame, links: Links, names: pd.DataFrame | None = None
) -> pd.DataFrame:
    """How often a key finds a child for a record whose own child is left out: source, decoys, by_name, by_birth (counts).

    Every linked person is such a decoy in turn: what its key finds when the linked child is out of the register.
    """
    own = links.pairs.loc[links.pairs["band"] == "link", ["source", "person", "register_no"]]
    found = _found(register, records, names, most=2, own=own)
    seen = own[["source", "person"]].merge(found, on=["source", "person"])
    counts = seen.groupby("source")[list(KEYS)].count()
    return counts.assign(decoys=seen.groupby("source").size()).astype("int64").reset_index()


def missed_links(
    links: Links,
    found: pd.DataFrame,
    wrongly: pd.DataFrame,
    false: pd.DataFrame,
    *,
    odds: float = 1.0,
) -> pd.DataFrame:
    """Missed links by source, last `all`: of the persons whose child is in the register, the share not linked to it.

    Columns: source, persons, by_name, by_birth, both (counts, keys' errors taken off), matches (persons with a child in
    the register, estimated), linked, value, low, high (95 %). A source in which both keys find none has no estimate.
    found: `captures`; wrongly: `wrongly_captured`; false: `falselinks.false_links`. odds: the odds ratio of the two keys
    that is assumed; 1 is independence, above 1 a child missed by one key is likelier to be missed by the other.
    The interval leaves out folds of households in turn (jackknife), because siblings share a name and a place.
    Ref: Chapman 1951; log-normal interval of the unseen: Chao 1987, doi:10.2307/2531532; Ding & Fienberg 1994.
    """
    linked = links.pairs[links.pairs["band"] == "link"].groupby("source").size()
    errors = wrongly.set_index("source")
    table = _estimated(_counted(found, errors), odds)
    table["linked"] = table["source"].map(linked).fillna(0).astype("int64")
    parts = [_estimated(_counted(found[found["fold"] != fold], errors), odds) for fold in range(FOLDS)]
    unseen = pd.DataFrame([part.set_index("source")["unseen"] for part in parts], columns=table["source"].tolist())
    table["variance"] = np.maximum(table["variance"], jackknife(unseen).reindex(table["source"]).to_numpy())
    total = table[table["matches"].notna()].drop(columns="source").sum(min_count=1).fillna({"persons": 0, "linked": 0})
    total["variance"] = np.fmax(total["variance"], jackknife(unseen.sum(axis=1).to_frame(ALL))[ALL])
    table = pd.concat([table, total.to_frame().T.assign(source=ALL)], ignore_index=True)
    return _as_shares(table, false.set_index("source")["value"])


def _counted(found: pd.DataFrame, errors: pd.DataFrame) -> pd.DataFrame:
    rows = [{"source": name, **_counts(part, errors, name)} for name, part in found.groupby("source")]
    columns = ["source", "persons", *KEYS, *(f"wrong_{key}" for key in KEYS), "both", "decoys"]
    return pd.DataFrame(rows, columns=columns)


def jackknife(unseen: pd.DataFrame) -> pd.Series:
    """Variance of numbers of unseen, one row a fold of households left out (Quenouille 1956; Tukey 1958)."""
    scaled = unseen.fillna(0.0) * FOLDS / (FOLDS - 1)
    return (FOLDS - 1) ** 2 / FOLDS * scaled.var(ddof=1)


def _counts(rows: pd.DataFrame, errors: pd.DataFrame, source: str) -> dict:
    """What the keys found, and how often each finds a child for a record that has none."""
    decoys = max(1, errors["decoys"].get(source, 0))
    seen = {key: float(rows[key].notna().sum()) for key in KEYS}
    phi = {f"wrong_{key}": errors[key].get(source, 0) / decoys for key in KEYS}
    both = float((rows["by_name"].notna() & (rows["by_name"] == rows["by_birth"])).sum())
    return {"persons": len(rows), **seen, **phi, "both": both, "decoys": decoys}


def _estimated(table: pd.DataFrame, odds: float) -> pd.DataFrame:
    """matches, unseen and variance: unseen = odds * (n1 - m)(n2 - m) / (m + 1), n1 and n2 less what is found wrongly.

    A key finds wrongly for persons without a child alone (a child's own row would make the key find two), so their
    number and what is taken off are found in turn until they agree.
    """
    persons, both = table["persons"].to_numpy(float), table["both"].to_numpy(float)
    matches = persons
    for _ in range(ROUNDS):
        n = [np.maximum(both, table[key] - table[f"wrong_{key}"] * (persons - matches)).to_numpy() for key in KEYS]
        unseen = odds * (n[0] - both) * (n[1] - both) / (both + 1)
        matches = np.minimum(n[0] + n[1] - both + unseen, persons)
    variance = chapman_variance(*n, both)
    for key, other in zip(KEYS, n[::-1]):
        phi = table[f"wrong_{key}"].to_numpy()
        variance += (other / (both + 1) * (persons - matches)) ** 2 * phi * (1 - phi) / table["decoys"].to_numpy()
    table = table.assign(by_name=n[0], by_birth=n[1]).drop(columns=["decoys", *(f"wrong_{key}" for key in KEYS)])
    matches = np.where(both > 0, matches, np.nan)
    return table.assign(matches=matches, unseen=unseen, variance=variance * max(1.0, odds) ** 2)


def chapman_variance(one, two, both):
    """Variance of the number of matches from n1, n2 and m (Seber 1970; Chapman's estimator)."""
    return (one + 1) * (two + 1) * (one - both) * (two - both) / ((both + 1) ** 2 * (both + 2))


def _as_shares(table: pd.DataFrame, false: pd.Series) -> pd.DataFrame:
    table = table.astype({column: float for column in table if column != "source"})
    right = table["linked"] * (1 - table["source"].map(false).fillna(0.0))
    seen = table["matches"] - table["unseen"]
    shares = share_missed(seen, table["unseen"], table["variance"], right)
    table = table.assign(**dict(zip(("value", "low", "high"), shares))).drop(columns=["unseen", "variance"])
    return table.astype({column: "int64" for column in ("persons", "linked")})


def share_missed(seen, unseen, variance, right) -> tuple:
    """Missed share, low and high: of seen + unseen matches those not rightly linked; log-normal about the unseen."""
    least = np.maximum(unseen, 0.5)
    spread = np.exp(Z * np.sqrt(np.log1p(variance / least**2)))
    matches = (seen + unseen, seen + unseen / spread, seen + least * spread)
    return tuple(1 - right / np.maximum(number, right) for number in matches)
