"""Weights rounded to 8 or 4 bits, with an eye on what goes through them.

    W: (out, in)   X: (..., in), inputs that the layer has seen   Q: absmax, there and back, one scale a row unless told otherwise

    absmax      (C1)  W_hat = Q(W)
    percentile  (C2)  W_hat = Q(clip(W, -c, c))             c: `share` of all |w| are at most c
    activation  (C3)  W_hat = ...

    (C4)  weight error = norm_F(W - W_hat) / norm_F(W)
    (C5)  output error = norm_F(X W^T - X W_hat^T) / norm_F(X W^T)

One large weight makes every step of its row coarse: (C2) gives up the few largest for the sake of the others. (C3) is AWQ's
(Lin et al. 2023, arXiv 2306.00978): a column multiplied by s before rounding and divided after is rounded s times finer, unless
that makes the scale of its row grow; the columns that deserve it are those with large inputs. Its a = 0 is (C1), so by (C5), on
the X that it was chosen on, it is never worse.

Exercise 23h, lesson 23: Rounded with scaled columns.
Write scaled. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 23h       tests this file
    minilora exercise hint 23h        one hint more, each time
"""

from minilora.quantize import dequantize_absmax, quantize_absmax


def _rounded(W, bits, block):
    return dequantize_absmax(quantize_absmax(W, bits, block))


def scaled(W, s, bits, block="row"):
    """W (out, in) rounded with its columns multiplied by s (in,), all > 0, and divided by it again."""
    # (C3)  W_hat =
    raise NotImplementedError("23h: write scaled")
