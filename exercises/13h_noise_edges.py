"""The singular values of pure noise, and how many of a matrix stick out of them.

    W: (m, n), independent entries of mean 0 and standard deviation sigma   p = max(m, n), q = min(m, n), beta = q / p
    a = sqrt(m - 1/2), b = sqrt(n - 1/2)

    (N1)  upper       =  ...
    (N2)  lower       =  ...
    (N3)  f(s)        =  sqrt((upper^2 - s^2) (s^2 - lower^2)) / (pi q sigma^2 s)   between the edges, 0 outside
    (N4)  sigma      ~=  median of W's singular values / median of f for sigma = 1
    (N5)  threshold^2 =  mu + 2.0234 tau,   mu = sigma^2 (a + b)^2,  tau = sigma^2 (a + b) (1 / a + 1 / b)^(1/3)

(N1) to (N3) are what the q singular values tend to as the matrix grows (Marchenko and Pastur 1967; Yin, Bai and Krishnaiah
1988). So a matrix fresh from its initialisation ends at the edge, and what training has put beyond it is no noise. (N4) is Gavish
and Donoho 2014, arXiv 1305.5870: a few strong directions hardly move the median. At a finite size the largest singular value
scatters about the edge, with Tracy and Widom's distribution (Johnstone 2001; the halves: Ma 2012): noise passes (N1) in some
of its draws, but (N5) in one of a hundred.

The median of f: substitute s^2 = sigma^2 p x, x = 1 + beta + 2 sqrt(beta) cos t. The share of singular values above s is then

    (N6)  share  =  ((1 + beta) t - 2 sqrt(beta) sin t - 2 (1 - beta) arctan(c tan(t / 2))) / (2 pi beta),
                    c = (1 - sqrt(beta)) / (1 + sqrt(beta))

Exercise 13h, lesson 13: Where noise begins and ends.
Write noise_edges. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 13h       tests this file
    minilora exercise hint 13h        one hint more, each time
"""

import math


def noise_edges(m, n, sigma):
    """Between which two numbers the singular values of an (m, n) matrix of noise lie, in the limit: (lower, upper), floats.

    sigma: the standard deviation of the entries. lower is 0 for a square matrix.
    """
    # (N1)  upper =
    # (N2)  lower =
    raise NotImplementedError("13h: write noise_edges")


def _check_noise(m, n, sigma):
    if m < 1 or n < 1 or sigma < 0:
        raise ValueError(f"m and n must be at least 1 and sigma at least 0, got {m}, {n} and {sigma}")
