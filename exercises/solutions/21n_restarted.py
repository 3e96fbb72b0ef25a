"""ReLoRA: a high-rank change of W from a chain of low-rank ones (Lialin et al. 2023, arXiv 2307.05695).

    W: (out, in)   A: (r, in)   B: (out, r)   s: the LoRA scale

Every K steps
    (F1)  W = W + s B A                              for good
    (F2)  A = uniform in +-1/sqrt(in)
    (F3)  B = 0                                      so the model computes the same as before
    (F4)  keep = abs(m) is among the largest         by magnitude; or a random choice, or nothing
    (F5)  m = m keep                                 Adam's moments of A and B, at most places set to zero
    (F6)  v = v keep
and the rate is warmed up again: `schedules.jagged_cosine`.

One adapter changes W by at most rank r; after k restarts the change has rank up to (k + 1) r. Without (F5) and (F6) the moments
of the old factors would drive the new ones back into the old subspace. m and v are kept at the same places: an m that outlived
its v would make a step of any size. Where both are gone, the next step is longer than lr by (1 - beta1) / sqrt(1 - beta2), about
3, as the step count goes on: the warm-up is there for that.
"""

import math

from minilora.backend import get_array_module


def restarted(W, delta, A, B, u):
    """W with the adapter's change for good, and the next A and B: new arrays.

    delta: s B A, of W's shape. u: of A's shape, independent numbers, uniform from 0 to 1, that stand for A's from low to high.
    """
    W = W + delta                                                                   # (F1)
    bound = 1 / math.sqrt(A.shape[1])
    A = 2 * bound * u - bound                                                       # (F2)
    B = get_array_module(B).zeros_like(B)                                           # (F3)
    return W, A, B
