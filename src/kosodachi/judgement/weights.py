"""Weights between literature and data: logistic regression with a normal prior on every weight.

With few events the prior decides, with many the data do. Not for reading a cause into a weight.
"""

import numpy as np

INTERCEPT_SD = 10.0


def map_logistic(
    x: np.ndarray, y: np.ndarray, *, prior_mean, prior_sd, steps: int = 100, tolerance: float = 1e-9
) -> tuple:
    """The most probable weights given data and prior, and their standard errors: (intercept, weights, standard
    errors).

    Maximises log likelihood - sum (b_j - m_j)^2 / (2 s_j^2) by Newton steps, halved until they improve; the intercept
    has a prior of its own so wide that it does not matter. Standard errors are those of the normal approximation at
    the mode. Ref: Greenland 2007, 10.1093/ije/dyl289. No library takes both prior means and a spread for each weight.
    """
    x = np.column_stack([np.ones(len(y)), np.asarray(x, float).reshape(len(y), -1)])
    mean = np.concatenate([[0.0], np.asarray(prior_mean, float)])
    precision = np.concatenate([[INTERCEPT_SD**-2.0], np.asarray(prior_sd, float) ** -2.0])
    b = mean.copy()
    b[0] = np.log((y.sum() + 0.5) / (len(y) - y.sum() + 0.5))
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ b))
        gradient = x.T @ (y - p) - precision * (b - mean)
        hessian = (x.T * (p * (1 - p))) @ x + np.diag(precision)
        move = np.linalg.solve(hessian, gradient)
        while (
            _height(x, y, b + move, mean, precision) < _height(x, y, b, mean, precision) - 1e-12
            and np.abs(move).max() > tolerance
        ):
            move = move / 2
        b = b + move
        if np.abs(move).max() <= tolerance:
            break
    return b[0], b[1:], np.sqrt(np.diag(np.linalg.inv(hessian)))[1:]


def _height(x, y, b, mean, precision) -> float:
    line = x @ b
    return float(y @ line - np.logaddexp(0, line).sum() - (precision * (b - mean) ** 2).sum() / 2)
