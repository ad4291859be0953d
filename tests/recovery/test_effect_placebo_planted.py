"""The density test keeps its size where nobody was moved, and finds planted heaping; placebo cuts keep theirs."""

import numpy as np
import pytest

from kosodachi.effect import density_at_cut, placebo_cuts, smallest_p

SEEDS = 400


def share_found(draw, moved: float) -> float:
    """How often p is below 5 % if this share of the children just below the cut was moved just inside."""
    found = []
    for seed in range(SEEDS):
        rng = np.random.default_rng([81, seed])
        x = draw(rng)
        width = density_at_cut(x).width
        raised = (x < 0) & (x >= -width) & (rng.random(len(x)) < moved)
        found.append(density_at_cut(np.where(raised, x + width, x), width=width).p < 0.05)
    return float(np.mean(found))


def continuous(rng):
    return rng.normal(-1.2, 1, 1_500)


def in_points(rng):
    """Whole points of a score, cut half-way between two of them, as a month's capacity leaves it."""
    return rng.normal(0, 4, 1_500).round() - 4.5


@pytest.mark.parametrize("draw", [continuous, in_points])
def test_density_at_the_cut(draw):
    assert share_found(draw, 0.0) <= 0.07
    assert share_found(draw, 0.5) >= 0.9
    assert share_found(draw, 0.25) >= 0.3


def test_placebo_cuts_are_significant_no_more_often_than_said():
    found = []
    for seed in range(120):
        rng = np.random.default_rng([82, seed])
        x = rng.normal(0, 1, 800)
        y = (rng.random(800) < np.clip(0.4 + 0.1 * x - 0.2 * (x >= 0), 0, 1)) * 1.0
        found.append(smallest_p(placebo_cuts(y, x)["p"]) < 0.05)
    assert np.mean(found) <= 0.12
