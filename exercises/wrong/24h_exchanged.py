"""The second backward gives the gradients of (b, a), in this order; they are added to those of (a, b).

fails at: da (adversarial_neighbours:N3), db (adversarial_neighbours:N3)
cause: gradients exchanged
"""

from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward


def divergence(a, b):
    (there, cache), (back, cache_back) = kl_divergence_forward(a, b), kl_divergence_forward(b, a)
    (da, db), (more_da, more_db) = (kl_divergence_backward(1.0, c) for c in (cache, cache_back))
    return there + back, da + more_da, db + more_db         # (N3)
