"""Negative controls: outcomes that outreach cannot have changed, to measure what bias is left.

If absence of the year before, or a check-up at three years, seems to differ after adjustment, the method is off by
about that much. It corrects for bias of the kind that the controls share with the outcome, and for no other.
Ref: Schuemie et al. 2014, doi:10.1002/sim.5925; 2018, doi:10.1073/pnas.1708282114.
"""

from dataclasses import dataclass

import numpy as np

from kosodachi.effect.estimators import Z

FEWEST = 5


@dataclass(frozen=True)
class Null:
    """Systematic error as seen in the controls: normal with mean and sd; ease: expected absolute systematic error."""

    mean: float
    sd: float
    ease: float
    controls: int


def empirical_null(values, errors) -> Null:
    """The distribution of systematic error from estimates of effects known to be 0, with their standard errors.

    Maximum likelihood of value ~ N(mean, sd^2 + se^2). Raises ValueError with fewer than five controls.
    """
    from scipy.optimize import minimize
    from scipy.stats import norm

    b, se = np.asarray(values, float), np.asarray(errors, float)
    if len(b) < FEWEST:
        raise ValueError(f"{len(b)} controls; at least {FEWEST} are needed")

    def loss(p):
        return -norm.logpdf(b, p[0], np.hypot(np.exp(p[1]), se)).sum()

    scale = max(b.std(), se.mean(), 1e-6)
    found = min((minimize(loss, [b.mean(), np.log(scale * f)], method="Nelder-Mead",
                          options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 4_000}) for f in (1.0, 0.05)),
                key=lambda r: r.fun)  # fmt: skip
    mean, sd = float(found.x[0]), float(np.exp(found.x[1]))
    return Null(mean, sd, expected_absolute_error(mean, sd), len(b))


def expected_absolute_error(mean: float, sd: float) -> float:
    """The mean of |N(mean, sd^2)|, EASE."""
    from scipy.stats import foldnorm

    return abs(mean) if sd < 1e-12 else float(foldnorm.mean(abs(mean) / sd, scale=sd))


def calibrated(value: float, se: float, null: Null) -> tuple[float, float, float, float]:
    """Value, low, high and p with the systematic error taken out: value - mean, variance sd^2 + se^2."""
    from scipy.stats import norm

    centre, wide = value - null.mean, float(np.hypot(null.sd, se))
    return centre, centre - Z * wide, centre + Z * wide, float(2 * norm.sf(abs(centre) / wide))
