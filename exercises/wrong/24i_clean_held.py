"""The clean logits are taken for a constant in D. They come from the same weights, and D has a gradient for them.

fails at: dclean (adversarial_neighbours:N2)
cause: a part of a gradient left out
"""

from minilora.experiments.systems.adversarial_neighbours import divergence
from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward


def smart_loss(clean, moved, targets, weight):
    counts = targets != -100
    CE, cache = cross_entropy_forward(clean, targets)
    D, da, db = divergence(moved[counts], clean[counts])
    (dclean,) = cross_entropy_backward(1.0, cache)
    dmoved = 0 * dclean
    dmoved[counts] += weight * da
    return CE + weight * D, dclean, dmoved        # (N2)
