"""Article C's other neighbours: an opponent that takes several steps, free ones, and one that looks at no label.

    x: (N, T, C), embeddings   r: a move, a constant   L(x): mean cross-entropy   z(x): logits of the tokens that count
    K: number of steps   delta: the greatest length of a move, M4 of attacks   P brings back into the ball, M5

    PGD           L = L(x) + L(x + r_K), which is C1 of adversarial   Madry et al. 2018, arXiv 1706.06083
                  r_(k+1) from r_k and g_k = dL/dx at x + r_k by M3 of attacks, a step of 2 delta/K;  r_0 = 0
    FreeLB  (N1)  L = ...
    SMART   (N2)  L = L(x) + lambda D(z(x + r), z(x))                 Jiang et al. 2020, arXiv 1911.03437
                  r by M3 too, one step of delta from a short random s, g = dD/dx at x + s
            (N3)  D(a, b) = KL(a from b) + KL(b from a)

Madry et al. train on x + r_K alone; L(x) stands beside it so that PGD differs from FGM in its steps only. FreeLB is called free
because each of its gradients moves the weights and the opponent. SMART has a second part, Bregman proximal steps, which is left
out; and its ball is measured in the largest coordinate, where this one is measured as those of the other opponents are.

Exercise 24g, lesson 24: The same by FreeLB.
Write linear_freelb. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 24g       tests this file
    minilora exercise hint 24g        one hint more, each time
"""

import math

from minilora.experiments.systems.adversarial import logistic
from minilora.experiments.systems.attacks import climb

K = 3


def linear_freelb(X, y, w, u, delta):
    """(N1) for the linear model of `logistic`, and its gradient: L, a Python float, and dw (d,). u: (n, d), from -1 to 1."""
    # (N1)  L =
    raise NotImplementedError("24g: write linear_freelb")
