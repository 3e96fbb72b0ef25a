"""A step is delta / K long, half of what it should be: K of them do not reach across the ball.

fails at: L (adversarial_neighbours:N1), dw (adversarial_neighbours:N1)
cause: half a step
"""

from minilora.experiments.systems.adversarial import logistic
from minilora.experiments.systems.adversarial_neighbours import K
from minilora.experiments.systems.attacks import climb


def linear_freelb(X, y, w, u, delta):
    r, L, dw = delta / X.shape[1] ** 0.5 * u, 0.0, 0 * w
    for _ in range(K):
        L_k, g, dw_k = logistic(X + r, y, w)
        L, dw = L + L_k / K, dw + dw_k / K          # (N1)
        r = climb(r, g, delta / K, delta)
    return L, dw
