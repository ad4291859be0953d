"""Scenarios read, changed and checked: what is impossible is refused by name, before anything is drawn or written."""

from importlib.resources import files

from pydantic import ValidationError

from kosodachi.faults import Fault, refuse
from kosodachi.synthesis.calendar import Months
from kosodachi.synthesis.places import schools_of
from kosodachi.synthesis.scenario import Scenario

BOUNDS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
USUAL = "usual"  # `errors: usual` asks for the rates of mistakes in data/usual_errors.yaml
PUPILS = 0.35  # pupils with two school years behind them, of all children: about so many can be eligible


def read_scenario(text: str) -> Scenario:
    """The scenario in a YAML text; `errors: usual` stands for the usual rates of mistakes.

    Raises E-TOWN-01 to -09 and -11 to -15, all faults together.
    """
    import yaml

    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Fault("E-TOWN-01", where=f"line {mark.line + 1}" if mark else "", why="not YAML") from None
    if not isinstance(raw, dict):
        raise Fault("E-TOWN-01", why=f"a {type(raw).__name__} at the top")
    return _possible(raw | ({"errors": _usual_errors()} if raw.get("errors") == USUAL else {}))


def _usual_errors() -> dict:
    import yaml

    return yaml.safe_load((files(__package__) / "data" / "usual_errors.yaml").read_text(encoding="utf-8"))


def changed(scenario: Scenario, *, seed: int | None = None, children: int | None = None) -> Scenario:
    """The scenario with another seed or size; the capacity of staff grows and shrinks with the town."""
    raw = scenario.model_dump()
    if seed is not None:
        raw["seed"] = seed
    if children is not None:
        raw["children"] = children
        scale = children / scenario.children
        raw["capacity"] = {name: max(1, round(value * scale)) for name, value in raw["capacity"].items()}
    return _possible(raw)


def _possible(raw: dict) -> Scenario:
    try:
        scenario = Scenario.model_validate(raw)
    except ValidationError as error:
        refuse([_fault(one) for one in error.errors(include_url=False)])
    refuse(impossible(scenario))
    return scenario


def _fault(error: dict) -> Fault:
    name = ".".join(str(part) for part in error["loc"] if part != "[key]")
    if error["type"] == "missing":
        return Fault("E-TOWN-02", name=name)
    if error["type"] == "extra_forbidden":
        return Fault("E-TOWN-03", name=name)
    if error["type"] == "literal_error":
        name += "" if error["loc"][-1] == "[key]" else f": {error['input']}"
        return Fault("E-TOWN-04", name=name, expected=error["ctx"]["expected"])
    bounds = [f"{BOUNDS[rule]} {bound}" for rule, bound in error.get("ctx", {}).items() if rule in BOUNDS]
    return Fault("E-TOWN-05", name=name, found=error["input"], why=" ".join(bounds) or error["msg"])


def eligible_children(scenario: Scenario) -> int:
    """How many pupils are eligible for outreach."""
    return round(scenario.programme.eligible_share * scenario.children)


def impossible(scenario: Scenario) -> list[Fault]:
    """Settings that are each possible but not together."""
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
    ]
    return [Fault(code, **values) for failed, code, values in checks if failed] + _of_design(scenario, eligible)


def _of_design(scenario: Scenario, eligible: int) -> list[Fault]:
    """What the programme's design cannot do in this town."""
    asked, months, offers = scenario.programme, Months.of(scenario.schedule), scenario.capacity.outreach_per_month
    drawn = offers - int(offers * asked.lottery_certain)
    line = offers - drawn + round(drawn * asked.lottery_margin)
    starts, months_left = (asked.waves - 1) * asked.wave_months, months.outcome.stop - months.index
    reach, districts = offers * months_left, schools_of(scenario)
    by_school, wedge = asked.design in ("stepped_wedge", "staggered"), asked.design == "stepped_wedge"
    checks = [
        (asked.design == "lottery" and line > eligible, "E-TOWN-12", {"line": line, "eligible": eligible}),
        (by_school and asked.waves > districts, "E-TOWN-13", {"waves": asked.waves, "schools": districts}),
        (by_school and starts >= months_left, "E-TOWN-14", {"starts": starts, "months": months_left}),
        (wedge and reach < eligible, "E-TOWN-15", {"reach": reach, "eligible": eligible, "offers": offers}),
    ]
    return [Fault(code, **values) for failed, code, values in checks if failed]
