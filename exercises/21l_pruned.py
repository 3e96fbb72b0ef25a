"""ReLoRA: a high-rank change of W from a chain of low-rank ones (Lialin et al. 2023, arXiv 2307.05695).

    W: (out, in)   A: (r, in)   B: (out, r)   s: the LoRA scale

Every K steps
    (F1)  W = W + s B A                              for good
    (F2)  A = uniform in +-1/sqrt(in)
    (F3)  B = 0                                      so the model computes the same as before
    (F4)  keep = ...
    (F5)  m = ...
    (F6)  v = ...
and the rate is warmed up again: `schedules.jagged_cosine`.

One adapter changes W by at most rank r; after k restarts the change has rank up to (k + 1) r. Without (F5) and (F6) the moments
of the old factors would drive the new ones back into the old subspace. m and v are kept at the same places: an m that outlived
its v would make a step of any size. Where both are gone, the next step is longer than lr by (1 - beta1) / sqrt(1 - beta2), about
3, as the step count goes on: the warm-up is there for that.

Exercise 21l, lesson 21: Which moments outlive a restart.
Write pruned. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 21l       tests this file
    minilora exercise hint 21l        one hint more, each time
"""

from minilora.backend import get_array_module


def pruned(m, v, prune, share, u=None):
    """m and v after a restart: new arrays, zero where they do not stay.

    prune: "magnitude" keeps this share of the places, rounded, at least one: where m is largest in absolute value; "random" those
    where u, of m's shape, independent and uniform from 0 to 1, is below share; "reset" none.
    """
    # (F4)  keep =
    # (F5)  m =
    # (F6)  v =
    raise NotImplementedError("21l: write pruned")
