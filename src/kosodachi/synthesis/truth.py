"""The truth of a synthetic town: who each row is about, need, potential outcomes. For scoring alone."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kosodachi.synthesis.calendar import fiscal_year
from kosodachi.synthesis.consultation import KINDS, OUTREACH, known_in
from kosodachi.synthesis.further import further_outcomes
from kosodachi.synthesis.needs import LEADS
from kosodachi.synthesis.needs import needs as kinds_of_need
from kosodachi.synthesis.population import counted
from kosodachi.synthesis.systems import View, World, numbers

REGISTER = "juki"


@dataclass(frozen=True)
class Ids:
    """By position of a child: register_no (None where the register holds no readable row) and truth's own person_id."""

    register_no: np.ndarray
    person_id: np.ndarray

    @classmethod
    def of(cls, world: World, views: dict[str, View]) -> "Ids":
        """The ids of a world; a register row that cannot be read counts as not there."""
        n = len(world.population.child)
        held = world.population.child["registered"].to_numpy().copy()
        register = views[REGISTER]
        held[register.child[register.errors["unreadable"].to_numpy()]] = False
        register_no = np.where(held, numbers(world, REGISTER, n), None)
        return cls(register_no, np.array([f"P{world.first + i:07d}" for i in range(n)], dtype=object))

    @property
    def held(self) -> np.ndarray:
        """Children whom the register holds with a readable row."""
        return self.register_no != np.array(None)


def person(world: World, ids: Ids) -> pd.DataFrame:
    """One row a child: register_no, person_id, household, and whether it belongs to a group that is hard to link.

    twin, surname_changed, foreign_name, moved, remarried (its household, with a changed surname), alias_or_alphabet
    (registered in the alphabet), address_protected, alternative_care, unnamed_infant, in_register; single_parent (of its
    household on judge_as_of).
    """
    child, home = world.population.child, world.population.child["household"].to_numpy()
    household = world.population.household.iloc[home]
    return pd.DataFrame({
        "register_no": ids.register_no, "person_id": ids.person_id,
        "household": np.array([f"H{world.first + i:07d}" for i in range(home.max() + 1)], dtype=object)[home],
        "twin": child["twin_of"].to_numpy() >= 0, "surname_changed": household["old_surname"].to_numpy() >= 0,
        "foreign_name": household["foreign"].to_numpy(), "moved": household["moved_on"].notna().to_numpy(),
        "remarried": household["remarried_on"].notna().to_numpy(), "alias_or_alphabet": household["alphabet"].to_numpy(),
        "address_protected": household["protected_since"].notna().to_numpy(),
        "alternative_care": child["care"].to_numpy() >= 0, "unnamed_infant": child["unnamed"].to_numpy(),
        "single_parent": (world.lives.single_since <= np.datetime64(world.scenario.schedule.judge_as_of))[home],
        "in_register": ids.held,
    })  # fmt: skip


def record(views: dict[str, View], ids: Ids) -> pd.DataFrame:
    """One row an extract row: source, row_no (1-based), person_id, error (types joined by ;)."""
    parts = []
    for source, view in views.items():
        absent = ~ids.held[view.child] & (source != REGISTER)
        parts.append(pd.DataFrame({
            "source": source, "row_no": np.arange(1, len(view.table) + 1), "person_id": ids.person_id[view.child],
            "error": _joined(view.errors.assign(not_in_register=absent)),
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _joined(errors: pd.DataFrame) -> np.ndarray:
    """The names of the true columns a row, joined; each distinct combination is written once."""
    kinds = np.array(sorted(errors))
    flags = errors[kinds].to_numpy(bool)
    code = flags @ (1 << np.arange(len(kinds), dtype=np.int64))
    _, first, where = np.unique(code, return_index=True, return_inverse=True)
    return np.array([";".join(kinds[flags[row]]) for row in first], dtype=object)[where]


def latent(world: World, ids: Ids) -> pd.DataFrame:
    """Need in the months after train_as_of and judge_as_of: register_no, as_of, need, known; children under 18 then.

    known: a consultation case about the child was opened in these months, other than through outreach.
    """
    dates, child, need, parts = world.scenario.schedule, world.population.child, world.need, []
    for as_of in (dates.train_as_of, dates.judge_as_of):
        here = counted(child, as_of) & ids.held
        known = known_in(world.lives.consultation, len(child), as_of, dates.label_months)
        truly = need.in_need[:, need.at(fiscal_year(as_of))]
        one = {
            "register_no": ids.register_no[here],
            "as_of": pd.Timestamp(as_of),
            "need": truly[here],
            "known": known[here],
        }
        parts.append(pd.DataFrame(one))
    return pd.concat(parts, ignore_index=True).astype({"as_of": "datetime64[ns]"})


def outcome(world: World, ids: Ids) -> pd.DataFrame:
    """One row a pupil at school in the index month and the year before, if in the register.

    register_no, offered, eligible, propensity, would_consent, would_start, days_0 and days_1 (days absent in the
    outcome months without and with the offer), y0 and y1 (long absence, 0 or 1), offer_month (from April, -1 never),
    days_seen and y_seen; case_0, case_1, case_seen and benefit_0, benefit_1, benefit_seen (`further.further_outcomes`).
    Outcomes are missing for pupils who left. offered: in the index month. overridden: placed by staff's own judgement.
    would_open, would_take_up: should support start; entitled: to an allowance that the household does not have.
    """
    columns = ["offered", "eligible", "propensity", "would_consent", "would_start", "days_0", "days_1", "y0", "y1",
               "offer_month", "days_seen", "y_seen", "overridden", "would_open", "would_take_up", "entitled"]  # fmt: skip
    found = world.outcomes.child
    table = pd.concat([found[columns], further_outcomes(world)], axis=1)
    table.insert(0, "register_no", ids.register_no[found["child"]])
    return table[table["register_no"].notna()].reset_index(drop=True)


def needs(world: World, ids: Ids) -> pd.DataFrame:
    """Kinds of need in the fiscal years of the study: register_no, year, kind, need, known_on; only rows with either.

    known_on: the first day in the year on which a case of the kind to which the need leads was opened, other than
    through outreach; missing if none was. A row without need is a case opened without it.
    """
    need, cases = world.need, world.lives.consultation
    cases = cases[cases["route"].to_numpy() != OUTREACH]
    cases = cases.assign(year=fiscal_years_of(cases["opened"].to_numpy()))
    dates = world.scenario.schedule
    years = sorted({fiscal_year(day) for day in (dates.train_as_of, dates.judge_as_of, dates.index_date)})
    held, parts = kinds_of_need(world.population, need, world.scenario.need), []
    for kind, leads in LEADS.items():
        known = cases[cases["kind"] == KINDS.index(leads)].groupby(["child", "year"])["opened"].min()
        for year in years:
            truly = held[kind][:, need.at(year)]
            opened = known.xs(year, level="year") if year in known.index.get_level_values("year") else known.iloc[:0]
            day = np.full(len(truly), np.datetime64("NaT"), dtype="datetime64[ns]")
            day[opened.index.get_level_values(0).to_numpy(int)] = opened.to_numpy()
            shown = (truly | ~np.isnat(day)) & ids.held
            parts.append(pd.DataFrame({
                "register_no": ids.register_no[shown], "year": year, "kind": kind, "need": truly[shown],
                "known_on": day[shown],
            }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def fiscal_years_of(days: np.ndarray) -> np.ndarray:
    """The fiscal year (from April) of each day."""
    return ((days.astype("datetime64[M]").astype(int) - 3) // 12) + 1970
