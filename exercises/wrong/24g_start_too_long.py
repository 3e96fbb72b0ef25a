"""The first move is delta u, up to sqrt(T C) times too long: outside the ball before anything was climbed.

fails at: L (adversarial_neighbours:N1), dw (adversarial_neighbours:N1)
cause: a root left out
"""

from minilora.experiments.systems.adversarial import logistic
from minilora.experiments.systems.adversarial_neighbours import K
from minilora.experiments.systems.attacks import climb


def linear_freelb(X, y, w, u, delta):
    r, L, dw = delta * u, 0.0, 0 * w
    for _ in range(K):
        L_k, g, dw_k = logistic(X + r, y, w)
        L, dw = L + L_k / K, dw + dw_k / K          # (N1)
        r = climb(r, g, 2 * delta / K, delta)
    return L, dw
