"""One KL alone: it is not symmetric, and what a holds impossible it does not see.

fails at: D(a, b) (adversarial_neighbours:N3), da (adversarial_neighbours:N3), db (adversarial_neighbours:N3)
cause: one side left out
"""

from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward


def divergence(a, b):
    D, cache = kl_divergence_forward(a, b)          # (N3)
    return D, *kl_divergence_backward(1.0, cache)
