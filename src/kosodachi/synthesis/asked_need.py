"""Parts of a scenario about need: its factors and kinds, how it shows in the systems, and how much of it is known.

They state what is asked; all of it is assumed unless the truth table `parameters` says that a figure was published.
"""

from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from kosodachi.municipality import said
from kosodachi.synthesis.people import Rate, Spec, each

FACTORS = ("economic", "caregiving", "health", "school", "shocks")
NEEDS = ("neglect_or_abuse_risk", "hardship", "non_attendance", "young_carer", "isolation", "developmental_support")
LEVELS = ("household", "district", "child")
Weight = Annotated[float, Field(ge=0)]
Three = tuple[Rate, Rate, Rate]
Five = tuple[float, float, float, float, float]


def _whole(shares: dict[str, Three]) -> dict[str, Three]:
    for name, parts in shares.items():
        if abs(sum(parts) - 1) > 1e-9:
            raise PydanticCustomError("shares_of_one", "shares that sum to 1", {"total": f"{name}: {sum(parts):g}"})
    return shares


def _correlations(rows: tuple[Five, ...]) -> tuple[Five, ...]:
    held = np.array(rows)
    if held.shape != (5, 5) or not (np.allclose(held, held.T) and np.allclose(np.diag(held), 1)):
        raise PydanticCustomError("correlations", "a symmetric matrix of 5 rows with 1 on its diagonal")
    if np.linalg.eigvalsh(held).min() <= 1e-9:
        raise PydanticCustomError("correlations", "a positive definite matrix")
    return rows


class Need(Spec):
    """Latent need for support, a year at a time: five factors, what they have in common, and the kinds they make."""

    rate: Rate = said("share of children with need in a year", "1年間に支援が必要な児童の割合", 0.09)
    weights: Annotated[dict[str, Weight], each(*FACTORS)] = said(
        "weights of the factors in the need for support",
        "支援の必要度に占める各要因の重み",
        {"economic": 0.25, "caregiving": 0.25, "health": 0.15, "school": 0.25, "shocks": 0.1},
    )
    shares: Annotated[dict[str, Three], each(*FACTORS), AfterValidator(_whole)] = said(
        "shares of each factor's variance: household, school district, child",
        "各要因の分散の内訳: 世帯、小学校区、児童本人",
        {"economic": (0.62, 0.03, 0.35), "caregiving": (0.55, 0.02, 0.43), "health": (0.3, 0.02, 0.68),
         "school": (0.42, 0.02, 0.56), "shocks": (0.45, 0.01, 0.54)},
    )  # fmt: skip
    correlation: Annotated[tuple[Five, ...], AfterValidator(_correlations)] = said(
        "correlations between factors within each part, in the order economic, caregiving, health, school, shocks",
        "各部分の中での要因間の相関(経済、養育、健康・発達、学校、急な出来事の順)",
        ((1.0, 0.65, 0.5, 0.6, 0.6), (0.65, 1.0, 0.6, 0.7, 0.65), (0.5, 0.6, 1.0, 0.55, 0.5),
         (0.6, 0.7, 0.55, 1.0, 0.6), (0.6, 0.65, 0.5, 0.6, 1.0)),
    )  # fmt: skip
    persistence: Rate = said("correlation of need with the year before", "前年との相関", 0.85, lt=1)
    shock_arrival: Rate = said("chance that a shock arrives in a year", "急な出来事が1年に起きる確率", 0.12, gt=0, lt=1)
    shock_decay: Rate = said("what is left of a shock a year later", "急な出来事の1年後に残る割合", 0.5, lt=1)
    kinds: Annotated[dict[str, Rate], each(*NEEDS)] = said(
        "share of the children whom each kind of need can concern that have it in a year",
        "必要の種類ごとの、該当し得る児童に占める割合",
        {"neglect_or_abuse_risk": 0.03, "hardship": 0.115, "non_attendance": 0.032, "young_carer": 0.057,
         "isolation": 0.06, "developmental_support": 0.088},
    )  # fmt: skip

    @model_validator(mode="after")
    def _some_weight(self):
        if not sum(self.weights.values()) > 0:
            raise PydanticCustomError("above_zero", "at least one factor with a weight above 0")
        return self

    def covariance(self, level: str | None = None) -> np.ndarray:
        """Covariance of the factors, (5, 5), as asked: of one part (household, district, child) or of all together."""
        levels = (level,) if level else LEVELS
        roots = [np.sqrt([self.shares[name][LEVELS.index(one)] for name in FACTORS]) for one in levels]
        return sum(np.outer(root, root) * np.array(self.correlation) for root in roots)

    def of_score(self, level: str | None = None) -> float:
        """Share of the score's variance that belongs to a part; without a level, its variance before scaling."""
        w = np.array([self.weights[name] for name in FACTORS])
        whole = float(w @ self.covariance() @ w)
        return float(w @ self.covariance(level) @ w) / whole if level else whole


class Loadings(Spec):
    """How strongly its factor of need drives what systems see, in log-odds (or log) per standard deviation."""

    single_parent: float = said("being a single parent (economic, household)", "ひとり親(経済、世帯)", 0.65)
    absence: float = said("days absent (school)", "欠席日数(学校)", 1.1)
    checkup_missed: float = said("missing a check-up (caregiving, household)", "健診未受診(養育、世帯)", 0.95)
    caries: float = said("untreated decayed teeth (caregiving)", "未処置歯数(養育)", 0.6)
    low_birth_weight: float = said("low birth weight (health)", "低出生体重(健康・発達)", 0.2)
    finding: float = said("a finding at a check-up (health)", "健診の所見(健康・発達)", 0.45)
    consultation: float = said("a consultation case (all factors)", "相談の受付(全要因)", 1.1)
    alternative_care: float = said("living in alternative care (caregiving)", "社会的養護(養育)", 0.9)
    vaccination: float = said(
        "a late or missing vaccination (caregiving, household)", "予防接種の遅れ・未接種(養育、世帯)", 0.7
    )
    hardship: float = said(
        "hardship of the household: correlation with its need (economic)",
        "世帯の生活困窮(必要度との相関、経済)",
        0.5,
        ge=-1,
        le=1,
    )
    score: float = said(
        "the academic score: correlation, the other way round (school)",
        "学力得点(負の相関の大きさ、学校)",
        0.3,
        ge=-1,
        le=1,
    )
