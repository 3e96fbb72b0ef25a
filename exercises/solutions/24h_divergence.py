"""Article C's other neighbours: an opponent that takes several steps, free ones, and one that looks at no label.

    x: (N, T, C), embeddings   r: a move, a constant   L(x): mean cross-entropy   z(x): logits of the tokens that count
    K: number of steps   delta: the greatest length of a move, M4 of attacks   P brings back into the ball, M5

    PGD           L = L(x) + L(x + r_K), which is C1 of adversarial   Madry et al. 2018, arXiv 1706.06083
                  r_(k+1) from r_k and g_k = dL/dx at x + r_k by M3 of attacks, a step of 2 delta/K;  r_0 = 0
    FreeLB  (N1)  L = 1/K sum over k < K  L(x + r_k)                  Zhu et al. 2020, arXiv 1909.11764
                  r_(k+1) as in PGD;  r_0 = delta/sqrt(T C) u,  u uniform in (-1, 1)
    SMART   (N2)  L = L(x) + lambda D(z(x + r), z(x))                 Jiang et al. 2020, arXiv 1911.03437
                  r by M3 too, one step of delta from a short random s, g = dD/dx at x + s
            (N3)  D(a, b) = KL(a from b) + KL(b from a)

Madry et al. train on x + r_K alone; L(x) stands beside it so that PGD differs from FGM in its steps only. FreeLB is called free
because each of its gradients moves the weights and the opponent. SMART has a second part, Bregman proximal steps, which is left
out; and its ball is measured in the largest coordinate, where this one is measured as those of the other opponents are.
"""

from minilora.ops.kl_divergence import kl_divergence_backward, kl_divergence_forward


def divergence(a, b):
    """D, the mean over rows of logits (n, V), a 0-d array, and its gradients da and db."""
    there, cache_there = kl_divergence_forward(a, b)
    back, cache_back = kl_divergence_forward(b, a)
    D = there + back  # (N3)
    (da, db), (more_db, more_da) = (kl_divergence_backward(1.0, cache) for cache in (cache_there, cache_back))
    return D, da + more_da, db + more_db
