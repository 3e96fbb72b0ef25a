"""b is taken for a constant where it is the student's: each KL has a gradient for both.

fails at: db (adversarial_neighbours:N3)
cause: a part of a gradient left out
"""

from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward


def divergence(a, b):
    (there, cache), (back, cache_back) = kl_divergence_forward(a, b), kl_divergence_forward(b, a)
    (da, db), (_, more_da) = (kl_divergence_backward(1.0, c) for c in (cache, cache_back))
    return there + back, da + more_da, db                   # (N3)
