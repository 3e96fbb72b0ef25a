"""The two gradients of D are exchanged: its first argument are the moved logits.

fails at: dclean (adversarial_neighbours:N2), dmoved (adversarial_neighbours:N2)
cause: gradients exchanged
"""

from minilora.experiments.systems.adversarial_neighbours import divergence
from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward


def smart_loss(clean, moved, targets, weight):
    counts = targets != -100
    CE, cache = cross_entropy_forward(clean, targets)
    D, da, db = divergence(moved[counts], clean[counts])
    (dclean,) = cross_entropy_backward(1.0, cache)
    dmoved = 0 * dclean
    dmoved[counts] += weight * db
    dclean[counts] += weight * da
    return CE + weight * D, dclean, dmoved        # (N2)
