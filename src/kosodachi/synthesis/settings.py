"""The municipality.yaml of a synthetic town: how its systems export, and on what declared ground they are used.

Purposes and legal bases are plausible examples for a made-up town, not advice for a real one.
"""

from importlib.resources import files

from kosodachi.municipality import Municipality
from kosodachi.synthesis.scenario import Scenario
from kosodachi.tables import MONTHS

NOTICE = (
    "合成データです。実在の自治体・個人とは関係ありません。 / Synthetic data. No real municipality or person is meant."
)
FROM_SCENARIO = ("hypothetical", "schedule", "capacity", "disclosure")


def settings_of(scenario: Scenario) -> dict:
    """Settings that `municipality.Municipality` accepts, as plain values for YAML."""
    import yaml

    sources = yaml.safe_load((files(__package__) / "data" / "sources.yaml").read_text(encoding="utf-8"))
    sources["shukketsu"]["columns"] |= {f"{int(month)}月欠席": f"absent_{month}" for month in MONTHS}
    asked = scenario.model_dump(mode="json")
    settings = {"name": asked["name"], "key": asked["key"], "synthetic": True, "seed": asked["seed"]}
    settings |= {name: asked[name] for name in FROM_SCENARIO} | {"sources": sources}
    Municipality.model_validate(settings)
    return settings


def settings_text(settings: dict) -> str:
    """The settings as YAML text; its first line says that they are synthetic."""
    import yaml

    return f"# {NOTICE}\n" + yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, width=160)
