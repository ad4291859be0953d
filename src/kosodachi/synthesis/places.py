"""Places: fictional towns, addresses, school districts and schools of a fictional city."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from kosodachi.synthesis.scenario import Scenario


@cache
def _lists() -> dict[str, list[str]]:
    import yaml

    return yaml.safe_load((files(__package__) / "data" / "places.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Places:
    """Towns lie in elementary-school districts, two or three districts share a junior high school."""

    city: str
    town_district: np.ndarray
    towns: np.ndarray
    postcodes: np.ndarray
    elementary: np.ndarray
    junior_high: np.ndarray
    district_effect: np.ndarray

    def junior_of(self, district: np.ndarray) -> np.ndarray:
        """Code of the junior high school of a district."""
        return district // 2 % len(self.junior_high)


def districts_of(scenario: Scenario) -> int:
    """How many elementary-school districts a town has."""
    return max(4, round(scenario.children / scenario.children_a_district))


def schools_of(scenario: Scenario) -> int:
    """How many elementary and junior high schools there are."""
    return districts_of(scenario) + (districts_of(scenario) + 1) // 2


def places(scenario: Scenario, rng: np.random.Generator) -> Places:
    """The places of a city; large cities number their towns on."""
    city, districts = scenario.name.ja, districts_of(scenario)
    base = _lists()["towns"]
    towns = [base[i % len(base)] + ("" if i < len(base) else f"第{i // len(base) + 1}") for i in range(3 * districts)]
    postcodes = [f"999-{(i * 37) % 10000:04d}" for i in range(len(towns))]
    return Places(
        city,
        np.arange(len(towns)) % districts,
        np.array(towns, dtype=object),
        np.array(postcodes, dtype=object),
        np.array([f"{city[:-1]}第{i + 1}小学校" for i in range(districts)], dtype=object),
        np.array([f"{city[:-1]}第{i + 1}中学校" for i in range((districts + 1) // 2)], dtype=object),
        rng.normal(0, 0.15, districts),
    )


def draw_addresses(n: int, where: Places, rng: np.random.Generator) -> np.ndarray:
    """n addresses as integers, shape (n, 6): town, chome, block, number, building (-1 none), room."""
    building = np.where(rng.random(n) < 0.3, rng.integers(0, len(_lists()["buildings"]), n), -1)
    return np.column_stack([
        rng.integers(0, len(where.towns), n), rng.integers(1, 6, n), rng.integers(1, 31, n), rng.integers(1, 26, n),
        building, 100 * rng.integers(1, 5, n) + rng.integers(1, 9, n),
    ])  # fmt: skip


def elsewhere() -> np.ndarray:
    """Names of made-up cities that people came from."""
    return np.array(_lists()["elsewhere"], dtype=object)


def long_address(codes: np.ndarray, where: Places, *, city: np.ndarray | None = None) -> np.ndarray:
    """青葉市緑ヶ丘３丁目５番１２号　コーポ若葉２０３, digits in full width; city: another city for each."""
    town, wide = where.towns[codes[:, 0]], _wide_numbers()
    text = (
        (where.city if city is None else city)
        + town
        + wide[codes[:, 1]]
        + "丁目"
        + wide[codes[:, 2]]
        + "番"
        + wide[codes[:, 3]]
        + "号"
    )
    return text + _building(codes, "　", wide)


def short_address(codes: np.ndarray, where: Places, *, city: bool = False, small_ke: bool = True) -> np.ndarray:
    """緑ヶ丘3-5-12 コーポ若葉203; small_ke False writes ケ for ヶ."""
    towns = where.towns if small_ke else np.array([t.replace("ヶ", "ケ") for t in where.towns], dtype=object)
    plain = _plain_numbers()
    text = towns[codes[:, 0]] + plain[codes[:, 1]] + "-" + plain[codes[:, 2]] + "-" + plain[codes[:, 3]]
    return (where.city if city else "") + text + _building(codes, " ", plain)


def _building(codes: np.ndarray, blank: str, digits: np.ndarray) -> np.ndarray:
    names = np.array([blank + name for name in _lists()["buildings"]] + [""], dtype=object)
    rooms = np.where(codes[:, 4] >= 0, digits[codes[:, 5]], "")
    return names[codes[:, 4]] + rooms


@cache
def _plain_numbers() -> np.ndarray:
    return np.array([str(i) for i in range(1000)], dtype=object)


@cache
def _wide_numbers() -> np.ndarray:
    from kosodachi.synthesis.forms import full_width

    return np.array([full_width(str(i)) for i in range(1000)], dtype=object)
