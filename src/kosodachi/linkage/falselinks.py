"""False links by source, from decoys and mix-ups, with an interval, beside what the model claims about itself.

The interval is for the share of false links among the links that were made. It counts what decoys and twins show; it
holds no truth and does not know errors that neither shows (see `decoys` and `mixups`). In particular decoys stand for
persons whose child is not in the register, or not found: a wrong child that wins over the right one, which is there,
is not counted. The margin between the best two candidates is what guards against that.
"""

import numpy as np
import pandas as pd

from kosodachi.linkage.link import Links
from kosodachi.linkage.prepare import person_keys

DRAWS = 4000
BORROWED = 20.0
ALL = "all"


def false_links(
    links: Links,
    records: pd.DataFrame,
    decoys: pd.DataFrame,
    of_kin: pd.DataFrame,
    mixed: pd.DataFrame | None = None,
    *,
    level: float = 0.95,
    seed: int = 1,
) -> pd.DataFrame:
    """False links by source, and over all: one row a source, last `all`.

    Columns: source, linked, unlinked, decoys, decoys_linked (counts); by_decoys, by_mix_ups (false links expected);
    value, low, high (false links / linked); claim (1 - mean match probability of the links).
    Strata are source and kin. In each, phi has the posterior Beta(x + 1/2, n - x + 1/2) of x in n decoys linked, with
    `BORROWED` decoys of all sources beside them, because a stratum may have few or none, and the false links are
    negative binomial in the unlinked, and no more than the links; mix-ups are Poisson with a mean between the exact ends
    Gamma(x) and Gamma(x + 1) (Garwood 1936, doi:10.1093/biomet/28.3-4.437), the wider choice, since some kinds of
    mix-ups do not show. The interval holds `level` of `DRAWS` draws, for the number that came about and not only its expectation.
    """
    strata = _strata(links, records, decoys, of_kin)
    rng = np.random.default_rng(seed)
    mixed = None if mixed is None else mixed.set_index("source")["expected"].to_dict()
    rows, every = [], []
    usual = (strata["decoys_linked"].sum() + 0.5) / (strata["decoys"].sum() + 1)
    for name, part in strata.groupby("source"):
        expected, draws = _by_decoys(part, usual, rng)
        every.append((expected, draws))
        rows.append(_row(name, part, expected, None if mixed is None else mixed.get(name, 0.0), draws, rng))
    draws = sum((draws for _, draws in every), np.zeros(DRAWS))
    rows.append(
        _row(
            ALL, strata, sum(number for number, _ in every), None if mixed is None else sum(mixed.values()), draws, rng
        )
    )
    return _as_shares(pd.DataFrame(rows), links, level)


def _strata(links, records, decoys, of_kin) -> pd.DataFrame:
    """Counts by source and kin: linked, unlinked, decoys, decoys_linked."""
    persons = pd.DataFrame({"source": records["source"], "person": person_keys(records)}).drop_duplicates()
    bands = links.pairs.loc[links.pairs["band"] == "link", ["source", "person"]].assign(linked=True)
    persons = persons.merge(bands, on=["source", "person"], how="left").merge(
        of_kin, on=["source", "person"], how="left"
    )
    persons = persons.assign(linked=persons["linked"].eq(True), kin=persons["kin"].eq(True))
    by = ["source", "kin"]
    table = persons.groupby(by)["linked"].agg(linked="sum", persons="size")
    seen = decoys.groupby(by)["linked"].agg(decoys_linked="sum", decoys="size")
    table = table.join(seen, how="left").fillna(0).astype("int64")
    return table.assign(unlinked=table["persons"] - table["linked"]).reset_index()


def _by_decoys(rows: pd.DataFrame, usual: float, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """False links that the decoys of these strata let expect, and draws of their number."""
    expected, draws, most = 0.0, np.zeros(DRAWS), rows["linked"].sum()
    for row in rows[rows["unlinked"] > 0].itertuples():
        found, others = row.decoys_linked, row.decoys - row.decoys_linked
        phi = found / row.decoys if row.decoys else usual
        expected += row.unlinked * phi / max(1 - phi, 1 / (row.decoys + 1))
        phi = rng.beta(found + 0.5 + BORROWED * usual, others + 0.5 + BORROWED * (1 - usual), DRAWS)
        draws += rng.negative_binomial(row.unlinked, 1 - np.minimum(phi, 1 - 1e-9))
    return min(expected, most), np.minimum(draws, most)


def _row(source: str, rows: pd.DataFrame, by_decoys: float, by_mix_ups: float | None, draws: np.ndarray, rng) -> dict:
    counts = {column: int(rows[column].sum()) for column in ("linked", "unlinked", "decoys", "decoys_linked")}
    expected = {"by_decoys": float(by_decoys), "by_mix_ups": float(by_mix_ups or 0.0)}
    if by_mix_ups is None or not rows["linked"].sum():
        return {"source": source, **counts, **expected, "least": draws, "most": draws}
    least, most = (draws + rng.poisson(rng.gamma(by_mix_ups + more, 1.0, DRAWS)) for more in (1e-9, 1.0))
    return {"source": source, **counts, **expected, "least": least, "most": most}


def _as_shares(table: pd.DataFrame, links: Links, level: float) -> pd.DataFrame:
    """The table with value, low, high and claim."""
    linked = links.pairs[links.pairs["band"] == "link"]
    claims = (1 - linked["match_probability"].astype(float)).groupby(linked["source"]).mean().to_dict()
    claims[ALL] = float((1 - linked["match_probability"].astype(float)).mean())
    n = table["linked"].where(table["linked"] > 0).astype(float)
    table["value"] = ((table["by_decoys"] + table["by_mix_ups"]) / n).clip(upper=1)
    for end, draws, at in (("low", "least", (1 - level) / 2), ("high", "most", (1 + level) / 2)):
        table[end] = (table.pop(draws).map(lambda drawn, at=at: np.quantile(drawn, at)) / n).clip(upper=1)
    return table.assign(claim=table["source"].map(claims))
