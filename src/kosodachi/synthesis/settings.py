"""The municipality.yaml of a synthetic town: how its systems export, and on what declared ground they are used.

Purposes and legal bases are plausible examples for a made-up town, not advice for a real one.
"""

from importlib.resources import files

from kosodachi.municipality import Municipality, Selection
from kosodachi.synthesis.scenario import Scenario
from kosodachi.tables import MONTHS

NOTICE = (
    "合成データです。実在の自治体・個人とは関係ありません。 / Synthetic data. No real municipality or person is meant."
)
DECLARED = ("kind", "label", "department", "purpose", "legal_basis", "newly_acquired")  # kept of an uncollected source
ON_PAPER = ("yobo",)  # where a town has no such system, it is on paper
LOT = {"抽選区分": "lot"}, {"lot": {"当選": "drawn", "落選": "not_drawn"}}
FROM_SCENARIO = ("hypothetical", "schedule", "capacity", "disclosure")


def settings_of(scenario: Scenario) -> dict:
    """Settings that `municipality.Municipality` accepts, as plain values for YAML."""
    sources = sources_of(scenario)
    for name, reason in _not_collected(scenario).items():
        sources[name] = {key: value for key, value in sources[name].items() if key in DECLARED}
        sources[name] |= {"collected": False, "not_collected": reason}
    asked = scenario.model_dump(mode="json")
    settings = {"name": asked["name"], "key": asked["key"], "synthetic": True, "seed": asked["seed"]}
    settings |= {name: asked[name] for name in FROM_SCENARIO}
    if scenario.items != Selection():
        settings["items"] = scenario.items.model_dump(mode="json", exclude_defaults=True)
    if scenario.programme.design in ("lottery", "stepped_wedge", "staggered"):
        settings["outreach"] = {"design": scenario.programme.design}
    settings["sources"] = sources
    Municipality.model_validate(settings)
    return settings


def sources_of(scenario: Scenario) -> dict[str, dict]:
    """How each system of the town, collected or not, writes its extract."""
    import yaml

    sources = yaml.safe_load((files(__package__) / "data" / "sources.yaml").read_text(encoding="utf-8"))
    held = {*scenario.systems, *scenario.missing.not_collected, *ON_PAPER}
    sources = {name: source for name, source in sources.items() if name in held}
    if scenario.programme.design == "lottery" and "shien" in sources:
        sources["shien"]["columns"] |= LOT[0]
        sources["shien"]["codes"] |= LOT[1]
    if "shukketsu" in sources:
        sources["shukketsu"]["columns"] |= {f"{int(month)}月欠席": f"absent_{month}" for month in MONTHS}
    return sources


def _not_collected(scenario: Scenario) -> dict[str, str]:
    """Systems without an extract, with the reason; without a programme there is no outreach log."""
    no_log = {"shien": "no_system"} if scenario.programme.design == "none" else {}
    no_log |= {name: "paper_only" for name in ON_PAPER if name not in scenario.systems}
    return no_log | dict(scenario.missing.not_collected)


def settings_text(settings: dict) -> str:
    """The settings as YAML text; its first line says that they are synthetic."""
    import yaml

    return f"# {NOTICE}\n" + yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, width=160)
