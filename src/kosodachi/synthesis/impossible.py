"""Settings that are each possible but not together: more capacity than people, years that nobody simulates."""

from datetime import date

from kosodachi.faults import Fault
from kosodachi.faults.marks import Marked
from kosodachi.synthesis.calendar import Months, fiscal_year, years_of
from kosodachi.synthesis.places import schools_of
from kosodachi.synthesis.scenario import Scenario

PUPILS = 0.35  # pupils with two school years behind them, of all children: about so many can be eligible
FIRST, LAST = (
    1996,
    2099,
)  # fiscal years of an index date: parents of its eldest pupils are born in an era that is written
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
# What each fault looks at; that which it stands at comes first.
LOOKS_AT = {
    "E-TOWN-06": ("capacity.outreach_per_month", "programme", "children"),
    "E-TOWN-07": ("programme.started",),
    "E-TOWN-08": ("programme.eligible_share", "lives"),
    "E-TOWN-09": ("capacity.reviewed", "children"),
    "E-TOWN-11": ("schedule.index_date",),
    "E-TOWN-12": ("capacity.outreach_per_month", "programme", "children"),
    "E-TOWN-13": ("programme.waves", "children", "children_a_district"),
    "E-TOWN-14": ("programme.wave_months", "schedule"),
    "E-TOWN-15": ("capacity.outreach_per_month", "programme", "children", "schedule"),
    "E-TOWN-24": ("schedule",),
    "E-TOWN-25": ("key",),
}


def impossible(scenario: Scenario, marked: Marked | None = None, *, but=()) -> list[Fault]:
    """Faults of settings together, but for those that look at a setting named in `but`."""
    told = []
    for code, values in _found(scenario):
        looks_at = LOOKS_AT[code]
        if not {part.split(".")[0] for part in looks_at} & set(but):
            where = marked.where((*looks_at[0].split("."),), value=True) if marked else ""
            told.append(Fault(code, where=where, **values))
    return told


def eligible_children(scenario: Scenario) -> int:
    """How many pupils are eligible for outreach."""
    return round(scenario.programme.eligible_share * scenario.children)


def _found(scenario: Scenario) -> list[tuple[str, dict]]:
    programme, lives, capacity = scenario.programme, scenario.lives, scenario.capacity
    offers, eligible, pupils = capacity.outreach_per_month, eligible_children(scenario), PUPILS * lives.pupils_seen
    by_school = programme.design in ("stepped_wedge", "staggered")
    reviewed = {"reviewed": capacity.reviewed, "children": scenario.children}
    both = {"started": programme.started, "consent": programme.consent}
    share = {"eligible": programme.eligible_share, "pupils": round(pupils, 3)}
    checks = [
        (offers > eligible and not by_school, "E-TOWN-06", {"offers": offers, "eligible": eligible}),
        (programme.started > programme.consent, "E-TOWN-07", both),
        (programme.eligible_share > pupils, "E-TOWN-08", share),
        (capacity.reviewed > scenario.children, "E-TOWN-09", reviewed),
        (not Months.of(scenario.schedule).has_outcome, "E-TOWN-11", {"index_date": scenario.schedule.index_date}),
        (scenario.key.lower() in RESERVED, "E-TOWN-25", {"name": "key", "found": scenario.key}),
        *((True, "E-TOWN-24", values) for values in _outside(scenario)),
        *_of_design(scenario, eligible),
    ]
    return [(code, values) for failed, code, values in checks if failed]


def _of_design(scenario: Scenario, eligible: int) -> list[tuple]:
    """What the programme's design cannot do in this town."""
    asked, months, offers = scenario.programme, Months.of(scenario.schedule), scenario.capacity.outreach_per_month
    drawn = offers - int(offers * asked.lottery_certain)
    line = offers - drawn + round(drawn * asked.lottery_margin)
    starts, months_left = (asked.waves - 1) * asked.wave_months, months.outcome.stop - months.index
    reach, schools = offers * months_left, schools_of(scenario)
    by_school, wedge = asked.design in ("stepped_wedge", "staggered"), asked.design == "stepped_wedge"
    return [
        (asked.design == "lottery" and line > eligible, "E-TOWN-12", {"line": line, "eligible": eligible}),
        (by_school and asked.waves > schools, "E-TOWN-13", {"waves": asked.waves, "schools": schools}),
        (by_school and starts >= months_left, "E-TOWN-14", {"starts": starts, "months": months_left}),
        (wedge and reach < eligible, "E-TOWN-15", {"reach": reach, "eligible": eligible, "offers": offers}),
    ]


def _outside(scenario: Scenario) -> list[dict]:
    """Days of the schedule that lie outside the years that are simulated, and years that no calendar here knows."""
    asked = scenario.schedule
    if not FIRST <= fiscal_year(asked.index_date) <= LAST:
        return [
            {"name": "index_date", "day": asked.index_date, "first": date(FIRST, 4, 1), "last": date(LAST + 1, 3, 31)}
        ]
    years = years_of(asked)
    first, last = date(int(years[0]), 4, 1), date(int(years[-1]) + 1, 3, 31)
    ends = {"train_as_of": asked.train_as_of, "judge_as_of": asked.judge_as_of}
    days = {**ends, "follow_up_until": asked.follow_up_until}
    days |= {f"{name} + label_months": _months_on(day, asked.label_months) for name, day in ends.items()}
    return [
        {"name": f"schedule.{name}", "day": day, "first": first, "last": last}
        for name, day in days.items()
        if not first <= day <= last
    ]


def _months_on(day: date, months: int) -> date:
    """The last day of so many months from a day on."""
    number = day.year * 12 + day.month - 1 + months
    return date.fromordinal(date(number // 12, number % 12 + 1, 1).toordinal() + day.day - 2)
