"""The mean of the two is taken, half of D.

fails at: D(a, b) (adversarial_neighbours:N3), da (adversarial_neighbours:N3), db (adversarial_neighbours:N3)
cause: a half too much
"""

from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward


def divergence(a, b):
    (there, cache), (back, cache_back) = kl_divergence_forward(a, b), kl_divergence_forward(b, a)
    (da, db), (more_db, more_da) = (kl_divergence_backward(0.5, c) for c in (cache, cache_back))
    return (there + back) / 2, da + more_da, db + more_db   # (N3)
