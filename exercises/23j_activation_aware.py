"""Weights rounded to 8 or 4 bits, with an eye on what goes through them.

    W: (out, in)   X: (..., in), inputs that the layer has seen   Q: absmax, there and back, one scale a row unless told otherwise

    absmax      (C1)  W_hat = ...
    percentile  (C2)  W_hat = Q(clip(W, -c, c))             c: `share` of all |w| are at most c
    activation  (C3)  W_hat = ...

    (C4)  weight error = norm_F(W - W_hat) / norm_F(W)
    (C5)  output error = norm_F(X W^T - X W_hat^T) / norm_F(X W^T)

One large weight makes every step of its row coarse: (C2) gives up the few largest for the sake of the others. (C3) is AWQ's
(Lin et al. 2023, arXiv 2306.00978): a column multiplied by s before rounding and divided after is rounded s times finer, unless
that makes the scale of its row grow; the columns that deserve it are those with large inputs. Its a = 0 is (C1), so by (C5), on
the X that it was chosen on, it is never worse.

Exercise 23j, lesson 23: The scales that the inputs ask for.
Write activation_aware. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23j       tests this file
    minilora exercise hint 23j        one hint more, each time
"""

import math

from minilora import backend
from minilora.quantize import dequantize_absmax, quantize_absmax

EXPONENTS = [i / 20 for i in range(1, 21)]  # of (C3); 0 is (C1)


def _rounded(W, bits, block):
    return dequantize_absmax(quantize_absmax(W, bits, block))


def scaled(W, s, bits, block="row"):
    """W (out, in) rounded with its columns multiplied by s (in,), all > 0, and divided by it again."""
    W_hat = _rounded(W * s, bits, block) / s  # (C3)
    return W_hat


def errors(W, W_hat, X=None):
    """Two numbers: how far W_hat is from W, both (out, in), and the outputs of X (rows, in) with it from those with W (None
    without X), each relative to the size of what should be there."""
    weight_error = _ratio(W - W_hat, W)  # (C4)
    output_error = None if X is None else _ratio(X @ (W - W_hat).T, X @ W.T)  # (C5)
    return weight_error, output_error


def activation_aware(W, bits, X, block="row"):
    """W_hat (out, in) with that s, or none, that leaves the least output error on X (rows, in); of equal ones the least a.

    s comes from the mean absolute inputs; one that is always 0 counts as the smallest that is not.
    """
    # (C1)  W_hat =
    # (C3)  W_hat =
    raise NotImplementedError("23j: write activation_aware")


def _ratio(error, whole):
    """norm_F(error) / norm_F(whole); no error of nothing is 0."""
    norm = backend.get_array_module(error).linalg.norm
    error, whole = backend.item(norm(error)), backend.item(norm(whole))
    return error / whole if whole else math.inf if error else 0.0
