"""lambda stands in the loss and not in the gradients, so they agree for lambda = 1 only.

fails at: dclean (adversarial_neighbours:N2), dmoved (adversarial_neighbours:N2)
cause: a factor left out
"""

from minilora.experiments.systems.adversarial_neighbours import divergence
from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward


def smart_loss(clean, moved, targets, weight):
    counts = targets != -100
    CE, cache = cross_entropy_forward(clean, targets)
    D, da, db = divergence(moved[counts], clean[counts])
    (dclean,) = cross_entropy_backward(1.0, cache)
    dmoved = 0 * dclean
    dmoved[counts] += da
    dclean[counts] += db
    return CE + weight * D, dclean, dmoved        # (N2)
