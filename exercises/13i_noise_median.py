"""The singular values of pure noise, and how many of a matrix stick out of them.

    W: (m, n), independent entries of mean 0 and standard deviation sigma   p = max(m, n), q = min(m, n), beta = q / p
    a = sqrt(m - 1/2), b = sqrt(n - 1/2)

    (N1)  upper       =  sigma (sqrt(p) + sqrt(q))
    (N2)  lower       =  sigma (sqrt(p) - sqrt(q))
    (N3)  f(s)        =  sqrt((upper^2 - s^2) (s^2 - lower^2)) / (pi q sigma^2 s)   between the edges, 0 outside
    (N4)  sigma      ~=  median of W's singular values / median of f for sigma = 1
    (N5)  threshold^2 =  mu + 2.0234 tau,   mu = sigma^2 (a + b)^2,  tau = sigma^2 (a + b) (1 / a + 1 / b)^(1/3)

(N1) to (N3) are what the q singular values tend to as the matrix grows (Marchenko and Pastur 1967; Yin, Bai and Krishnaiah
1988). So a matrix fresh from its initialisation ends at the edge, and what training has put beyond it is no noise. (N4) is Gavish
and Donoho 2014, arXiv 1305.5870: a few strong directions hardly move the median. At a finite size the largest singular value
scatters about the edge, with Tracy and Widom's distribution (Johnstone 2001; the halves: Ma 2012): noise passes (N1) in some
of its draws, but (N5) in one of a hundred.

The median of f: substitute s^2 = sigma^2 p x, x = 1 + beta + 2 sqrt(beta) cos t. The share of singular values above s is then

    (N6)  share  =  ...

Exercise 13i, lesson 13: The median of noise.
Write noise_median. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 13i       tests this file
    minilora exercise hint 13i        one hint more, each time
"""

import math


def noise_median(m, n):
    """The median of the singular values of an (m, n) matrix of noise with sigma = 1, in the limit: a float.

    At the t where the share (N6) is 1/2, by bisection.
    """
    # (N6)  share =
    raise NotImplementedError("13i: write noise_median")
