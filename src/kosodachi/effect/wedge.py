"""Stepped wedge: outreach starts school by school (or ward by ward) in a drawn or fixed order, and every site gets it.

Each site is its own comparison over calendar time. With few sites the model's interval is too sure of itself, so the
order itself is re-drawn. It needs that the order has nothing to do with how schools would have fared, and that the
effect does not begin before the start nor grow with time.
Ref: Hussey & Hughes 2007, doi:10.1016/j.cct.2006.05.007; few clusters: Kauermann & Carroll 2001,
doi:10.1198/016214501753382309, with t on sites - 2 degrees of freedom as Li & Redden 2015, doi:10.1002/sim.6344, advise;
Mancl & DeRouen 2001, doi:10.1111/j.0006-341X.2001.00126.x.
"""

from dataclasses import dataclass

import numpy as np

DRAWS = 2_000
FEWEST_SITES = 3  # t has sites - 2 degrees of freedom
ALONE = 1e-9  # share of a direction of residuals below which it counts as fitted by one site alone
POWERS = {"kauermann_carroll": -0.5, "mancl_derouen": -1.0}  # of I - H, by which residuals are lengthened


@dataclass(frozen=True)
class Wedge:
    """The effect of outreach being on: value, se, 95 % interval (t with sites - 2 degrees of freedom), icc.

    p, order_low, order_high: test and interval from re-drawn orders of the sites; missing if the order was not drawn.
    """

    value: float
    se: float
    low: float
    high: float
    icc: float
    p: float
    order_low: float
    order_high: float
    sites: int
    n: int


@dataclass(frozen=True)
class _Cells:
    """One entry a site and period with children: mean outcome, children, sum of squared deviations within."""

    site: np.ndarray
    period: np.ndarray
    mean: np.ndarray
    n: np.ndarray
    within: float


def stepped_wedge(y, site, period, start, *, icc: float | None = None, order_drawn: bool = True,
                  errors: str = "kauermann_carroll", draws: int = DRAWS, seed: int = 1) -> Wedge:  # fmt: skip
    """The effect of outreach on the mean of y, allowing for calendar time and likeness within a site.

    y, site, period (n,): one entry a child and period; start: {site: first period with outreach, None if never}.
    Generalised least squares with an exchangeable correlation of children of a site (icc, estimated if None), as GEE
    with an identity link; the standard error is the sandwich with residuals corrected for having been fitted to, by a
    generalised inverse where one site alone tells a period. errors: kauermann_carroll, or mancl_derouen, which is a tenth
    to a quarter too wide with 20 to 6 sites. All is missing where sites and periods do not tell the effect apart from
    calendar time.
    """
    from scipy.stats import t

    labels, site = np.unique(np.asarray(site), return_inverse=True)
    periods, period = np.unique(np.asarray(period), return_inverse=True)
    cells = _cells(np.asarray(y, float), site, period, len(periods))
    first = np.array([np.inf if start[s] is None else np.searchsorted(periods, start[s]) for s in labels.tolist()])
    X = _design(cells, first)
    if len(y) <= X.shape[1] or len(labels) < FEWEST_SITES or np.linalg.matrix_rank(X) < X.shape[1]:
        return Wedge(*(np.nan,) * 8, len(labels), len(y))
    rho = _likeness(cells, X) if icc is None else icc
    weight = [_inverse(cells.n[cells.site == s], rho) for s in range(len(labels))]
    beta, variance = _fit(cells, X, weight, POWERS[errors])
    se = float(np.sqrt(variance[-1, -1])) if variance[-1, -1] > 0 else np.nan
    reach = t.ppf(0.975, len(labels) - 2) * se
    value = float(beta[-1])
    order = _order(cells, X, weight, first, draws, seed) if order_drawn else (np.nan,) * 3
    return Wedge(value, se, value - reach, value + reach, float(rho), *order, len(labels), len(y))


