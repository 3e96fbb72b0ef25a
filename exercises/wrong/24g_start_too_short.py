"""The first move is divided by the root of all numbers of the batch; a move belongs to one example.

fails at: L (adversarial_neighbours:N1), dw (adversarial_neighbours:N1)
cause: the whole batch counted
"""

from minilora.experiments.systems.adversarial import logistic
from minilora.experiments.systems.adversarial_neighbours import K
from minilora.experiments.systems.attacks import climb


def linear_freelb(X, y, w, u, delta):
    r, L, dw = delta / X.size**0.5 * u, 0.0, 0 * w
    for _ in range(K):
        L_k, g, dw_k = logistic(X + r, y, w)
        L, dw = L + L_k / K, dw + dw_k / K          # (N1)
        r = climb(r, g, 2 * delta / K, delta)
    return L, dw
