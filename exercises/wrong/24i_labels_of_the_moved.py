"""Cross-entropy is taken of the moved logits. SMART asks them for no label: only that they stay near the clean ones.

fails at: L (adversarial_neighbours:N2), dclean (adversarial_neighbours:N2), dmoved (adversarial_neighbours:N2)
cause: the wrong logits
"""

from minilora.experiments.systems.adversarial_neighbours import divergence
from minilora.ops.cross_entropy import cross_entropy_backward, cross_entropy_forward


def smart_loss(clean, moved, targets, weight):
    counts = targets != -100
    CE, cache = cross_entropy_forward(moved, targets)
    D, da, db = divergence(moved[counts], clean[counts])
    (dmoved,) = cross_entropy_backward(1.0, cache)
    dclean = 0 * dmoved
    dmoved[counts] += weight * da
    dclean[counts] += weight * db
    return CE + weight * D, dclean, dmoved          # (N2)
