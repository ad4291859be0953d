"""How long each system takes to write down a changed surname or address.

A system hears of a change some days after it: days are exponential with the mean of the system, drawn anew for each
person record. A record that was last written before it heard still says the former surname or address; so staleness
follows from the day of the change, the day of the record and the lag, and is no flat rate. The means are assumptions.
"""

from pydantic import BaseModel, ConfigDict

from kosodachi.municipality import said


class Lag(BaseModel):
    """Mean days until a system knows a change; 0 is the same day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    surname: float = said(
        "mean days until the system writes a changed surname", "氏の変更を反映するまでの平均日数", 0.0, ge=0, le=36_500
    )
    address: float = said(
        "mean days until the system writes a changed address",
        "住所の変更を反映するまでの平均日数",
        0.0,
        ge=0,
        le=36_500,
    )


USUAL_LAGS = {
    "juki": Lag(),
    "jidofuyo": Lag(surname=150, address=180),
    "kenshin": Lag(surname=1500, address=700),
    "shukketsu": Lag(surname=500, address=60),
    "sodan": Lag(surname=120, address=90),
    "shien": Lag(surname=60, address=60),
    "seikatsu_hogo": Lag(surname=60, address=20),
    "shugaku_enjo": Lag(surname=200, address=60),
    "hoiku": Lag(surname=300, address=250),
    "iryohi_josei": Lag(surname=120, address=60),
    "gakuryoku": Lag(surname=500, address=60),
    "kokuho_zei": Lag(surname=90, address=30),
    "jido_teate": Lag(surname=120, address=60),
    "yobo": Lag(surname=1500, address=700),
}
