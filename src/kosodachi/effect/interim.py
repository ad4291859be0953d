"""Early signs, three months after the offer: contact, consent, start of support, and first months of long absence.

That people were reached is no effect, and an early difference in absence need not last. Where the year is not over they are
what there is; `surrogate` says what they can and cannot stand for.
"""

import numpy as np
import pandas as pd

from kosodachi.effect.attendance import linked
from kosodachi.effect.cohort import Cohort
from kosodachi.effect.estimators import aipw
from kosodachi.effect.nuisance import RIDGE, design_matrix
from kosodachi.effect.study import FOLDS, TRUNCATED, covariates_of, no_rows
from kosodachi.municipality import Municipality

MONTHS = 3
COLUMNS = ["indicator", "kind", "value", "low", "high", "children", "events", "others"]


def interim(
    cohort: Cohort,
    attributes: dict[str, pd.DataFrame],
    person_link: pd.DataFrame,
    settings: Municipality,
    *,
    seed: int = 1,
) -> pd.DataFrame:
    """Indicators at three months: columns indicator, kind, value, low, high, children, events, others.

    contacted, consented, started: share of the offered by then, exact interval (kind share). early_absence: offered minus
    not offered share with a month of long absence by then, AIPW (kind effect). No row without both arms.
    """
    table = cohort.table.sort_values("research_id", ignore_index=True)
    if cohort.missing or table.empty or table["treated"].nunique() < 2:
        return no_rows(COLUMNS).astype({"indicator": object, "kind": object})
    rows = _reached(table, cohort, attributes, person_link, settings)
    rows += _early(table, cohort, seed)
    found = pd.DataFrame(rows, columns=COLUMNS[:-1])
    return found.assign(others=found["children"] - found["events"])


def _reached(table, cohort, attributes, person_link, settings) -> list[tuple]:
    """Shares of the offered, from their first offer in the index month."""
    log = linked(attributes, person_link, settings.of_kind("outreach_log"))
    day = pd.to_datetime(log["offered"])
    log = log[day.between(pd.Timestamp(cohort.trial.index_date), cohort.trial.offered_until)]
    first = log.sort_values(["offered", "record_id"]).drop_duplicates("research_id").set_index("research_id")
    own = first.reindex(table.loc[table["treated"].astype(bool), "research_id"])
    until = cohort.trial.offered_until + pd.DateOffset(months=MONTHS)
    done = {name: (pd.to_datetime(own[name]) <= until).to_numpy() for name in ("contacted", "started") if name in own}
    if "consented" in own:
        done["consented"] = (own["consented"] == "yes").to_numpy()
    order = [name for name in ("contacted", "consented", "started") if name in done]
    return [
        (name, "share", *_exact(int(done[name].sum()), len(own)), len(own), int(done[name].sum())) for name in order
    ]


def _exact(k: int, n: int) -> tuple[float, float, float]:
    """A share with its Clopper-Pearson interval. Ref: doi:10.1093/biomet/26.4.404."""
    from scipy.stats import beta

    low = beta.ppf(0.025, k, n - k + 1) if k else 0.0
    high = beta.ppf(0.975, k + 1, n - k) if k < n else 1.0
    return k / n, float(low), float(high)


def _early(table, cohort: Cohort, seed: int) -> list[tuple]:
    """The adjusted difference in a month of long absence within the first three."""
    hit = table["event"].astype(bool) & (table["months"] <= MONTHS)
    table = table[hit | (table["months"] >= MONTHS)]
    y, a = hit[table.index].to_numpy(float), table["treated"].to_numpy(float)
    if not 0 < y.sum() < len(y) or not 0 < a.sum() < len(a):
        return []
    X, _ = design_matrix(table, covariates_of(cohort))
    found = aipw(
        y, a, X, cluster=table["household_id"].to_numpy(), ridge=RIDGE, seed=seed, repeats=1, k=FOLDS, clip=TRUNCATED
    )
    return [("early_absence", "effect", found.value, found.low, found.high, len(y), int(np.sum(y)))]
