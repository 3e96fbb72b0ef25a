"""D runs over all rows, also those whose target is -100.

fails at: L (adversarial_neighbours:N2), dclean (adversarial_neighbours:N2), dmoved (adversarial_neighbours:N2)
cause: rows that do not count
"""

from minilora.experiments.systems.adversarial_neighbours import divergence
from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward


def smart_loss(clean, moved, targets, weight):
    CE, cache = cross_entropy_forward(clean, targets)
    D, da, db = divergence(moved.reshape(-1, moved.shape[-1]), clean.reshape(-1, clean.shape[-1]))
    (dclean,) = cross_entropy_backward(1.0, cache)
    dmoved = weight * da.reshape(moved.shape)
    return CE + weight * D, dclean + weight * db.reshape(clean.shape), dmoved       # (N2)
