"""How near one array is to a multiple of another, or to a sum of multiples of others: most of the evidence is one of the two.

    a, n: the analytic gradient and the numeric one      d = a - n      K: arrays of d's shape, one or several

    (L1)  factor = sum(a n) / sum(n n)                      the number c for which c n is nearest to a
    (L2)  spread = (max(a/n) - min(a/n)) / |median(a/n)|    over the entries with |n| > 1e-3 max|n|; 0 if a = c n
    (L3)  fit    = ...

Exercise 26b, lesson 26: A difference made of known arrays.
Write fit_along. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 26b       tests this file
    minilora exercise hint 26b        one hint more, each time
"""

import numpy as np


def fit_along(d, K, axis):
    """The nearest array to d that is, on each line along `axis`, a sum of multiples of the arrays K, (len(K), *d.shape).

    With K of ones alone it is the mean along the axis; with a second array beside them, a straight line in that array.
    """
    # (L3)  fit =
    raise NotImplementedError("26b: write fit_along")
