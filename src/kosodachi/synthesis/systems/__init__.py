"""The systems: each writes down its own part of what happened, under its own numbers, in its own layout."""

from kosodachi.synthesis.systems import welfare
from kosodachi.synthesis.systems.casework import shien, sodan
from kosodachi.synthesis.systems.civil import jidofuyo, juki
from kosodachi.synthesis.systems.growth import kenshin, shukketsu
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
}

__all__ = ["SYSTEMS", "View", "World", "numbers"]
