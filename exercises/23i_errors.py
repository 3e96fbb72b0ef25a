"""Weights rounded to 8 or 4 bits, with an eye on what goes through them.

    W: (out, in)   X: (..., in), inputs that the layer has seen   Q: absmax, there and back, one scale a row unless told otherwise

    absmax      (C1)  W_hat = Q(W)
    percentile  (C2)  W_hat = Q(clip(W, -c, c))             c: `share` of all |w| are at most c
    activation  (C3)  W_hat = Q(W diag(s)) diag(1 / s)      s_j = (mean |x_j|)^a, of a = 0, .05, ..., 1 the best by (C5)

    (C4)  weight error = ...
    (C5)  output error = ...

One large weight makes every step of its row coarse: (C2) gives up the few largest for the sake of the others. (C3) is AWQ's
(Lin et al. 2023, arXiv 2306.00978): a column multiplied by s before rounding and divided after is rounded s times finer, unless
that makes the scale of its row grow; the columns that deserve it are those with large inputs. Its a = 0 is (C1), so by (C5), on
the X that it was chosen on, it is never worse.

Exercise 23i, lesson 23: The error of the weights, and of what comes out.
Write errors. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23i       tests this file
    minilora exercise hint 23i        one hint more, each time
"""

import math

from minilora import backend


def errors(W, W_hat, X=None):
    """Two numbers: how far W_hat is from W, both (out, in), and the outputs of X (rows, in) with it from those with W (None
    without X), each relative to the size of what should be there."""
    # (C4)  weight error =
    # (C5)  output error =
    raise NotImplementedError("23i: write errors")


def _ratio(error, whole):
    """norm_F(error) / norm_F(whole); no error of nothing is 0."""
    norm = backend.get_array_module(error).linalg.norm
    error, whole = backend.item(norm(error)), backend.item(norm(whole))
    return error / whole if whole else math.inf if error else 0.0
