"""Scores of weights: what pruning goes by. The weights with low scores are removed.

    w: a weight   g: dL/dw, the mean of g_b over batches   g_b: that of one batch   h: d^2L/dw^2   all elementwise

    (F1)  gradient   =  ...
    (F2)  magnitude  =  ...
    (F3)  taylor     =  ...
    (F4)  obd        =  ...
    (F5)  snip       =  ...
    (F6)  movement   =  - sum over steps  w g      Sanh, Wolf & Rush 2020, arXiv 2005.07683
          with
    (F7)  h          =  mean over batches  g_b^2   the empirical Fisher, in the place of the second derivative

To remove w changes the loss by  -w g + 1/2 h w^2 + ...  F3 and F5 keep the first term, and rank alike; F4 keeps the second, which
is left at a minimum. F2 keeps w alone. F1 is a slope, not a price: near a minimum it is small for every weight, needed or not.

F7 stands for the Hessian's diagonal where the model fits its targets. It wants many small batches: over n examples g_b averages
itself away, to about 1/n of h, and a single batch has h = g^2, so that F4 is half of F3.

Exercise 23d, lesson 23: Five scores of a weight.
Write score. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23d       tests this file
    minilora exercise hint 23d        one hint more, each time
"""


def score(kind, w, g=None, h=None):
    """The scores of weights, of the shape of w. kind: of SCORES. g, h: of that shape; each kind needs what its formula has."""
    # (F1)  gradient =
    # (F2)  magnitude =
    # (F3)  taylor =
    # (F4)  obd =
    # (F5)  snip =
    raise NotImplementedError("23d: write score")
