"""Weights rounded to 8 or 4 bits, with an eye on what goes through them.

    W: (out, in)   X: (..., in), inputs that the layer has seen   Q: absmax, there and back, one scale a row unless told otherwise

    absmax      (C1)  W_hat = Q(W)
    percentile  (C2)  W_hat = ...
    activation  (C3)  W_hat = Q(W diag(s)) diag(1 / s)      s_j = (mean |x_j|)^a, of a = 0, .05, ..., 1 the best by (C5)

    (C4)  weight error = norm_F(W - W_hat) / norm_F(W)
    (C5)  output error = norm_F(X W^T - X W_hat^T) / norm_F(X W^T)

One large weight makes every step of its row coarse: (C2) gives up the few largest for the sake of the others. (C3) is AWQ's
(Lin et al. 2023, arXiv 2306.00978): a column multiplied by s before rounding and divided after is rounded s times finer, unless
that makes the scale of its row grow; the columns that deserve it are those with large inputs. Its a = 0 is (C1), so by (C5), on
the X that it was chosen on, it is never worse.

Exercise 23g, lesson 23: The few largest, given up.
Write clipped. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23g       tests this file
    minilora exercise hint 23g        one hint more, each time
"""

from minilora import backend


def clipped(W, share):
    """W with its largest entries cut down to c, where `share` of all |w|, of (0, 1], are at most c (between two: linear)."""
    # (C2)  W_hat =
    raise NotImplementedError("23g: write clipped")
