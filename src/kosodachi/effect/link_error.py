"""Linkage error carried into the effect: offers and outcomes are known with the chance that their link is right.

Drawing links alone would water the effect down, for a wrong link has nothing to do with the outcome. So who was offered
support and whose outcome a record holds are drawn given the outcome too, by data augmentation; the estimates over the
draws are pooled by Rubin's rules. It is as right as the match probabilities and the outcome model.
Ref: Tanner & Wong 1987, doi:10.1080/01621459.1987.10478458; for linked files Gutman, Afendulis & Zaslavsky 2013,
doi:10.1080/01621459.2012.726889.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from kosodachi.effect import nuisance
from kosodachi.effect.draws import Pooled, rubin
from kosodachi.effect.estimators import aipw

DRAWS, BURN, THIN = 20, 15, 3
SURE = 1e-6


def completed(
    y, offered_chance, own_chance, X, *, draws: int = DRAWS, seed: int = 1, ridge: float = nuisance.RIDGE
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Draws of (outcome, treatment) of all children.

    y (n,) 0/1, NaN where no record is linked; offered_chance: that the child was offered support, given the links
    alone; own_chance: that y is the child's own outcome and not another's. An outcome that is not the child's own is
    drawn from the outcome model.
    """
    y, p, q, X = (np.asarray(v, float) for v in (y, offered_chance, own_chance, X))
    rng, seen = np.random.default_rng(seed), ~np.isnan(y)
    others = y[seen].mean()
    q = np.where(seen, q, 0.0)
    a = (rng.random(len(p)) < p) * 1.0
    own = rng.random(len(q)) < q
    for step in range(BURN + THIN * draws):
        beta = _drawn_model(y[own], a[own], X[own], rng, ridge)
        m1, m0 = (_risk(beta, X, arm) for arm in (1.0, 0.0))
        a = _drawn_offers(y, own, p, m1, m0, rng)
        mean = np.where(a == 1, m1, m0)
        own = seen & (rng.random(len(q)) < _own_given(y, q, mean, others))
        if step >= BURN and (step - BURN) % THIN == 0:
            yield np.where(own, y, (rng.random(len(y)) < mean) * 1.0), a


def _design(a, X):
    return np.column_stack([np.full(len(X), a) if np.isscalar(a) else a, X])


def _risk(beta, X, arm):
    return np.clip(nuisance.predict(beta, _design(arm, X), binary=True), SURE, 1 - SURE)


def _drawn_model(y, a, X, rng, ridge):
    """Coefficients of the outcome model, drawn from their approximate posterior."""
    D = _design(a, X)
    beta = nuisance.fit(D, y, ridge=ridge)
    fitted = nuisance.predict(beta, D, binary=True)
    D = nuisance.with_intercept(D)
    information = (D * (fitted * (1 - fitted))[:, None]).T @ D + nuisance.penalty(D.shape[1], max(ridge, SURE))
    noise = rng.standard_normal(len(beta))
    return beta + np.linalg.solve(np.linalg.cholesky(information).T, noise)


def _drawn_offers(y, own, p, m1, m0, rng):
    """Who was offered support, given the links' chance and, where the outcome is the child's own, the outcome."""
    fit1, fit0 = (np.where(own, np.where(y == 1, m, 1 - m), 1.0) for m in (m1, m0))
    on = p * fit1
    return (rng.random(len(p)) < on / (on + (1 - p) * fit0)) * 1.0


def _own_given(y, q, mean, others):
    """The chance that an outcome is the child's own, given what it is."""
    mine = q * np.where(y == 1, mean, 1 - mean)
    return mine / (mine + (1 - q) * np.where(y == 1, others, 1 - others))


def over_links(y, offered_chance, own_chance, X, *, cluster=None, draws: int = DRAWS, seed: int = 1,
               ridge: float = nuisance.RIDGE, clip: float = nuisance.CLIP) -> Pooled:  # fmt: skip
    """The average effect by AIPW, pooled over draws of links; see `completed`."""
    found = [
        aipw(outcome, a, X, cluster=cluster, repeats=1, seed=seed, ridge=ridge, clip=clip)
        for outcome, a in completed(y, offered_chance, own_chance, X, draws=draws, seed=seed, ridge=ridge)
        if 0 < a.sum() < len(a)
    ]
    return rubin([one.value for one in found], [one.se for one in found])


def chances(
    link_draws: pd.DataFrame, person_link: pd.DataFrame, records: pd.DataFrame, children: pd.Index, *, draws: int
) -> pd.Series:
    """The share of draws in which any of some records is linked to each child (n,), by research id.

    link_draws: draw, record_id, research_id of records whose link differs from the main set in that draw (missing:
    none). records: record_id column, the records that count (offers of the index month).
    """
    main = person_link[(person_link["band"] == "link") & person_link["record_id"].isin(records["record_id"])]
    moved = link_draws[link_draws["record_id"].isin(records["record_id"])]
    whole = pd.MultiIndex.from_product([range(draws), main["record_id"]], names=["draw", "record_id"]).to_frame(
        index=False
    )
    whole = whole.merge(main[["record_id", "research_id"]], on="record_id")
    pairs = pd.MultiIndex.from_frame(moved[["draw", "record_id"]])
    kept = whole[~pd.MultiIndex.from_frame(whole[["draw", "record_id"]]).isin(pairs)]
    drawn = pd.concat([kept, moved])[["draw", "research_id"]].dropna().drop_duplicates()
    return (drawn["research_id"].value_counts() / draws).reindex(children, fill_value=0.0).astype(float)
