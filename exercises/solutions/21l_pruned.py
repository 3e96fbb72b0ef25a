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

from minilora.backend import get_array_module


def pruned(m, v, prune, share, u=None):
    """m and v after a restart: new arrays, zero where they do not stay.

    prune: "magnitude" keeps this share of the places, rounded, at least one: where m is largest in absolute value; "random" those
    where u, of m's shape, independent and uniform from 0 to 1, is below share; "reset" none.
    """
    xp, size = get_array_module(m), abs(m)
    if prune == "magnitude":
        count = max(1, round(share * m.size))
        keep = size >= xp.sort(size.ravel())[-count]                                # (F4)
    else:
        keep = u < share if prune == "random" else xp.zeros(m.shape, dtype=bool)    # (F4)
    m = m * keep                                                                    # (F5)
    v = v * keep                                                                    # (F6)
    return m, v
