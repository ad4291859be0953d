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

    table: columns test, children, measured, bound, passed, result (met, not_met); children is the number that a
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
    2.80 s sqrt(1/n1 + 1/n0) with s^2 the outcome's variance given X and effective numbers n1, n0), largest_smd
    (absolute, after weighting), equipoise (share with a preference score of 0.3 to 0.7), and with `systematic`, what the
    negative controls show, ease (expected absolute systematic error, log odds). Too little data is
    `not_assessable`; the other failures `withheld`.
    """
    bounds = bounds or Bounds()
    at = analysed(cohort, covariates)
    events = int(at.y.sum())
    if cohort.missing or not at.two_armed:
        return Gate("not_assessable", _tests([]), cohort.missing or ("empty_arm",), events, None)
    e = nuisance.propensity(at.a, at.X, ridge=ridge)
    w = estimators.stabilised_weights(at.a, e)
    detectable = detectable_effect(at.y, at.a, at.X, w, ridge=ridge)
    n = len(at.y)
    rows = [
        ("long_absences", events, np.nan, bounds.min_events, events >= bounds.min_events),
        ("smaller_arm", arm := int(min(at.a.sum(), (1 - at.a).sum())), np.nan, bounds.min_arm, arm >= bounds.min_arm),
        ("detectable_effect", events, detectable, bounds.smallest_effect, detectable <= bounds.smallest_effect),
        ("largest_smd", n, smd := _largest_smd(at, w), bounds.max_smd, smd <= bounds.max_smd),
        ("equipoise", n, both := equipoise(at.a, e), bounds.min_equipoise, both >= bounds.min_equipoise),
    ]  # fmt: skip
    if systematic is not None:
        rows.append(("ease", n, systematic.ease, bounds.max_ease, systematic.ease <= bounds.max_ease))
    tests = _tests(rows)
    failed = tuple(tests.loc[~tests["passed"], "test"])
    short = set(failed) & set(ENOUGH_DATA)
    needed = max(bounds.min_events, 10 * ceil(max(events, 1) * (detectable / bounds.smallest_effect) ** 2 / 10))
    return Gate("not_assessable" if short else "withheld" if failed else "passed", tests, failed, events, needed)


def detectable_effect(y, a, X, w, *, ridge: float = RIDGE) -> float:
    """The smallest risk difference found with 80 % power under weights w; the outcome model does not see the arms."""
    n, columns = len(y), X.shape[1]
    left = y - nuisance.predict(nuisance.fit(X, y, ridge=ridge), X, binary=True)
    variance = max(left @ left / max(n - columns - 1, 1), (n - 1) / n**2)
    sizes = [effective_size(w[a == arm]) for arm in (1, 0)]
    return float(POWER * np.sqrt(variance * sum(1 / size for size in sizes)))


def _largest_smd(at: Arrays, w) -> float:
    return float(differences(at.a, at.X, at.names, {"iptw": w})["smd"].abs().max()) if at.names else 0.0


def _tests(rows) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["test", "children", "measured", "bound", "passed"])
    table = table.astype({"children": int, "measured": float, "bound": float, "passed": bool})
    return table.assign(result=np.where(table["passed"], "met", "not_met"))


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
