"""Random-effects meta-analysis of log odds: REML, Hartung and Knapp, heterogeneity, prediction, three levels.

statsmodels offers Paule-Mandel and DerSimonian-Laird but no REML and no levels, hence own code; it is held against
statsmodels' Hartung-Knapp error and against the R package metafor. With few cohorts tau is hardly known: intervals are
then wide, and that is the answer.
"""

from dataclasses import asdict, dataclass

import numpy as np

STEPS, ENOUGH = 200, 1e-10


@dataclass(frozen=True)
class Meta:
    """A pooled effect: k effects, mean `log_odds`, `se`, 95 % limits, between-cohort `tau`, heterogeneity `q` with its
    p value, `i2` (percent), and the 95 % interval in which the effect of a further cohort is expected."""

    k: int
    log_odds: float
    se: float
    low: float
    high: float
    tau: float
    q: float
    q_p: float
    i2: float
    expected_low: float
    expected_high: float

    def line(self) -> dict:
        """The result as a dict of its fields."""
        return asdict(self)


def random_effects(log_odds, se, *, never_below: bool = True) -> Meta:
    """The random-effects mean of at least two independent effects by REML, with Hartung-Knapp limits (t, k - 1).

    `never_below` keeps the Hartung-Knapp error from falling below the usual one (metafor: test = "adhoc"; without it
    "knha"). The prediction interval is mean +- t sqrt(tau^2 + se^2). Ref: IntHout et al. 2014,
    10.1186/1471-2288-14-25; Roever, Knapp & Friede 2015, 10.1186/s12874-015-0091-1.
    """
    y, variance = np.asarray(log_odds, float), np.asarray(se, float) ** 2
    tau2 = reml(y, variance)
    weight = 1 / (variance + tau2)
    mean = float(weight @ y / weight.sum())
    scale = float(weight @ (y - mean) ** 2 / (len(y) - 1))
    own = np.sqrt((max(scale, 1.0) if never_below else scale) / weight.sum())
    return _meta(y, variance, mean, float(own), float(np.sqrt(tau2)))


def reml(y: np.ndarray, variance: np.ndarray) -> float:
    """Between-cohort variance by restricted maximum likelihood, Fisher scoring from the Hedges estimate, never below
    0. Ref: Veroniki et al. 2015, 10.1002/jrsm.1164."""
    tau2 = max(0.0, float(np.var(y, ddof=1) - variance.mean()))
    for _ in range(STEPS):
        weight = 1 / (variance + tau2)
        mean = weight @ y / weight.sum()
        square = (weight**2).sum() / weight.sum()
        score = weight**2 @ (y - mean) ** 2 - weight.sum() + square
        information = (weight**2).sum() - 2 * (weight**3).sum() / weight.sum() + square**2
        step = score / information
        tau2, before = max(0.0, tau2 + step), tau2
        if abs(tau2 - before) < ENOUGH:
            break
    return float(tau2)


def heterogeneity(y: np.ndarray, variance: np.ndarray, tau: float) -> tuple[float, float, float]:
    """Cochran's Q, its p value, and I^2 in percent as 100 tau^2 / (tau^2 + typical variance).

    Ref: Higgins & Thompson 2002, 10.1002/sim.1186."""
    from scipy.stats import chi2

    weight = 1 / variance
    q = float(weight @ (y - weight @ y / weight.sum()) ** 2)
    rest = weight.sum() - (weight**2).sum() / weight.sum()
    typical = (len(y) - 1) / rest if rest > 0 else np.inf
    return q, float(chi2.sf(q, len(y) - 1)), float(100 * tau**2 / (tau**2 + typical)) if tau else 0.0


def three_levels(log_odds, se, cohort) -> Meta:
    """The mean of effects that share cohorts, with one variance between cohorts and one within, both by REML.

    `tau` is the total spread, sqrt(between + within). Limits use t with (cohorts - 1) degrees of freedom (metafor:
    rma.mv with random = ~ 1 | cohort / effect; its z limits are narrower).
    """
    from scipy.optimize import minimize

    y, variance = np.asarray(log_odds, float), np.asarray(se, float) ** 2
    same = np.equal.outer(*[np.asarray(cohort)] * 2).astype(float)
    start = np.full(2, np.sqrt(max(np.var(y, ddof=1) / 2, 1e-4)))
    starts = (start, start * (1.4, 0.1), start * (0.1, 1.4))
    fits = [
        minimize(_loss, s, args=(y, variance, same), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13})
        for s in starts
    ]
    between, within = min(fits, key=lambda fit: fit.fun).x ** 2
    mean, own = _gls(y, np.linalg.inv(np.diag(variance + within) + between * same))
    return _meta(y, variance, mean, own, float(np.sqrt(between + within)), freedom=len(set(cohort)) - 1)


def _loss(spreads: np.ndarray, y: np.ndarray, variance: np.ndarray, same: np.ndarray) -> float:
    """Minus twice the restricted log likelihood, without its constant."""
    total = np.diag(variance + spreads[1] ** 2) + spreads[0] ** 2 * same
    inverse = np.linalg.inv(total)
    mean, _ = _gls(y, inverse)
    rest = y - mean
    return float(np.linalg.slogdet(total)[1] + np.log(inverse.sum()) + rest @ inverse @ rest)


def _gls(y: np.ndarray, inverse: np.ndarray) -> tuple[float, float]:
    weight = inverse.sum(axis=0)
    return float(weight @ y / weight.sum()), float(weight.sum() ** -0.5)


def _meta(y, variance, mean: float, own: float, tau: float, freedom: int | None = None) -> Meta:
    from scipy.stats import t

    quantile = t.ppf(0.975, len(y) - 1 if freedom is None else max(freedom, 1))
    reach = quantile * np.hypot(tau, own)
    q, q_p, i2 = heterogeneity(y, variance, tau)
    limits = (mean - quantile * own, mean + quantile * own, tau, q, q_p, i2, mean - reach, mean + reach)
    return Meta(len(y), mean, own, *(float(x) for x in limits))
