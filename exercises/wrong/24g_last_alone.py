"""Only the last place teaches. That all of them do is what is free about it.

fails at: L (adversarial_neighbours:N1), dw (adversarial_neighbours:N1)
cause: a sum overwritten
"""

from minilora.experiments.systems.adversarial import logistic
from minilora.experiments.systems.adversarial_neighbours import K
from minilora.experiments.systems.attacks import climb


def linear_freelb(X, y, w, u, delta):
    r, L, dw = delta / X.shape[1] ** 0.5 * u, 0.0, 0 * w
    for _ in range(K):
        L_k, g, dw_k = logistic(X + r, y, w)
        L, dw = L_k, dw_k          # (N1)
        r = climb(r, g, 2 * delta / K, delta)
    return L, dw