def _cells(y, site, period, periods) -> _Cells:
    code = site * periods + period
    n, total = np.bincount(code), np.bincount(code, y)
    held = np.flatnonzero(n)
    mean = total[held] / n[held]
    return _Cells(held // periods, held % periods, mean, n[held], float(y @ y - n[held] @ mean**2))


def _design(cells: _Cells, first) -> np.ndarray:
    """Period effects and whether outreach is on."""
    on = (cells.period >= first[cells.site]) * 1.0
    return np.column_stack([np.eye(cells.period.max() + 1)[cells.period], on])


def _inverse(n, rho):
    """Inverse covariance of a site's cell means, in units of the variance of one child."""
    return np.linalg.inv(rho + np.diag((1 - rho) / n))


def _solved(cells, X, weight):
    """The sites' designs, means and weights, the inverse of the information, and the coefficients."""
    parts = [(X[at], cells.mean[at], W) for s, W in enumerate(weight) for at in [cells.site == s]]
    bread = np.linalg.inv(sum(D.T @ W @ D for D, _, W in parts))
    return parts, bread, bread @ sum(D.T @ W @ m for D, m, W in parts)


def _fit(cells, X, weight, power):
    """Coefficients and their covariance from residuals corrected by (I - H)^power, H a site's own part of the fit."""
    parts, bread, beta = _solved(cells, X, weight)
    scores = np.array([_corrected(D, m - D @ beta, W, bread, power) for D, m, W in parts])
    return beta, bread @ (scores.T @ scores) @ bread


def _corrected(D, left, W, bread, power):
    """A site's score. With W = L L' the matrix L'(I - H)L'^-1 is symmetric, and its powers are those of its eigenvalues."""
    L = np.linalg.cholesky(W)
    root = L.T @ D
    values, vectors = np.linalg.eigh(np.eye(len(left)) - root @ bread @ root.T)
    scale = np.where(values > ALONE, np.maximum(values, ALONE) ** power, 0.0)
    return root.T @ ((vectors * scale) @ (vectors.T @ (L.T @ left)))


def _likeness(cells: _Cells, X, rounds: int = 4) -> float:
    """The correlation of two children of a site, by moments of the residuals."""
    rho, sites, total = 0.0, cells.site.max() + 1, cells.n.sum()
    size = np.bincount(cells.site, cells.n)
    if not size @ (size - 1):
        return 0.0
    for _ in range(rounds):
        weight = [_inverse(cells.n[cells.site == s], rho) for s in range(sites)]
        left = cells.mean - X @ _solved(cells, X, weight)[2]
        squares = cells.within + cells.n @ left**2
        if squares < ALONE:
            return 0.0
        pairs = np.bincount(cells.site, cells.n * left) ** 2
        rho = (pairs.sum() - squares) / (size @ (size - 1)) / (squares / (total - X.shape[1]))
        rho = float(np.clip(rho, 0.0, 0.95))
    return rho


def _order(cells, X, weight, first, draws, seed):
    """p of the hypothesis of no effect and the interval of effects not refuted, over re-drawn orders of the sites."""
    W = np.zeros((len(cells.mean),) * 2)
    for s, own in enumerate(weight):
        at = np.flatnonzero(cells.site == s)
        W[np.ix_(at, at)] = own
    T, on = X[:, :-1], X[:, -1]
    M = W - W @ T @ np.linalg.solve(T.T @ W @ T, T.T @ W)
    rng = np.random.default_rng(seed)
    orders = rng.permuted(np.tile(first, (draws, 1)), axis=1)
    drawn = (cells.period >= orders[:, cells.site]) * 1.0
    held = ((drawn @ M) * drawn).sum(axis=1)
    drawn, held = drawn[held > 1e-9], held[held > 1e-9]
    null, pull = drawn @ (M @ cells.mean) / held, drawn @ (M @ on) / held
    value = (on @ M @ cells.mean) / (on @ M @ on)

    def p(effect):
        far = np.abs(null - effect * pull) >= abs(value - effect) - 1e-12
        return (1 + far.sum()) / (1 + len(null))

    spread = 20 * null.std() + 1e-9
    return float(p(0.0)), _edge(p, value, value - spread), _edge(p, value, value + spread)


def _edge(p, inside, outside, rounds: int = 40) -> float:
    """The effect between inside and outside at which p falls to 5 %; infinite if it does not."""
    if p(outside) > 0.05:
        return float(np.copysign(np.inf, outside - inside))
    for _ in range(rounds):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if p(middle) > 0.05 else (inside, middle)
    return float(outside)
