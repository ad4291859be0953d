"""Matching on the experimental LaLonde data: a plain implementation that gives the published figure of R's Matching, and
ours beside it.

Sekhon 2011, doi:10.18637/jss.v042.i07 (data lalonde, one match, ties within the package's tolerance, one variance for all):
estimate 2624.3, Abadie-Imbens standard error 802.19, 344 pairs.
"""

import numpy as np
import pytest

from kosodachi.effect import matched
from kosodachi.effect.nuisance import fit, predict

NAMES = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]


@pytest.fixture(scope="module")
def trained():
    from causaldata import nsw_mixtape

    table = nsw_mixtape.load_pandas().data[["treat", "re78", *NAMES]].astype(float)
    X = table[NAMES].to_numpy()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    a = table["treat"].to_numpy()
    return table["re78"].to_numpy(), a, predict(fit(X, a), X, binary=True)


def by_hand(y, a, score, *, neighbours, tolerance, same_noise):
    """Value, Abadie-Imbens error and pairs from the matrix of squared distances; nothing shared with `matched`."""
    distance = (score[:, None] - score[None, :]) ** 2 / score.var(ddof=1)
    treated, control = np.flatnonzero(a == 1), np.flatnonzero(a == 0)
    W = np.zeros((len(treated), len(y)))
    for row, i in enumerate(treated):
        reach = np.sort(distance[i, control])[neighbours - 1] + tolerance
        of = control[distance[i, control] <= reach]
        W[row, of] = 1 / len(of)
    gain = y[treated] - W @ y
    value, K, KK = gain.mean(), W.sum(axis=0), (W**2).sum(axis=0)
    if same_noise:
        gaps = (W > 0) * (y[treated][:, None] - y[None, :] - value) ** 2
        noise = np.full(len(y), 0.5 * (W * gaps).sum() / len(treated))
    else:
        noise = np.zeros(len(y))
        for i in control:
            others = control[control != i]
            reach = np.sort(distance[i, others])[neighbours - 1] + tolerance
            of = others[distance[i, others] <= reach]
            noise[i] = len(of) / (len(of) + 1) * (y[i] - y[of].mean()) ** 2
    variance = ((gain - value) ** 2).sum() + (noise * (K**2 - KK)).sum()
    return value, variance**0.5 / len(treated), int((W > 0).sum())


def test_the_plain_implementation_gives_the_published_figure(trained):
    value, se, pairs = by_hand(*trained, neighbours=1, tolerance=1e-5, same_noise=True)
    assert pairs == 344
    assert value == pytest.approx(2624.3, abs=0.05)
    assert se == pytest.approx(802.19, abs=0.05)


@pytest.mark.parametrize("neighbours", [1, 4])
def test_matching_equals_the_plain_implementation(trained, neighbours):
    y, a, score = trained
    value, se, _ = by_hand(y, a, score, neighbours=neighbours, tolerance=1e-13, same_noise=False)
    found = matched(y, a, score, neighbours=neighbours, caliper=None)
    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.se == pytest.approx(se, rel=1e-9)
    assert found.left_out == 0


def test_the_effect_of_training_is_in_the_interval(trained):
    """The experiment's own contrast is 1,794 dollars; matching among its children of chance must not contradict it."""
    y, a, score = trained
    found = matched(y, a, np.log(score / (1 - score)))
    assert found.low < y[a == 1].mean() - y[a == 0].mean() < found.high
