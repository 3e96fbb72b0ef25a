"""The singular values of pure noise, and how many of a matrix stick out of them.

    W: (m, n), independent entries of mean 0 and standard deviation sigma   p = max(m, n), q = min(m, n), beta = q / p
    a = sqrt(m - 1/2), b = sqrt(n - 1/2)

    (N1)  upper       =  sigma (sqrt(p) + sqrt(q))
    (N2)  lower       =  sigma (sqrt(p) - sqrt(q))
    (N3)  f(s)        =  sqrt((upper^2 - s^2) (s^2 - lower^2)) / (pi q sigma^2 s)   between the edges, 0 outside
    (N4)  sigma      ~=  ...
    (N5)  threshold^2 =  ...

(N1) to (N3) are what the q singular values tend to as the matrix grows (Marchenko and Pastur 1967; Yin, Bai and Krishnaiah
1988). So a matrix fresh from its initialisation ends at the edge, and what training has put beyond it is no noise. (N4) is Gavish
and Donoho 2014, arXiv 1305.5870: a few strong directions hardly move the median. At a finite size the largest singular value
scatters about the edge, with Tracy and Widom's distribution (Johnstone 2001; the halves: Ma 2012): noise passes (N1) in some
of its draws, but (N5) in one of a hundred.

The median of f: substitute s^2 = sigma^2 p x, x = 1 + beta + 2 sqrt(beta) cos t. The share of singular values above s is then

    (N6)  share  =  ((1 + beta) t - 2 sqrt(beta) sin t - 2 (1 - beta) arctan(c tan(t / 2))) / (2 pi beta),
                    c = (1 - sqrt(beta)) / (1 + sqrt(beta))

Exercise 13e, lesson 13: How many singular values are no noise.
Write beyond_noise. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 13e       tests this file
    minilora exercise hint 13e        one hint more, each time
"""

import math
from typing import NamedTuple

from minilora import backend
from minilora.lowrank.truncation import singular_values

TRACY_WIDOM_99 = 2.0234  # the 99 % quantile of the distribution for real matrices


class BeyondNoise(NamedTuple):
    """count: an int. threshold: where noise ends (N5), sigma: its standard deviation; floats."""

    count: int
    threshold: float
    sigma: float


def noise_std(W):
    """The standard deviation of the noise in a matrix (m, n) that is noise and a few strong directions (N4): a float.

    Directions that are not few pull it up: with a tenth of them strong, by some percent.
    """
    sigma = singular_values(W)
    return backend.item(backend.get_array_module(sigma).median(sigma)) / noise_median(*W.shape)  # (N4)


def beyond_noise(W, sigma=None):
    """How many singular values of W (m, n) are too large for noise: `BeyondNoise(count, threshold, sigma)`.

    sigma: the standard deviation of the entries of the matching noise, such as the initialisation's; None estimates it (N4),
    and noise then passes in two to five of a hundred draws (measured, sides from 12 to 200).
    A direction of strength theta that was added to noise shows only from about theta > sigma (m n)^(1/4).
    """
    # (N4)  sigma =
    # (N5)  threshold^2 =
    raise NotImplementedError("13e: write beyond_noise")


def noise_median(m, n):
    """The median of the singular values of an (m, n) matrix of noise with sigma = 1, in the limit: a float.

    At the t where the share (N6) is 1/2, by bisection.
    """
    p, beta = max(m, n), min(m, n) / max(m, n)
    root = math.sqrt(beta)
    below, above = 0.0, math.pi
    for _ in range(60):
        t = (below + above) / 2
        turned = math.atan((1 - root) / (1 + root) * math.tan(t / 2))
        share = ((1 + beta) * t - 2 * root * math.sin(t) - 2 * (1 - beta) * turned) / (2 * math.pi * beta)  # (N6)
        below, above = (t, above) if share < 0.5 else (below, t)
    return math.sqrt(p * (1 + beta + 2 * root * math.cos(t)))


def _check_noise(m, n, sigma):
    if m < 1 or n < 1 or sigma < 0:
        raise ValueError(f"m and n must be at least 1 and sigma at least 0, got {m}, {n} and {sigma}")
