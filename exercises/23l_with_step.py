"""Scores of weights: what pruning goes by. The weights with low scores are removed.

    w: a weight   g: dL/dw, the mean of g_b over batches   g_b: that of one batch   h: d^2L/dw^2   all elementwise

    (F1)  gradient   =  |g|                        article A
    (F2)  magnitude  =  |w|                        Han et al. 2015, arXiv 1506.02626
    (F3)  taylor     =  (w g)^2                    Molchanov et al. 2016 and 2019, arXiv 1611.06440 and 1906.10771
    (F4)  obd        =  1/2 h w^2                  LeCun, Denker & Solla 1990
    (F5)  snip       =  |w g|                      Lee, Ajanthan & Torr 2019, arXiv 1810.02340, there divided by the sum of all
    (F6)  movement   =  ...
    (F7)  h          =  mean over batches  g_b^2   the empirical Fisher, in the place of the second derivative

To remove w changes the loss by  -w g + 1/2 h w^2 + ...  F3 and F5 keep the first term, and rank alike; F4 keeps the second, which
is left at a minimum. F2 keeps w alone. F1 is a slope, not a price: near a minimum it is small for every weight, needed or not.

F7 stands for the Hessian's diagonal where the model fits its targets. It wants many small batches: over n examples g_b averages
itself away, to about 1/n of h, and a single batch has h = g^2, so that F4 is half of F3.

Exercise 23l, lesson 23: Movement, a backward more.
Write with_step. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23l       tests this file
    minilora exercise hint 23l        one hint more, each time
"""


def with_step(s, w, before, after):
    """Movement's scores with one backward more: a new array. before, after: w's gradient; a backward adds to what is there."""
    # (F6)  movement =
    raise NotImplementedError("23l: write with_step")
