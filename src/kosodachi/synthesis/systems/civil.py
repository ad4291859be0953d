"""The systems of the town hall: resident register and child-rearing allowance."""

import numpy as np
import pandas as pd

from kosodachi.synthesis import places as at
from kosodachi.synthesis.errors import Writing
from kosodachi.synthesis.forms import each, era_digits, era_dotted_padded, half_width, written
from kosodachi.synthesis.systems.view import View, World, entered_twice, known, numbers, sexes

STATUS = np.array(["1", "2", "9"], dtype=object)


def juki(world: World) -> View:
    """The resident register: one row a registered child, by number; numbers are in no order of age or household."""
    population, where = world.population, world.population.places
    child = np.flatnonzero(population.child["registered"].to_numpy())
    people, home = population.child.iloc[child], population.child["household"].to_numpy()[child]
    held = known(world, "juki", child, Writing(alphabet=True))
    table = pd.DataFrame({
        "宛名番号": numbers(world, "juki", len(population.child))[child],
        "世帯番号": numbers(world, "juki_household", len(population.household))[home],
        "氏名": held.name, "氏名カナ": each(held.kana, half_width),
        "生年月日": written(held.born, era_digits("12345")), "性別": sexes(held, "1", "2"),
        "郵便番号": where.postcodes[held.address[:, 0]], "住所": at.long_address(held.address, where),
        "小学校区": where.elementary[where.town_district[population.address[home, 0]]],
        "住民となった日": written(people["moved_in"].to_numpy(), era_dotted_padded),
        "転出日": written(people["moved_out"].to_numpy(), era_dotted_padded),
    })  # fmt: skip
    return View(table, child, held.errors).sorted_by(["宛名番号"])


def jidofuyo(world: World) -> View:
    """Child-rearing allowance: one row a child and spell; a child entered twice has every spell under both numbers."""
    spells, dates = world.lives.allowance, era_digits("13579")
    twice = entered_twice(world, "jidofuyo", len(spells))
    spells = pd.concat([spells, spells[twice]], ignore_index=True)
    child = spells["child"].to_numpy()
    held = known(world, "jidofuyo", child)
    table = pd.DataFrame({
        "受給者番号": numbers(world, "jidofuyo", len(spells), 8), "児童氏名": held.name, "児童カナ": held.kana,
        "児童生年月日": written(held.born, dates), "性別": sexes(held, "1", "2"),
        "住所": at.short_address(held.address, world.population.places),
        "支給区分": STATUS[spells["status"]],
        "支給開始日": written(spells["start"].to_numpy(), dates),
        "支給終了日": written(spells["end"].to_numpy(), dates),
    })  # fmt: skip
    errors = held.errors.assign(duplicate=np.arange(len(spells)) >= len(twice))
    return View(table, child, errors).sorted_by(["受給者番号"])
