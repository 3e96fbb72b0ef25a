"""AdaLoRA's training: one budget of triplets for all layers, spent where it matters (Zhang et al. 2023, arXiv 2303.10512).

    Delta W = s P diag(lam) Q     P: (out, r)   lam: (r,)   Q: (r, in)     triplet i: column i of P, lam_i, row i of Q
    theta: any of their elements   g: its gradient   t: number of the step, from 1   all products elementwise

    (F1)  I = beta I + (1 - beta) abs(theta g)               what the loss would change by, without theta
    (F2)  U = beta U + (1 - beta) abs(abs(theta g) - I)      how uncertain that is
    (F3)  S_i = s(lam_i) + mean of s(P_ji) over j + mean of s(Q_ij) over j,   s = I U
    (F4)  b = ...
    (F5)  lam_i = 0  unless S_i is among the b largest of all layers

P and Q also get the gradients of the penalty  gamma (norm_F(P^T P - I)^2 + norm_F(Q Q^T - I)^2),  penalties:B3 and penalties:B4.

A triplet that is masked keeps its P and Q, and lam_i its gradient: it grows until the next masking and may come back. From
t_final on the importances rest and the same triplets are masked after every step.

Exercise 21h, lesson 21: AdaLoRA's budget, a cubic.
Write budget. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 21h       tests this file
    minilora exercise hint 21h        one hint more, each time
"""


def budget(t, t_init, t_final, b_init, b_target):
    """b, an int: how many triplets of all layers together are left after step t; b_init before t_init, b_target from t_final."""
    # (F4)  b =
    raise NotImplementedError("21h: write budget")
