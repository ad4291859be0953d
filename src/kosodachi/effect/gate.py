"""The diagnostics gate: an estimate is shown only if the data can carry it, and which test failed is said.

Passing is no proof: the gate cannot see a common cause that no source holds. After the gate of OHDSI's LEGEND studies
(Schuemie et al. 2020, doi:10.1093/jamia/ocaa103), with minimum events and an effect that someone would act on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from kosodachi.effect import estimators, nuisance
from kosodachi.effect.balance import differences, effective_size, equipoise
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.negative_controls import Null
from kosodachi.effect.nuisance import RIDGE
from kosodachi.effect.small import small_sample
from kosodachi.effect.study import COLUMNS, Arrays, analysed, cox, estimate, no_rows

POWER = 1.959963984540054 + 0.8416212335729143


class Bounds(BaseModel):
    """What the gate asks for. smallest_effect: the smallest risk difference that the municipality would act on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_events: int = Field(30, ge=1)
    min_arm: int = Field(20, ge=2)
    max_smd: float = Field(0.1, gt=0)
    min_equipoise: float = Field(0.2, ge=0, le=1)
    smallest_effect: float = Field(0.15, gt=0, le=1)
    max_ease: float = Field(0.25, gt=0)


@dataclass(frozen=True)
class Gate:
    """The verdict (passed, withheld, not_assessable), the tests, and the events that would be enough (to ten).

    table: columns test, children, measured, bound, passed (missing if not asked), result (met, not_met, not_asked); children is the number that a
    figure rests on, and for long_absences and smaller_arm the figure itself. failed: names of failed tests, or why no
    study was possible.
    """

    verdict: str
    table: pd.DataFrame
    failed: tuple[str, ...]
    events: int
    events_needed: int | None

    @property
    def passed(self) -> bool:
        return self.verdict == "passed"


ENOUGH_DATA = ("long_absences", "smaller_arm", "detectable_effect")


def gate(
    cohort: Cohort, *, covariates: Sequence[str] | None = None, bounds: Bounds | None = None, ridge: float = RIDGE,
    systematic: Null | None = None,
) -> Gate:  # fmt: skip
    """The gate on a cohort under the weights that `estimate` uses.

    Tests: long_absences, smaller_arm (children), detectable_effect (risk difference found with 80 % power,
    see there), largest_smd
    (absolute, after weighting), equipoise (share with a preference score of 0.3 to 0.7), and ease
    (expected absolute systematic error, log odds) of `systematic`, what the negative controls show. With too few of
    them that is None, and ease is `not_asked`: neither met nor a reason to withhold. Too little data is
    `not_assessable`; the other failures `withheld`.
    """
    bounds = bounds or Bounds()
    at = analysed(cohort, covariates)
    events = int(at.y.sum())
    if cohort.missing or not at.two_armed:
        return Gate("not_assessable", _tests([]), cohort.missing or ("empty_arm",), events, None)
    e = nuisance.propensity(at.a, at.X, ridge=ridge)
    w = estimators.stabilised_weights(at.a, e)
    detectable = detectable_effect(at.y, at.a, at.X, w, cluster=at.cluster, ridge=ridge)
    n = len(at.y)
    rows = [
        ("long_absences", events, np.nan, bounds.min_events, events >= bounds.min_events),
        ("smaller_arm", arm := int(min(at.a.sum(), (1 - at.a).sum())), np.nan, bounds.min_arm, arm >= bounds.min_arm),
        ("detectable_effect", events, detectable, bounds.smallest_effect, detectable <= bounds.smallest_effect),
        ("largest_smd", n, smd := _largest_smd(at, w), bounds.max_smd, smd <= bounds.max_smd),
        ("equipoise", n, both := equipoise(at.a, e), bounds.min_equipoise, both >= bounds.min_equipoise),
    ]  # fmt: skip
    held = None if systematic is None else systematic.ease <= bounds.max_ease
    rows.append(("ease", n, np.nan if systematic is None else systematic.ease, bounds.max_ease, held))
    tests = _tests(rows)
    failed = tuple(tests.loc[tests["result"] == "not_met", "test"])
    short = set(failed) & set(ENOUGH_DATA)
    needed = max(bounds.min_events, 10 * ceil(max(events, 1) * (detectable / bounds.smallest_effect) ** 2 / 10))
    return Gate("not_assessable" if short else "withheld" if failed else "passed", tests, failed, events, needed)


def detectable_effect(y, a, X, w, *, cluster=None, ridge: float = RIDGE) -> float:
    """The smallest risk difference found with 80 % power under weights w; the outcome model does not see the arms.

    2.80 s sqrt(d (1/n1 + 1/n0)) with s^2 the outcome's variance given X, effective numbers n1, n0, and d what clusters
    (households) cost, see `design_effect`.
    """
    n, columns = len(y), X.shape[1]
    left = y - nuisance.predict(nuisance.fit(X, y, ridge=ridge), X, binary=True)
    variance = max(left @ left / max(n - columns - 1, 1), (n - 1) / n**2)
    sizes = [effective_size(w[a == arm]) for arm in (1, 0)]
    cost = design_effect(left, a, w, estimators.codes_of(cluster, n))
    return float(POWER * np.sqrt(cost * variance * sum(1 / size for size in sizes)))


def design_effect(left, a, w, codes) -> float:
    """How many times clusters make the variance of a weighted difference of arms larger, at least 1.

    1 + r S / sum c^2: c is each child's share in the difference (below 0 if not offered), S the sum of the products of
    the shares of siblings, r the likeness of their residuals `left` (mean product over variance, 0 to 1). Siblings on
    one side cost, on both sides they would save, which is not counted on.
    Ref: Moulton 1986, doi:10.1016/0304-4076(86)90021-7, eq. 6, for weights and unequal clusters.
    """
    share = np.where(a == 1, w / w[a == 1].sum(), -w / w[a == 0].sum())
    size = np.bincount(codes)
    pairs = size @ (size - 1)
    if not pairs:
        return 1.0
    alike = (np.bincount(codes, left) ** 2).sum() - left @ left
    alike = np.clip(alike / pairs / max(left @ left / len(left), 1e-12), 0, 1)
    together = (np.bincount(codes, share) ** 2).sum() - share @ share
    return float(max(1 + alike * together / (share @ share), 1.0))


def _largest_smd(at: Arrays, w) -> float:
    return float(differences(at.a, at.X, at.names, {"iptw": w})["smd"].abs().max()) if at.names else 0.0


def _tests(rows) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["test", "children", "measured", "bound", "passed"])
    table = table.astype({"children": int, "measured": float, "bound": float, "passed": "boolean"})
    return table.assign(result=table["passed"].map({True: "met", False: "not_met"}).fillna("not_asked").astype(object))


def gated_estimates(
    cohort: Cohort, decided: Gate, *, covariates: Sequence[str] | None = None, seed: int = 1
) -> pd.DataFrame:
    """All estimates (contract `estimates`) if the gate was passed, else none: what is withheld is not even computed."""
    if not decided.passed:
        return no_rows(COLUMNS)
    found = [
        estimate(cohort, covariates=covariates, seed=seed),
        cox(cohort, covariates),
        small_sample(cohort, covariates),
    ]
    return pd.concat([rows for rows in found if len(rows)], ignore_index=True)
