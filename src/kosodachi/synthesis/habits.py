"""The habits of each system in writing people down: scripts, characters, protected addresses, whose name beside the child.

Habits are of the system, not of a record: they are the same for everyone in it. Rates of mistakes are in the scenario.
"""

from dataclasses import dataclass
from typing import Literal

Script = Literal["alphabet", "katakana", "alias"]
Protected = Literal["withheld", "placeholder", "former"]
Guardian = Literal["head", "recipient", "mother"]


@dataclass(frozen=True)
class Habit:
    """script: how foreign names are written (alias: the registered alias, else katakana). unicode_only: holds
    characters beyond CP932. placeholder: stands for a character outside JIS that was lost. protected: what stands for
    the address of a protected household. guardian: whose name stands beside the child's. baby: given name of an infant
    that has none yet."""

    script: Script = "katakana"
    unicode_only: bool = False
    placeholder: str = "〓"
    protected: Protected = "withheld"
    guardian: Guardian = "head"
    baby: str = "ベビー"


HABITS: dict[str, Habit] = {
    "juki": Habit("alphabet"),
    "jidofuyo": Habit(protected="placeholder", guardian="recipient"),
    "kenshin": Habit(protected="former", placeholder="■"),
    "shukketsu": Habit("alias", unicode_only=True, placeholder="?"),
    "sodan": Habit("alias", guardian="mother", baby=""),
    "shien": Habit("alias", placeholder="?", guardian="mother", baby=""),
    "seikatsu_hogo": Habit("alphabet", guardian="recipient"),
    "shugaku_enjo": Habit("alias", placeholder="?"),
    "hoiku": Habit("alias", protected="former", placeholder="■"),
    "iryohi_josei": Habit(protected="placeholder", guardian="recipient"),
    "gakuryoku": Habit("alias", placeholder="?"),
    "kokuho_zei": Habit("alphabet", guardian="recipient"),
    "jido_teate": Habit("alphabet", protected="placeholder", guardian="recipient"),
    "yobo": Habit(protected="former", placeholder="■"),
}
HIDDEN = {"withheld": "", "placeholder": "＊＊＊＊＊＊", "former": "＊＊＊＊＊＊"}
