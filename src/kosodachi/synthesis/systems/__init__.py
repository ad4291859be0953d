"""The systems: each writes down its own part of what happened, under its own numbers, in its own layout."""

from kosodachi.synthesis.systems import welfare
from kosodachi.synthesis.systems.casework import shien, sodan
from kosodachi.synthesis.systems.civil import jidofuyo, juki
from kosodachi.synthesis.systems.growth import kenshin, shukketsu, yobo
from kosodachi.synthesis.systems.merged import merged
from kosodachi.synthesis.systems.view import View, World, numbers

SYSTEMS = {
    "juki": juki,
    "jidofuyo": jidofuyo,
    "kenshin": kenshin,
    "shukketsu": shukketsu,
    "sodan": sodan,
    "shien": shien,
    "seikatsu_hogo": welfare.seikatsu_hogo,
    "shugaku_enjo": welfare.shugaku_enjo,
    "hoiku": welfare.hoiku,
    "iryohi_josei": welfare.iryohi_josei,
    "gakuryoku": welfare.gakuryoku,
    "kokuho_zei": welfare.kokuho_zei,
    "jido_teate": welfare.jido_teate,
    "yobo": yobo,
}
NAME, GUARDIAN, PLACE = {"name", "name_surname"}, {"guardian_name"}, {"address"}
# What a mistake shows in: it is logged only where the system has one of these columns.
SHOWS_IN = {
    "variant_kanji": NAME, "gaiji": NAME, "hiragana_name": NAME, "foreign_script": NAME, "no_name_space": {"name"},
    "missing_sex": {"sex"}, "old_address": PLACE, "protected_address": PLACE, "wrong_household": PLACE | GUARDIAN,
    "guardian_old_surname": GUARDIAN, "guardian_variant_kanji": GUARDIAN, "missing_guardian": GUARDIAN,
}  # fmt: skip


def view_of(world: World, system: str, source: dict) -> View:
    """What a system writes, given how its extract is declared; the log of mistakes holds those that show."""
    view = SYSTEMS[system](world)
    has = set(source["columns"].values())
    unseen = [kind for kind, columns in SHOWS_IN.items() if kind in view.errors and not columns & has]
    return merged(View(view.table, view.child, view.errors.drop(columns=unseen)), world, system, source)


__all__ = ["SYSTEMS", "View", "World", "numbers", "view_of"]
