"""The systems of the town hall: resident register and child-rearing allowance."""

import numpy as np
import pandas as pd

from kosodachi.synthesis import places as at
from kosodachi.synthesis.errors import BLANK
from kosodachi.synthesis.forms import each, era_digits, era_dotted_padded, half_width, written
from kosodachi.synthesis.names import names
from kosodachi.synthesis.systems.view import View, World, entered_twice, known, numbers, running_numbers, sexes

STATUS = np.array(["1", "2", "9"], dtype=object)


def juki(world: World) -> View:
    """The resident register: one row a registered child, by number; numbers are in no order of age or household."""
    population, where = world.population, world.population.places
    child = np.flatnonzero(population.child["registered"].to_numpy())
    people, home = population.child.iloc[child], population.child["household"].to_numpy()[child]
    held, placed = known(world, "juki", child), _placed_there(world, child)
    hidden, head = population.protected[home], ~placed
    table = pd.DataFrame({
        "宛名番号": numbers(world, "juki", len(population.child))[child],
        "世帯番号": _household_numbers(world, child, placed),
        "世帯主氏名": np.where(head, held.guardian, ""), "世帯主カナ": np.where(head, each(held.guardian_kana, half_width), ""),
        "氏名": held.name, "氏名カナ": each(held.kana, half_width), **_further_names(world, child),
        "生年月日": written(held.born, era_digits("12345")), "性別": sexes(held, "1", "2"),
        "郵便番号": held.placed(where.postcodes[held.address[:, 0]]), "住所": held.placed(at.long_address(held.address, where)),
        "前住所": held.placed(_previous(world, child, placed)), "支援措置区分": np.where(hidden, "1", "0"),
        "小学校区": where.elementary[where.town_district[held.address[:, 0]]],
        "住民となった日": written(people["moved_in"].to_numpy(), era_dotted_padded),
        "転出日": written(people["moved_out"].to_numpy(), era_dotted_padded),
    })  # fmt: skip
    return View(table, child, held.errors).sorted_by(["宛名番号"])


def _placed_there(world: World, child: np.ndarray) -> np.ndarray:
    """Children registered where they live in alternative care."""
    place, care = world.population.child["care"].to_numpy()[child], world.population.care
    return (place >= 0) & np.append(care["registered"].to_numpy(bool), False)[place]


def _household_numbers(world: World, child: np.ndarray, placed: np.ndarray) -> np.ndarray:
    """The number of the household; a child registered in alternative care has one of its own."""
    n, home = len(world.population.household), world.population.child["household"].to_numpy()[child]
    number = numbers(world, "juki_household", n)[home]
    own = running_numbers(world, int(placed.sum()), 10, after=2 * (world.scenario.children + 1))
    number[placed] = own
    return number


def _further_names(world: World, child: np.ndarray) -> dict[str, np.ndarray]:
    """The surname before the last change, the alias, and the name in the alphabet, where there are any."""
    book, population = names(), world.population
    people, home = population.child, population.child["household"].to_numpy()[child]
    old, alias = (population.household[name].to_numpy()[home] for name in ("old_surname", "alias_surname"))
    surname, latin = (population.household[name].to_numpy()[home] for name in ("surname", "alphabet"))
    own, given = people["alias_given"].to_numpy()[child], people["given"].to_numpy()[child]
    alphabet = each(book.surname[surname] + BLANK + book.given[given], half_width)
    return {
        "氏名アルファベット": np.where(latin, alphabet, ""),
        "通称": np.where(alias >= 0, book.surname[alias] + BLANK + book.given[own], ""),
        "通称カナ": np.where(alias >= 0, each(book.surname_kana[alias] + BLANK + book.given_kana[own], half_width), ""),
        "変更前の氏": np.where(old >= 0, book.surname[old], ""),
        "変更前の氏カナ": np.where(old >= 0, each(book.surname_kana[old], half_width), ""),
    }


def _previous(world: World, child: np.ndarray, placed: np.ndarray) -> np.ndarray:
    """The address before the last move: that of the family, in the town, in another one; empty for who never moved."""
    population, where = world.population, world.population.places
    home, homes = population.child["household"].to_numpy()[child], len(population.household)
    moved, born_here = population.old_address[:, 0] >= 0, population.household["moved_in"].isna().to_numpy()
    rng = world.streams.of("events.origin")
    away, codes = rng.integers(0, len(at.elsewhere()), homes), at.draw_addresses(homes, where, rng)
    there = at.long_address(codes, where, city=at.elsewhere()[away])
    came = (population.child["moved_in"] > population.child["born"]).to_numpy()[child]
    before = np.where(moved, at.long_address(population.old_address, where), np.where(born_here, "", there))[home]
    before = np.where(moved[home] | came, before, "")
    return np.where(placed, at.long_address(population.address, where)[home], before)


def jidofuyo(world: World) -> View:
    """Child-rearing allowance: one row a child and spell; a child entered twice has every spell under both numbers.
    Spells that outreach led to draw from a stream of their own and have the last numbers."""
    first = _spells(world, world.lives.allowance, "jidofuyo")
    first.table.insert(0, "受給者番号", numbers(world, "jidofuyo", len(first.table), 8))
    if world.allowances_after.empty:
        return first.sorted_by(["受給者番号"])
    later = _spells(world, world.allowances_after, "jidofuyo_outreach")
    later.table.insert(0, "受給者番号", running_numbers(world, len(later.table), 8, after=len(first.table)))
    table, errors = (
        pd.concat([getattr(view, part) for view in (first, later)], ignore_index=True) for part in ("table", "errors")
    )
    return View(table, np.concatenate([first.child, later.child]), errors).sorted_by(["受給者番号"])


def _spells(world: World, spells: pd.DataFrame, stream: str) -> View:
    dates, n = era_digits("13579"), len(spells)
    twice = entered_twice(world, "jidofuyo", n, stream=stream)
    spells = pd.concat([spells, spells[twice]], ignore_index=True)
    child = spells["child"].to_numpy()
    held = known(world, "jidofuyo", child, spells["end"].to_numpy(), stream=stream)
    table = pd.DataFrame({
        "受給者氏名": held.guardian, "受給者カナ": held.guardian_kana, "児童氏名": held.name, "児童カナ": held.kana,
        "児童生年月日": written(held.born, dates), "性別": sexes(held, "1", "2"),
        "住所": held.placed(at.short_address(held.address, world.population.places)),
        "支給区分": STATUS[spells["status"]],
        "支給開始日": written(spells["start"].to_numpy(), dates),
        "支給終了日": written(spells["end"].to_numpy(), dates),
    })  # fmt: skip
    return View(table, child, held.errors.assign(duplicate=np.arange(len(spells)) >= n))
